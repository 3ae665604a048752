import { PayloadTooBig, ProtocolError } from './errors/websocket-exception.ts';
import type { Extension } from './extension.ts';
import type { ProtocolPlatform } from './platform.ts';

const RSV1 = 4;
const WINDOW_BITS_MAX = 15;
/** Ends each fragment but the last, where it is left out. Source: RFC 7692, section 7.2.1. */
const EMPTY_BLOCK = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
const NO_BYTES = new Uint8Array(0);

/** What the handshake agreed on, seen from our side. */
export interface DeflateSettings {
  /** Whether the peer compresses each message by itself, so that nothing has to be kept for the next. */
  readonly remoteNoContextTakeover: boolean;
  /** Of the peer's compression; 15 by default. */
  readonly remoteMaxWindowBits?: number | undefined;
  /** Of ours. Whether we may refer to earlier messages is no setting: we never do. */
  readonly localMaxWindowBits?: number | undefined;
}

/**
 * permessage-deflate at work. Source: RFC 7692.
 *
 * Nothing of zlib lives between messages. Ours are compressed each by itself, which is always allowed. For
 * the peer's, the last of what it sent is kept and handed to zlib as a dictionary, which comes to the same as
 * keeping zlib's window, costs less memory and lets everything happen in one call.
 */
export class PermessageDeflate implements Extension {
  readonly name = 'permessage-deflate';
  readonly rsv = RSV1;
  readonly #platform: ProtocolPlatform;
  readonly #remoteWindowBits: number;
  readonly #localWindowBits: number;
  readonly #window: SlidingWindow | undefined;

  constructor(platform: ProtocolPlatform, settings: DeflateSettings) {
    this.#platform = platform;
    this.#remoteWindowBits = settings.remoteMaxWindowBits ?? WINDOW_BITS_MAX;
    this.#localWindowBits = settings.localMaxWindowBits ?? WINDOW_BITS_MAX;
    this.#window = settings.remoteNoContextTakeover
      ? undefined
      : new SlidingWindow(1 << this.#remoteWindowBits);
  }

  encode(payload: Uint8Array, fin: boolean): Uint8Array {
    const deflated = this.#platform.deflate(payload, this.#localWindowBits);
    if (fin) return deflated;
    const ended = new Uint8Array(deflated.length + EMPTY_BLOCK.length);
    ended.set(deflated);
    ended.set(EMPTY_BLOCK, deflated.length);
    return ended;
  }

  decode(payload: Uint8Array, lengthMax: number): Uint8Array | ProtocolError | PayloadTooBig {
    const dictionary = this.#window?.bytes ?? NO_BYTES;
    let message: Uint8Array | undefined;
    try {
      message = this.#platform.inflate(payload, dictionary, this.#remoteWindowBits, lengthMax);
    } catch (cause) {
      return new ProtocolError('decompression failed', { cause });
    }
    if (message === undefined) return new PayloadTooBig(undefined, lengthMax);
    this.#window?.push(message);
    return message;
  }
}

/** The last bytes of a stream, up to a number of them. */
class SlidingWindow {
  readonly #size: number;
  /** Twice as long, so that bytes move only once in a window's length. */
  #store: Uint8Array = NO_BYTES;
  #end = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get bytes(): Uint8Array {
    return this.#store.subarray(Math.max(0, this.#end - this.#size), this.#end);
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // Most connections that agree on compression and never use it cost nothing.
    if (this.#store.length === 0) this.#store = new Uint8Array(2 * this.#size);
    const store = this.#store;
    const last = bytes.length > this.#size ? bytes.subarray(bytes.length - this.#size) : bytes;
    if (this.#end + last.length > store.length) {
      const keep = Math.min(this.#end, this.#size - last.length);
      store.copyWithin(0, this.#end - keep, this.#end);
      this.#end = keep;
    }
    store.set(last, this.#end);
    this.#end += last.length;
  }
}
