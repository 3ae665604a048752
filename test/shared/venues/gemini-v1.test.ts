import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GEMINI } from '../../../src/shared/venues/gemini.ts';
import { GEMINI_V1 } from '../../../src/shared/venues/gemini-v1.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

test('both versions have the same symbols, limits and host, and the first has trades and books alone', () => {
  assert.equal(VENUES['gemini-v1'], GEMINI_V1);
  assert.equal(GEMINI_V1.toSymbol('btcusd'), 'BTC/USD');
  assert.equal(GEMINI_V1.limits, GEMINI.limits);
  assert.equal(new URL(GEMINI_V1.url).host, new URL(GEMINI.url).host);
  assert.deepEqual([...GEMINI_V1.channels.keys()], ['trade', 'book']);
});
