/**
 * What the main thread and the thread of the client's connections say to each other. Messages travel in a ring
 * (`RAW` records); everything else over a port of each connection's own.
 */
import type { Close } from '../protocol/close-code.ts';
import type { ErrorData } from '../protocol/errors/error-data.ts';
import type { HandshakeLimits } from '../protocol/handshake/handshake-limits.ts';
import type { TlsSettings } from '../proxy/dial-options.ts';
import type { ProxyServer } from '../proxy/proxy-server.ts';

/** A request of a caller who makes it whole. */
export interface WholeRequest {
  readonly path: string;
  /** As they are sent, in order. A Sec-WebSocket-Key that is empty is made for each attempt. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A connection to be made. Plain data: it crosses a thread. Times in ms; null is no limit. */
export interface ConnectPlan {
  readonly uri: string;
  readonly origin: string | undefined;
  readonly subprotocols: readonly string[];
  /** Offers permessage-deflate. */
  readonly compression: boolean;
  /** Added to those of the handshake; several of one name are sent as several. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly userAgent: string | null;
  /** Takes the place of all headers above. The subprotocol that is answered is then the caller's to judge. */
  readonly request?: WholeRequest | undefined;
  /** Bytes of a message and of a frame. */
  readonly maxSize: readonly [message: number | null, fragment: number | null];
  /** Records that wait for the main thread: reading stops above `high` and goes on at `low`. */
  readonly queue: { readonly high: number; readonly low: number } | null;
  readonly openTimeoutMs: number | null;
  readonly pingIntervalMs: number | null;
  readonly pingTimeoutMs: number | null;
  /** Payload of the keepalive's pings; random where left out. */
  readonly pingPayload?: Uint8Array | undefined;
  readonly closeTimeoutMs: number | null;
  /** Bytes written and not yet taken by the kernel up to which `send` does not wait. */
  readonly writeLimit: number;
  readonly followsRedirects: boolean;
  /** How many of them; the usual number where left out. */
  readonly redirectsMax?: number | undefined;
  /** What is handed over: messages and their parts (where left out), or each frame, control frames among them. */
  readonly delivers?: 'messages' | 'frames';
  /** Takes frames that are masked, which a server's must not be. */
  readonly acceptsMasked?: boolean;
  /** false hands over text that may be no UTF-8. */
  readonly checksText?: boolean;
  /** true: as the environment says; null: none; a proxy that was decided on already. */
  readonly proxy: string | true | null | ProxyServer;
  readonly proxyTimeoutMs?: number | undefined;
  readonly noDelay?: boolean | undefined;
  readonly keepAliveMs?: number | undefined;
  /** The variables that may name a proxy. */
  readonly env: Readonly<Record<string, string>>;
  readonly tls: TlsSettings;
  readonly proxyTls: TlsSettings;
  /** Where the connection goes instead of to the host and port of the address. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** A Unix socket instead of a host. */
  readonly path: string | undefined;
  readonly localAddress: string | undefined;
  readonly limits: HandshakeLimits;
}

/** A connection to be opened, with the memory it shares. `Port` is Node's, which is not known here. */
export interface OpenCommand<Port> {
  readonly plan: ConnectPlan;
  readonly port: Port;
  readonly ring: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer;
  /** See `client-words.ts`. */
  readonly words: SharedArrayBuffer;
}

/** Opcode of data: of a message's first frame, or of those that follow. */
export type DataOpcode = 0 | 1 | 2;

/** Opcode of any frame. */
export type FrameOpcode = DataOpcode | 8 | 9 | 10;

/** Asked of a connection. */
export type ClientCommand =
  | { readonly type: 'send'; readonly opcode: DataOpcode; readonly data: Uint8Array; readonly fin: boolean }
  | { readonly type: 'ping'; readonly id: number; readonly data: Uint8Array }
  | { readonly type: 'pong'; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly code: number | undefined; readonly reason: string }
  /** Writes bytes as they are: whole frames that the caller made. */
  | { readonly type: 'write'; readonly data: Uint8Array }
  /** Begins the closing handshake with a close frame that the caller made. */
  | {
      readonly type: 'closeFrame';
      readonly data: Uint8Array;
      readonly code: number;
      readonly reason: string;
      /** In place of the plan's `closeTimeoutMs`; null is no limit. */
      readonly timeoutMs?: number | null | undefined;
    }
  /** Fails the connection: a close frame with this code, and no waiting for messages that still come. */
  | { readonly type: 'fail'; readonly code: number; readonly reason: string }
  /** There is room in the queue again. */
  | { readonly type: 'resume' }
  | { readonly type: 'abort' };

/** The handshake as it went over the wire. */
export interface HandshakeFacts {
  readonly request: { readonly path: string; readonly headers: readonly (readonly [string, string])[] };
  readonly response: {
    readonly statusCode: number;
    readonly reasonPhrase: string;
    readonly headers: readonly (readonly [string, string])[];
  };
}

/** What is known of a connection once it is open. */
export interface OpenedFacts extends HandshakeFacts {
  /** After redirects. */
  readonly uri: string;
  readonly subprotocol: string | undefined;
  readonly localAddress: SocketAddress | undefined;
  readonly remoteAddress: SocketAddress | undefined;
}

export type SocketAddress = readonly [host: string, port: number];

/** Told of a connection. */
export type ClientNews =
  | ({ readonly type: 'open' } & OpenedFacts)
  | { readonly type: 'failed'; readonly error: ErrorData }
  | { readonly type: 'pong'; readonly id: number; readonly latencyMs: number }
  /** What was to be sent is below the limit again. */
  | { readonly type: 'drained' }
  | ({ readonly type: 'closed' } & ClosedNews);

/** What follows a record of the ring: nothing of its message, other frames of it, or more of the same frame. */
export const MORE = { nothing: 0, frames: 1, bytes: 2 } as const;
export type More = (typeof MORE)[keyof typeof MORE];

/** A message, or a part of one, that was received and found no room in the ring. */
export interface LatePart {
  readonly opcode: FrameOpcode;
  readonly more: More;
  readonly data: Uint8Array;
}

/** How a connection ended. No record is written to its ring after it. */
export interface ClosedNews {
  /** What came behind all that is in the ring. */
  readonly late: readonly LatePart[];
  readonly rcvd: Pick<Close, 'code' | 'reason'> | undefined;
  readonly sent: Pick<Close, 'code' | 'reason'> | undefined;
  readonly rcvdThenSent: boolean | undefined;
  readonly cause: ErrorData | undefined;
}
