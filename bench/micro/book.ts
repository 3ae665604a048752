import { bookChecksum, checksumLevel } from '../../src/shared/book/book-checksum.ts';
import { BookSide } from '../../src/shared/book/book-side.ts';
import { Level } from '../../src/shared/book/level.ts';
import type { Subscription } from '../../src/shared/contract.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../src/shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../src/shared/units.ts';
import { BookIntegrity } from '../../src/workers/exchanges/book-integrity.ts';
import { BookMessage } from '../../src/workers/exchanges/book-message.ts';
import { LastRecord } from '../support/last-record.ts';
import { SILENT } from '../support/silent-events.ts';

/** A change of one level, and the digits of its checksum as bytes. */
export interface Update {
  readonly side: 'asks' | 'bids';
  readonly level: Level;
  readonly digits: Uint8Array;
}

const TICK = 0.1;

/** Changes of a book of this depth whose prices stay where they are, most of them near the top. */
export function bookUpdates(count: number, depth: number): Update[] {
  let state = depth;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * bound);
  };
  return Array.from({ length: count }, () => {
    const side = below(2) === 0 ? 'asks' : 'bids';
    const place = Math.min(below(depth * 1.2), below(depth * 1.2));
    const priceText = (side === 'asks' ? 60_000.1 + place * TICK : 60_000 - place * TICK).toFixed(1);
    const isRemoval = below(3) === 0;
    const qtyText = isRemoval ? '0.00000000' : `${below(20)}.${10_000_000 + below(89_999_999)}`;
    const level = new Level();
    level.price = Number(priceText);
    level.qty = Number(qtyText);
    level.priceDecimals = 1;
    level.qtyDecimals = 8;
    checksumLevel(level, priceText, qtyText, 1, 8);
    const digits = [priceText, qtyText].map((text) => text.replace('.', '').replace(/^0+/, '')).join('');
    return { side, level, digits: new TextEncoder().encode(digits) };
  });
}

/** Nanoseconds per update, by what is done with it. */
export interface BookCosts {
  readonly depth: number;
  /** Into its side of the book, and the side cut to its depth. */
  readonly applyNs: number;
  /** The whole way of a message: applied, its checksum computed and compared, its record written. */
  readonly takeNs: number;
}

const ROUNDS = 3;

function measure(depth: number, count: number): BookCosts {
  const instrument = 1 as InstrumentId;
  const updates = bookUpdates(Math.min(count, 4096), depth);
  let applyNs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const book = { asks: new BookSide('asks'), bids: new BookSide('bids') };
    const began = process.hrtime.bigint();
    for (let n = 0; n < count; n++) {
      const { side, level } = updates[n % updates.length]!;
      const of = side === 'asks' ? book.asks : book.bids;
      of.apply(level);
      of.truncate(depth);
    }
    applyNs = Math.min(applyNs, Number(process.hrtime.bigint() - began) / count);
  }

  let takeNs = Number.POSITIVE_INFINITY;
  const checksums = checksumsOf(updates, depth, count);
  for (let round = 0; round < ROUNDS; round++) {
    let records = 0;
    const sink = new LastRecord(() => records++);
    const counters = { local: new Float64Array(FEED_COUNTER_WORDS) };
    const books = new BookIntegrity(
      sink,
      sink,
      SILENT,
      new SymbolCounters(SymbolCounters.memory()),
      counters,
    );
    books.open({ channel: 'book', instrument, depth } satisfies Subscription);
    const message = new BookMessage();
    message.begin(instrument, true);
    books.take(message);
    const began = process.hrtime.bigint();
    for (let n = 0; n < count; n++) {
      const { side, level } = updates[n % updates.length]!;
      message.begin(instrument, false);
      (side === 'asks' ? message.asks : message.bids).add(level);
      message.hasChecksum = true;
      message.checksum = checksums[n]!;
      books.take(message);
    }
    takeNs = Math.min(takeNs, Number(process.hrtime.bigint() - began) / count);
    if (counters.local[FEED.checksumsChecked] !== count || records !== count + 1)
      throw new Error(`${counters.local[FEED.checksumsChecked]} of ${count} checksums held`);
  }
  return { depth, applyNs, takeNs };
}

/** What the exchange would send after each update; that it is right is for the tests and `checksum-native`. */
function checksumsOf(updates: readonly Update[], depth: number, count: number): Int32Array {
  const asks = new BookSide('asks');
  const bids = new BookSide('bids');
  return Int32Array.from({ length: count }, (_, n) => {
    const { side, level } = updates[n % updates.length]!;
    const of = side === 'asks' ? asks : bids;
    of.apply(level);
    of.truncate(depth);
    return bookChecksum(asks, bids);
  });
}

/** @throws Error when a checksum did not hold. */
export function run(options: { readonly updates: number }): BookCosts[] {
  return [10, 100, 1000].map((depth) => measure(depth, options.updates));
}

if (import.meta.filename === process.argv[1]) console.table(run({ updates: 1_000_000 }));
