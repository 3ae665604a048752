import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCHANGES } from '../../../src/shared/venues/venue.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

for (const [exchange, given, symbol, venueSymbol] of [
  ['kraken', 'BTC/USD', 'BTC/USD', 'BTC/USD'],
  ['kraken', 'xbt/usd', 'BTC/USD', 'BTC/USD'],
  ['kraken-v1', 'BTC/USD', 'BTC/USD', 'XBT/USD'],
  ['kraken-v1', 'XDG/XBT', 'DOGE/BTC', 'XDG/XBT'],
  ['kraken-v1', 'ETH/USDT.M', 'ETH/USDT.M', 'ETH/USDT.M'],
] as const)
  test(`${exchange}: ${given} is ${symbol} and on the wire ${venueSymbol}`, () => {
    assert.equal(VENUES[exchange].toSymbol(given), symbol);
    assert.equal(VENUES[exchange].toVenueSymbol(symbol), venueSymbol);
    // The wire's own form leads back to the same symbol.
    assert.equal(VENUES[exchange].toSymbol(venueSymbol), symbol);
  });

for (const exchange of EXCHANGES) {
  const venue = VENUES[exchange];

  test(`${exchange}: what is no pair is no symbol`, () => {
    for (const given of [
      '',
      '/',
      'BTC',
      'BTC/',
      'BTC/USD/EUR',
      'BTC/USD\n',
      'B"C/USD',
      `${'A'.repeat(21)}/USD`,
    ])
      assert.equal(venue.toSymbol(given), undefined, JSON.stringify(given));
  });

  test(`${exchange}: it is named as it is listed, its endpoint is encrypted, its limits are bounds`, () => {
    assert.equal(venue.name, exchange);
    assert.equal(new URL(venue.url).protocol, 'wss:');
    for (const limit of Object.values(venue.limits))
      assert.ok(limit > 0 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY));
    for (const { depths, intervals } of venue.channels.values())
      for (const choices of [depths, intervals]) assert.notEqual(choices?.length, 0);
  });
}
