import { FrameHeader, OPCODE } from '../../shared/protocol/frame-header.ts';
import type { MonotonicNs } from '../../shared/units.ts';
import type { ConnectionEvents } from '../feed-events.ts';

const CONTROL_PAYLOAD_MAX = 125;
const RSV1 = 4;
/** First byte of a text message in one frame, as it was sent. */
const PLAIN_TEXT = 0x81;
/** A length in the second byte below this; this one where it is in the two bytes after. */
const LENGTH_16 = 126;
/** Bytes of a header without a mask, by where its length is. */
const LENGTH_7_BYTES = 2;
const LENGTH_16_BYTES = 4;
/** The shortest header with a mask. */
const MASKED_HEADER_BYTES = 6;

/** Where the sorter puts what it found. */
export interface SortedFrames extends Pick<ConnectionEvents, 'text' | 'binary'> {
  /**
   * One whole frame for ws, or the beginning of one that ws will refuse.
   *
   * @param message true where the frame completes a message, which ws now owes.
   * @returns false to stop before the next frame.
   */
  forward(bytes: Buffer, start: number, end: number, message: boolean): boolean;
  /** ws has been given its last frame: a close frame, or one that breaks the protocol. */
  over(): void;
}

/**
 * Decides frame by frame: a whole, plain text or binary message is handed over where it lies; everything
 * else goes to ws, whole frames in the order of the wire.
 *
 * Text is not checked to be UTF-8 here. The hot shapes a codec reads are ASCII by construction, and its cold
 * path checks; a codec that finds otherwise has `Connection.terminate(PROTOCOL_ERROR)`.
 */
export class FrameSorter {
  /** After this no byte has a meaning any more. */
  over = false;
  readonly #sink: SortedFrames;
  readonly #maxPayload: number;
  readonly #acceptsMasked: boolean;
  readonly #header = new FrameHeader();
  #compressed = false;
  #fragmentOpen = false;
  #textLength = 0;

  /** @param acceptsMasked masked frames are forwarded instead of refused. */
  constructor(sink: SortedFrames, maxPayload: number, acceptsMasked = false) {
    this.#sink = sink;
    this.#maxPayload = maxPayload;
    this.#acceptsMasked = acceptsMasked;
  }

  /** permessage-deflate was negotiated: every message goes to ws. */
  expectCompression(): void {
    this.#compressed = true;
  }

  /**
   * Sorts the frames in `bytes[start..end)`.
   *
   * @returns where it stopped: before a frame whose end has not arrived, or because a sink said so.
   */
  sort(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): number {
    const header = this.#header;
    const sink = this.#sink;
    const maxPayload = this.#maxPayload;
    let at = start;
    while (at < end) {
      if (this.over) return end;
      const text = this.#plainText(bytes, at, end);
      if (text > 0) {
        const next = text + this.#textLength;
        at = next;
        if (!sink.text(bytes, text, next, receivedAtNs)) return at;
        continue;
      }
      const complete = header.read(bytes, at, end);
      if (!complete && (end - at < 2 || this.#mayBegin())) return at;
      const payloadAt = at + header.headerLength;
      const next = payloadAt + header.payloadLength;
      if (complete && header.payloadLength <= maxPayload && this.#isPlain()) {
        if (next > end) return at;
        at = next;
        const goOn =
          header.opcode === OPCODE.text
            ? sink.text(bytes, payloadAt, next, receivedAtNs)
            : sink.binary(bytes, payloadAt, next, receivedAtNs);
        if (!goOn) return at;
      } else if (complete && this.#mayBegin() && this.#mayHaveLength()) {
        if (next > end) return at;
        if (!this.#forward(bytes, at, next)) return next;
        at = next;
      } else {
        this.over = true;
        sink.forward(bytes, at, end, false);
        sink.over();
        return end;
      }
    }
    return at;
  }

  /** @returns how many more bytes the frame at `start` needs, as far as is known; 0 where none. */
  missing(bytes: Buffer, start: number, end: number): number {
    if (this.over) return 0;
    const header = this.#header;
    const complete = header.read(bytes, start, end);
    if (end - start < 2) return 2 - (end - start);
    if (!this.#mayBegin()) return 0;
    if (!complete) return header.headerLength - (end - start);
    if (!this.#mayHaveLength()) return 0;
    return Math.max(0, header.headerLength + header.payloadLength - (end - start));
  }

  /**
   * The frame that nearly all are: a text message of less than 64 KiB, plain and all there. Anything else is
   * decided by its whole header.
   *
   * @returns where the payload of `#textLength` bytes begins, or 0.
   */
  #plainText(bytes: Buffer, at: number, end: number): number {
    if (end - at < LENGTH_16_BYTES || bytes[at] !== PLAIN_TEXT || this.#fragmentOpen || this.#compressed)
      return 0;
    const short = bytes[at + 1]!;
    const isShort = short < LENGTH_16;
    const length = isShort ? short : (bytes[at + 2]! << 8) | bytes[at + 3]!;
    const payloadAt = at + (isShort ? LENGTH_7_BYTES : LENGTH_16_BYTES);
    if (short > LENGTH_16 || length > this.#maxPayload || payloadAt + length > end) return 0;
    this.#textLength = length;
    return payloadAt;
  }

  /** A whole message in one frame, as it was sent: no fragment, no extension, no mask. */
  #isPlain(): boolean {
    const { fin, rsv, opcode, masked } = this.#header;
    return (
      fin &&
      rsv === 0 &&
      !masked &&
      (opcode === OPCODE.text || opcode === OPCODE.binary) &&
      !this.#fragmentOpen &&
      !this.#compressed
    );
  }

  /** Whether ws accepts a frame with these first two bytes at this place. It must be exact: ws reports a refusal later. */
  #mayBegin(): boolean {
    const { fin, rsv, opcode, masked, headerLength } = this.#header;
    if (masked && !this.#acceptsMasked) return false;
    switch (opcode) {
      case OPCODE.continuation:
        return rsv === 0 && this.#fragmentOpen;
      case OPCODE.text:
      case OPCODE.binary:
        return (rsv === 0 || (rsv === RSV1 && this.#compressed)) && !this.#fragmentOpen;
      case OPCODE.close:
      case OPCODE.ping:
      case OPCODE.pong:
        return rsv === 0 && fin && headerLength === (masked ? MASKED_HEADER_BYTES : LENGTH_7_BYTES);
      default:
        return false;
    }
  }

  #mayHaveLength(): boolean {
    const { opcode, payloadLength } = this.#header;
    if (opcode === OPCODE.close && payloadLength === 1) return false;
    return payloadLength <= (opcode < OPCODE.close ? this.#maxPayload : CONTROL_PAYLOAD_MAX);
  }

  #forward(bytes: Buffer, at: number, next: number): boolean {
    const { fin, opcode } = this.#header;
    const data = opcode < OPCODE.close;
    if (data) this.#fragmentOpen = !fin;
    if (opcode !== OPCODE.close) return this.#sink.forward(bytes, at, next, data && fin);
    this.over = true;
    this.#sink.forward(bytes, at, next, false);
    this.#sink.over();
    return true;
  }
}
