import { PLATFORM_LIMITS } from './platform-limits.ts';
import type { ChannelName, ChannelRules, Venue } from './venue.ts';

const PAIR = /^([A-Z0-9]{1,20})[/-]([A-Z0-9]{1,20})$/;

/**
 * Coinbase Exchange, the feed that needs no account. Its books are those of `level2_batch`, which are sent every
 * 50 ms and always whole: `level2`, the same messages sooner, has asked for a key since August 2023. There are no
 * candles.
 *
 * Source: docs.cdp.coinbase.com/exchange/websocket-feed/overview and /channels.
 */
export const COINBASE: Venue = {
  name: 'coinbase',
  url: 'wss://ws-feed.exchange.coinbase.com',
  channels: new Map<ChannelName, ChannelRules>([
    ['trade', { venueName: 'matches' }],
    ['ticker', { venueName: 'ticker' }],
    ['book', { venueName: 'level2_batch' }],
  ]),
  toSymbol(given) {
    const [, base, quote] = PAIR.exec(given.toUpperCase()) ?? [];
    return base === undefined ? undefined : `${base}/${quote}`;
  },
  toVenueSymbol: (symbol) => symbol.replace('/', '-'),
  // Each product's heartbeat comes every second, so a quiet market is no silent feed and no ping is sent.
  limits: PLATFORM_LIMITS.coinbase,
  instrumentsUrl: 'https://api.exchange.coinbase.com',
};
