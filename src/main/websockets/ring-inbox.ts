import { TextDecoder } from 'node:util';
import {
  MORE as FOLLOWS,
  type FrameOpcode,
  type LatePart,
  type More,
} from '../../shared/client/client-contract.ts';
import type { ClientWords } from '../../shared/client/client-words.ts';
import { invariant } from '../../shared/invariant.ts';
import { GrowingBytes } from '../../shared/protocol/growing-bytes.ts';
import { HEADER } from '../../shared/records/header.ts';
import { RAW } from '../../shared/records/raw.ts';
import { RingReader } from '../../shared/ring/ring-reader.ts';
import type { Decode, Fragment, Message } from './transport.ts';

const TEXT = 1;

const { payloadBytes: PAYLOAD_BYTES, opcode: OPCODE, more: MORE, ascii: ASCII } = RAW.field;

/** Text longer than this gets memory of its own, which is given back. */
const SCRATCH_BYTES = 64 * 1024;

/** A small part of what the ring holds of usual messages. */
const RELEASED_TOGETHER = 16;

/** Parts of a message that are kept one by one, so that they can still be read so. */
const PARTS_MAX = 256;

/** How full the ring may be, as a part, when reading goes on. */
const ROOM = 4;

/** A frame as it came: its parts joined, its payload unmasked. */
export interface ReceivedFrame {
  readonly opcode: FrameOpcode;
  readonly fin: boolean;
  readonly data: Message;
}

/** Messages of a connection, taken out of its ring one by one. */
export class RingInbox {
  readonly #reader: RingReader;
  readonly #words: ClientWords;
  readonly #lowWater: number;
  readonly #resume: () => void;
  readonly #bytes: Buffer;
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  /** What has come of the message that is not whole yet: the newest parts, and all before them in one piece. */
  #parts: Uint8Array[] = [];
  readonly #partsBefore = new GrowingBytes();
  #isText = false;
  #opcode: FrameOpcode = TEXT;
  /** Decodes the parts of a text that is read in parts. */
  #decoder: TextDecoder | undefined;
  #taken: number;
  /** Records taken whose room is not given back yet, and how many of them at the most. */
  #unreleased = 0;
  readonly #releaseEvery: number;
  /** What came behind all that was written to the ring, once nothing more will be; taken up to an index. */
  #late: readonly LatePart[] | undefined;
  #lateTaken = 0;

  /** @param resume asks the connection to read on. @param lowWater records that may be left when it does. */
  constructor(ring: SharedArrayBuffer, words: ClientWords, lowWater: number, resume: () => void) {
    this.#reader = new RingReader(ring);
    const { view } = this.#reader;
    this.#bytes = Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
    this.#words = words;
    this.#lowWater = lowWater;
    this.#resume = resume;
    this.#releaseEvery = Math.max(1, Math.min(RELEASED_TOGETHER, Math.floor(lowWater / ROOM)));
    this.#taken = words.taken;
  }

  /** True where no message will come any more and none is left. */
  get isDry(): boolean {
    return this.#late !== undefined && this.#lateTaken === this.#late.length && this.isEmpty;
  }

  /** Nothing is there now. */
  get isEmpty(): boolean {
    return this.#reader.isEmpty();
  }

