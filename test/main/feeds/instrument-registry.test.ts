import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InstrumentRegistry } from '../../../src/main/feeds/instrument-registry.ts';
import { INSTRUMENTS_MAX } from '../../../src/shared/counters/symbol-counters.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { type FeedId, type InstrumentId, NO_INSTRUMENT } from '../../../src/shared/units.ts';

const FIRST = 0 as FeedId;
const SECOND = 1 as FeedId;

test('a symbol has one row in each feed that follows it', () => {
  const registry = new InstrumentRegistry();
  const row = registry.intern(FIRST, 'kraken', 'BTC/USD');
  assert.equal(registry.intern(FIRST, 'kraken', 'BTC/USD'), row);
  const other = registry.intern(SECOND, 'kraken-v1', 'BTC/USD');
  assert.deepEqual(other, {
    id: 1,
    symbol: 'BTC/USD',
    venueSymbol: 'XBT/USD',
    feed: SECOND,
    exchange: 'kraken-v1',
  });
  assert.deepEqual(registry.ofFeed(FIRST), [row]);
  assert.deepEqual(registry.ofFeed(SECOND), [other]);
  assert.equal(registry.get(1 as InstrumentId), other);
  assert.equal(registry.get(NO_INSTRUMENT), undefined);
});

test('names that objects inherit are symbols like any other', () => {
  const registry = new InstrumentRegistry();
  const rows = ['__proto__', 'constructor'].map((name) => registry.intern(FIRST, 'kraken', name));
  assert.deepEqual(registry.ofFeed(FIRST), rows);
});

test('there are no more rows than the counters have', () => {
  const registry = new InstrumentRegistry();
  for (let n = 0; n < INSTRUMENTS_MAX; n++) registry.intern(FIRST, 'kraken', `A${n}/USD`);
  assert.throws(
    () => registry.intern(SECOND, 'kraken', 'BTC/USD'),
    new MisuseError('Condition failed: at most 8192 symbols over all feeds'),
  );
  registry.intern(FIRST, 'kraken', 'A0/USD');
});
