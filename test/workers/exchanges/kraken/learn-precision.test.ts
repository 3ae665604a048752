import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Level } from '../../../../src/shared/book/level.ts';
import { INEXACT } from '../../../../src/shared/decimal/decimals.ts';
import { BookMessage, type LevelList } from '../../../../src/workers/exchanges/book-message.ts';
import { learnPrecision } from '../../../../src/workers/exchanges/kraken/learn-precision.ts';
import { BTC, KrakenHarness } from './codec-harness.ts';

type Decimals = readonly [price: number, qty: number];

function fill(list: LevelList, levels: readonly Decimals[]): void {
  const level = new Level();
  for (const [priceDecimals, qtyDecimals] of levels)
    list.add(Object.assign(level, { priceDecimals, qtyDecimals }));
}

/** Whether the message must be read again, and the decimals then known. */
function learn(known: Decimals, bids: readonly Decimals[], asks: readonly Decimals[]): unknown[] {
  const { books } = new KrakenHarness();
  books.raisePrecision(BTC, ...known);
  const message = new BookMessage();
  message.begin(BTC, false);
  fill(message.bids, bids);
  fill(message.asks, asks);
  const again = learnPrecision(books, message, ...known);
  return [again, books.priceDecimals(BTC), books.qtyDecimals(BTC)];
}

test('the most decimals seen are the precision, and levels with fewer are read again when it is raised', () => {
  const cases: [title: string, known: Decimals, bids: Decimals[], asks: Decimals[], expected: unknown[]][] = [
    ['nothing new', [2, 8], [[2, 8]], [[1, 3]], [false, 2, 8]],
    ['no levels', [0, 0], [], [], [false, 0, 0]],
    ['all alike', [0, 0], [[2, 8]], [[2, 8]], [false, 2, 8]],
    [
      'a bid price with fewer',
      [0, 0],
      [
        [2, 8],
        [1, 8],
      ],
      [[2, 8]],
      [true, 2, 8],
    ],
    [
      'an ask price with fewer',
      [0, 0],
      [[2, 8]],
      [
        [2, 8],
        [1, 8],
      ],
      [true, 2, 8],
    ],
    [
      'a bid quantity with fewer',
      [0, 0],
      [
        [2, 8],
        [2, 7],
      ],
      [[2, 8]],
      [true, 2, 8],
    ],
    [
      'an ask quantity with fewer',
      [0, 0],
      [[2, 8]],
      [
        [2, 8],
        [2, 7],
      ],
      [true, 2, 8],
    ],
    ['one side has no levels', [1, 8], [], [[2, 8]], [false, 2, 8]],
    ['quantity known better than seen', [1, 8], [[2, 6]], [], [true, 2, 8]],
    ['the mark for inexact is no decimal', [2, 8], [[2, 8 | INEXACT]], [], [false, 2, 8]],
  ]; // prettier-ignore
  for (const [title, known, bids, asks, expected] of cases)
    assert.deepEqual(learn(known, bids, asks), expected, title);
});
