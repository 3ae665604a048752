/**
 * Names of Coinbase Exchange's feed and what they are here. Prices and sizes are texts whose digits matter; times
 * are RFC 3339 with microseconds, of messages that have one; products are `BTC-USD`.
 *
 * | channel        | variant         | what it means                                                 | record          | source |
 * | -------------- | --------------- | ------------------------------------------------------------- | --------------- | ------ |
 * | `matches`      | `match`         | one trade; `side` is the maker's; `trade_id` counts by one    | trade           | 1 2 3  |
 * | `matches`      | `last_match`    | the newest trade before the subscription, once                | trade, snapshot | 1 2 3  |
 * | `level2_batch` | `snapshot`      | every level of the book; no sequence, and a time at most      | book, snapshot  | 1 2 3  |
 * | `level2_batch` | `l2update`      | levels as they are now, `buy` a bid; size zero removes one    | book            | 1 2 3  |
 * | `ticker`       | `ticker`        | after each match; sizes of the best levels since 2022         | ticker          | 1 2 4  |
 * | `heartbeat`    | `heartbeat`     | every second for each product; id of its newest trade         | none            | 1 5    |
 * | any            | `subscriptions` | all that is subscribed now, books as `level2_50`              | none            | 1 3    |
 * | any            | `error`         | a request is refused whole; only its words say which          | none            | 1 3    |
 *
 * Read on 2026-11-21, as kept by others:
 * 1: docs.cdp.coinbase.com/exchange/websocket-feed, its pages overview, channels and errors;
 * 2: a session of 2021-04-17, github.com/bmoscon/cryptofeed, sample_data/COINBASE.ws.28.0;
 * 3: messages of 2026-08-25, copied from the feed into the tests of a public program;
 * 4: a message of 2024-01-18, likewise;
 * 5: messages of 2021 to 2026, likewise; the page has other keys first, and these are read cold.
 *
 * Not stated: what a heartbeat and a match of the same moment are to each other in order, and what becomes of
 * subscribing twice.
 */

import { SIDE, type Side } from '../../../shared/records/trade.ts';
import { COINBASE } from '../../../shared/venues/coinbase.ts';
import type { ChannelName } from '../../../shared/venues/venue.ts';

/** Side of the taker by that of the maker, which a match states. */
export const TAKER_SIDES: ReadonlyMap<string, Side> = new Map<string, Side>([
  ['buy', SIDE.sell],
  ['sell', SIDE.buy],
]);

export const HEARTBEAT_CHANNEL = 'heartbeat';

/** Channels as the answers list them: books that were asked for as `level2_batch` are listed as `level2_50`. */
export const CHANNELS: ReadonlyMap<string, ChannelName> = new Map<string, ChannelName>([
  ...[...COINBASE.channels].map(([name, { venueName }]) => [venueName, name] as const),
  ['level2', 'book'],
  ['level2_50', 'book'],
]);

/** A ticker's numbers that have a place in the record, by their names on the wire. */
export const TICKER_NUMBERS = [
  ['price', 'last'],
  ['volume_24h', 'volume'],
  ['low_24h', 'low'],
  ['high_24h', 'high'],
  ['best_bid', 'bid'],
  ['best_bid_size', 'bidQty'],
  ['best_ask', 'ask'],
  ['best_ask_size', 'askQty'],
] as const;
