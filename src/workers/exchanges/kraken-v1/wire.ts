/**
 * What Kraken v1 sends in its channels. Prices and quantities are texts without a sign, times are texts of
 * seconds since the Unix epoch.
 *
 * Source: docs.kraken.com/api/docs/websocket-v1: book, trade, ticker, read 2026-05-27.
 */
import { ORDER_TYPE, type OrderType, SIDE, type Side } from '../../../shared/records/trade.ts';
import { TICKER_PLACE } from '../drafts.ts';

export const U32_MAX = 0xffff_ffff;

/** The minutes in the name of a candle's channel have at most five digits. */
export const INTERVAL_MAX = 99_999;
export const US_PER_MINUTE = 60_000_000;

/** More levels on one side of one message than this are refused: a book has at most 1000 a side. */
export const LEVELS_MAX = 4096;

export const SIDES: ReadonlyMap<string, Side> = new Map([
  ['b', SIDE.buy],
  ['s', SIDE.sell],
]);

export const ORDER_TYPES: ReadonlyMap<string, OrderType> = new Map([
  ['l', ORDER_TYPE.limit],
  ['m', ORDER_TYPE.market],
]);

/** A number of a ticker that is checked and has no place in the record. */
export const LEFT_OUT = -1;
/** The same, and it is an integer without quotes. */
export const COUNT = -2;

const { ask, askQty, bid, bidQty, last, volume, vwap, low, high } = TICKER_PLACE;

/**
 * Members of a ticker in the order they are sent, and the place of each of their numbers in the record. All
 * from `v` on are of today and of the last 24 hours; the record holds the 24 hours.
 */
export const TICKER_MEMBERS: readonly (readonly [key: string, places: readonly number[]])[] = [
  ['a', [ask, COUNT, askQty]],
  ['b', [bid, COUNT, bidQty]],
  ['c', [last, LEFT_OUT]],
  ['v', [LEFT_OUT, volume]],
  ['p', [LEFT_OUT, vwap]],
  ['t', [COUNT, COUNT]],
  ['l', [LEFT_OUT, low]],
  ['h', [LEFT_OUT, high]],
  ['o', [LEFT_OUT, LEFT_OUT]],
];
