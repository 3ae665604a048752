import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BINANCE } from '../../../src/shared/venues/binance.ts';

test('symbols are known by both of their forms, and split at the longest quote asset', () => {
  const cases: readonly (readonly [given: string, symbol: string | undefined])[] = [
    ['BTC/USDT', 'BTC/USDT'],
    ['btc/usdt', 'BTC/USDT'],
    ['btcusdt', 'BTC/USDT'],
    ['BTCUSDT', 'BTC/USDT'],
    ['BTCFDUSD', 'BTC/FDUSD'],
    ['BUSDTRY', 'BUSD/TRY'],
    ['USDTTRY', 'USDT/TRY'],
    ['ADAEUR', 'ADA/EUR'],
    ['WBETHETH', 'WBETH/ETH'],
    ['1000SATSUSDT', '1000SATS/USDT'],
    // With a slash it need not be known.
    ['FOO/BAR', 'FOO/BAR'],
    ['FOOBAR', undefined],
    ['USDT', undefined],
    ['BTC-USDT', undefined],
    ['', undefined],
    ['BTC/USDT/X', undefined],
  ];
  for (const [given, symbol] of cases) assert.equal(BINANCE.toSymbol(given), symbol, given);
});

test('the venue writes both codes in one', () => {
  assert.equal(BINANCE.toVenueSymbol('BTC/USDT'), 'BTCUSDT');
});
