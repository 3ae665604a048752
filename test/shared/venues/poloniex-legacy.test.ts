import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  POLONIEX_LEGACY,
  readSkippedFrame,
  skippedFrame,
} from '../../../src/shared/venues/poloniex-legacy.ts';

for (const [given, symbol, venueSymbol] of [
  ['ETH/BTC', 'ETH/BTC', 'BTC_ETH'],
  ['btc_eth', 'ETH/BTC', 'BTC_ETH'],
  ['USDT_BTC', 'BTC/USDT', 'USDT_BTC'],
  ['USDT_STR', 'XLM/USDT', 'USDT_STR'],
  ['STR/BTC', 'XLM/BTC', 'BTC_STR'],
] as const)
  test(`${given} is ${symbol} and on the wire ${venueSymbol}`, () => {
    assert.equal(POLONIEX_LEGACY.toSymbol(given), symbol);
    assert.equal(POLONIEX_LEGACY.toVenueSymbol(symbol), venueSymbol);
    assert.equal(POLONIEX_LEGACY.toSymbol(venueSymbol), symbol);
  });

test('what is no pair is no symbol', () => {
  for (const given of ['', '/', '_', 'BTC', 'BTC_', 'BTC_ETH_X', 'BTC-ETH', 'B"C_ETH', 'BTC/ETH\n'])
    assert.equal(POLONIEX_LEGACY.toSymbol(given), undefined, JSON.stringify(given));
});

test('a skipped frame is read as it was told, and no other detail is', () => {
  assert.deepEqual(readSkippedFrame(skippedFrame(12, 10)), { sequence: 12, before: 10 });
  for (const detail of ['', 'frame 12', 'frame 12 before any snapshot', 'x frame 12 after 10'])
    assert.equal(readSkippedFrame(detail), undefined);
});
