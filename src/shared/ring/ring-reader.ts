import { invariant } from '../invariant.ts';
import { HEADER } from '../records/header.ts';
import { PADDING_TYPE_ID } from '../records/record-catalogue.ts';
import { HEADER_SIZE } from '../records/record-header.ts';
import { CONTROL, heldBetween, openRing, RECORD_ALIGNMENT } from './ring-layout.ts';

/** What `next` returns when there is nothing to read. */
const NOTHING = -1;

/**
 * The consuming side of a ring. One thread, one instance at a time.
 *
 * A record is read where it lies, and stays there until `release`. Lengths are checked before they are
 * relied upon: a ring that was written wrongly ends in an InvariantError, at the same place each time,
 * never in an endless loop or a read beyond what is held.
 */
export class RingReader {
  /** The data of the ring; offsets returned by `next` index it. */
  readonly view: DataView;
  readonly #control: Int32Array;
  readonly #capacity: number;
  readonly #mask: number;
  /** The writer's tail as last seen. It only moves on, so an old one is safe: it shows too few records. */
  #tail: number;
  /** End of the record returned last. */
  #position: number;
  /** End of what is released: what the head word holds. */
  #released: number;

  /** Continues at the released head. */
  constructor(ring: SharedArrayBuffer) {
    const { control, data, capacity } = openRing(ring);
    this.view = data;
    this.#control = control;
    this.#capacity = capacity;
    this.#mask = capacity - 1;
    this.#released = Atomics.load(control, CONTROL.head);
    this.#position = this.#released;
    this.#tail = this.#released;
  }

  /** @returns where the next record begins in `view`, or -1 when there is none. */
  next(): number {
    for (;;) {
      if (this.#position === this.#tail && this.isEmpty()) return NOTHING;
      const at = this.#position & this.#mask;
      const bytes = HEADER.field.bytes.get(this.view, at);
      invariant(bytes % RECORD_ALIGNMENT === 0, 'a record in a ring is a multiple of 8 bytes');
      invariant(bytes <= ((this.#tail - this.#position) | 0), 'a record in a ring ends before its tail');
      if (HEADER.field.typeId.get(this.view, at) !== PADDING_TYPE_ID) {
        invariant(bytes >= HEADER_SIZE, 'a record in a ring has the common header');
        invariant(at + bytes <= this.#capacity, 'a record in a ring lies in one piece');
        this.#position = (this.#position + bytes) | 0;
        return at;
      }
      invariant(at + bytes === this.#capacity, 'padding in a ring reaches its end');
      this.#position = (this.#position + bytes) | 0;
    }
  }

  /** Makes everything returned so far free for the writer, the record returned last included. */
  release(): void {
    const position = this.#position;
    if (position === this.#released) return;
    // The writer writes here once it sees the new head, so every read of these records is made before this
    // line. ring-preemption.test.ts shows what happens otherwise.
    Atomics.store(this.#control, CONTROL.head, position);
    this.#released = position;
  }

  /** Whether `next` would find nothing, with the writer's tail read anew. */
  isEmpty(): boolean {
    // Pairs with the store in RingWriter.publish: whatever lies before this tail was written before it.
    const tail = Atomics.load(this.#control, CONTROL.tail);
    heldBetween(this.#released, tail, this.#capacity);
    this.#tail = tail;
    return tail === this.#position;
  }

  /** Bytes published and not yet released, with the writer's tail read anew. */
  heldBytes(): number {
    return heldBetween(this.#released, Atomics.load(this.#control, CONTROL.tail), this.#capacity);
  }
}
