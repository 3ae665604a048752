import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

/**
 * Levels of a book and minutes of a candle. A book of 20 is sent once and then by its changes, on a channel
 * of its own (`book_lv2`); one of 5 or 10 is sent whole each time (`book`). A month has no number of minutes,
 * so its candles are left out.
 *
 * Source: api-docs.poloniex.com/spot/websocket/market-data.
 */
const DEPTHS = [20, 10, 5] as const;
const INTERVALS = [1, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 4320, 10080] as const;

const PAIR = /^([A-Z0-9.]{1,20})[/_]([A-Z0-9.]{1,20})$/;

export const POLONIEX: Venue = {
  name: 'poloniex',
  url: 'wss://ws.poloniex.com/ws/public',
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'trades' }],
    ['ticker', { venueName: 'ticker' }],
    ['book', { venueName: 'book_lv2', depths: DEPTHS }],
    ['candle', { venueName: 'candles', intervals: INTERVALS }],
  ]),
  toSymbol(given) {
    const [, base, quote] = PAIR.exec(given.toUpperCase()) ?? [];
    return base === undefined ? undefined : `${base}/${quote}`;
  },
  toVenueSymbol: (symbol) => symbol.replace('/', '_'),
  // One by one as far as was ever recorded, but no page says so.
  sparseTradeIds: true,
  // Poloniex ends a connection that it heard nothing from for 30 seconds; and the answer to a ping is all that
  // comes on a quiet one, which counts as silent after 15.
  pingIntervalMs: 10_000,
  limits: PLATFORM_LIMITS.poloniex,
  instrumentsUrl: 'https://api.poloniex.com',
};
