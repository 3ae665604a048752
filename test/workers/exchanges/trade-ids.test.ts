import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../src/shared/units.ts';
import { NewestTradeIds } from '../../../src/workers/exchanges/trade-ids.ts';

const BTC = 0 as InstrumentId;
const ETH = 1 as InstrumentId;

test('no id is known of an instrument that is new, or was forgotten, or of a new connection', () => {
  const ids = new NewestTradeIds();
  assert.ok(Number.isNaN(ids.newest[BTC]));
  ids.newest[BTC] = 7;
  ids.newest[ETH] = 8;
  ids.forget(BTC);
  assert.deepEqual([...ids.newest.subarray(0, 2)], [Number.NaN, 8]);
  ids.reset();
  assert.deepEqual([...ids.newest.subarray(0, 2)], [Number.NaN, Number.NaN]);
});
