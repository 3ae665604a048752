import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookChecksum, checksumLevel, findPadding, padSide } from '../../../src/shared/book/book-checksum.ts';
import { BookSide } from '../../../src/shared/book/book-side.ts';
import { CRC_START, crcOf, registerOf } from '../../../src/shared/book/crc32.ts';
import { Level } from '../../../src/shared/book/level.ts';
import { readDecimal, ScannedDecimal } from '../../../src/shared/decimal/scan-decimal.ts';
import { CHECKSUM_VECTORS, type ChecksumVector } from '../../support/checksum-vectors.ts';
import { Random } from '../../support/random.ts';

type Texts = readonly (readonly [price: string, qty: string])[];

function apply(side: BookSide, texts: Texts, priceDecimals: number, qtyDecimals: number): void {
  const level = new Level();
  const number = new ScannedDecimal();
  for (const [price, qty] of texts) {
    assert.ok(readDecimal(price, number));
    level.price = number.value;
    level.priceDecimals = number.decimals;
    assert.ok(readDecimal(qty, number));
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    checksumLevel(level, price, qty, priceDecimals, qtyDecimals);
    side.apply(level);
  }
}

function sides(vector: Pick<ChecksumVector, 'asks' | 'bids'>, priceDecimals: number, qtyDecimals: number) {
  const asks = new BookSide('asks');
  const bids = new BookSide('bids');
  apply(asks, vector.asks, priceDecimals, qtyDecimals);
  apply(bids, vector.bids, priceDecimals, qtyDecimals);
  return { asks, bids };
}

for (const vector of CHECKSUM_VECTORS) {
  const { name, priceDecimals, qtyDecimals, checksum } = vector;
  test(`the book of "${name}" has checksum ${checksum}`, () => {
    const { asks, bids } = sides(vector, priceDecimals, qtyDecimals);
    assert.equal(bookChecksum(asks, bids) >>> 0, checksum);
  });

  test(`the book of "${name}" has it too when its digits are padded afterwards`, () => {
    const { asks, bids } = sides(vector, 0, 0);
    padSide(asks, priceDecimals, qtyDecimals);
    padSide(bids, priceDecimals, qtyDecimals);
    assert.equal(bookChecksum(asks, bids) >>> 0, checksum);
  });

  test(`the decimals of "${name}" are found from its checksum`, () => {
    const { asks, bids } = sides(vector, 0, 0);
    const most = (n: 0 | 1): number =>
      Math.max(...[...vector.asks, ...vector.bids].map((level) => level[n].split('.')[1]!.length));
    assert.deepEqual(findPadding(asks, bids, checksum | 0), {
      priceDecimals: priceDecimals || most(0),
      qtyDecimals: qtyDecimals || most(1),
    });
    assert.equal(findPadding(asks, bids, (checksum + 1) | 0), undefined);
  });
}

test('levels of which nobody sent all the zeros are found to have up to four decimals more, and quantities twelve', () => {
  const texts: Texts = [
    ['1.5', '2'],
    ['1.6', '3.5'],
  ];
  const digitsAt = (price: number, qty: number): string =>
    texts
      .map(([p, q]) => Number(p).toFixed(price).replace('.', '') + Number(q).toFixed(qty).replace('.', ''))
      .join('');
  const { asks, bids } = sides({ asks: texts, bids: [] }, 0, 0);
  for (const [priceDecimals, qtyDecimals, found] of [
    [1, 1, true],
    [5, 12, true],
    [6, 8, false],
    [3, 13, false],
  ] as const) {
    const checksum = crcOf(registerOf(digitsAt(priceDecimals, qtyDecimals), CRC_START));
    assert.deepEqual(findPadding(asks, bids, checksum), found ? { priceDecimals, qtyDecimals } : undefined);
  }
});

test('after any updates the checksum is the CRC over the gathered digits', () => {
  const random = new Random(6);
  for (const depth of [3, 10, 25]) {
    const priceDecimals = 5;
    const qtyDecimals = 8;
    const held = { asks: new Map<string, string>(), bids: new Map<string, string>() };
    const real = { asks: new BookSide('asks'), bids: new BookSide('bids') };
    for (let n = 0; n < 5000; n++) {
      const side = random.pick(['asks', 'bids'] as const);
      const cents = (side === 'asks' ? 100_000 : 99_900) + random.below(90) * 5;
      const price = String(cents / 100_000);
      const qty = random.percent(30) ? '0' : `${random.below(50_000)}.${random.digits(1 + random.below(7))}`;
      apply(real[side], [[price, qty]], priceDecimals, qtyDecimals);
      if (Number(qty) === 0) held[side].delete(price);
      else held[side].set(price, qty);
      const sorted = (of: 'asks' | 'bids'): [string, string][] =>
        [...held[of]].sort(([a], [b]) => (Number(a) - Number(b)) * (of === 'asks' ? 1 : -1));
      held[side] = new Map(sorted(side).slice(0, depth));
      real[side].truncate(depth);
      const digits = [...sorted('asks').slice(0, 10), ...sorted('bids').slice(0, 10)]
        .flatMap(([p, q]) => [Number(p).toFixed(priceDecimals), Number(q).toFixed(qtyDecimals)])
        .map((text) => text.replace('.', '').replace(/^0+/, ''));
      assert.equal(
        bookChecksum(real.asks, real.bids) >>> 0,
        crcOf(registerOf(digits.join(''), CRC_START)),
        `update ${n}`,
      );
    }
  }
});

test('a number whose text is lost keeps its checksum part when it is padded', () => {
  const asks = new BookSide('asks');
  apply(asks, [['1.5', '12345678901234567.89']], 1, 2);
  const before = asks.checksum(0, 10);
  padSide(asks, 4, 8);
  assert.equal(asks.checksum(0, 10), before);
  assert.equal(findPadding(asks, new BookSide('bids'), 1), undefined);
});
