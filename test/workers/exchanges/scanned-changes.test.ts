import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Level } from '../../../src/shared/book/level.ts';
import { LevelList } from '../../../src/workers/exchanges/book-message.ts';
import { splitScannedChanges } from '../../../src/workers/exchanges/scanned-changes.ts';
import {
  ASK_COUNT,
  BID_COUNT,
  FIRST_ASK,
  FIRST_BID,
  readScannedSide,
} from '../../../src/workers/exchanges/scanned-levels.ts';
import { BIDS_LIST } from '../../../src/workers/scanner/layout.ts';
import { ScannedSymbols } from '../../../src/workers/scanner/scanned-symbols.ts';
import { oneOf, price, qty, rows, text } from '../../../src/workers/scanner/shape.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';
import { Random } from '../../support/random.ts';

const scanner = threadScanner()!;
const shape = scanner.shape([
  text('['),
  rows(BIDS_LIST, ']', ',', oneOf(2, 'b', 'a'), price(0), text('@'), qty(1)),
  text(']'),
]);
const symbols = new ScannedSymbols(scanner);

const side = (count: number, first: number): string[] => {
  const list = new LevelList();
  readScannedSide(scanner, scanner.int32[count]!, first, list, new Level());
  return Array.from(list.prices.subarray(0, list.count), (at, n) =>
    [at.toFixed(list.priceDecimals[n]), list.qtys[n]!.toFixed(list.qtyDecimals[n])].join('@'),
  );
};

/** @returns bids and asks as they were split. */
function split(levels: readonly string[]): readonly [string[], string[]] {
  const bytes = new TextEncoder().encode(`[${levels.join(',')}]`);
  assert.notEqual(scanner.scan(shape, symbols.at, bytes, 0, bytes.length), 0);
  splitScannedChanges(scanner);
  return [side(BID_COUNT, FIRST_BID), side(ASK_COUNT, FIRST_ASK)];
}

for (const levels of [
  [],
  ['b1.50@2'],
  ['a1.50@2'],
  ['b1@1.0', 'b2@2', 'a3@3', 'a4@0'],
  ['a3@3', 'b1@1', 'a4@4.25', 'b2@0', 'b1@7'],
])
  test(`[${levels.join(' ')}] is split into its sides, in its order`, () => {
    const of = (letter: string): string[] =>
      levels.filter((level) => level.startsWith(letter)).map((level) => level.slice(1));
    assert.deepEqual(split(levels), [of('b'), of('a')]);
  });

test('so are as many levels as a message may have, in any order', () => {
  const random = new Random(3);
  const levels = Array.from(
    { length: 500 },
    () =>
      `${random.pick(['a', 'b'])}${random.below(1000)}.${random.digits(3)}@${random.below(9)}.${random.digits(8)}`,
  );
  const of = (letter: string): string[] =>
    levels.filter((level) => level.startsWith(letter)).map((level) => level.slice(1));
  assert.deepEqual(split(levels), [of('b'), of('a')]);
});
