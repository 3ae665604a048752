import assert from 'node:assert/strict';
import test from 'node:test';
import { levelsFor, PAIRS_MAX } from '../../../src/shared/simulator/market-size.ts';

test('up to two hundred symbols have books for the deepest window, many have small ones', () => {
  assert.deepEqual([1, 20, 200, 2000, PAIRS_MAX].map(levelsFor), [1200, 1200, 1200, 120, 50]);
});
