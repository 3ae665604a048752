import assert from 'node:assert/strict';
import test from 'node:test';
import { PAIRS_MAX } from '../../../src/shared/simulator/market-size.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';
import { marketPairs } from '../../../src/workers/simulator/market-pairs.ts';

test('five thousand symbols are known, each once, with prices that can move', () => {
  const pairs = marketPairs(PAIRS_MAX);
  assert.equal(pairs.length, PAIRS_MAX);
  assert.equal(new Set(pairs.map(({ symbol }) => symbol)).size, PAIRS_MAX);
  for (const { symbol, price, priceDecimals, priceDecimalsV1 } of pairs) {
    assert.ok(price * 10 ** priceDecimals >= 9000, symbol);
    assert.ok(priceDecimals >= 1 && priceDecimals <= priceDecimalsV1 && priceDecimalsV1 <= 12, symbol);
    assert.equal(VENUES.kraken.toSymbol(symbol), symbol);
    const { toSymbol, toVenueSymbol } = VENUES['kraken-v1'];
    assert.equal(toSymbol(toVenueSymbol(symbol)), symbol);
  }
});

test('fewer symbols are the first ones', () => {
  for (const count of [30, 200, 2000])
    assert.deepEqual(marketPairs(count), marketPairs(PAIRS_MAX).slice(0, count));
});
