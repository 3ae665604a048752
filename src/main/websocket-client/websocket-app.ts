import { encodeUtf8 } from '../../shared/protocol/utf8.ts';
import { ABNF, type MaskKeySource } from '../../shared/websocket-client/abnf.ts';
import {
  WebSocketConnectionClosedException,
  WebSocketException,
} from '../../shared/websocket-client/exceptions.ts';
import { SYSTEM_CLOCK } from '../control/clock.ts';
import type { Message } from '../websockets/transport.ts';
import { AppCallbacks } from './app-callbacks.ts';
import {
  type AppHandlers,
  type AppOptions,
  checkAppOptions,
  checkRunOptions,
  type HeaderSource,
  type RunOptions,
  reconnectSeconds,
} from './app-options.ts';
import { type AppCloseOptions, AppRun, type AppTransport } from './app-run.ts';
import { AppSocket } from './app-socket.ts';
import { getDefaultTimeout } from './defaults.ts';
import './random-mask-keys.ts';
import { type OpenedTransport, openTransport } from './open-transport.ts';

const SECOND_MS = 1000;
const SENT = Promise.resolve();

/**
 * A WebSocket client made of callbacks. Its connection is in a thread of its own; the callbacks run in the one that
 * has called `runForever`.
 *
 *     const app = new WebSocketApp('wss://api.gemini.com/v1/marketdata/BTCUSD', {
 *       onMessage: (app, message) => console.log(message),
 *     });
 *     await app.runForever({ reconnect: 5 });
 */
export class WebSocketApp implements AppHandlers {
  /** May be changed between two attempts, as everything below may. */
  url: string;
  header: HeaderSource | null;
  cookie: string | null;
  subprotocols: readonly string[] | null;
  getMaskKey: MaskKeySource | null;

  onOpen: AppHandlers['onOpen'];
  onReconnect: AppHandlers['onReconnect'];
  onMessage: AppHandlers['onMessage'];
  onData: AppHandlers['onData'];
  onContMessage: AppHandlers['onContMessage'];
  onError: AppHandlers['onError'];
  onClose: AppHandlers['onClose'];
  onPing: AppHandlers['onPing'];
  onPong: AppHandlers['onPong'];

  #run: AppRun | undefined;
  /** Asked to close while nothing ran. */
  #isToClose = false;
  /** The connection that was open last, and the run it was of. */
  #sock: AppSocket | undefined;
  #opened: OpenedTransport | undefined;

  /** @throws WebSocketException for an option that cannot work here. */
  constructor(url: string, options: AppOptions = {}) {
    checkAppOptions(options);
    this.url = url;
    this.header = options.header ?? null;
    this.cookie = options.cookie ?? null;
    this.subprotocols = options.subprotocols ?? null;
    this.getMaskKey = options.getMaskKey ?? null;
    this.onOpen = options.onOpen;
    this.onReconnect = options.onReconnect;
    this.onMessage = options.onMessage;
    this.onData = options.onData;
    this.onContMessage = options.onContMessage;
    this.onError = options.onError;
    this.onClose = options.onClose;
    this.onPing = options.onPing;
    this.onPong = options.onPong;
  }

