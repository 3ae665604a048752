import { CANDLE } from '../../../shared/records/candle.ts';
import { FLAG } from '../../../shared/records/record-header.ts';
import { ORDER_TYPE, SIDE, type Side, TRADE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';

/**
 * What was read of one trade, before it is a record. It is read whole before room is claimed for it, so a
 * malformed one leaves nothing behind; and both paths write through here, so they write alike.
 *
 * Reused for every trade. Doubles begin as NaN so that V8 keeps the fields unboxed.
 */
export class TradeDraft {
  instrument = 0 as InstrumentId;
  snapshot = false;
  side: Side = SIDE.unknown;
  price = Number.NaN;
  qty = Number.NaN;
  priceDecimals = 0;
  qtyDecimals = 0;
  eventId = Number.NaN;
  atUs = Number.NaN as ExchangeUs;

  write(sink: RecordSink): void {
    const at = sink.claim(TRADE.typeId, TRADE.size);
    const { view } = sink;
    const { field } = TRADE;
    if (this.snapshot) field.flags.set(view, at, FLAG.snapshot);
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, this.eventId);
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

/** Numbers of a candle in the order of the wire, which has neither a mean price nor a number of trades. */
export const CANDLE_NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** See `TradeDraft`. Cold path only. */
export class CandleDraft {
  instrument = 0 as InstrumentId;
  snapshot = false;
  beginUs = NONE as ExchangeUs;
  intervalMinutes = 0;
  readonly numbers = new Float64Array(CANDLE_NUMBERS.length);
  readonly decimals = new Uint8Array(CANDLE_NUMBERS.length);

  write(sink: RecordSink): void {
    const at = sink.claim(CANDLE.typeId, CANDLE.size);
    const { view } = sink;
    const { field } = CANDLE;
    const { numbers, decimals } = this;
    if (this.snapshot) field.flags.set(view, at, FLAG.snapshot);
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    field.sequence.set(view, at, NONE);
    field.beginUs.set(view, at, this.beginUs);
    field.open.set(view, at, numbers[0]!);
    field.high.set(view, at, numbers[1]!);
    field.low.set(view, at, numbers[2]!);
    field.close.set(view, at, numbers[3]!);
    field.vwap.set(view, at, Number.NaN);
    field.volume.set(view, at, numbers[4]!);
    field.trades.set(view, at, 0);
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
