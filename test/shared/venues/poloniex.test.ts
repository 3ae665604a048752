import assert from 'node:assert/strict';
import { test } from 'node:test';
import { POLONIEX } from '../../../src/shared/venues/poloniex.ts';

for (const [given, symbol, venueSymbol] of [
  ['BTC/USDT', 'BTC/USDT', 'BTC_USDT'],
  ['btc_usdt', 'BTC/USDT', 'BTC_USDT'],
  ['1INCH_USDT', '1INCH/USDT', '1INCH_USDT'],
] as const)
  test(`${given} is ${symbol} and on the wire ${venueSymbol}`, () => {
    assert.equal(POLONIEX.toSymbol(given), symbol);
    assert.equal(POLONIEX.toVenueSymbol(symbol), venueSymbol);
    assert.equal(POLONIEX.toSymbol(venueSymbol), symbol);
  });

test('what has not one separator between two codes is no symbol', () => {
  for (const given of ['', '_', 'BTC', 'BTC_', 'BTC_USDT_X', 'BTC-USDT', 'B"C_USDT', 'BTC_USDT\n'])
    assert.equal(POLONIEX.toSymbol(given), undefined, JSON.stringify(given));
});
