import { type FrameOpcode, type LatePart, MORE, type More } from '../../shared/client/client-contract.ts';
import type { ClientWords } from '../../shared/client/client-words.ts';
import { invariant } from '../../shared/invariant.ts';
import { aligned } from '../../shared/layout/define-record.ts';
import { HEADER } from '../../shared/records/header.ts';
import { RAW } from '../../shared/records/raw.ts';
import type { Doorbell } from '../../shared/ring/doorbell.ts';
import { RING_FULL, type RingWriter } from '../../shared/ring/ring-writer.ts';
import { type ExchangeUs, type MonotonicNs, NO_INSTRUMENT, NONE } from '../../shared/units.ts';
import { TextCheck } from './text-check.ts';

/** Payload bytes of a record at the most: what is longer goes in parts, so that reading begins before all of it is written. */
const PART_BYTES_MAX = 64 * 1024;
/** Up to here texts are copied in words: a call for a part of memory costs more. */
const WORDWISE_BYTES_MAX = 1024;

const HEAD_WORDS = RAW.size / 4;
invariant(HEAD_WORDS % 4 === 0, 'what a raw record begins with is copied four words at a time');
const RECEIVED_AT = HEADER.field.receivedAtNs.index;
const LENGTH = HEADER.field.bytes.index;
const PAYLOAD_BYTES = RAW.field.payloadBytes.index;
/** Opcode, whether more follows, and whether all is ASCII, from the lowest byte up. */
const KIND = RAW.field.opcode.offset / 4;
const MORE_SHIFT = 8;
const ASCII = 1 << 16;
const TEXT = 1;

const NO_BYTES = new Uint8Array(0);

/** When reading stops and goes on, in records that the main thread has not taken. */
export interface QueueLimits {
  readonly high: number;
  readonly low: number;
}

/**
 * Hands messages to the main thread through the ring. Nothing is lost: what finds no room waits here, in order,
 * and whoever reads the socket is told to stop, which bounds what waits to the chunk and the frame at hand.
 */
export class MessageWriter {
  readonly #ring: RingWriter;
  readonly #bytes: Uint8Array;
  readonly #doorbell: Doorbell;
  readonly #words: ClientWords;
  readonly #queue: QueueLimits | undefined;
  readonly #partBytes: number;
  /** Parts that found no room. */
  #waiting: LatePart[] = [];
  /** Records written since the connection began; wraps. */
  #written = 0;
  /** Records taken by the main thread, as last looked at. */
  #takenSeen = 0;
  readonly #ringWords: Int32Array;
  readonly #ringFloats: Float64Array;
  readonly #texts = new TextCheck();
  /** What every record begins with. */
  readonly #head = new DataView(new ArrayBuffer(RAW.size));
  readonly #headWords = new Int32Array(this.#head.buffer);
  readonly #headFloats = new Float64Array(this.#head.buffer);
  /** The bytes that were read last, as one who reads words at any place sees them. */
  #source: Uint8Array = NO_BYTES;
  #sourceView: DataView = new DataView(NO_BYTES.buffer);

  constructor(ring: RingWriter, doorbell: Doorbell, words: ClientWords, queue: QueueLimits | undefined) {
    const { view } = ring;
    this.#ring = ring;
    this.#bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    this.#doorbell = doorbell;
    this.#words = words;
    this.#queue = queue;
    this.#ringWords = ring.words;
    this.#ringFloats = new Float64Array(view.buffer, view.byteOffset, view.byteLength / 8);
    const head = this.#head;
    HEADER.field.typeId.set(head, 0, RAW.typeId);
    HEADER.field.instrument.set(head, 0, NO_INSTRUMENT);
    HEADER.field.exchangeAtUs.set(head, 0, NONE as ExchangeUs);
    HEADER.field.sequence.set(head, 0, NONE);
    this.#partBytes = Math.min(PART_BYTES_MAX, (ring.recordBytesMax - RAW.size) & -8);
  }

  /** When the bytes of the messages that follow were read, monotonic ns. */
  set receivedAtNs(at: MonotonicNs) {
    this.#headFloats[RECEIVED_AT] = at;
  }

