import { Level } from '../../../shared/book/level.ts';
import type { Subscription } from '../../../shared/contract.ts';
import { BOOK_STATE } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { TYPE } from '../../../shared/records/record-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';

/** By how much one price is better than another: times this, it is less than zero. */
const BIDS = -1;
const ASKS = 1;

/** The best levels of one book as they were sent last. */
class PartialBook {
  readonly depth: number;
  readonly last = new BookMessage();

  constructor(depth: number) {
    this.depth = depth;
  }
}

/**
 * Books of which the best levels are sent whole each time. The first message is a snapshot; of each that follows
 * what differs from the one before is handed on, so that records stay small and say what happened.
 *
 * A message that is left out leaves no trace: the next one says all. Update ids only grow, though, so one that is
 * smaller is of a time before, and that book is subscribed anew. The same id comes with the same book.
 *
 * Source: web-socket-streams.md, "Partial Book Depth Streams".
 */
export class PartialBooks {
  readonly #books: BookIntegrity;
  readonly #sink: RecordSink;
  readonly #open = new Map<InstrumentId, PartialBook>();
  readonly #changes = new BookMessage();
  readonly #level = new Level();

  constructor(books: BookIntegrity, sink: RecordSink) {
    this.#books = books;
    this.#sink = sink;
  }

  /** Whether the book of this instrument is one of these. */
  has(instrument: InstrumentId): boolean {
    return this.#open.has(instrument);
  }

  open(subscription: Subscription): void {
    const { instrument, depth = 0 } = subscription;
    this.#books.open(subscription);
    if (this.#open.get(instrument)?.depth !== depth) this.#open.set(instrument, new PartialBook(depth));
  }

  close(instrument: InstrumentId): void {
    if (this.#open.delete(instrument)) this.#books.close(instrument);
  }

  reset(): void {
    this.#open.clear();
  }

  /** Takes a message with all of its levels in its lists, and its update id as `sequence`. */
  take(message: BookMessage): void {
    const { instrument } = message;
    const book = this.#open.get(instrument);
    // Still under way while the book is not subscribed, or is so otherwise.
    if (book === undefined) {
      this.#sink.discard(TYPE.book, instrument, FAULTS.BOOK_INVALID.id, 1);
      return;
    }
    const state = this.#books.state(instrument);
    message.snapshot = state === BOOK_STATE.absent;
    // Of a book that is stale it was said why, and it is being subscribed anew: what comes before that is discarded.
    if (state === BOOK_STATE.stale) {
      this.#books.take(message);
      return;
    }
    const flaw = flawOf(message, book.depth);
    if (flaw !== undefined) {
      this.#fail(instrument, FAULTS.MESSAGE_MALFORMED.id, flaw);
      return;
    }
    const { last } = book;
    if (message.snapshot) {
      this.#keep(message, last);
      this.#books.take(message);
      return;
    }
    if (message.sequence === last.sequence) return;
    if (message.sequence < last.sequence) {
      const detail = `book ${message.sequence} came after ${last.sequence}`;
      this.#fail(instrument, FAULTS.SEQUENCE_GAP.id, detail);
      return;
    }
    const changes = this.#changes;
    changes.begin(instrument, false);
    changes.sequence = message.sequence;
    this.#difference(last.bids, message.bids, changes.bids, BIDS);
    this.#difference(last.asks, message.asks, changes.asks, ASKS);
    this.#keep(message, last);
    this.#books.take(changes);
  }

  #fail(instrument: InstrumentId, fault: FaultCode, detail: string): void {
    this.#books.invalidate(instrument, fault, detail);
    this.#sink.discard(TYPE.book, instrument, fault, 1);
  }

  #keep(message: BookMessage, last: BookMessage): void {
    last.begin(message.instrument, true);
    last.sequence = message.sequence;
    this.#copy(message.bids, last.bids);
    this.#copy(message.asks, last.asks);
  }

  #copy(from: LevelList, to: LevelList): void {
    const level = this.#level;
    for (let n = 0; n < from.count; n++) {
      from.read(n, level);
      to.add(level);
    }
  }

  /** Adds to `changes` what leads from one side to the other. Both have their best level first. */
  #difference(before: LevelList, after: LevelList, changes: LevelList, direction: number): void {
    const level = this.#level;
    let i = 0;
    let j = 0;
    while (i < before.count || j < after.count) {
      const order =
        i === before.count ? 1 : j === after.count ? -1 : (before.prices[i]! - after.prices[j]!) * direction;
      if (order < 0) {
        before.read(i, level);
        level.qty = 0;
        changes.add(level);
      } else if (order > 0 || !isSameLevel(before, i, after, j)) {
        after.read(j, level);
        changes.add(level);
      }
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
  }
}

const isSameLevel = (a: LevelList, i: number, b: LevelList, j: number): boolean =>
  a.qtys[i] === b.qtys[j] &&
  a.qtyDecimals[i] === b.qtyDecimals[j] &&
  a.priceDecimals[i] === b.priceDecimals[j];

/** What is wrong with a message of so many levels; undefined where nothing is. */
function flawOf({ bids, asks }: BookMessage, depth: number): string | undefined {
  if (bids.count > depth || asks.count > depth)
    return `${bids.count} bids and ${asks.count} asks in a book of the best ${depth}`;
  return isSorted(bids, BIDS) && isSorted(asks, ASKS) ? undefined : 'the best levels are not in their order';
}

function isSorted({ count, prices }: LevelList, direction: number): boolean {
  for (let n = 1; n < count; n++) if (!((prices[n]! - prices[n - 1]!) * direction > 0)) return false;
  return true;
}
