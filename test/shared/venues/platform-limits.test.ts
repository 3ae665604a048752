import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLATFORM_LIMITS, PLATFORMS } from '../../../src/shared/venues/platform-limits.ts';

test('every limit lets something through, and a connection is replaced within its life', () => {
  for (const platform of PLATFORMS) {
    const limits = PLATFORM_LIMITS[platform];
    for (const [name, limit] of Object.entries(limits)) assert.ok(limit > 0, `${platform} ${name}`);
    assert.ok(limits.connectionMarginMs < limits.connectionLifeMs, platform);
  }
});

test('what the platforms state is what is kept to', () => {
  const { kraken, binance, poloniex } = PLATFORM_LIMITS;
  assert.deepEqual([kraken.attempts, kraken.attemptsWindowMs], [150, 600_000]);
  assert.equal(binance.connectionLifeMs, 86_400_000);
  assert.deepEqual([binance.attempts, binance.attemptsWindowMs], [300, 300_000]);
  assert.equal(binance.subscriptionsPerConnection, 1024);
  assert.equal(poloniex.requestsPerSecond, 500);
});
