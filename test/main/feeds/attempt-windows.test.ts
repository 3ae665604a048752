import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptMemory } from '../../../src/main/feeds/attempt-windows.ts';
import { AttemptWindow } from '../../../src/shared/session/attempt-window.ts';
import { durationS, type MonotonicNs } from '../../../src/shared/units.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const { limits } = VENUES.kraken;

const same: readonly (readonly [string, string])[] = [
  ['wss://ws.kraken.com/v2', 'wss://ws.kraken.com/v2'],
  // Two protocols of one venue, which counts them together.
  [VENUES.kraken.url, VENUES['kraken-v1'].url],
  ['wss://WS.Kraken.com/v2', 'wss://ws.kraken.com:443/'],
  ['ws://127.0.0.1:9000/v2', 'ws://127.0.0.1:9000/?token=1'],
];
for (const [one, other] of same)
  test(`${one} and ${other} share a window`, () => {
    assert.equal(attemptMemory(one, limits), attemptMemory(other, { ...limits, requestsPerSecond: 1 }));
  });

const apart: readonly (readonly [string, string])[] = [
  ['wss://ws.kraken.com/v2', 'wss://beta-ws.kraken.com/v2'],
  ['ws://127.0.0.1:9000', 'ws://127.0.0.1:9001'],
];
for (const [one, other] of apart)
  test(`${one} and ${other} have a window each`, () => {
    assert.notEqual(attemptMemory(one, limits), attemptMemory(other, limits));
  });

test('feeds with other numbers of attempts have a window of their own', () => {
  const usual = attemptMemory('wss://other.example', limits);
  assert.notEqual(attemptMemory('wss://other.example', { ...limits, attempts: 10 }), usual);
  assert.notEqual(attemptMemory('wss://other.example', { ...limits, attemptsWindowMs: 1_000 }), usual);
});

test('an attempt made through one memory counts for all who have it', () => {
  const few = { ...limits, attempts: 1 };
  const window = (): AttemptWindow =>
    new AttemptWindow(attemptMemory('wss://few.example/', few), durationS(600));
  assert.equal(window().tryTake(1 as MonotonicNs), true);
  assert.equal(window().tryTake(2 as MonotonicNs), false);
});

test('without a limit there is a memory, and it holds nothing back', () => {
  const memory = attemptMemory('wss://free.example/', { ...limits, attempts: Number.POSITIVE_INFINITY });
  assert.equal(new AttemptWindow(memory, durationS(1)).tryTake(0 as MonotonicNs), true);
});
