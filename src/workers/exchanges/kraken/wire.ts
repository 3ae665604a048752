/**
 * Names of Kraken's WebSocket API v2 and what they are here. Prices and quantities are JSON numbers whose
 * digits matter; times are RFC 3339 in UTC; symbols are `BTC/USD`.
 *
 * Source: docs.kraken.com/api/docs/websocket-v2/{trade,ticker,book,ohlc,instrument,status,ping} and
 * docs.kraken.com/api/docs/guides/spot-ws-book-v2, read 2026-05-27.
 */
import type { Subscription } from '../../../shared/contract.ts';
import { PAIR_STATE, type PairState } from '../../../shared/records/instrument.ts';
import { ORDER_TYPE, type OrderType, SIDE, type Side } from '../../../shared/records/trade.ts';
import { KRAKEN } from '../../../shared/venues/kraken.ts';
import type { ChannelName } from '../../../shared/venues/venue.ts';

/** Side of the taker. */
export const SIDES: ReadonlyMap<string, Side> = new Map<string, Side>([
  ['buy', SIDE.buy],
  ['sell', SIDE.sell],
]);

/** Order type of the taker; an order type that is not listed reads as unknown. */
export const ORDER_TYPES: ReadonlyMap<string, OrderType> = new Map<string, OrderType>([
  ['market', ORDER_TYPE.market],
  ['limit', ORDER_TYPE.limit],
]);

/** Trading states of a pair; a state that is not listed reads as unknown. */
export const PAIR_STATES: ReadonlyMap<string, PairState> = new Map(
  Object.entries(PAIR_STATE).filter(([name]) => name !== 'unknown'),
);

/** Names of a ticker's numbers, in the order of the record and of the wire. */
export const TICKER_NUMBERS = [
  'bid',
  'bid_qty',
  'ask',
  'ask_qty',
  'last',
  'volume',
  'vwap',
  'low',
  'high',
  'change',
  'change_pct',
] as const;

/** Names of a candle's numbers on the wire, in the order of the record. */
export const CANDLE_NUMBERS = ['open', 'high', 'low', 'close', 'vwap', 'volume'] as const;

/** Kraken's name of a channel. */
export const wireChannel = (channel: ChannelName): string =>
  KRAKEN.channels.get(channel)?.venueName ?? channel;

const DEFAULT_DEPTH = KRAKEN.channels.get('book')?.depths?.[0];
const DEFAULT_INTERVAL = KRAKEN.channels.get('candle')?.intervals?.[0];

/** What a request says of a channel beside its symbols, as Kraken spells it; defaults are written out. */
export interface ChannelParams {
  readonly channel: string;
  readonly depth?: number;
  readonly interval?: number;
  readonly event_trigger?: 'trades' | 'bbo';
}

export function channelParams(subscription: Subscription): ChannelParams {
  const channel = wireChannel(subscription.channel);
  switch (subscription.channel) {
    case 'book': {
      const depth = subscription.depth ?? DEFAULT_DEPTH;
      return depth === undefined ? { channel } : { channel, depth };
    }
    case 'candle': {
      const interval = subscription.interval ?? DEFAULT_INTERVAL;
      return interval === undefined ? { channel } : { channel, interval };
    }
    case 'ticker':
      return { channel, event_trigger: subscription.trigger ?? 'trades' };
    default:
      return { channel };
  }
}

/** Whether a request asks for history or state first. Kraken's default is false for trades, true elsewhere. */
export const wantsSnapshot = (subscription: Subscription): boolean =>
  subscription.channel === 'book' || (subscription.snapshot ?? subscription.channel !== 'trade');
