/**
 * Poloniex's legacy push API. A frame is `[channel]`, `[channel, flag]` or `[channel, sequence, payload]`;
 * which of them it is its length alone says, because a sequence may be 0 or 1 as a flag may.
 *
 * Source: github.com/anders94/api-docs, source/includes/_websockets.md; recorded sessions of 2021-04-17 and
 * 2021-05-02; fields added later in 2021 by github.com/vansergen/poloniex-node-api, commit 92da589.
 */
import { SIDE, type Side } from '../../../shared/records/trade.ts';

/** Channels with numbers of their own; every other number is a pair's. */
export const CHANNEL = { account: 1000, ticker: 1002, volume: 1003, heartbeat: 1010 } as const;
/** Numbers from here to below the end are no pair's. */
export const CHANNELS_FROM = 1000;
export const CHANNELS_END = 1100;

/** What `[channel, flag]` says. That 2 means "subscribed already" is inferred from when it came. */
export const FLAG = { unsubscribed: 0, subscribed: 1, already: 2 } as const;

/** Side of the taker in a trade. */
export const TAKERS: readonly Side[] = [SIDE.sell, SIDE.buy];

/** Side of a level: 0 asks, 1 bids. */
export const BIDS = 1;

export const US_PER_MS = 1000;
export const US_PER_S = 1_000_000;

/** What the venue tells of all pairs: their numbers among other things. */
export const TICKER_PATH = '/public?command=returnTicker';

/**
 * Places of a ticker's numbers in a frame, by what they are. What the API calls quote is what a symbol here
 * has as its base: the currency that is traded, whose volume the record holds.
 */
export const TICKER_PLACES = [
  ['last', 1],
  ['ask', 2],
  ['bid', 3],
  ['changePct', 4],
  ['turnover', 5],
  ['volume', 6],
  ['high', 8],
  ['low', 9],
] as const;
