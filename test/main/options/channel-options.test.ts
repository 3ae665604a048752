import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/main/index.ts';
import { checkChannel, checkSymbol } from '../../../src/main/options/channel-options.ts';
import { type ExchangeName, VENUE_CHANNELS } from '../../../src/shared/venues/venue.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const WRONG: readonly (readonly [ExchangeName, unknown, message: string])[] = [
  [
    'kraken',
    'trads',
    'at "trads" is no channel of kraken, allowed: trade, ticker, book, candle, instrument (did you mean "trade"?)',
  ],
  // A word for a channel, but not of this venue: nothing else was meant.
  [
    'kraken',
    'spread',
    'at "spread" is no channel of kraken, allowed: trade, ticker, book, candle, instrument',
  ],
  [
    'kraken-v1',
    'instrument',
    'at "instrument" is no channel of kraken-v1, allowed: trade, ticker, book, candle, quote',
  ],
  [
    'kraken',
    '__proto__',
    'at "__proto__" is no channel of kraken, allowed: trade, ticker, book, candle, instrument',
  ],
  ['kraken', { name: 'book', depth: 11 }, 'at depth is 11, allowed for kraken book: 10, 25, 100, 500, 1000'],
  ['kraken', { name: 'trade', depth: 10 }, 'at depth is not for kraken trade'],
  ['kraken', { name: 'book', interval: 1 }, 'at interval is not for kraken book'],
  [
    'kraken',
    { name: 'ohlc', interval: 2 },
    'at interval is 2, allowed for kraken candle: 1, 5, 15, 30, 60, 240, 1440, 10080, 21600',
  ],
  ['binance', { name: 'book', depth: 15 }, 'at depth is 15, allowed for binance book: 5, 10, 20'],
  [
    'binance',
    'aggTrades',
    'at "aggTrades" is no channel of binance, allowed: trade, ticker, book, candle, quote (did you mean "aggTrade"?)',
  ],
  [
    'kraken',
    'aggTrade',
    'at "aggTrade" is no channel of kraken, allowed: trade, ticker, book, candle, instrument',
  ],
  ['kraken-v1', { name: 'ticker', trigger: 'bbo' }, 'at trigger is for the ticker of kraken only'],
  ['kraken', { name: 'trade', trigger: 'bbo' }, 'at trigger is for the ticker of kraken only'],
];

for (const [exchange, option, message] of WRONG)
  test(`${exchange}: ${JSON.stringify(option)} is refused`, () => {
    assert.throws(
      () => checkChannel(exchange, option as never, 'at'),
      new MisuseError(`Condition failed: ${message}`),
    );
  });

const RIGHT: readonly (readonly [ExchangeName, unknown, resolved: object])[] = [
  ['kraken', 'trade', { channel: 'trade' }],
  ['kraken', 'book', { channel: 'book', depth: 10 }],
  ['kraken', { name: 'book', depth: undefined }, { channel: 'book', depth: 10 }],
  ['kraken', { name: 'book', depth: 500 }, { channel: 'book', depth: 500 }],
  ['kraken', 'ohlc', { channel: 'candle', interval: 1 }],
  [
    'kraken',
    { name: 'candle', interval: 60, snapshot: false },
    { channel: 'candle', interval: 60, snapshot: false },
  ],
  ['kraken', { name: 'ticker', trigger: 'bbo' }, { channel: 'ticker', trigger: 'bbo' }],
  ['kraken-v1', 'spread', { channel: 'quote' }],
  ['kraken-v1', 'quote', { channel: 'quote' }],
  ['binance', 'trade', { channel: 'trade' }],
  ['binance', 'aggTrade', { channel: 'trade', aggregated: true }],
  ['binance', { name: 'aggTrade' }, { channel: 'trade', aggregated: true }],
  ['binance', 'book', { channel: 'book' }],
  ['binance', 'depth', { channel: 'book' }],
  ['binance', { name: 'book', depth: 5 }, { channel: 'book', depth: 5 }],
  ['binance', { name: 'depth', depth: 20 }, { channel: 'book', depth: 20 }],
];

for (const [exchange, option, resolved] of RIGHT)
  test(`${exchange}: ${JSON.stringify(option)} is taken`, () => {
    assert.deepEqual(checkChannel(exchange, option as never, 'at'), resolved);
  });

test('every word for a channel that options take is one of some venue', () => {
  const words = Object.values(VENUES).flatMap(({ channels }) =>
    [...channels.values()].flatMap(({ venueName, aggregatedName }) => [venueName, aggregatedName]),
  );
  assert.deepEqual(
    VENUE_CHANNELS.filter((word) => !words.includes(word)),
    [],
  );
});

for (const [exchange, given, symbol] of [
  ['kraken', 'btc/usd', 'BTC/USD'],
  ['kraken', 'XBT/USD', 'BTC/USD'],
  ['kraken-v1', 'BTC/USD', 'BTC/USD'],
  ['kraken-v1', 'XDG/EUR', 'DOGE/EUR'],
] as const)
  test(`${exchange}: the symbol ${given} is ${symbol}`, () => {
    assert.equal(checkSymbol(exchange, given, 'at'), symbol);
  });

for (const given of ['', 'BTCUSD', 'BTC/USD/EUR', 'BTC/USD\r\n', '__proto__', 'x'.repeat(1000)])
  test(`the symbol ${JSON.stringify(given.slice(0, 20))} is refused`, () => {
    assert.throws(() => checkSymbol('kraken', given, 'at'), MisuseError);
  });
