import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookDigest } from '../../../src/shared/book/book-digest.ts';
import { BookSide } from '../../../src/shared/book/book-side.ts';
import { Level } from '../../../src/shared/book/level.ts';
import { CheckedBook } from '../../../src/workers/exchanges/checked-book.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';
import { Random } from '../../support/random.ts';

const level = new Level();

function set(side: { apply(level: Level): void }, price: number, qty: number): void {
  level.price = price;
  level.qty = qty;
  level.priceDecimals = 1;
  level.qtyDecimals = 8;
  side.apply(level);
}

test('a book has the digest of its levels, however it came to them', () => {
  const random = new Random(8);
  const [one, other] = [0, 1].map(() => ({ asks: new BookSide('asks'), bids: new BookSide('bids') }));
  const levels = Array.from({ length: 50 }, (_, n) => ({ price: 100 + n / 10, qty: 1 + random.below(1000) }));
  for (const { price, qty } of levels) set(one!.asks, price, qty);
  for (const { price, qty } of [...levels].reverse()) {
    set(other!.asks, price, qty + 1);
    set(other!.asks, price + 50, 1);
    set(other!.asks, price + 50, 0);
    set(other!.asks, price, qty);
  }
  assert.equal(bookDigest(other!.asks, other!.bids), bookDigest(one!.asks, one!.bids));
});

test('another price, another quantity, another side and one level more or less make another digest', () => {
  const digestOf = (asks: readonly (readonly number[])[], bids: readonly (readonly number[])[]): number => {
    const book = { asks: new BookSide('asks'), bids: new BookSide('bids') };
    for (const [price, qty] of asks) set(book.asks, price!, qty!);
    for (const [price, qty] of bids) set(book.bids, price!, qty!);
    return bookDigest(book.asks, book.bids);
  };
  const digests = [
    digestOf([], []),
    digestOf([[2, 3]], []),
    digestOf([], [[2, 3]]),
    digestOf([[2, 3.00000001]], []),
    digestOf([[2.1, 3]], []),
    digestOf([[3, 2]], []),
    digestOf([[2, 3]], [[1, 1]]),
    digestOf(
      [
        [2, 3],
        [4, 5],
      ],
      [[1, 1]],
    ),
    digestOf(
      [
        [2, 5],
        [4, 3],
      ],
      [[1, 1]],
    ),
  ];
  assert.equal(new Set(digests).size, digests.length);
});

test('a book in the scanner’s memory has the same digest as one in JavaScript’s', () => {
  const random = new Random(9);
  const scanned = new CheckedBook(threadScanner(), 0);
  const plain = new CheckedBook(undefined, 0);
  assert.deepEqual([scanned.isScanned, plain.isScanned], [true, false]);
  for (let n = 0; n < 2_000; n++) {
    const [side, price] = random.percent(50)
      ? (['asks', 200 + random.below(100)] as const)
      : (['bids', 199 - random.below(100)] as const);
    const qty = random.percent(30) ? 0 : random.below(1e9) / 1e8;
    set(scanned[side], price / 10, qty);
    set(plain[side], price / 10, qty);
    assert.equal(scanned.digest(), plain.digest(), `after ${n + 1} changes`);
  }
});
