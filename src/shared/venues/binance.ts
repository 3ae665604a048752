import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

/**
 * What pairs are quoted in, to split the venue's own form, which has nothing between its two codes. Longest
 * first: `BTCFDUSD` is quoted in FDUSD. `AEUR` is left out, because `ADAEUR` is quoted in EUR.
 *
 * Source: quote assets of api.binance.com/api/v3/exchangeInfo as third-party clients list them.
 */
const QUOTES: readonly string[] = [
  ...[
    'FDUSD',
    'USDT',
    'USDC',
    'USDP',
    'USDS',
    'USD1',
    'TUSD',
    'BUSD',
    'BKRW',
    'BIDR',
    'IDRT',
    'BVND',
    'EURI',
  ],
  ...[
    'DOGE',
    'BTC',
    'ETH',
    'BNB',
    'XRP',
    'TRX',
    'SOL',
    'DOT',
    'DAI',
    'PAX',
    'VAI',
    'EUR',
    'TRY',
    'BRL',
    'GBP',
  ],
  ...['AUD', 'JPY', 'UAH', 'RUB', 'ZAR', 'PLN', 'RON', 'ARS', 'NGN', 'MXN', 'COP', 'CZK'],
].sort((a, b) => b.length - a.length);

const PAIR = /^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/;
const JOINED = /^[A-Z0-9]{2,40}$/;

/** Levels per side of a book that is sent whole each time. */
const BINANCE_DEPTHS = [5, 10, 20] as const;

/** Minutes of a candle, by what the venue calls it. Its `1s` and `1M` are no number of minutes. */
export const BINANCE_INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1m', 1],
  ['3m', 3],
  ['5m', 5],
  ['15m', 15],
  ['30m', 30],
  ['1h', 60],
  ['2h', 120],
  ['4h', 240],
  ['6h', 360],
  ['8h', 480],
  ['12h', 720],
  ['1d', 1440],
  ['3d', 4320],
  ['1w', 10_080],
]);

/** `BTC/USDT`, from that or from the venue's own `BTCUSDT` or `btcusdt`. */
function toSymbol(given: string): string | undefined {
  const name = given.toUpperCase();
  if (PAIR.test(name)) return name;
  if (!JOINED.test(name)) return undefined;
  const quote = QUOTES.find((code) => name.length > code.length && name.endsWith(code));
  return quote === undefined ? undefined : `${name.slice(0, -quote.length)}/${quote}`;
}

/**
 * Spot. A book without a depth is whole: the venue's updates speak of every level, and what the snapshot has is
 * all of them.
 *
 * A feed's `url` may end in `?timeUnit=MICROSECOND`: times are then as precise as the venue has them.
 */
export const BINANCE: Venue = {
  name: 'binance',
  url: 'wss://stream.binance.com:9443/ws',
  pingIntervalMs: 10_000,
  // A snapshot of 1000 levels weighs 50 of the 6000 that an address may ask for per minute.
  rest: { url: 'https://api.binance.com', requestsPerSecond: 2 },
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trade', aggregatedName: 'aggTrade' }],
    ['ticker', { venueName: '24hrTicker' }],
    ['book', { venueName: 'depth', depths: BINANCE_DEPTHS, fullBook: true }],
    ['candle', { venueName: 'kline', intervals: [...BINANCE_INTERVALS.values()] }],
    ['quote', { venueName: 'bookTicker' }],
  ]),
  toSymbol,
  toVenueSymbol: (symbol) => symbol.replace('/', ''),
  numberedBooks: true,
  limits: PLATFORM_LIMITS.binance,
  instrumentsUrl: 'https://api.binance.com',
};