  /**
   * Connects, and hands over what comes, until the connection ends, or with `reconnect` until `close` is called.
   * No signal of the system is handled: Ctrl-C does what it does without this.
   *
   * With a dispatcher it resolves with false at once, and `dispatch` runs the app.
   *
   * @returns true where an attempt to connect or a connection has failed in this run.
   * @throws WebSocketException for options that cannot be, or where it runs already; what `onError` has thrown.
   */
  async runForever(options: RunOptions = {}): Promise<boolean> {
    checkRunOptions(options);
    if (this.#run !== undefined && !this.#run.isOver)
      throw new WebSocketException('socket is already opened');
    const { dispatcher } = options;
    const run = this.#newRun(options);
    this.#run = run;
    if (this.#isToClose) void run.close();
    else run.begin();
    this.#isToClose = false;
    if (dispatcher !== undefined && dispatcher !== null) {
      dispatcher.read(run, () => run.turn());
      return false;
    }
    while (run.turn()) await run.changed();
    return run.hasErrored;
  }

  /**
   * Sends a frame. Resolves when no more waits to be sent than should, or nothing can be sent any more; it need not
   * be waited for, and never rejects.
   *
   * @param opcode where it is not that of text, a text must have one byte per character.
   * @throws WebSocketConnectionClosedException where nothing is open, as far as is known in this thread.
   */
  send(data: Message, opcode: number = ABNF.OPCODE_TEXT): Promise<void> {
    const run = this.#run;
    const transport = run?.openTransport;
    if (run === undefined || transport === undefined)
      throw new WebSocketConnectionClosedException('Connection is already closed.');
    transport.write(run.format(ABNF.createFrame(data, opcode)));
    return transport.isCongested ? drained(transport) : SENT;
  }

  sendText(text: string): Promise<void> {
    return this.send(encodeUtf8(text), ABNF.OPCODE_TEXT);
  }

  sendBytes(bytes: Uint8Array): Promise<void> {
    return this.send(bytes, ABNF.OPCODE_BINARY);
  }

  /**
   * Ends the run, a delay before the next attempt included. While nothing runs it is remembered, and ends the next
   * run before it connects.
   *
   * @returns resolves once the run is over, or the time is.
   * @throws ValueError where the status is no number of two bytes.
   */
  close(options: AppCloseOptions = {}): Promise<void> {
    const run = this.#run;
    if (run === undefined || run.isTold) {
      this.#isToClose = true;
      return Promise.resolve();
    }
    return run.close(options);
  }

  /** The connection, while one is open. */
  get sock(): AppSocket | null {
    return this.ready() ? (this.#sock ?? null) : null;
  }

  /** When the keepalive pinged last, s since the epoch; 0 where it has not on the newest connection. */
  get lastPingTm(): number {
    return this.#opened?.transport.pingTimes.pingAt ?? 0;
  }

  /** When the newest pong came, s since the epoch; 0 where none has on the newest connection. */
  get lastPongTm(): number {
    return this.#opened?.transport.pingTimes.pongAt ?? 0;
  }

  /** Whether a message can be sent. */
  ready(): boolean {
    return this.#run?.openTransport !== undefined;
  }

  /** Whether it runs and was not asked to end. To set it to false closes. */
  get keepRunning(): boolean {
    return this.#run !== undefined && !this.#run.isOver && !this.#run.isClosing;
  }

  set keepRunning(keep: boolean) {
    if (!keep && this.keepRunning) void this.close();
  }

  /** Whether anything but a callback has failed in the run at hand, or in the last one. */
  get hasErrored(): boolean {
    return this.#run?.hasErrored ?? false;
  }

  #newRun(options: RunOptions): AppRun {
    const { dispatcher } = options;
    const callbacks = new AppCallbacks(this, (error) => run.fail(error));
    const run: AppRun = new AppRun(
      callbacks,
      {
        reconnectSeconds: reconnectSeconds(options),
        reconnectOnCleanClose: options.reconnectOnCleanClose ?? true,
        skipUtf8Validation: options.skipUtf8Validation ?? false,
        isByFragment: () => Boolean(this.onContMessage),
        getMaskKey: this.getMaskKey ?? undefined,
      },
      {
        open: (signal) => this.#open(run, options, signal),
        timeout:
          dispatcher === undefined || dispatcher === null
            ? nodeTimeout
            : (seconds, due) => dispatcher.timeout(seconds, due),
      },
    );
    return run;
  }

  async #open(run: AppRun, options: RunOptions, signal: AbortSignal): Promise<AppTransport> {
    this.#opened = undefined;
    const { header } = this;
    const opened = await openTransport(
      this.url,
      {
        ...options,
        timeout: getDefaultTimeout(),
        header: typeof header === 'function' ? await header() : header,
        cookie: this.cookie,
        subprotocols: this.subprotocols,
      },
      { signal },
    );
    if (this.#run === run && !signal.aborted) {
      this.#opened = opened;
      this.#sock = new AppSocket(run, opened);
    }
    return opened.transport;
  }
}

/** Resolves when there is room again, or there will be none. */
async function drained(transport: AppTransport): Promise<void> {
  while (transport.isCongested && transport.closed === undefined) await transport.told();
}

function nodeTimeout(seconds: number, due: () => void): () => void {
  const { setTimer } = SYSTEM_CLOCK;
  return setTimer(due, seconds * SECOND_MS);
}
