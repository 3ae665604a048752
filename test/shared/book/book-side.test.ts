import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BookSide } from '../../../src/shared/book/book-side.ts';
import { moveRegister } from '../../../src/shared/book/crc32.ts';
import { Level } from '../../../src/shared/book/level.ts';
import { Random } from '../../support/random.ts';

type Row = [
  price: number,
  qty: number,
  priceDecimals: number,
  qtyDecimals: number,
  crc: number,
  digits: number,
];

function levelOf([price, qty, priceDecimals, qtyDecimals, crc, crcDigits]: Row): Level {
  return Object.assign(new Level(), { price, qty, priceDecimals, qtyDecimals, crc, crcDigits });
}

function rowsOf(side: BookSide): Row[] {
  const level = new Level();
  return Array.from({ length: side.size }, (_, i) => {
    side.read(i, level);
    assert.equal(side.price(i), level.price);
    assert.equal(side.qty(i), level.qty);
    assert.equal(side.priceDecimals(i), level.priceDecimals);
    assert.equal(side.qtyDecimals(i), level.qtyDecimals);
    return [level.price, level.qty, level.priceDecimals, level.qtyDecimals, level.crc, level.crcDigits];
  });
}

/** The same side as an array that is sorted anew each time: slow and plain. */
class NaiveSide {
  readonly #sign: number;
  rows: Row[] = [];

  constructor(side: 'bids' | 'asks') {
    this.#sign = side === 'bids' ? -1 : 1;
  }

  apply(row: Row): void {
    this.rows = this.rows.filter(([price]) => price !== row[0]);
    if (row[1] !== 0) this.rows.push(row);
    this.rows.sort((a, b) => (a[0] - b[0]) * this.#sign);
  }

  checksum(register: number, depth: number): number {
    let moved = register;
    for (const [, , , , crc, digits] of this.rows.slice(0, depth)) moved = moveRegister(moved, digits) ^ crc;
    return moved;
  }
}

interface Market {
  readonly name: string;
  readonly depth: number;
  readonly capacity: number;
  readonly steps: number;
  /** Price of the n-th change. */
  readonly price: (random: Random, n: number) => number;
}

const MARKETS: readonly Market[] = [
  { name: 'few prices', depth: 10, capacity: 4, steps: 20_000, price: (random) => random.below(30) / 10 },
  {
    name: 'prices that rise',
    depth: 10,
    capacity: 32,
    steps: 20_000,
    price: (random, n) => n + random.below(20),
  },
  {
    name: 'prices that fall',
    depth: 25,
    capacity: 8,
    steps: 20_000,
    price: (random, n) => -n - random.below(40),
  },
  { name: 'a deep book', depth: 500, capacity: 32, steps: 4000, price: (random) => random.below(2000) / 100 },
  {
    name: 'changes near the top',
    depth: 100,
    capacity: 64,
    steps: 8000,
    price: (random) => random.below(random.below(300) + 1),
  },
];

for (const side of ['bids', 'asks'] as const)
  for (const { name, depth, capacity, steps, price } of MARKETS)
    test(`${side} of ${name} hold what a sorted array holds`, () => {
      const random = new Random(depth + capacity);
      const real = new BookSide(side, capacity);
      const naive = new NaiveSide(side);
      for (let n = 0; n < steps; n++) {
        const row: Row = [
          price(random, n),
          random.percent(35) ? 0 : 1 + random.below(1000),
          random.below(256),
          random.below(256),
          (random.below(2 ** 16) << 16) ^ random.below(2 ** 16),
          random.pick([0, 13, 40, 70, 300, 65_535]),
        ];
        real.apply(levelOf(row));
        naive.apply(row);
        if (random.percent(40)) {
          real.truncate(depth);
          naive.rows.length = Math.min(naive.rows.length, depth);
        }
        if (random.below(2000) === 0) {
          real.clear();
          naive.rows = [];
        }
        assert.equal(real.size, naive.rows.length);
        assert.equal(real.price(0), naive.rows[0]?.[0] ?? Number.NaN);
        if (n % 7 === 0) assert.equal(real.checksum(n, 10), naive.checksum(n, 10));
        if (n % 50 === 0) assert.deepEqual(rowsOf(real), naive.rows);
      }
      assert.deepEqual(rowsOf(real), naive.rows);
      assert.equal(real.checksum(-1, 1e9), naive.checksum(-1, 1e9));
    });

for (const order of ['best first', 'worst first'] as const)
  test(`a snapshot sent ${order} is held best first`, () => {
    const asks = new BookSide('asks');
    const prices = Array.from({ length: 1000 }, (_, n) => n + 1);
    for (const price of order === 'best first' ? prices : prices.toReversed())
      asks.apply(levelOf([price, 1, 0, 0, 0, 0]));
    assert.deepEqual(
      rowsOf(asks).map(([price]) => price),
      prices,
    );
  });

test('where there is no level, price and quantity are NaN and decimals zero', () => {
  const bids = new BookSide('bids');
  const level = new Level();
  bids.apply(levelOf([1, 2, 3, 4, 5, 6]));
  bids.apply(levelOf([2, 2, 3, 4, 5, 6]));
  bids.truncate(1);
  for (const index of [1, 2, -1, 1000]) {
    bids.read(index, level);
    assert.deepEqual(
      [bids.price(index), bids.qty(index), bids.priceDecimals(index), bids.qtyDecimals(index)],
      [Number.NaN, Number.NaN, 0, 0],
    );
    assert.deepEqual({ ...level }, { ...levelOf([Number.NaN, Number.NaN, 0, 0, 0, 0]) });
  }
});
