import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MonotonicNs, NS_PER_MS } from '../../../src/shared/units.ts';
import { ConnectionExpiry } from '../../../src/workers/session/connection-expiry.ts';
import { seededRandom } from '../../../src/workers/session/seeded-random.ts';
import { LIMITS } from '../../support/session-player.ts';

const HOUR_MS = 3_600_000;

/** When connections that open at the same moment are due, ms after it, a seed each. */
function dueMs(connectionLifeMs: number, connectionMarginMs: number, seeds = 50): number[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const expiry = new ConnectionExpiry(
      { ...LIMITS, connectionLifeMs, connectionMarginMs },
      seededRandom(seed),
    );
    expiry.opened(0 as MonotonicNs);
    return expiry.nextDeadline() / NS_PER_MS;
  });
}

const LIVES: readonly { title: string; life: number; margin: number; least: number; most: number }[] = [
  {
    title: 'a day with five minutes to spare',
    life: 24 * HOUR_MS,
    margin: 300_000,
    least: 24 * HOUR_MS - 600_000,
    most: 24 * HOUR_MS - 300_000,
  },
  {
    title: 'twenty seconds, which no margin may take more than half of',
    life: 20_000,
    margin: 300_000,
    least: 10_000,
    most: 15_000,
  },
  { title: 'a life without a margin', life: 20_000, margin: 0, least: 20_000, most: 20_000 },
];
for (const { title, life, margin, least, most } of LIVES)
  test(`connections of one moment are replaced in good time and not together: ${title}`, () => {
    const due = dueMs(life, margin);
    for (const ms of due) assert.ok(ms >= least && ms <= most, `${ms} ms`);
    if (margin === 0) return;
    assert.equal(new Set(due).size, due.length);
    // Spread over the whole of the margin, and in no part of it more than chance may bring.
    const part = (most - least) / 5;
    for (let from = least; from < most; from += part)
      assert.ok(due.filter((ms) => ms >= from && ms < from + part).length <= due.length / 2);
  });

test('a venue that ends no connection makes none due', () => {
  assert.deepEqual(dueMs(Number.POSITIVE_INFINITY, 300_000, 1), [Number.POSITIVE_INFINITY]);
  assert.deepEqual(dueMs(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1), [Number.POSITIVE_INFINITY]);
});

test('a connection is due once, and the next one again', () => {
  const expiry = new ConnectionExpiry(
    { ...LIMITS, connectionLifeMs: 1_000, connectionMarginMs: 0 },
    seededRandom(1),
  );
  const at = (ms: number): MonotonicNs => (ms * NS_PER_MS) as MonotonicNs;
  assert.equal(expiry.isDue(at(5_000)), false);
  expiry.opened(at(5_000));
  assert.equal(expiry.isDue(at(5_999)), false);
  assert.equal(expiry.isDue(at(6_000)), true);
  assert.equal(expiry.isDue(at(9_000)), false);
  assert.equal(expiry.nextDeadline(), Number.POSITIVE_INFINITY);
  expiry.opened(at(10_000));
  assert.equal(expiry.isDue(at(11_000)), true);
});
