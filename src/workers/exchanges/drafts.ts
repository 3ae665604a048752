import { CANDLE } from '../../shared/records/candle.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { TICKER } from '../../shared/records/ticker.ts';
import { ORDER_TYPE, type OrderType, SIDE, type Side, TRADE } from '../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../shared/units.ts';
import type { RecordSink } from '../feed-events.ts';

/**
 * What was read of one entry, before it is a record. An entry is read whole before room is claimed for it,
 * so a malformed one leaves nothing behind; and both paths write through here, so they write alike.
 *
 * Reused for every entry. Doubles begin as NaN so that V8 keeps the fields unboxed.
 */
export class TradeDraft {
  instrument = 0 as InstrumentId;
  snapshot = false;
  side: Side = SIDE.unknown;
  orderType: OrderType = ORDER_TYPE.unknown;
  price = Number.NaN;
  qty = Number.NaN;
  priceDecimals = 0;
  qtyDecimals = 0;
  tradeId = Number.NaN;
  atUs = Number.NaN as ExchangeUs;

  write(sink: RecordSink): void {
    const at = sink.claim(TRADE.typeId, TRADE.size);
    const { view } = sink;
    const { field } = TRADE;
    if (this.snapshot) field.flags.set(view, at, FLAG.snapshot);
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, this.tradeId);
    field.price.set(view, at, this.price);
    field.qty.set(view, at, this.qty);
    field.side.set(view, at, this.side);
    field.orderType.set(view, at, this.orderType);
    field.priceDecimals.set(view, at, this.priceDecimals);
    field.qtyDecimals.set(view, at, this.qtyDecimals);
    field.reserved.set(view, at, 0);
    sink.commit(TRADE.size);
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
} as const;
const TICKER_PLACES = 11;

/** See `TradeDraft`. What a venue never sends stays as it is at first. */
export class TickerDraft {
  instrument = 0 as InstrumentId;
  atUs = Number.NaN as ExchangeUs;
  readonly numbers = new Float64Array(TICKER_PLACES).fill(Number.NaN);
  readonly decimals = new Uint8Array(TICKER_PLACES);

  write(sink: RecordSink): void {
    const at = sink.claim(TICKER.typeId, TICKER.size);
    const { view } = sink;
    const { field } = TICKER;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, NONE);
    field.bid.set(view, at, numbers[0]!);
    field.bidQty.set(view, at, numbers[1]!);
    field.ask.set(view, at, numbers[2]!);
    field.askQty.set(view, at, numbers[3]!);
    field.last.set(view, at, numbers[4]!);
    field.volume.set(view, at, numbers[5]!);
    field.vwap.set(view, at, numbers[6]!);
    field.low.set(view, at, numbers[7]!);
    field.high.set(view, at, numbers[8]!);
    field.change.set(view, at, numbers[9]!);
    field.changePct.set(view, at, numbers[10]!);
    field.bidDecimals.set(view, at, decimals[0]!);
    field.bidQtyDecimals.set(view, at, decimals[1]!);
    field.askDecimals.set(view, at, decimals[2]!);
    field.askQtyDecimals.set(view, at, decimals[3]!);
    field.lastDecimals.set(view, at, decimals[4]!);
    field.volumeDecimals.set(view, at, decimals[5]!);
    field.vwapDecimals.set(view, at, decimals[6]!);
    field.lowDecimals.set(view, at, decimals[7]!);
    field.highDecimals.set(view, at, decimals[8]!);
    field.changeDecimals.set(view, at, decimals[9]!);
    field.changePctDecimals.set(view, at, decimals[10]!);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
    sink.commit(TICKER.size);
  }
}

/** Places of a candle's numbers, in the order of the record. */
export const CANDLE_PLACE = { open: 0, high: 1, low: 2, close: 3, vwap: 4, volume: 5 } as const;
const CANDLE_PLACES = 6;

/** See `TradeDraft`. What a venue never sends stays as it is at first. Cold path only. */
export class CandleDraft {
  instrument = 0 as InstrumentId;
  snapshot = false;
  atUs = NONE as ExchangeUs;
  beginUs = NONE as ExchangeUs;
  trades = 0;
  intervalMinutes = 0;
  readonly numbers = new Float64Array(CANDLE_PLACES).fill(Number.NaN);
  readonly decimals = new Uint8Array(CANDLE_PLACES);

  write(sink: RecordSink): void {
    const at = sink.claim(CANDLE.typeId, CANDLE.size);
    const { view } = sink;
    const { field } = CANDLE;
    const { numbers, decimals } = this;
    if (this.snapshot) field.flags.set(view, at, FLAG.snapshot);
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, NONE);
    field.beginUs.set(view, at, this.beginUs);
    field.open.set(view, at, numbers[0]!);
    field.high.set(view, at, numbers[1]!);
    field.low.set(view, at, numbers[2]!);
    field.close.set(view, at, numbers[3]!);
    field.vwap.set(view, at, numbers[4]!);
    field.volume.set(view, at, numbers[5]!);
    field.trades.set(view, at, this.trades);
    field.intervalMinutes.set(view, at, this.intervalMinutes);
    field.openDecimals.set(view, at, decimals[0]!);
    field.highDecimals.set(view, at, decimals[1]!);
    field.lowDecimals.set(view, at, decimals[2]!);
    field.closeDecimals.set(view, at, decimals[3]!);
    field.vwapDecimals.set(view, at, decimals[4]!);
    field.volumeDecimals.set(view, at, decimals[5]!);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
    field.reserved3.set(view, at, 0);
    sink.commit(CANDLE.size);
  }
}
