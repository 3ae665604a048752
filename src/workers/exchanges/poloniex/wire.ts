/**
 * Names of Poloniex's current spot WebSocket API and what they are here. Prices and quantities are texts
 * whose digits matter; times are milliseconds since the Unix epoch, as integers; symbols are `BTC_USDT`.
 *
 * Source: api-docs.poloniex.com/spot/websocket and its page market-data; a recorded session
 * of 2022-08-21.
 */
import type { Subscription } from '../../../shared/contract.ts';
import { SIDE, type Side } from '../../../shared/records/trade.ts';
import { POLONIEX } from '../../../shared/venues/poloniex.ts';

/** Side of the taker. */
export const SIDES: ReadonlyMap<string, Side> = new Map<string, Side>([
  ['buy', SIDE.buy],
  ['sell', SIDE.sell],
]);

export const US_PER_MS = 1000;

/** Minutes of a candle by the name of its channel. */
export const CANDLE_CHANNELS: ReadonlyMap<string, number> = new Map(
  (POLONIEX.channels.get('candle')?.intervals ?? []).map((minutes) => [candleChannel(minutes), minutes]),
);

/** The depth that `book_lv2` keeps. */
const CHANGES_DEPTH = POLONIEX.channels.get('book')?.depths?.[0];
const DEFAULT_INTERVAL = POLONIEX.channels.get('candle')?.intervals?.[0] ?? 1;

/** Whether a book is sent by its changes and not whole each time. */
export const isByChanges = ({ depth }: Subscription): boolean =>
  depth === undefined || depth === CHANGES_DEPTH;

/** What a request says of a channel beside its symbols. */
export interface ChannelParams {
  readonly channel: string;
  readonly depth?: number;
}

export function channelParams(subscription: Subscription): ChannelParams {
  const { channel, depth, interval } = subscription;
  if (channel === 'candle') return { channel: candleChannel(interval ?? DEFAULT_INTERVAL) };
  if (channel === 'book' && depth !== undefined && !isByChanges(subscription))
    return { channel: 'book', depth };
  return { channel: POLONIEX.channels.get(channel)?.venueName ?? channel };
}

/** `candles_minute_5`, `candles_hour_4`: a channel of its own for every interval. */
function candleChannel(minutes: number): string {
  const units = [
    ['week', 10_080],
    ['day', 1440],
    ['hour', 60],
  ] as const;
  for (const [unit, length] of units)
    if (minutes % length === 0) return `candles_${unit}_${minutes / length}`;
  return `candles_minute_${minutes}`;
}

/** A ticker's numbers that have a place in the record, by their names on the wire. There is no bid and no ask. */
export const TICKER_NUMBERS = [
  ['high', 'high'],
  ['low', 'low'],
  ['close', 'last'],
  ['quantity', 'volume'],
  ['amount', 'turnover'],
  ['dailyChange', 'changePct'],
] as const;

/** A candle's numbers that have a place in the record, by their names on the wire. */
export const CANDLE_NUMBERS = [
  ['open', 'open'],
  ['high', 'high'],
  ['low', 'low'],
  ['close', 'close'],
  ['quantity', 'volume'],
] as const;