  /** True where no more should be read: what was written has not been taken yet. */
  get isFull(): boolean {
    if (this.#waiting.length > 0) return true;
    const queue = this.#queue;
    if (queue === undefined || ((this.#written - this.#takenSeen) | 0) <= queue.high) return false;
    // It only moves on, so an old one shows too many.
    this.#takenSeen = this.#words.taken;
    return ((this.#written - this.#takenSeen) | 0) > queue.high;
  }

  /** One frame, copied. @param more whether other frames of its message follow. */
  write(opcode: FrameOpcode, bytes: Uint8Array, start: number, end: number, more: boolean): void {
    let from = start;
    let code = opcode;
    while (end - from > this.#partBytes) {
      this.#part(code, bytes, from, from + this.#partBytes, MORE.bytes);
      from += this.#partBytes;
      code = 0;
    }
    this.#part(code, bytes, from, end, more ? MORE.frames : MORE.nothing);
  }

  /** One whole text. @returns false where it is no UTF-8 and should be; nothing is written then. */
  writeText(bytes: Uint8Array, start: number, end: number, isChecked = true): boolean {
    const length = end - start;
    const ascii = this.#texts.isAscii(bytes, start, end);
    if (!ascii && isChecked && !this.#texts.isUtf8(bytes, start, end)) return false;
    if (ascii && length <= WORDWISE_BYTES_MAX && this.#waiting.length === 0) {
      const at = this.#ring.tryClaim(RAW.size + aligned(length));
      if (at !== RING_FULL) {
        this.#copyAscii(bytes, start, end, at + RAW.size);
        this.#commit(at, length, TEXT | ASCII);
        return true;
      }
    }
    this.write(TEXT, bytes, start, end, false);
    return true;
  }

  /** Nothing follows. @returns what found no room, and has to reach the main thread by another way. */
  end(): readonly LatePart[] {
    this.publish();
    const late = this.#waiting;
    this.#waiting = [];
    return late;
  }

  /** Shows what was written to the main thread, and wakes it. */
  publish(): void {
    if (!this.#ring.publish()) return;
    this.#words.written = this.#written;
    this.#doorbell.ring();
  }

  /** True where the main thread has taken so much that reading may go on. */
  get hasRoom(): boolean {
    const queue = this.#queue;
    const fewEnough = queue === undefined || ((this.#written - this.#words.taken) | 0) <= queue.low;
    return fewEnough && (this.#waiting.length === 0 || this.#ring.freeBytes() >= this.#ring.capacity / 2);
  }

  /** The main thread has taken some: what waits goes on. @returns true where reading may go on as well. */
  drain(): boolean {
    const waiting = this.#waiting;
    let n = 0;
    while (n < waiting.length) {
      const { opcode, data, more } = waiting[n]!;
      if (!this.#tryPart(opcode, data, 0, data.length, more)) break;
      n++;
    }
    if (n > 0) {
      this.#waiting = waiting.slice(n);
      this.publish();
    }
    return this.#waiting.length === 0 && this.hasRoom;
  }

  #part(opcode: FrameOpcode, bytes: Uint8Array, start: number, end: number, more: More): void {
    if (this.#waiting.length === 0 && this.#tryPart(opcode, bytes, start, end, more)) return;
    // The `slice` of a Buffer would be the same memory, which is read into again.
    this.#waiting.push({ opcode, more, data: new Uint8Array(bytes.subarray(start, end)) });
  }

  #tryPart(opcode: FrameOpcode, bytes: Uint8Array, start: number, end: number, more: More): boolean {
    const length = end - start;
    const at = this.#ring.tryClaim(RAW.size + aligned(length));
    if (at === RING_FULL) return false;
    this.#bytes.set(bytes.subarray(start, end), at + RAW.size);
    this.#commit(at, length, opcode | (more << MORE_SHIFT));
    return true;
  }

  #commit(at: number, length: number, kind: number): void {
    const head = this.#headWords;
    const words = this.#ringWords;
    const recordBytes = RAW.size + aligned(length);
    head[LENGTH] = recordBytes;
    head[PAYLOAD_BYTES] = length;
    head[KIND] = kind;
    // Four at a time, because each round of a loop costs as much as a word.
    for (let i = 0, to = at >> 2; i < HEAD_WORDS; i += 4, to += 4) {
      words[to] = head[i]!;
      words[to + 1] = head[i + 1]!;
      words[to + 2] = head[i + 2]!;
      words[to + 3] = head[i + 3]!;
    }
    this.#ring.commit(recordBytes);
    this.#written = (this.#written + 1) | 0;
  }

  /**
   * Copies to the ring, eight bytes at a time, zeros behind the last. As numbers, which need not keep their bits
   * where they are none; but of eight bytes that are ASCII no number is NaN.
   */
  #copyAscii(bytes: Uint8Array, start: number, end: number, to: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#sourceView;
    const floats = this.#ringFloats;
    const whole = start + ((end - start) & ~7);
    let at = to >> 3;
    let i = start;
    for (; i + 24 < whole; i += 32, at += 4) {
      const first = view.getFloat64(i, true);
      const second = view.getFloat64(i + 8, true);
      const third = view.getFloat64(i + 16, true);
      const fourth = view.getFloat64(i + 24, true);
      floats[at] = first;
      floats[at + 1] = second;
      floats[at + 2] = third;
      floats[at + 3] = fourth;
    }
    for (; i < whole; i += 8) floats[at++] = view.getFloat64(i, true);
    if (whole === end) return;
    floats[at] = 0;
    const ring = this.#bytes;
    for (let last = at << 3; i < end; i++, last++) ring[last] = bytes[i]!;
  }
}
