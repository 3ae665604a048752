import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookChecksum } from '../../../src/shared/book/book-checksum.ts';
import type { BookLevels } from '../../../src/shared/book/book-levels.ts';
import { BookSide } from '../../../src/shared/book/book-side.ts';
import { Level } from '../../../src/shared/book/level.ts';
import { ScannedSide } from '../../../src/workers/scanner/scanned-side.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';
import { Random } from '../../support/random.ts';

const scanner = threadScanner();

interface Market {
  readonly name: string;
  readonly depth: number;
  readonly levels: number;
  readonly steps: number;
  readonly price: (random: Random, n: number) => number;
}

const MARKETS: readonly Market[] = [
  { name: 'few prices', depth: 10, levels: 4, steps: 20_000, price: (random) => random.below(30) / 10 },
  {
    name: 'prices that rise',
    depth: 10,
    levels: 32,
    steps: 20_000,
    price: (random, n) => n + random.below(20),
  },
  {
    name: 'prices that fall',
    depth: 25,
    levels: 8,
    steps: 20_000,
    price: (random, n) => -n - random.below(40),
  },
  { name: 'a deep book', depth: 500, levels: 32, steps: 6000, price: (random) => random.below(2000) / 100 },
  {
    name: 'changes near the top',
    depth: 100,
    levels: 64,
    steps: 8000,
    price: (random) => random.below(random.below(300) + 1),
  },
];

function levelsOf(side: BookLevels): object[] {
  return Array.from({ length: side.size }, (_, i) => {
    const level = new Level();
    side.read(i, level);
    assert.equal(side.price(i), level.price);
    return { ...level };
  });
}

for (const { name, depth, levels, steps, price } of MARKETS)
  test(`${name}: a scanned book is the same as a plain one, level by level and by its checksum`, () => {
    const random = new Random(depth + levels);
    const plain = { bids: new BookSide('bids'), asks: new BookSide('asks') };
    const scanned = {
      bids: ScannedSide.create(scanner, 'bids', levels)!,
      asks: ScannedSide.create(scanner, 'asks', levels)!,
    };
    const level = new Level();
    for (let n = 0; n < steps; n++) {
      const side = random.pick(['bids', 'asks'] as const);
      Object.assign(level, {
        price: price(random, n),
        qty: random.percent(35) ? 0 : 1 + random.below(1000),
        priceDecimals: random.below(256),
        qtyDecimals: random.below(256),
        crc: (random.below(2 ** 16) << 16) ^ random.below(2 ** 16),
        crcDigits: random.pick([0, 13, 13, 13, 14, 40, 70, 300, 65_535]),
      });
      plain[side].apply(level);
      scanned[side].apply(level);
      if (random.percent(40)) {
        plain[side].truncate(depth);
        scanned[side].truncate(depth);
      }
      if (random.below(2000) === 0) {
        plain[side].clear();
        scanned[side].clear();
      }
      assert.equal(scanned[side].size, plain[side].size);
      assert.equal(scanned[side].price(0), plain[side].price(0));
      if (random.percent(60))
        assert.equal(
          scanner.module.checksum(scanned.asks.at, scanned.bids.at),
          bookChecksum(plain.asks, plain.bids),
        );
      if (n % 200 === 0) assert.deepEqual(levelsOf(scanned[side]), levelsOf(plain[side]));
    }
    for (const side of ['bids', 'asks'] as const)
      assert.deepEqual(levelsOf(scanned[side]), levelsOf(plain[side]));
    scanned.bids.free();
    scanned.asks.free();
  });

test('memory that is given back is used again', () => {
  const first = ScannedSide.create(scanner, 'bids', 1000)!;
  first.free();
  const second = ScannedSide.create(scanner, 'asks', 1000)!;
  assert.equal(second.at, first.at);
  assert.equal(second.size, 0);
  second.free();
});

test('there is no side, and no level is taken, where there is no room', () => {
  assert.equal(ScannedSide.create(scanner, 'bids', 10_000_000), undefined);
  const side = ScannedSide.create(scanner, 'bids', 8)!;
  assert.equal(side.makeRoom(10_000_000), false);
  assert.equal(side.makeRoom(100), true);
  side.free();
});

test('where there is no level, price and quantity are NaN and decimals zero', () => {
  const side = ScannedSide.create(scanner, 'bids')!;
  const level = new Level();
  for (const index of [-1, 0, 1]) {
    side.read(index, level);
    assert.deepEqual(
      { ...level },
      { price: NaN, qty: NaN, priceDecimals: 0, qtyDecimals: 0, crc: 0, crcDigits: 0 },
    );
    assert.equal(side.price(index), NaN);
  }
  side.free();
});
