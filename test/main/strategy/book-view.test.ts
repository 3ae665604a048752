import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BookEvent, type BookView, OrderBook } from '../../../src/main/index.ts';
import { StrategyLoop } from '../../../src/main/strategy/strategy-loop.ts';
import { BASE, NAMES, WrittenRing } from '../../support/written-records.ts';

function onBook(write: (ring: WrittenRing) => void, look: (view: BookView) => void): void {
  const ring = new WrittenRing();
  write(ring);
  const loop = new StrategyLoop(NAMES);
  loop.add({ reader: ring.reader, taken: () => undefined });
  assert.ok(loop.poll({ onBook: look }, 100, Number.POSITIVE_INFINITY) > 0);
}

const SNAPSHOT = (ring: WrittenRing): void =>
  ring.book(
    [
      [100.5, 1.25, 1, 4],
      [100.4, 2, 1, 0],
    ],
    [[100.6, 0.00037, 2, 8]],
    { checksum: 0xffff_fffe, depth: 25 },
  );

test('levels are read by side, as numbers and as they were written', () => {
  onBook(SNAPSHOT, (view) => {
    assert.deepEqual(
      [view.bidCount, view.askCount, view.depth, view.checksum, view.snapshot],
      [2, 1, 25, 0xffff_fffe, true],
    );
    assert.deepEqual(
      [view.bidPrice(1), view.bidQty(1), view.askPrice(0), view.askQty(0)],
      [100.4, 2, 100.6, 0.00037],
    );
    assert.deepEqual(
      [view.bidPriceText(0), view.bidQtyText(0), view.bidQtyText(1)],
      ['100.5', '1.2500', '2'],
    );
    assert.deepEqual([view.askPriceText(0), view.askQtyText(0)], ['100.60', '0.00037000']);
  });
});

test('a copy has the levels as pairs, and no checksum where none was sent', () => {
  const copies: BookEvent[] = [];
  onBook(
    (ring) => {
      SNAPSHOT(ring);
      ring.book([], [[100.6, 0, 1, 1]], { flags: 0 });
      ring.book([], []);
    },
    (view) => void copies.push(view.copy()),
  );
  const book = { type: 'book', ...BASE };
  assert.deepEqual(copies, [
    {
      ...book,
      snapshot: true,
      depth: 25,
      bids: [
        [100.5, 1.25],
        [100.4, 2],
      ],
      asks: [[100.6, 0.00037]],
      checksum: 0xffff_fffe,
    },
    { ...book, snapshot: false, depth: 10, bids: [], asks: [[100.6, 0]], checksum: undefined },
    { ...book, snapshot: true, depth: 10, bids: [], asks: [], checksum: undefined },
  ]);
});

test('a view brings a mirror of the book up to date', () => {
  const book = new OrderBook();
  onBook(
    (ring) => {
      SNAPSHOT(ring);
      ring.book([[100.5, 0, 1, 1]], [[100.55, 3, 2, 0]], { flags: 0, depth: 25 });
    },
    (view) => view.applyTo(book),
  );
  assert.ok(book.isLive);
  assert.deepEqual([book.bestBid, book.bestAsk], [100.4, 100.55]);
});
