import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GEMINI } from '../../../src/shared/venues/gemini.ts';

for (const [given, symbol, venueSymbol] of [
  ['BTC/USD', 'BTC/USD', 'BTCUSD'],
  ['btcusd', 'BTC/USD', 'BTCUSD'],
  ['BTCGUSD', 'BTC/GUSD', 'BTCGUSD'],
  ['GUSDUSD', 'GUSD/USD', 'GUSDUSD'],
  ['USDCUSD', 'USDC/USD', 'USDCUSD'],
  ['ETHBTC', 'ETH/BTC', 'ETHBTC'],
  ['ZECLTC', 'ZEC/LTC', 'ZECLTC'],
  ['1INCHUSD', '1INCH/USD', '1INCHUSD'],
  ['MOG/USD', 'MOG/USD', 'MOGUSD'],
] as const)
  test(`${given} is ${symbol} and on the wire ${venueSymbol}`, () => {
    assert.equal(GEMINI.toSymbol(given), symbol);
    assert.equal(GEMINI.toVenueSymbol(symbol), venueSymbol);
  });

test('a name that ends with no quote asset of the venue is no symbol', () => {
  for (const given of ['USD', 'BTC', 'BTCXYZ', 'BTC-USD', 'BTCUSD ', `${'A'.repeat(41)}USD`])
    assert.equal(GEMINI.toSymbol(given), undefined, given);
});
