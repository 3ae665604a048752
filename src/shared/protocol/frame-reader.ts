import { EOFError } from './errors/websocket-exception.ts';
import { FRAME_HEADER_BYTES_MAX, FrameHeader } from './frame-header.ts';
import { GrowingBytes } from './growing-bytes.ts';
import { applyMask, MASK_KEY_BYTES } from './mask.ts';
import type { MessageReader } from './message-reader.ts';

const NO_BYTES = new Uint8Array(0);
const LENGTH_16_HEADER_BYTES = 4;

/**
 * Cuts a stream of bytes into frames, which `MessageReader` judges. A payload that lies in one chunk is a
 * view of it, or, unmasked, a copy; one that came in several is put together elsewhere.
 */
export class FrameReader {
  readonly #messages: MessageReader;
  readonly #mustBeMasked: boolean | undefined;
  readonly #header = new FrameHeader();
  #chunk: Uint8Array = NO_BYTES;
  #at = 0;
  /** The beginning of a header that did not end with its chunk; later all of it, for its masking key. */
  readonly #headerBytes = new Uint8Array(FRAME_HEADER_BYTES_MAX);
  #headerHeld = 0;
  #isInPayload = false;
  readonly #payload = new GrowingBytes();

  /** @param mustBeMasked undefined takes frames either way. */
  constructor(messages: MessageReader, mustBeMasked: boolean | undefined) {
    this.#messages = messages;
    this.#mustBeMasked = mustBeMasked;
  }

  /** What `next` reads from now on. What it read before must be used up. */
  begin(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** @returns whether a frame was completed. If not, the chunk is used up or there is a fault. */
  next(): boolean {
    if (this.#isInPayload) return this.#continuePayload();
    const header = this.#header;
    const messages = this.#messages;
    if (this.#headerHeld > 0) {
      if (!this.#continueHeader()) return false;
    } else {
      const chunk = this.#chunk;
      const left = chunk.length - this.#at;
      if (left === 0) return this.#chunkIsOver();
      const complete = header.read(chunk, this.#at, chunk.length);
      if (left >= 2 && !messages.judgeStart(header, this.#mustBeMasked)) return false;
      if (!complete) {
        this.#headerBytes.set(chunk.subarray(this.#at));
        this.#headerHeld = left;
        return this.#chunkIsOver();
      }
      this.#at += header.headerLength;
    }
    return messages.judgeLength(header) && this.#beginPayload();
  }

  /** The stream has ended. @returns where, in Python's words. */
  end(): EOFError {
    if (this.#isInPayload) return endsAfter(this.#payload.length, this.#header.payloadLength);
    const held = this.#headerHeld;
    if (held === 0) return new EOFError('unexpected end of stream');
    if (held < 2) return endsAfter(held, 2);
    const { masked, headerLength } = this.#header;
    const lengthEnd = headerLength - (masked ? MASK_KEY_BYTES : 0);
    if (held < lengthEnd) return endsAfter(held - 2, lengthEnd === LENGTH_16_HEADER_BYTES ? 2 : 8);
    return endsAfter(held - lengthEnd, MASK_KEY_BYTES);
  }

  #continueHeader(): boolean {
    const chunk = this.#chunk;
    const held = this.#headerHeld;
    const more = Math.min(chunk.length - this.#at, FRAME_HEADER_BYTES_MAX - held);
    this.#headerBytes.set(chunk.subarray(this.#at, this.#at + more), held);
    const header = this.#header;
    const complete = header.read(this.#headerBytes, 0, held + more);
    if (held + more >= 2 && !this.#messages.judgeStart(header, this.#mustBeMasked)) return false;
    if (!complete) {
      this.#headerHeld = held + more;
      return this.#chunkIsOver();
    }
    this.#headerHeld = 0;
    this.#at += header.headerLength - held;
    return true;
  }

  #beginPayload(): boolean {
    const { masked, headerLength, payloadLength } = this.#header;
    const chunk = this.#chunk;
    const from = this.#at;
    if (chunk.length - from < payloadLength) {
      // The key may lie in a chunk that is gone when the rest arrives.
      if (masked && from >= headerLength) this.#headerBytes.set(chunk.subarray(from - headerLength, from));
      this.#isInPayload = true;
      return this.#continuePayload();
    }
    const to = from + payloadLength;
    this.#at = to;
    let data = chunk.subarray(from, to);
    if (masked) {
      data = new Uint8Array(data);
      const inChunk = from >= headerLength;
      applyMask(
        data,
        0,
        payloadLength,
        inChunk ? chunk : this.#headerBytes,
        (inChunk ? from : headerLength) - MASK_KEY_BYTES,
        0,
      );
    }
    return this.#messages.judgePiece(this.#header, data) && this.#messages.finish(this.#header, data);
  }

  #continuePayload(): boolean {
    const header = this.#header;
    const payload = this.#payload;
    const { payloadLength } = header;
    const before = payload.length;
    const take = Math.min(payloadLength - before, this.#chunk.length - this.#at);
    if (take > 0) {
      const piece = payload.append(this.#chunk.subarray(this.#at, this.#at + take), payloadLength);
      this.#at += take;
      if (header.masked)
        applyMask(piece, 0, take, this.#headerBytes, header.headerLength - MASK_KEY_BYTES, before);
      if (!this.#messages.judgePiece(header, piece)) return false;
    }
    if (payload.length < payloadLength) return this.#chunkIsOver();
    this.#isInPayload = false;
    return this.#messages.finish(header, payload.take());
  }

  /** Lets go of the chunk, which may be large. */
  #chunkIsOver(): false {
    this.#chunk = NO_BYTES;
    this.#at = 0;
    return false;
  }
}

const endsAfter = (bytes: number, due: number): EOFError =>
  new EOFError(`stream ends after ${bytes} bytes, expected ${due} bytes`);
