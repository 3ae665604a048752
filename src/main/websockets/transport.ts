import type { DataOpcode } from '../../shared/client/client-contract.ts';
import type { ConnectionClosed } from '../../shared/protocol/errors/connection-closed.ts';
import type { State } from '../../shared/protocol/protocol.ts';

/** A whole message: text, or bytes of the caller's own. */
export type Message = string | Uint8Array;

/** What a message is made of: as its frames say (undefined), bytes (false) or text (true). */
export type Decode = boolean | undefined;

/** A part of a message, as a frame or less of it. */
export interface Fragment {
  readonly data: Message;
  readonly more: boolean;
}

/**
 * One end of a connection as the classes for users see it: messages that have come, in order, and what is done
 * with those that go. How they come, from a worker's ring or from a server in this thread, is not seen here.
 */
export interface Transport {
  readonly state: State;
  /** Seconds from the newest ping that was answered to its pong; 0 until measured. */
  readonly latency: number;
  /** How the connection ended, once it has. Messages that came before it may still be there. */
  readonly closed: ConnectionClosed | undefined;

  /** @returns the next message, if one is there whole. One that is there in part stays. */
  take(decode: Decode): Message | undefined;
  /** @returns the next part of a message. */
  takeFragment(decode: Decode): Fragment | undefined;
  /** True where no message will come any more and none is left. */
  readonly isDry: boolean;

  /** Hands a frame over to be sent. The bytes are taken over by the call. */
  send(opcode: DataOpcode, data: Uint8Array, fin: boolean): void;
  /** True where more has been handed over than should wait. */
  readonly isCongested: boolean;
  /** @throws ConcurrencyError where a ping with this payload is on its way. */
  ping(data: Uint8Array, answered: (latency: number | ConnectionClosed) => void): void;
  pong(data: Uint8Array): void;
  /** Begins the closing handshake. */
  close(code: number | undefined, reason: string): void;
  /** Closes because of an error of ours, without waiting for what still comes. */
  fail(code: number, reason: string): void;
}

/** A transport that tells when something has changed, to whoever has an event loop. */
export interface AsyncTransport extends Transport {
  /** Resolves once there may be a message to take or news; at once where there is a message. */
  changed(): Promise<void>;
  /** Resolves at the next news: the end, a pong, room to send. */
  told(): Promise<void>;
}
