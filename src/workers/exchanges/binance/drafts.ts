import { CANDLE } from '../../../shared/records/candle.ts';
import { QUOTE } from '../../../shared/records/quote.ts';
import { TICKER } from '../../../shared/records/ticker.ts';
import { ORDER_TYPE, SIDE, type Side, TRADE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';

/**
 * What was read of one message, before it is a record. A message is read whole before room is claimed for it,
 * so a malformed one leaves nothing behind; and both paths write through here, so they write alike.
 *
 * Reused for every message. Doubles begin as NaN so that V8 keeps the fields unboxed.
 */
export class TradeDraft {
  instrument = 0 as InstrumentId;
  side: Side = SIDE.unknown;
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
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, this.tradeId);
    field.price.set(view, at, this.price);
    field.qty.set(view, at, this.qty);
    field.side.set(view, at, this.side);
    field.orderType.set(view, at, ORDER_TYPE.unknown);
    field.priceDecimals.set(view, at, this.priceDecimals);
    field.qtyDecimals.set(view, at, this.qtyDecimals);
    field.reserved.set(view, at, 0);
    sink.commit(TRADE.size);
  }
}

/** Keys of a ticker's numbers on the wire, in the order of the record. */
export const TICKER_KEYS = ['b', 'B', 'a', 'A', 'c', 'v', 'w', 'l', 'h', 'p', 'P'] as const;

/** See `TradeDraft`. Numbers are in the order of `TICKER_KEYS`. */
export class TickerDraft {
  instrument = 0 as InstrumentId;
  atUs = Number.NaN as ExchangeUs;
  readonly numbers = new Float64Array(TICKER_KEYS.length);
  readonly decimals = new Uint8Array(TICKER_KEYS.length);

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

/** Keys of a quote's numbers on the wire, in the order of the record. */
export const QUOTE_KEYS = ['b', 'B', 'a', 'A'] as const;

/** See `TradeDraft`. Numbers are in the order of `QUOTE_KEYS`. The venue sends no time with a quote. */
export class QuoteDraft {
  instrument = 0 as InstrumentId;
  updateId = Number.NaN;
  readonly numbers = new Float64Array(QUOTE_KEYS.length);
  readonly decimals = new Uint8Array(QUOTE_KEYS.length);

  write(sink: RecordSink): void {
    const at = sink.claim(QUOTE.typeId, QUOTE.size);
    const { view } = sink;
    const { field } = QUOTE;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    field.sequence.set(view, at, this.updateId);
    field.bid.set(view, at, numbers[0]!);
    field.bidQty.set(view, at, numbers[1]!);
    field.ask.set(view, at, numbers[2]!);
    field.askQty.set(view, at, numbers[3]!);
    field.bidDecimals.set(view, at, decimals[0]!);
    field.bidQtyDecimals.set(view, at, decimals[1]!);
    field.askDecimals.set(view, at, decimals[2]!);
    field.askQtyDecimals.set(view, at, decimals[3]!);
    field.reserved.set(view, at, 0);
    sink.commit(QUOTE.size);
  }
}

/** Keys of a candle's numbers on the wire: open, high, low, close, volume. */
export const CANDLE_KEYS = ['o', 'h', 'l', 'c', 'v'] as const;

/** See `TradeDraft`. Numbers are in the order of `CANDLE_KEYS`. The venue sends no average price. */
export class CandleDraft {
  instrument = 0 as InstrumentId;
  atUs = NONE as ExchangeUs;
  beginUs = NONE as ExchangeUs;
  trades = 0;
  intervalMinutes = 0;
  readonly numbers = new Float64Array(CANDLE_KEYS.length);
  readonly decimals = new Uint8Array(CANDLE_KEYS.length);

  write(sink: RecordSink): void {
    const at = sink.claim(CANDLE.typeId, CANDLE.size);
    const { view } = sink;
    const { field } = CANDLE;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, NONE);
    field.beginUs.set(view, at, this.beginUs);
    field.open.set(view, at, numbers[0]!);
    field.high.set(view, at, numbers[1]!);
    field.low.set(view, at, numbers[2]!);
    field.close.set(view, at, numbers[3]!);
    field.vwap.set(view, at, Number.NaN);
    field.volume.set(view, at, numbers[4]!);
    field.trades.set(view, at, this.trades);
    field.intervalMinutes.set(view, at, this.intervalMinutes);
    field.openDecimals.set(view, at, decimals[0]!);
    field.highDecimals.set(view, at, decimals[1]!);
    field.lowDecimals.set(view, at, decimals[2]!);
    field.closeDecimals.set(view, at, decimals[3]!);
    field.vwapDecimals.set(view, at, 0);
    field.volumeDecimals.set(view, at, decimals[4]!);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
    field.reserved3.set(view, at, 0);
    sink.commit(CANDLE.size);
  }
}
