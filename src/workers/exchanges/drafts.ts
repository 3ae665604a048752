import { CANDLE } from '../../shared/records/candle.ts';
import { QUOTE } from '../../shared/records/quote.ts';
import { TICKER } from '../../shared/records/ticker.ts';
import { ORDER_TYPE, type OrderType, SIDE, type Side, TRADE } from '../../shared/records/trade.ts';
import type { ExchangeUs } from '../../shared/units.ts';
import type { RecordSink } from '../feed-events.ts';
import { RecordDraft } from './record-draft.ts';

const { side, orderType, price, qty, priceDecimals, qtyDecimals } = TRADE.field;

/**
 * A trade whose side and order type are unknown until set. Its own values are fields, because V8 inlines a
 * write of a field always and the call of a setter only while there are few.
 */
export class TradeDraft extends RecordDraft {
  side: Side = SIDE.unknown;
  orderType: OrderType = ORDER_TYPE.unknown;
  // NaN, so that V8 keeps them unboxed.
  price = Number.NaN;
  qty = Number.NaN;
  priceDecimals = 0;
  qtyDecimals = 0;

  constructor() {
    super(TRADE);
  }

  override write(sink: RecordSink): void {
    const { bytes, float64 } = this;
    float64[price.index] = this.price;
    float64[qty.index] = this.qty;
    bytes[side.index] = this.side;
    bytes[orderType.index] = this.orderType;
    bytes[priceDecimals.index] = this.priceDecimals;
    bytes[qtyDecimals.index] = this.qtyDecimals;
    super.write(sink);
  }

  get tradeId(): number {
    return this.sequence;
  }

  set tradeId(id: number) {
    this.sequence = id;
  }
}

/** Places of a ticker's numbers, in the order of the record. */
export const TICKER_PLACE = {
  bid: 0,
  bidQty: 1,
  ask: 2,
  askQty: 3,
  last: 4,
  volume: 5,
  vwap: 6,
  low: 7,
  high: 8,
  change: 9,
  changePct: 10,
  turnover: 11,
} as const;
const TICKER_PLACES = 12;

/** A ticker. What a venue never sends stays NaN. */
export class TickerDraft extends RecordDraft {
  /** By `TICKER_PLACE`. */
  readonly numbers = this.float64.subarray(TICKER.field.bid.index, TICKER.field.bid.index + TICKER_PLACES);
  readonly decimals = this.bytes.subarray(
    TICKER.field.bidDecimals.index,
    TICKER.field.bidDecimals.index + TICKER_PLACES,
  );

  constructor() {
    super(TICKER);
    this.numbers.fill(Number.NaN);
  }
}

/** Places of a quote's numbers, in the order of the record. */
export const QUOTE_PLACE = { bid: 0, bidQty: 1, ask: 2, askQty: 3 } as const;
const QUOTE_PLACES = 4;

/** Best bid and ask. */
export class QuoteDraft extends RecordDraft {
  /** By `QUOTE_PLACE`. */
  readonly numbers = this.float64.subarray(QUOTE.field.bid.index, QUOTE.field.bid.index + QUOTE_PLACES);
  readonly decimals = this.bytes.subarray(
    QUOTE.field.bidDecimals.index,
    QUOTE.field.bidDecimals.index + QUOTE_PLACES,
  );

  constructor() {
    super(QUOTE);
  }
}

/** Places of a candle's numbers, in the order of the record. */
export const CANDLE_PLACE = { open: 0, high: 1, low: 2, close: 3, vwap: 4, volume: 5 } as const;
const CANDLE_PLACES = 6;

/** A candle. What a venue never sends stays NaN, and 0 where it is a count. */
export class CandleDraft extends RecordDraft {
  /** By `CANDLE_PLACE`. */
  readonly numbers = this.float64.subarray(CANDLE.field.open.index, CANDLE.field.open.index + CANDLE_PLACES);
  readonly decimals = this.bytes.subarray(
    CANDLE.field.openDecimals.index,
    CANDLE.field.openDecimals.index + CANDLE_PLACES,
  );

  constructor() {
    super(CANDLE);
    this.numbers.fill(Number.NaN);
  }

  set beginUs(at: ExchangeUs) {
    this.float64[CANDLE.field.beginUs.index] = at;
  }

  set trades(trades: number) {
    this.words[CANDLE.field.trades.index] = trades;
  }

  set intervalMinutes(minutes: number) {
    this.words[CANDLE.field.intervalMinutes.index] = minutes;
  }
}
