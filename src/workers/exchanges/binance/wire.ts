/**
 * Names of Binance's spot streams and what they are here. Prices and quantities are texts, ids and times are
 * JSON integers, symbols are lowercase in the name of a stream and uppercase in what it sends.
 *
 * Source: github.com/binance/binance-spot-api-docs at a5e0bc3, web-socket-streams.md and rest-api.md.
 */
import type { Subscription } from '../../../shared/contract.ts';
import type { ExchangeUs } from '../../../shared/units.ts';
import { BINANCE_INTERVALS } from '../../../shared/venues/binance.ts';

/** Levels per side of a snapshot. Levels beyond are unknown until they change. */
export const SNAPSHOT_LEVELS = 1000;

export const snapshotPath = (venueSymbol: string): string =>
  `/api/v3/depth?symbol=${venueSymbol}&limit=${SNAPSHOT_LEVELS}`;

const INTERVAL_NAMES: ReadonlyMap<number, string> = new Map(
  [...BINANCE_INTERVALS].map(([name, minutes]) => [minutes, name]),
);

/** Whether a book is sent by its best levels, whole each time, instead of by its changes. */
export const isPartialBook = ({ channel, depth }: Subscription): boolean =>
  channel === 'book' && depth !== undefined;

/** What a subscription is called, `btcusdt@trade` say. */
export function streamName(subscription: Subscription, venueSymbol: string): string {
  const symbol = venueSymbol.toLowerCase();
  switch (subscription.channel) {
    case 'trade':
      return `${symbol}@${subscription.aggregated === true ? 'aggTrade' : 'trade'}`;
    case 'ticker':
      return `${symbol}@ticker`;
    case 'book':
      return `${symbol}@depth${subscription.depth ?? ''}@100ms`;
    case 'quote':
      return `${symbol}@bookTicker`;
    case 'candle':
      return `${symbol}@kline_${INTERVAL_NAMES.get(subscription.interval ?? 1) ?? '1m'}`;
    default:
      return `${symbol}@${subscription.channel}`;
  }
}

/**
 * Times from here on are microseconds, which a connection may be opened for with `timeUnit=MICROSECOND`. A time
 * says itself which it is: as milliseconds this is in the year 5138, as microseconds in March 1973.
 */
const MILLISECONDS_BELOW = 1e14;

/** @param time milliseconds or microseconds since the Unix epoch. */
export const microseconds = (time: number): ExchangeUs =>
  (time < MILLISECONDS_BELOW ? time * 1000 : time) as ExchangeUs;

/** Keys of a ticker's numbers on the wire, in the order of the record. */
export const TICKER_KEYS = ['b', 'B', 'a', 'A', 'c', 'v', 'w', 'l', 'h', 'p', 'P', 'q'] as const;

/** Keys of a quote's numbers on the wire, in the order of the record. */
export const QUOTE_KEYS = ['b', 'B', 'a', 'A'] as const;

/** Keys of a candle's numbers on the wire, and what they are. The venue sends no average price. */
export const CANDLE_KEYS = [
  ['o', 'open'],
  ['h', 'high'],
  ['l', 'low'],
  ['c', 'close'],
  ['v', 'volume'],
] as const;
