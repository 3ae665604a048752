import assert from 'node:assert/strict';
import test from 'node:test';
import { RateWindow } from '../../../src/workers/simulator/rate-window.ts';

const taken = (window: RateWindow, arrivalsMs: readonly number[]): boolean[] =>
  arrivalsMs.map((ms) => window.take(ms));

test('as many as allowed pass in any window, and one more does not', () => {
  assert.deepEqual(taken(new RateWindow(3, 1000), [0, 10, 20, 30, 900]), [true, true, true, false, false]);
  assert.deepEqual(taken(new RateWindow(1, 1000), [5, 6, 1006]), [true, false, true]);
});

test('an arrival that is refused counts as well', () => {
  assert.deepEqual(taken(new RateWindow(1, 1000), [0, 500, 1000, 2000]), [true, false, false, true]);
});

test('a window slides: a burst at its end counts with the beginning of the next', () => {
  assert.deepEqual(taken(new RateWindow(2, 1000), [900, 990, 1010, 2010]), [true, true, false, true]);
});

test('a little early is no violation, because arrivals are read late and in bunches', () => {
  assert.deepEqual(taken(new RateWindow(1, 1000), [0, 950, 1899]), [true, true, false]);
  assert.deepEqual(taken(new RateWindow(1, 600_000), [0, 599_900]), [true, false]);
});
