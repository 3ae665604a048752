import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../src/workers/session/seeded-random.ts';

const draw = (seed: number, count: number): number[] => {
  const chance = seededRandom(seed);
  return Array.from({ length: count }, chance);
};

test('the same seed gives the same numbers, another seed others', () => {
  assert.deepEqual(draw(42, 100), draw(42, 100));
  assert.notDeepEqual(draw(42, 100), draw(43, 100));
});

test('numbers are from 0 to below 1 and spread over all of it', () => {
  for (const seed of [0, 1, -1, 2 ** 31, Number.NaN]) {
    const tenths = new Array<number>(10).fill(0);
    for (const number of draw(seed, 10_000)) {
      assert.ok(number >= 0 && number < 1);
      tenths[Math.floor(number * 10)]!++;
    }
    for (const count of tenths) assert.ok(count > 850 && count < 1_150, `seed ${seed}: ${tenths.join()}`);
  }
});
