import assert from 'node:assert/strict';
import test from 'node:test';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';
import { marketPairs, PAIRS_MAX } from '../../../src/workers/simulator/market-pairs.ts';

test('two hundred symbols are known, each once, with prices that can move', () => {
  const pairs = marketPairs(PAIRS_MAX);
  assert.equal(pairs.length, PAIRS_MAX);
  assert.equal(new Set(pairs.map(({ symbol }) => symbol)).size, PAIRS_MAX);
  for (const { symbol, price, priceDecimals, priceDecimalsV1 } of pairs) {
    assert.ok(price * 10 ** priceDecimals >= 9000, symbol);
    assert.ok(priceDecimals >= 1 && priceDecimals <= priceDecimalsV1 && priceDecimalsV1 <= 12, symbol);
    assert.equal(VENUES.kraken.toSymbol(symbol), symbol);
  }
});

test('fewer symbols are the first ones', () => {
  assert.deepEqual(marketPairs(30), marketPairs(PAIRS_MAX).slice(0, 30));
});
