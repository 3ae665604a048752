import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COINBASE } from '../../../src/shared/venues/coinbase.ts';

for (const [given, symbol, venueSymbol] of [
  ['BTC/USD', 'BTC/USD', 'BTC-USD'],
  ['btc-usd', 'BTC/USD', 'BTC-USD'],
  ['1INCH-GBP', '1INCH/GBP', '1INCH-GBP'],
] as const)
  test(`${given} is ${symbol} and on the wire ${venueSymbol}`, () => {
    assert.equal(COINBASE.toSymbol(given), symbol);
    assert.equal(COINBASE.toVenueSymbol(symbol), venueSymbol);
    assert.equal(COINBASE.toSymbol(venueSymbol), symbol);
  });

test('what has not one separator between two codes is no symbol', () => {
  for (const given of ['', '-', 'BTC', 'BTC-', 'BTC-USD-X', 'BTC_USD', 'B"C-USD', 'BTC-USD\n'])
    assert.equal(COINBASE.toSymbol(given), undefined, JSON.stringify(given));
});
