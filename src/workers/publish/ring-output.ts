import { HEADER } from '../../shared/records/header.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { RING_FULL, type RingWriter } from '../../shared/ring/ring-writer.ts';
import { copyRecord } from './record-memory.ts';
import type { Tally } from './tally.ts';

const { bytes: BYTES, typeId: TYPE_ID, flags: FLAGS } = HEADER.field;

/** Copies complete records from the worker's own memory into the ring, and counts them. */
export class RingOutput {
  readonly writer: RingWriter;
  readonly #tally: Tally;

  constructor(writer: RingWriter, tally: Tally) {
    this.writer = writer;
    this.#tally = tally;
  }

  /** @returns false where the ring has no room; nothing happened then. */
  tryWrite(view: DataView, at: number): boolean {
    if (this.#tryCopy(view, at) === RING_FULL) return false;
    this.#tally.delivered(TYPE_ID.get(view, at));
    return true;
  }

  /** The same for a record of the worker's own state, which is marked as such. */
  tryWriteRefreshed(view: DataView, at: number): boolean {
    const to = this.#tryCopy(view, at);
    if (to === RING_FULL) return false;
    FLAGS.set(this.writer.view, to, FLAGS.get(view, at) | FLAG.refreshed);
    this.#tally.refreshed();
    return true;
  }

  #tryCopy(view: DataView, at: number): number {
    const bytes = BYTES.get(view, at);
    const to = this.writer.tryClaim(bytes);
    if (to === RING_FULL) return RING_FULL;
    copyRecord(view, at, this.writer.view, to, bytes);
    this.writer.commit(bytes);
    return to;
  }
}
