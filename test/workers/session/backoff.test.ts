import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Backoff, backoffMs } from '../../../src/workers/session/backoff.ts';

const EXPONENTIAL: Backoff = { strategy: 'exponential', delayMs: 100, maxMs: 1_000, jitter: 0 };

const delays = (backoff: Backoff, chance = 0): number[] =>
  [1, 2, 3, 4, 5, 6].map((attempt) => backoffMs(backoff, attempt, chance));

test('a delay doubles with each attempt up to its maximum', () => {
  assert.deepEqual(delays(EXPONENTIAL), [100, 200, 400, 800, 1_000, 1_000]);
});

test('a fixed delay stays what it is, and an immediate one is none', () => {
  assert.deepEqual(delays({ ...EXPONENTIAL, strategy: 'fixed' }), [100, 100, 100, 100, 100, 100]);
  assert.deepEqual(delays({ ...EXPONENTIAL, strategy: 'immediate' }), [0, 0, 0, 0, 0, 0]);
});

test('jitter takes a share of the delay away and adds none', () => {
  assert.deepEqual(delays({ ...EXPONENTIAL, jitter: 0.5 }, 0.5), [75, 150, 300, 600, 750, 750]);
  assert.equal(backoffMs({ ...EXPONENTIAL, jitter: 1 }, 9, 0.999_999) > 0, true);
});

test('any number of attempts has a delay that is a number', () => {
  assert.equal(backoffMs(EXPONENTIAL, 1e9, 0), 1_000);
  assert.equal(backoffMs({ ...EXPONENTIAL, delayMs: 0 }, 1e9, 0), 0);
});
