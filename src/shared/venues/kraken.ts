import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

// Source: docs.kraken.com/api/docs/websocket-v2/{book,ohlc} and websocket-v1, read 2026-05-27.
const DEPTHS = [10, 25, 100, 500, 1000] as const;
const INTERVALS = [1, 5, 15, 30, 60, 240, 1440, 10080, 21600] as const;

/** Codes that Kraken v1 spells its own way: ISO 4217-like X-codes. v2 uses the common ones. */
const V1_CODES: ReadonlyMap<string, string> = new Map([
  ['BTC', 'XBT'],
  ['DOGE', 'XDG'],
]);
const COMMON_CODES: ReadonlyMap<string, string> = new Map([...V1_CODES].map(([common, v1]) => [v1, common]));

const PAIR = /^[A-Z0-9.]{1,20}\/[A-Z0-9.]{1,20}$/;

const mapPair = (pair: string, codes: ReadonlyMap<string, string>): string =>
  pair
    .split('/')
    .map((code) => codes.get(code) ?? code)
    .join('/');

/** `BTC/USD`, whichever of Kraken's two spellings was given. */
function toSymbol(given: string): string | undefined {
  const pair = given.toUpperCase();
  return PAIR.test(pair) ? mapPair(pair, COMMON_CODES) : undefined;
}

export const KRAKEN: Venue = {
  name: 'kraken',
  url: 'wss://ws.kraken.com/v2',
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trade' }],
    ['ticker', { venueName: 'ticker' }],
    ['book', { venueName: 'book', depths: DEPTHS }],
    ['candle', { venueName: 'ohlc', intervals: INTERVALS }],
    ['instrument', { venueName: 'instrument', wholeVenue: true }],
  ]),
  toSymbol,
  toVenueSymbol: (symbol) => symbol,
  limits: PLATFORM_LIMITS.kraken,
  instrumentsUrl: 'https://api.kraken.com',
};

export const KRAKEN_V1: Venue = {
  name: 'kraken-v1',
  url: 'wss://ws.kraken.com/',
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trade' }],
    ['ticker', { venueName: 'ticker' }],
    ['book', { venueName: 'book', depths: DEPTHS }],
    ['candle', { venueName: 'ohlc', intervals: INTERVALS }],
    ['quote', { venueName: 'spread' }],
  ]),
  toSymbol,
  toVenueSymbol: (symbol) => mapPair(symbol, V1_CODES),
  limits: PLATFORM_LIMITS.kraken,
  instrumentsUrl: 'https://api.kraken.com',
};
