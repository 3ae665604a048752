/**
 * Names of Gemini's v1 market data and what they are here. Prices and quantities are decimals in quotes; times are
 * milliseconds; symbols are `BTCUSD`, and named by events only where a connection carries several of them.
 *
 * Source: docs.gemini.com/websocket/archived/v1 and /archived/multi-market-data, and sessions recorded in 2019,
 * 2020 and 2022.
 */
import { SIDE, type Side } from '../../../shared/records/trade.ts';

/**
 * Side of the taker by that of the maker, which is what the venue gives: who sells to a bid is the taker. In an
 * auction nobody is.
 */
export const TAKERS: ReadonlyMap<string, Side> = new Map<string, Side>([
  ['bid', SIDE.sell],
  ['ask', SIDE.buy],
  ['auction', SIDE.unknown],
]);

/** Why a change was sent, where it is the state that a connection begins with. */
export const INITIAL = 'initial';

/** Events that have no record: auctions, and trades arranged off the book. */
export const NOT_DELIVERED: ReadonlySet<string> = new Set([
  'auction_open',
  'auction_indicative',
  'auction_result',
  'auction_cancel',
  'auction_outcome',
  'block_trade',
]);
