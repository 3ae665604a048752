import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

/** Minutes of a candle and the stream it is sent on. Source: docs.gemini.com/websocket/archived/v2. */
export const GEMINI_CANDLES: ReadonlyMap<number, string> = new Map([
  [1, 'candles_1m'],
  [5, 'candles_5m'],
  [15, 'candles_15m'],
  [30, 'candles_30m'],
  [60, 'candles_1h'],
  [360, 'candles_6h'],
  [1440, 'candles_1d'],
]);

/**
 * Assets that Gemini's pairs are quoted in, longest first: `BTCGUSD` is BTC in GUSD and not BTCG in USD. A
 * name that can be split in two ways (`MOGUSD`) is told apart by the slash; either way the same symbol is
 * asked for.
 */
const QUOTES = [
  'RLUSD',
  'GUSD',
  'USDC',
  'USDT',
  'USD',
  'EUR',
  'GBP',
  'SGD',
  'DAI',
  'BTC',
  'ETH',
  'LTC',
  'BCH',
  'FIL',
];

const PAIR = /^[A-Z0-9]{1,20}\/[A-Z0-9]{1,20}$/;
const JOINED = /^[A-Z0-9]{2,40}$/;

/** `BTC/USD`, given so or as Gemini writes it (`BTCUSD`, `btcusd`). */
function toSymbol(given: string): string | undefined {
  const symbol = given.toUpperCase();
  if (PAIR.test(symbol)) return symbol;
  if (!JOINED.test(symbol)) return undefined;
  const quote = QUOTES.find((asset) => symbol.length > asset.length && symbol.endsWith(asset));
  return quote === undefined ? undefined : `${symbol.slice(0, -quote.length)}/${quote}`;
}

export const GEMINI: Venue = {
  name: 'gemini',
  url: 'wss://api.gemini.com/v2/marketdata',
  channels: new Map<ChannelName, ChannelRules>([
    // On the wire trades come with the stream that carries the book.
    ['trade', { venueName: 'trade' }],
    ['book', { venueName: 'l2' }],
    ['candle', { venueName: 'candles', intervals: [...GEMINI_CANDLES.keys()] }],
  ]),
  toSymbol,
  toVenueSymbol: (symbol) => symbol.replace('/', ''),
  limits: PLATFORM_LIMITS.gemini,
  instrumentsUrl: 'https://api.gemini.com',
  // All events of the venue are counted together.
  sparseTradeIds: true,
  bareBooks: true,
};
