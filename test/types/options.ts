/** What must not compile: options that cannot work, and strategies that misread their views. */
import {
  type ChannelOption,
  EXCHANGES,
  type FeedEvent,
  type FeedOption,
  openFeeds,
  type Strategy,
} from '../../src/main/index.ts';
import { type ChannelRules, VENUE_CHANNELS } from '../../src/shared/venues/venue.ts';

const feed: FeedOption = {
  exchange: 'kraken',
  symbols: ['BTC/USD'],
  channels: ['trade', { name: 'ohlc', interval: 5 }],
};
void openFeeds({ feeds: [feed], ring: { bytes: 65_536 }, wait: 'spin' });
void openFeeds({ feeds: [{ ...feed, url: process.env['RINGFEED_URL'] }] });

void openFeeds({ feeds: [{ ...feed, lines: 2, reconnect: { strategy: 'fixed', delay: 1 } }] });
void openFeeds({ feeds: [{ ...feed, limits: { attempts: 10 }, shouldReconnect: () => 5 }] });

// @ts-expect-error feeds are needed
void openFeeds({});
// @ts-expect-error no such exchange
void openFeeds({ feeds: [{ ...feed, exchange: 'krakn' }] });
// Venues' own words for their channels, all of them.
export const words: readonly ChannelOption[] = [
  ...VENUE_CHANNELS,
  ...VENUE_CHANNELS.map((name) => ({ name, depth: 5 })),
  'book_lv2',
  { name: 'aggTrade' },
];
void openFeeds({ feeds: [{ ...feed, channels: words }] });

// @ts-expect-error no such channel
void openFeeds({ feeds: [{ ...feed, channels: ['tradez'] }] });
// @ts-expect-error no such channel
void openFeeds({ feeds: [{ ...feed, channels: [{ name: 'level2' }] }] });
// @ts-expect-error a venue's word is one of those that options take
export const rules: ChannelRules = { venueName: 'tradez' };
// @ts-expect-error a channel has no such parameter
void openFeeds({ feeds: [{ ...feed, channels: [{ name: 'book', levels: 10 }] }] });
// @ts-expect-error no such policy
void openFeeds({ feeds: [{ ...feed, overflow: 'drop' }] });
// @ts-expect-error no such time
void openFeeds({ feeds: [{ ...feed, times: { silenceMs: 10 } }] });
// @ts-expect-error no such limit
void openFeeds({ feeds: [{ ...feed, limits: { attempt: 10 } }] });
// @ts-expect-error no such strategy
void openFeeds({ feeds: [{ ...feed, reconnect: { strategy: 'linear' } }] });
// @ts-expect-error there are at most two lines
void openFeeds({ feeds: [{ ...feed, lines: 3 }] });
// @ts-expect-error it says yes or no
void openFeeds({ feeds: [{ ...feed, shouldDisconnect: () => 'later' }] });
// @ts-expect-error blocking is done with waitSync
void openFeeds({ feeds: [feed], wait: 'block' });
// @ts-expect-error options are given, not assembled
EXCHANGES.push('binance');

export const strategy: Strategy = {
  onTrade(trade) {
    // @ts-expect-error a view cannot be written to
    trade.price = 1;
    // @ts-expect-error a view shows the ring, which nobody else moves
    trade.view.setUint8(0, 0);
    // @ts-expect-error there is no such side
    if (trade.side === 'bid') return;
  },
  // @ts-expect-error a book has no price of its own
  onBook: (book) => book.price,
};

export function priceOf(event: FeedEvent): number | undefined {
  // @ts-expect-error not every event has a price
  event.price;
  if (event.type === 'trade') return event.price;
  // @ts-expect-error what is not sent is undefined, and asked for
  if (event.type === 'ticker') return event.last + 1;
  // @ts-expect-error events are to be read
  if (event.type === 'quote') event.bid = 1;
  return undefined;
}
