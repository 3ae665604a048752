import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { NO_INSTRUMENT } from '../../shared/units.ts';
import { Hole } from './hole.ts';
import type { BookRefresher, OverflowPolicy } from './overflow-policy.ts';
import { recordMemory } from './record-memory.ts';
import { RecordQueue } from './record-queue.ts';
import type { RingOutput } from './ring-output.ts';
import type { Stamp } from './stamp.ts';
import { isNotice, type Tally } from './tally.ts';

const {
  bytes: BYTES,
  instrument: INSTRUMENT_ID,
  typeId: TYPE_ID,
  receivedAtNs: RECEIVED_AT_NS,
} = HEADER.field;

/**
 * Most bytes of market data that wait in the worker's memory. Reading stops after the message that found no
 * room, so what has to wait is the records of one message; this is several times those of the longest
 * message that is accepted. If it is exceeded all the same, what comes is dropped, counted and announced.
 */
export const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Stops reading when the ring is full: what was read already waits in order, nothing overtakes it, and
 * nothing is lost. Records that wait are not counted yet: they are received and delivered in one step when
 * they reach the ring.
 */
export class Backlog implements OverflowPolicy {
  readonly #output: RingOutput;
  readonly #tally: Tally;
  readonly #stamp: Stamp;
  readonly #books: BookRefresher;
  readonly #bytesMax: number;
  readonly #queue = new RecordQueue();
  /** What did not even find room here, since the last gap record. */
  readonly #hole = new Hole(NO_INSTRUMENT, FAULTS.RING_FULL.id);
  readonly #gap = recordMemory(GAP.size);

  constructor(output: RingOutput, tally: Tally, stamp: Stamp, books: BookRefresher, bytesMax: number) {
    this.#output = output;
    this.#tally = tally;
    this.#stamp = stamp;
    this.#books = books;
    this.#bytesMax = bytesMax;
  }

  get busy(): boolean {
    return !this.#queue.isEmpty || !this.#hole.isEmpty;
  }

  take(view: DataView, at: number): void {
    if (!this.busy && this.#output.tryWrite(view, at)) return;
    // Notices are exempt from the bound: they are few and short, and never lost.
    if (!isNotice(TYPE_ID.get(view, at)) && !this.#hasRoom(BYTES.get(view, at))) {
      this.#drop(view, at);
      return;
    }
    if (!this.#hole.isEmpty) {
      this.#hole.write(this.#gap, 0, this.#stamp);
      this.#queue.append(this.#gap, 0);
      this.#hole.clear();
    }
    this.#queue.append(view, at);
  }

  recover(): void {
    const queue = this.#queue;
    while (!queue.isEmpty) {
      if (!this.#output.tryWrite(queue.view, queue.head)) return;
      queue.shift();
    }
    if (this.#hole.isEmpty) return;
    this.#hole.write(this.#gap, 0, this.#stamp);
    if (this.#output.tryWrite(this.#gap, 0)) this.#hole.clear();
  }

  /** Once something was dropped, half has to be free first: one gap for many records, not one for each. */
  #hasRoom(bytes: number): boolean {
    return this.#queue.bytes + bytes <= (this.#hole.isEmpty ? this.#bytesMax : this.#bytesMax / 2);
  }

  #drop(view: DataView, at: number): void {
    const typeId = TYPE_ID.get(view, at);
    this.#hole.drop(typeId, 1, RECEIVED_AT_NS.get(view, at));
    this.#tally.dropped(typeId, 1);
    if (typeId === TYPE.book)
      this.#books.spoil(INSTRUMENT_ID.get(view, at), 'an update found no room, even in the worker');
  }
}
