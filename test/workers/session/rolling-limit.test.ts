import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationS, type MonotonicNs } from '../../../src/shared/units.ts';
import { RollingLimit } from '../../../src/workers/session/rolling-limit.ts';

/** Which of these seconds a limit of `count` in ten seconds lets through. */
function passed(count: number, seconds: readonly number[]): number[] {
  const limit = new RollingLimit(count, durationS(10));
  return seconds.filter((second) => limit.tryTake((second * 1e9) as MonotonicNs));
}

test('no more than the limit pass in any window, wherever it begins', () => {
  assert.deepEqual(passed(3, [0, 4, 9, 9.9, 10, 13, 14, 18, 19]), [0, 4, 9, 10, 14, 19]);
});

test('without a limit everything passes', () => {
  assert.deepEqual(passed(Number.POSITIVE_INFINITY, [0, 0, 0, 0]), [0, 0, 0, 0]);
});

test('a limit below one still lets one through, or nothing would ever happen', () => {
  assert.deepEqual(passed(0, [0, 1, 10]), [0, 10]);
});

test('it says when the next may pass', () => {
  const limit = new RollingLimit(2, durationS(10));
  for (const second of [1, 2]) limit.tryTake((second * 1e9) as MonotonicNs);
  assert.equal(limit.readyAt(), 11e9);
});
