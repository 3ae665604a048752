import type { FaultName } from '../../shared/faults/fault-catalogue.ts';
import type { StatusName } from '../../shared/faults/status-catalogue.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';

/** What every copied event has. Absent values are `undefined`. */
export interface EventBase {
  readonly exchange: ExchangeName;
  readonly feed: string;
  /** The one form, e.g. `BTC/USD`; empty where no single instrument is concerned. */
  readonly symbol: string;
  readonly venueSymbol: string;
  readonly epoch: number;
  /** The exchange's time, ms since the Unix epoch with a fraction. */
  readonly time: number | undefined;
  /** Monotonic ns at which the worker read it from the socket. */
  readonly received: number;
}

export interface TradeEvent extends EventBase {
  readonly type: 'trade';
  readonly price: number;
  readonly qty: number;
  /** Side of the taker. */
  readonly side: 'buy' | 'sell' | 'unknown';
  readonly orderType: 'market' | 'limit' | 'unknown';
  readonly id: number | undefined;
  readonly snapshot: boolean;
}

/** `[price, quantity]`; quantity 0 removes the level. */
export type LevelPair = readonly [price: number, qty: number];

export interface BookEvent extends EventBase {
  readonly type: 'book';
  readonly snapshot: boolean;
  readonly depth: number;
  readonly bids: readonly LevelPair[];
  readonly asks: readonly LevelPair[];
  readonly checksum: number | undefined;
}

export interface TickerEvent extends EventBase {
  readonly type: 'ticker';
  readonly bid: number | undefined;
  readonly bidQty: number | undefined;
  readonly ask: number | undefined;
  readonly askQty: number | undefined;
  readonly last: number | undefined;
  readonly volume: number | undefined;
  readonly vwap: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly change: number | undefined;
  readonly changePct: number | undefined;
  readonly turnover: number | undefined;
}

export interface QuoteEvent extends EventBase {
  readonly type: 'quote';
  readonly bid: number;
  readonly bidQty: number;
  readonly ask: number;
  readonly askQty: number;
}

export interface CandleEvent extends EventBase {
  readonly type: 'candle';
  /** Start of the interval, ms since the Unix epoch. */
  readonly begin: number;
  /** Length of the interval, minutes. */
  readonly interval: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly vwap: number;
  readonly volume: number;
  readonly trades: number;
  readonly snapshot: boolean;
}

export interface InstrumentEvent extends EventBase {
  readonly type: 'instrument';
  readonly pricePrecision: number;
  readonly qtyPrecision: number;
  readonly priceIncrement: number | undefined;
  readonly qtyIncrement: number | undefined;
  readonly qtyMin: number | undefined;
  readonly costMin: number | undefined;
  readonly state: string;
}

export interface StatusEvent extends EventBase {
  readonly type: 'status';
  readonly status: StatusName;
  readonly fault: FaultName;
  readonly detail: string;
  /** A number that belongs to the status: a close code, a delay in ms. */
  readonly value: number | undefined;
}

export interface GapEvent extends EventBase {
  readonly type: 'gap';
  readonly fault: FaultName;
  /** Monotonic ns of the first record that is missing. */
  readonly from: number;
  readonly droppedTrades: number;
  readonly droppedCandles: number;
  readonly droppedOther: number;
  readonly conflated: number;
  /** Sequence numbers the exchange never sent us, where that can be known. */
  readonly missed: number | undefined;
}

/** Any record, copied out of its ring. */
export type FeedEvent =
  | TradeEvent
  | BookEvent
  | TickerEvent
  | QuoteEvent
  | CandleEvent
  | InstrumentEvent
  | StatusEvent
  | GapEvent;
