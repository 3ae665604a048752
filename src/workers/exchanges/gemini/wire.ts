/**
 * Names of Gemini's v2 market data and what they are here. Prices and quantities are decimals in quotes, and
 * plain numbers in candles; times are milliseconds; symbols are `BTCUSD`. Nothing is acknowledged.
 *
 * Source: docs.gemini.com/websocket/archived/v2 and a session recorded on 2021-06-24.
 */
import { SIDE, type Side } from '../../../shared/records/trade.ts';
import { GEMINI_CANDLES } from '../../../shared/venues/gemini.ts';

/** The stream of a symbol's book and trades. */
export const L2 = 'l2';

/** Side of the taker. In an auction nobody is. */
export const SIDES: ReadonlyMap<string, Side> = new Map<string, Side>([
  ['buy', SIDE.buy],
  ['sell', SIDE.sell],
  ['auction', SIDE.unknown],
]);

/** Minutes of a candle by the type of the message that brings it. */
export const CANDLE_MESSAGES: ReadonlyMap<string, number> = new Map(
  [...GEMINI_CANDLES].map(([minutes, stream]) => [`${stream}_updates`, minutes]),
);

/** What comes with the stream of a book and has no record: auctions, and trades arranged off the book. */
export const NOT_DELIVERED: ReadonlySet<string> = new Set([
  'auction_open',
  'auction_indicative',
  'auction_result',
  'auction_cancel',
  'block_trade',
]);
