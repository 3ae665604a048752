import type { MonotonicNs } from '../../shared/units.ts';
import { Carry } from '../socket/carry.ts';
import { FrameSorter, type SortedFrames } from '../socket/frame-sorter.ts';

/** Where the lane puts what it read. */
export interface LaneSink {
  /** One whole text message in one frame. @returns false where it is no UTF-8: what follows is for the protocol. */
  text(bytes: Uint8Array, start: number, end: number): boolean;
  binary(bytes: Uint8Array, start: number, end: number): void;
  /** Whole frames that need the protocol, or the beginning of one that breaks it. A copy. */
  protocol(bytes: Uint8Array): void;
  /** True where nothing more can be taken. */
  readonly isFull: boolean;
}

/**
 * Reads the frames of an open connection: plain whole messages go straight on, where they lie; all others are
 * the protocol's. A frame that is not whole yet is carried over to the next chunk, so that only it is copied.
 */
export class FrameLane implements SortedFrames {
  readonly #sink: LaneSink;
  readonly #sorter: FrameSorter;
  readonly #carry = new Carry();
  /** All that follows is the protocol's: a close frame came, or what breaks the protocol. */
  #over = false;

  /** @param maxBytes of a frame that is a message by itself; Infinity is no limit. */
  constructor(sink: LaneSink, maxBytes: number, compressed: boolean, acceptsMasked = false) {
    this.#sink = sink;
    this.#sorter = new FrameSorter(this, maxBytes, acceptsMasked);
    if (compressed) this.#sorter.expectCompression();
  }

  /** Takes `bytes[start..end)`, valid during the call; what finds no room is kept. */
  take(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): void {
    const carry = this.#carry;
    let at = start;
    while (at < end && carry.length > 0 && !this.#sink.isFull) {
      const missing = this.#over ? end - at : this.#sorter.missing(carry.bytes, carry.start, carry.end);
      const upTo = Math.min(at + missing, end);
      carry.append(bytes, at, upTo);
      at = upTo;
      this.#goOn(receivedAtNs);
    }
    if (carry.length === 0 && !this.#sink.isFull) at = this.#sort(bytes, at, end, receivedAtNs);
    if (at < end) carry.append(bytes, at, end);
  }

  /** There is room again: goes on with what was kept. */
  resume(receivedAtNs: MonotonicNs): void {
    if (this.#carry.length > 0 && !this.#sink.isFull) this.#goOn(receivedAtNs);
  }

  /** Nothing follows: what is left is half a frame, of which the protocol is to know. The sink is not full. */
  end(receivedAtNs: MonotonicNs): void {
    this.resume(receivedAtNs);
    const carry = this.#carry;
    if (carry.length === 0) return;
    this.#sink.protocol(copied(carry.bytes, carry.start, carry.end));
    carry.consumeTo(carry.end);
  }

  text(bytes: Buffer, start: number, end: number): boolean {
    if (this.#sink.text(bytes, start, end)) return !this.#sink.isFull;
    this.#over = true;
    return false;
  }

  binary(bytes: Buffer, start: number, end: number): boolean {
    this.#sink.binary(bytes, start, end);
    return !this.#sink.isFull;
  }

  forward(bytes: Buffer, start: number, end: number): boolean {
    this.#sink.protocol(copied(bytes, start, end));
    return !this.#sink.isFull;
  }

  over(): void {
    this.#over = true;
  }

  #goOn(receivedAtNs: MonotonicNs): void {
    const carry = this.#carry;
    carry.consumeTo(this.#sort(carry.bytes, carry.start, carry.end, receivedAtNs));
  }

  /** @returns where it stopped. */
  #sort(bytes: Buffer, start: number, end: number, receivedAtNs: MonotonicNs): number {
    const at = this.#over ? start : this.#sorter.sort(bytes, start, end, receivedAtNs);
    if (!this.#over || at === end) return at;
    this.#sink.protocol(copied(bytes, at, end));
    return end;
  }
}

/** The protocol keeps what it is given, and the memory of a chunk is read into again. */
const copied = (bytes: Buffer, start: number, end: number): Uint8Array =>
  Uint8Array.prototype.slice.call(bytes, start, end);
