import type { MaskKeySource } from '../../shared/websocket-client/abnf.ts';
import { WebSocketException } from '../../shared/websocket-client/exceptions.ts';
import type { HeaderOption } from '../../shared/websocket-client/handshake-headers.ts';
import type { Message } from '../websockets/transport.ts';
import type { ConnectOptions } from './connect-options.ts';
import { getReconnect } from './defaults.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { WebSocketApp } from './websocket-app.ts';

/**
 * What an app is told of. Each may be replaced at any time, as a property of the app of the same name. One that
 * returns a promise is not waited for; what it throws or rejects with goes to `onError`.
 */
export interface AppHandlers {
  /** The connection is open; after it was opened anew too, unless there is `onReconnect`. */
  onOpen?: ((app: WebSocketApp) => unknown) | null | undefined;
  /** The connection is open again: another one was open in this run. */
  onReconnect?: ((app: WebSocketApp) => unknown) | null | undefined;
  /** A text, or the bytes of a binary message. */
  onMessage?: ((app: WebSocketApp, message: Message) => unknown) | null | undefined;
  /**
   * Before `onMessage` and `onContMessage`, with the opcode of the message, 1 or 2; that of a fragment that
   * is handed over by itself is 0 unless it is the first. `fin` is false where more of the message follows.
   */
  onData?: ((app: WebSocketApp, data: Message, opcode: number, fin: boolean) => unknown) | null | undefined;
  /**
   * Where it is set as a connection opens, fragments are handed over one by one: the first of a message to
   * `onMessage` and the others, always as bytes, to this. A first fragment that ends inside of a character is
   * bytes too.
   */
  onContMessage?: ((app: WebSocketApp, data: Uint8Array, fin: boolean) => unknown) | null | undefined;
  /**
   * Each failure of the connection or of an attempt to open it, and what a callback threw. What it throws itself
   * ends the run, which rejects with it.
   */
  onError?: ((app: WebSocketApp, error: Error) => unknown) | null | undefined;
  /**
   * Once a run, when nothing of its connection is left: code and reason of the server where it was the server who
   * closed, otherwise nulls. Not between a connection and the one that follows it.
   */
  onClose?: ((app: WebSocketApp, code: number | null, reason: string | null) => unknown) | null | undefined;
  /** A ping of the server, which has been answered. */
  onPing?: ((app: WebSocketApp, data: Uint8Array) => unknown) | null | undefined;
  onPong?: ((app: WebSocketApp, data: Uint8Array) => unknown) | null | undefined;
}

/** Headers, or what makes them before each attempt to connect. */
export type HeaderSource =
  | HeaderOption
  | (() => HeaderOption | null | undefined | Promise<HeaderOption | null | undefined>);

export interface AppOptions extends AppHandlers {
  readonly header?: HeaderSource | null | undefined;
  /** Accepted and of no effect, as in the original. */
  readonly keepRunning?: boolean | undefined;
  /** Gives the mask of each frame that this app sends; pings of the keepalive and answers are masked at random. */
  readonly getMaskKey?: MaskKeySource | null | undefined;
  /** Behind the cookies that servers have set. */
  readonly cookie?: string | null | undefined;
  /** Those that are spoken: a server that picks none of them is refused. */
  readonly subprotocols?: readonly string[] | null | undefined;
  /** Refused: see `checkAppOptions`. */
  readonly socket?: null | undefined;
}

type OfConnection =
  | 'sockopt'
  | 'sslopt'
  | 'pingInterval'
  | 'pingTimeout'
  | 'pingPayload'
  | 'httpProxyHost'
  | 'httpProxyPort'
  | 'httpProxyAuth'
  | 'httpProxyTimeout'
  | 'httpNoProxy'
  | 'proxyType'
  | 'skipUtf8Validation'
  | 'maxSize'
  | 'host'
  | 'origin'
  | 'suppressOrigin';

/** How an app runs. Times in seconds. */
export interface RunOptions extends Pick<ConnectOptions, OfConnection> {
  /** Seconds from the end of a connection, or of an attempt, to the next; 0 does not connect again. */
  readonly reconnect?: number | null | undefined;
  /** False ends the run where the server closes in order, as the original did up to 1.8; true where left out. */
  readonly reconnectOnCleanClose?: boolean | undefined;
  /** Runs this app together with others; `runForever` returns at once. */
  readonly dispatcher?: Dispatcher | null | undefined;
}

/** @throws WebSocketException where a socket is given. */
export function checkAppOptions(options: AppOptions): void {
  const { socket }: { readonly socket?: unknown } = options;
  if (socket !== undefined && socket !== null)
    throw new WebSocketException(
      'socket cannot be given: a connected socket cannot cross to the thread of the connections. ' +
        'Use the options of the proxy to go through another host, or sockopt and sslopt to set it up',
    );
}

/** @throws WebSocketException where the times cannot be. */
export function checkRunOptions({ pingInterval, pingTimeout, reconnect }: RunOptions): void {
  const interval = pingInterval ?? 0;
  if (!(interval >= 0)) throw new WebSocketException('Ensure ping_interval >= 0');
  if (pingTimeout !== undefined && pingTimeout !== null) {
    if (!(pingTimeout > 0)) throw new WebSocketException('Ensure ping_timeout > 0');
    if (interval > 0 && interval <= pingTimeout)
      throw new WebSocketException('Ensure ping_interval > ping_timeout');
  }
  if (reconnect !== undefined && reconnect !== null && !(reconnect >= 0 && Number.isFinite(reconnect)))
    throw new WebSocketException(`reconnect is ${String(reconnect)}, expected seconds from 0 on`);
}

/** Seconds until the next attempt; 0 for none. */
export const reconnectSeconds = ({ reconnect }: RunOptions): number => reconnect ?? getReconnect();
