import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrderBook } from '../../../src/shared/book/order-book.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../../src/shared/records/book.ts';
import { TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { ListSink } from '../../support/list-sink.ts';

type Levels = readonly (readonly [price: number, qty: number])[];

const sink = new ListSink();

/** Applies a record with these levels; the n-th has n + 1 decimals in its price and n + 11 in its quantity. */
function apply(book: OrderBook, kind: 'snapshot' | 'update', bids: Levels, asks: Levels, depth = 3): boolean {
  const levels = [...bids, ...asks];
  const at = sink.claim(TYPE.book, bookBytes(levels.length));
  const { view } = sink;
  BOOK.field.flags.set(view, at, kind === 'snapshot' ? FLAG.snapshot : 0);
  BOOK.field.checksum.set(view, at, 0);
  BOOK.field.depth.set(view, at, depth);
  BOOK.field.hasChecksum.set(view, at, 0);
  BOOK.field.bidCount.set(view, at, bids.length);
  BOOK.field.askCount.set(view, at, asks.length);
  levels.forEach(([price, qty], n) => {
    view.setFloat64(at + BOOK.size + n * LEVEL_BYTES, price, true);
    view.setFloat64(at + BOOK.size + n * LEVEL_BYTES + 8, qty, true);
    view.setUint8(at + BOOK.size + levels.length * LEVEL_BYTES + n * 2, n + 1);
    view.setUint8(at + BOOK.size + levels.length * LEVEL_BYTES + n * 2 + 1, n + 11);
  });
  for (let i = BOOK.size + levels.length * 18; i < bookBytes(levels.length); i++) view.setUint8(at + i, 0);
  sink.commit(bookBytes(levels.length));
  return book.applyRecord(view, at);
}

const shown = (book: OrderBook) => ({ bids: book.levels('bids'), asks: book.levels('asks') });

test('a snapshot replaces the book, an update changes it, and each side is cut to the depth afterwards', () => {
  const book = new OrderBook();
  apply(
    book,
    'snapshot',
    [
      [10, 1],
      [9, 1],
      [8, 1],
    ],
    [
      [11, 1],
      [12, 1],
      [13, 1],
    ],
  );
  assert.equal(book.depth, 3);
  // Level 8 would be lost if the side were cut before the whole record is applied.
  apply(
    book,
    'update',
    [
      [10.5, 2],
      [10, 0],
    ],
    [
      [12, 5],
      [12, 6],
      [99, 0],
    ],
  );
  assert.deepEqual(shown(book), {
    bids: [
      [10.5, 2],
      [9, 1],
      [8, 1],
    ],
    asks: [
      [11, 1],
      [12, 6],
      [13, 1],
    ],
  });
  apply(book, 'update', [[10.6, 2]], []);
  assert.deepEqual(book.levels('bids'), [
    [10.6, 2],
    [10.5, 2],
    [9, 1],
  ]);
  apply(book, 'snapshot', [[1, 1]], []);
  assert.deepEqual(shown(book), { bids: [[1, 1]], asks: [] });
});

test('a depth of zero cuts nothing', () => {
  const book = new OrderBook();
  const bids = Array.from({ length: 100 }, (_, n) => [100 - n, 1] as const);
  apply(book, 'snapshot', bids, [], 0);
  assert.equal(book.bids.size, 100);
});

test('an update before a snapshot is refused, also after the book was invalidated', () => {
  const book = new OrderBook();
  assert.equal(apply(book, 'update', [[1, 1]], []), false);
  assert.equal(book.isLive, false);
  assert.equal(apply(book, 'snapshot', [[1, 1]], []), true);
  assert.equal(book.isLive, true);
  book.invalidate();
  assert.equal(book.isLive, false);
  assert.deepEqual(shown(book), { bids: [], asks: [] });
  assert.equal(apply(book, 'update', [[1, 1]], []), false);
  assert.deepEqual(shown(book), { bids: [], asks: [] });
});

test('best prices, spread and middle are read directly, and are NaN where a side is empty', () => {
  const book = new OrderBook();
  const tops = (): number[] => [
    book.bestBid,
    book.bestBidQty,
    book.bestAsk,
    book.bestAskQty,
    book.spread,
    book.mid,
  ];
  const { NaN: none } = Number;
  assert.deepEqual(tops(), [none, none, none, none, none, none]);
  apply(book, 'snapshot', [[10, 1]], []);
  assert.deepEqual(tops(), [10, 1, none, none, none, none]);
  apply(book, 'update', [], [[10.5, 4]]);
  assert.deepEqual(tops(), [10, 1, 10.5, 4, 0.5, 10.25]);
});

test('levels are visited best first, with their decimals kept', () => {
  const book = new OrderBook();
  apply(
    book,
    'snapshot',
    [
      [9, 1],
      [10, 2],
    ],
    [
      [12, 3],
      [11, 4],
    ],
  );
  const seen: number[][] = [];
  book.forEachBid((...level) => seen.push(level));
  book.forEachAsk((...level) => seen.push(level));
  assert.deepEqual(seen, [
    [10, 2, 0],
    [9, 1, 1],
    [11, 4, 0],
    [12, 3, 1],
  ]);
  assert.deepEqual(
    [book.bids, book.asks].map((side) => [side.priceDecimals(0), side.qtyDecimals(1)]),
    [
      [2, 11],
      [4, 13],
    ],
  );
  assert.deepEqual(book.levels('asks', 1), [[11, 4]]);
  assert.deepEqual(book.levels('asks', 0), []);
});
