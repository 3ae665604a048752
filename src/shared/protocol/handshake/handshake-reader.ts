import { InvalidHandshake, InvalidMessage, SecurityError } from '../errors/handshake-errors.ts';
import { EOFError } from '../errors/websocket-exception.ts';
import { HandshakeStream, MalformedMessage, type Reading } from './handshake-stream.ts';

/** Reads the peer's part of a handshake out of bytes that come in pieces. */
export class HandshakeReader<T> {
  /** What was read, once it is complete. */
  result: T | undefined;
  /**
   * What is wrong with it: a limit that was passed keeps its class, whatever else is no HTTP becomes an
   * InvalidMessage with its reason as the cause, which is an EOFError where the stream just ended.
   */
  failure: InvalidHandshake | undefined;

  readonly #stream = new HandshakeStream();
  readonly #reading: Reading<T>;
  readonly #invalid: string;

  /** @param invalid text of the InvalidMessage. */
  constructor(read: (stream: HandshakeStream) => Reading<T>, invalid: string) {
    this.#reading = read(this.#stream);
    this.#invalid = invalid;
  }

  /** @returns the bytes behind the result once it is complete; undefined before that, and after a failure. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    this.#stream.push(chunk);
    this.#step();
    // Without this chunk the result was not complete, so what is left of the stream is the end of it.
    const rest = this.result === undefined ? undefined : chunk.subarray(chunk.length - this.#stream.held);
    if (rest !== undefined || this.failure !== undefined) this.#stream.release();
    return rest;
  }

  /** The stream has ended: afterwards there is a result or a failure. */
  end(): void {
    this.#stream.end();
    this.#step();
  }

  #step(): void {
    try {
      const { done, value } = this.#reading.next();
      if (done) this.result = value;
    } catch (cause) {
      if (cause instanceof SecurityError) this.failure = cause;
      else if (isOfPeer(cause)) this.failure = new InvalidMessage(this.#invalid, { cause });
      else throw cause;
    }
  }
}

/** What is not the peer's doing is a mistake of ours and goes on. */
const isOfPeer = (error: unknown): boolean =>
  error instanceof MalformedMessage || error instanceof EOFError || error instanceof InvalidHandshake;