  take(decode: Decode): Message | undefined {
    for (;;) {
      const at = this.#next();
      if (at < 0) return this.#late === undefined ? undefined : this.#takeLate(decode);
      const { view } = this.#reader;
      const opcode = OPCODE.get(view, at);
      const isFirst = !this.#isPartial;
      if (opcode !== 0 && isFirst) this.#isText = opcode === TEXT;
      const isLast = MORE.get(view, at) === FOLLOWS.nothing;
      if (isFirst && isLast) {
        const message = (decode ?? this.#isText) ? this.#textAt(view, at) : this.#copyAt(view, at);
        this.#done();
        return message;
      }
      this.#keep(this.#copyAt(view, at));
      this.#done();
      if (isLast) return this.#whole(decode);
    }
  }

  takeFragment(decode: Decode): Fragment | undefined {
    const kept = this.#takeKept();
    if (kept !== undefined) return { data: this.#decoded(kept, decode, true), more: true };
    const at = this.#next();
    if (at < 0) return this.#lateFragment(decode);
    const { view } = this.#reader;
    const opcode = OPCODE.get(view, at);
    if (opcode !== 0) this.#isText = opcode === TEXT;
    const more = MORE.get(view, at) !== FOLLOWS.nothing;
    const bytes = this.#copyAt(view, at);
    this.#done();
    return { data: this.#decoded(bytes, decode, more), more };
  }

  /**
   * The next frame, where frames are handed over, as it came.
   *
   * @param textToo a text that is a message by itself is a string; otherwise all are bytes.
   */
  takeFrame(textToo: boolean): ReceivedFrame | undefined {
    for (;;) {
      const at = this.#next();
      const late = at < 0 ? this.#nextLate() : undefined;
      if (at < 0 && late === undefined) return undefined;
      const { view } = this.#reader;
      const more = late?.more ?? (MORE.get(view, at) as More);
      const opcode = late?.opcode ?? (OPCODE.get(view, at) as FrameOpcode);
      if (!this.#isPartial) this.#opcode = opcode;
      const isText = textToo && opcode === TEXT && more === FOLLOWS.nothing && !this.#isPartial;
      if (isText && late === undefined) {
        const data = this.#textAt(view, at);
        this.#done();
        return { opcode, fin: true, data };
      }
      this.#keep(late?.data ?? this.#copyAt(view, at));
      if (late === undefined) this.#done();
      if (more !== FOLLOWS.bytes) return this.#wholeFrame(more === FOLLOWS.nothing, textToo);
    }
  }

  /** Nothing will be written any more: behind what is in the ring come these, and then the end. */
  end(late: readonly LatePart[]): void {
    this.#late = late;
  }

  /** @returns where the next record begins, or -1. */
  #next(): number {
    const at = this.#reader.next();
    if (at < 0) {
      this.#release();
      return -1;
    }
    const isMessage = HEADER.field.typeId.get(this.#reader.view, at) === RAW.typeId;
    invariant(isMessage, 'the ring of a client holds messages');
    return at;
  }

  #nextLate(): LatePart | undefined {
    const part = this.#late?.[this.#lateTaken];
    if (part === undefined) return undefined;
    this.#lateTaken++;
    if (part.opcode !== 0) this.#isText = part.opcode === TEXT;
    return part;
  }

  #takeLate(decode: Decode): Message | undefined {
    for (;;) {
      const part = this.#nextLate();
      if (part === undefined) return undefined;
      this.#keep(part.data);
      if (part.more === FOLLOWS.nothing) return this.#whole(decode);
    }
  }

  #lateFragment(decode: Decode): Fragment | undefined {
    const part = this.#nextLate();
    if (part === undefined) return undefined;
    const more = part.more !== FOLLOWS.nothing;
    return { data: this.#decoded(part.data, decode, more), more };
  }

  /** The record at hand is done with. Its room is given back with that of others, since each time costs. */
  #done(): void {
    if (++this.#unreleased >= this.#releaseEvery) this.#release();
  }

  #release(): void {
    if (this.#unreleased === 0) return;
    const reader = this.#reader;
    const words = this.#words;
    reader.release();
    this.#taken = (this.#taken + this.#unreleased) | 0;
    this.#unreleased = 0;
    words.taken = this.#taken;
    if (!words.stopped) return;
    const hasRoom = reader.heldBytes() <= reader.view.byteLength / ROOM;
    if (hasRoom && words.held <= this.#lowWater && words.takeStop()) this.#resume();
  }

  #copyAt(view: DataView, at: number): Uint8Array {
    const from = at + RAW.size;
    return new Uint8Array(this.#bytes.subarray(from, from + PAYLOAD_BYTES.get(view, at)));
  }

  /** ASCII is read where it lies. A UTF-8 decoder pointed at shared memory can crash the process: copied first. */
  #textAt(view: DataView, at: number): string {
    const length = PAYLOAD_BYTES.get(view, at);
    const from = at + RAW.size;
    if (ASCII.get(view, at) === 1) return this.#bytes.latin1Slice(from, from + length);
    const copy = length <= SCRATCH_BYTES ? this.#scratch : Buffer.allocUnsafeSlow(length);
    this.#bytes.copy(copy, 0, from, from + length);
    return copy.toString('utf8', 0, length);
  }

  get #isPartial(): boolean {
    return this.#parts.length > 0 || this.#partsBefore.length > 0;
  }

  #keep(part: Uint8Array): void {
    // Many tiny parts would take far more memory than their bytes.
    if (this.#parts.length === PARTS_MAX) this.#join();
    this.#parts.push(part);
  }

  #join(): void {
    for (const part of this.#parts) this.#partsBefore.append(part);
    this.#parts = [];
  }

  /** The part that has been kept longest. */
  #takeKept(): Uint8Array | undefined {
    return this.#partsBefore.length > 0 ? this.#partsBefore.take() : this.#parts.shift();
  }

  #wholeFrame(fin: boolean, textToo: boolean): ReceivedFrame {
    const opcode = this.#opcode;
    const isText = textToo && opcode === TEXT && fin;
    return { opcode, fin, data: this.#whole(isText) };
  }

  /** The message that was kept, without the room that it had to grow. */
  #whole(decode: Decode): Message {
    this.#join();
    const bytes = this.#partsBefore.take();
    if (decode ?? this.#isText)
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    return new Uint8Array(bytes);
  }

  #decoded(bytes: Uint8Array, decode: Decode, more: boolean): Message {
    if (!(decode ?? this.#isText)) return bytes;
    this.#decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    return this.#decoder.decode(bytes, { stream: more });
  }
}
