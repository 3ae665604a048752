import type { Subscription } from '../../../shared/contract.ts';
import { BOOK_STATE, INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { TYPE } from '../../../shared/records/record-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import type { BookMessage } from '../book-message.ts';
import { isByChanges } from './wire.ts';

/** How an instrument's book is subscribed. */
const MODE = { none: 0, changes: 1, whole: 2 } as const;

/**
 * The order of book messages. Every change of `book_lv2` says under `lastId` which one it follows; a change
 * that does not follow the one before it tells of others that were never sent, and the book is unknown. The
 * distance between two ids says nothing: changes are sent together, up to 15 of them as recorded.
 *
 * Ids go in through fields, because doubles that are handed over are boxed.
 */
export class BookUpdates {
  lastId = Number.NaN;
  id = Number.NaN;
  readonly #books: BookIntegrity;
  readonly #sink: RecordSink;
  /** Id of the newest message, by instrument. */
  readonly #newest = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);
  readonly #modes = new Uint8Array(INSTRUMENTS_MAX);

  constructor(books: BookIntegrity, sink: RecordSink) {
    this.#books = books;
    this.#sink = sink;
  }

  open(subscription: Subscription): void {
    this.#books.open(subscription);
    this.#modes[subscription.instrument] = isByChanges(subscription) ? MODE.changes : MODE.whole;
  }

  close(instrument: InstrumentId): void {
    this.#books.close(instrument);
    this.#modes[instrument] = MODE.none;
  }

  /** Takes one message of `book_lv2`, with `lastId` and `id` as it has them. */
  takeChange(message: BookMessage): void {
    const { instrument } = message;
    if (this.#modes[instrument] === MODE.whole) {
      this.#discard(instrument);
      return;
    }
    message.sequence = this.id;
    if (!message.snapshot) this.#check(instrument);
    this.#newest[instrument] = this.id;
    this.#books.take(message);
  }

  /** Takes one message of `book`, which is the book as it is now, with `id` as it has it. */
  takeWhole(message: BookMessage): void {
    const { instrument } = message;
    if (this.#modes[instrument] === MODE.changes) {
      this.#discard(instrument);
      return;
    }
    message.sequence = this.id;
    this.#books.take(message);
  }

  #check(instrument: InstrumentId): void {
    const state = this.#books.state(instrument);
    // Of a book that is stale already it was said, and it is being asked for anew.
    if (state === BOOK_STATE.stale) return;
    if (state === BOOK_STATE.live && this.lastId === this.#newest[instrument]) return;
    const before =
      state === BOOK_STATE.live ? `the one before was ${this.#newest[instrument]}` : 'no snapshot came';
    const detail = `update ${this.id} follows ${this.lastId}, ${before}`;
    this.#books.invalidate(instrument, FAULTS.SEQUENCE_GAP.id, detail);
  }

  /** What is still under way of the channel that the book was subscribed on before. */
  #discard(instrument: InstrumentId): void {
    this.#sink.discard(TYPE.book, instrument, FAULTS.BOOK_INVALID.id, 1);
  }
}
