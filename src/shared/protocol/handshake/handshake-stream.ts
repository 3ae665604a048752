import type { SecurityError } from '../errors/handshake-errors.ts';
import { EOFError } from '../errors/websocket-exception.ts';

const LF = 10;
const CR = 13;
const FIRST_BYTES = 1024;

/** Bytes that are no HTTP. It becomes the cause of an InvalidMessage. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** Waits for more bytes, or the end, each time it yields. */
export type Reading<T> = Generator<undefined, T, undefined>;

/**
 * The bytes of a handshake as they come in, read in lines and lengths.
 *
 * Bytes are copied once, because the caller uses its chunk again, and looked at once: a peer that sends one
 * byte at a time costs no more than one that sends them all.
 */
export class HandshakeStream {
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #at = 0;
  #end = 0;
  /** Up to here no line ends. */
  #searched = 0;
  #ended = false;

  /** Bytes that came in and were not read. */
  get held(): number {
    return this.#end - this.#at;
  }

  push(chunk: Uint8Array): void {
    const length = this.held + chunk.length;
    if (this.#end + chunk.length > this.#bytes.length) {
      const roomier =
        length > this.#bytes.length ? new Uint8Array(Math.max(length, this.#bytes.length * 2)) : this.#bytes;
      roomier.set(this.#bytes.subarray(this.#at, this.#end));
      this.#bytes = roomier;
      this.#searched -= this.#at;
      this.#at = 0;
      this.#end = length - chunk.length;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Nothing more will be read: a connection outlives its handshake by days. */
  release(): void {
    this.#bytes = new Uint8Array(0);
    this.#at = this.#end = this.#searched = 0;
  }

  /**
   * The bytes of the next line, without the CR LF that ends it. They lie here until the next `push`.
   *
   * @param lengthMax bytes of a line, its end included.
   * @param TooLong what a longer line ends in.
   * @param what is read, for the text of the error.
   */
  *line(
    lengthMax: number,
    TooLong: new (message: string) => SecurityError,
    what: string,
  ): Reading<Uint8Array> {
    for (;;) {
      const end = Math.min(this.#end, this.#at + lengthMax);
      const from = Math.max(this.#searched, this.#at);
      const found = this.#bytes.subarray(from, end).indexOf(LF);
      if (found >= 0) {
        const line = this.#bytes.subarray(this.#at, from + found);
        this.#at = from + found + 1;
        if (line[line.length - 1] !== CR) throw new MalformedMessage('line without CRLF');
        return line.subarray(0, -1);
      }
      if (this.held > lengthMax)
        throw new TooLong(`read ${lengthMax + 1} bytes, expected no more than ${lengthMax} bytes`);
      this.#searched = end;
      if (this.#ended) throw new EOFError(`connection closed while reading ${what}`);
      yield;
    }
  }

  /** A copy of the next bytes. */
  *exactly(length: number): Reading<Uint8Array> {
    while (this.held < length) {
      if (this.#ended) throw new EOFError(`stream ends after ${this.held} bytes, expected ${length} bytes`);
      yield;
    }
    return this.#take(length);
  }

  /** A copy of all that comes, or undefined where that is more than `lengthMax` bytes. */
  *toEnd(lengthMax: number): Reading<Uint8Array | undefined> {
    while (!this.#ended && this.held <= lengthMax) yield;
    return this.held > lengthMax ? undefined : this.#take(this.held);
  }

  #take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
