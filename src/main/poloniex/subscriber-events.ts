/** What a subscriber tells. Prices, sizes and other decimals are texts with the very digits that were sent. */
import type { FaultName } from '../../shared/faults/fault-catalogue.ts';
import type { TICKER_SUBSCRIBE } from './legacy-api.ts';

export type PoloniexSide = 'bid' | 'ask';

export interface PoloniexTicker {
  readonly pair: string;
  readonly last: string | undefined;
  readonly lowestAsk: string | undefined;
  readonly highestBid: string | undefined;
  /** A fraction: `0.01` is one percent. */
  readonly percentChange: string | undefined;
  /** Of the currency before the underscore, in which prices are. Undefined: records have no place for it. */
  readonly baseVolume: string | undefined;
  /** Of the currency behind the underscore, which is traded. */
  readonly quoteVolume: string | undefined;
  /** Undefined: records have no place for it. */
  readonly isFrozen: 0 | 1 | undefined;
  readonly high24hr: string | undefined;
  readonly low24hr: string | undefined;
}

/** `[price, size]` */
export type PoloniexLevel = readonly [price: string, size: string];

/** A whole book, each side in the order in which it was sent. What was known of it before holds no longer. */
export interface PoloniexBook {
  readonly pair: string;
  readonly asks: readonly PoloniexLevel[];
  readonly bids: readonly PoloniexLevel[];
}

/** One level that was added, changed or removed. */
export interface PoloniexOrder {
  readonly pair: string;
  readonly side: PoloniexSide;
  readonly price: string;
  /** What rests there now. */
  readonly size: string;
  readonly isRemoved: boolean;
}

export interface PoloniexTrade {
  readonly pair: string;
  readonly tradeId: string;
  /** Side of the taker: `bid` bought. */
  readonly bookSide: PoloniexSide;
  readonly price: string;
  readonly size: string;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number | undefined;
}

/** The connection said something since the last look, and none of it was about the market. */
export interface PoloniexHeartbeat {
  /** When that was seen, ms since the Unix epoch. */
  readonly at: number;
}

/** A pair, or 1002 for the tickers. */
export type PoloniexChannel = string | typeof TICKER_SUBSCRIBE;

/** The venue sends a channel now, or says that it does not. */
export interface PoloniexAck {
  readonly channel: PoloniexChannel;
}

/**
 * Something of a pair is missing, and what was known of its book holds no longer. A `book` follows, without
 * anything to be done for it.
 */
export interface PoloniexGap {
  /** Empty where all of them are concerned. */
  readonly pair: string;
  readonly fault: FaultName;
  /** The sequence number that should have come, where it is one that was skipped. */
  readonly expected: number | undefined;
  readonly got: number | undefined;
  /** Trades that were received and had no room, where it is that. */
  readonly droppedTrades: number;
  readonly text: string;
}

/** Something went wrong that is seen to: what could not be read is passed over, a lost connection comes back. */
export interface PoloniexError {
  readonly fault: FaultName;
  readonly text: string;
}

export interface PoloniexEvents {
  readonly ticker: PoloniexTicker;
  readonly book: PoloniexBook;
  readonly order: PoloniexOrder;
  readonly trade: PoloniexTrade;
  readonly heartbeat: PoloniexHeartbeat;
  readonly ack: PoloniexAck;
  /** It failed, or was never answered, and is not asked for again on this connection. */
  readonly nack: PoloniexAck & { readonly text: string };
  readonly gap: PoloniexGap;
  readonly error: PoloniexError;
}

export type PoloniexEventName = keyof PoloniexEvents;
