import { decimalsOf, INEXACT, POWERS_OF_TEN } from '../../../shared/decimal/decimals.ts';
import { CANDLE } from '../../../shared/records/candle.ts';
import { TICKER } from '../../../shared/records/ticker.ts';
import { ORDER_TYPE, SIDE, type Side, TRADE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';

/**
 * What was read of one entry, before it is a record. An entry is read whole before room is claimed for it,
 * so a malformed one leaves nothing behind; and both paths write through here, so they write alike.
 *
 * Reused for every entry. Doubles begin as NaN so that V8 keeps the fields unboxed.
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

/** Names of a ticker's numbers that have a place in the record. */
export const TICKER_NUMBERS = ['high', 'low', 'close', 'quantity', 'dailyChange'] as const;
const HIGH = 0;
const LOW = 1;
const CLOSE = 2;
const QUANTITY = 3;
export const DAILY_CHANGE = 4;

/** Decimals by which a fraction has more than its percentage. */
const PERCENT_DECIMALS = 2;
/** Decimals that can be told of a number that is the nearest to what was sent. */
const INEXACT_DECIMALS_MAX = 63;

/** See `TradeDraft`. Numbers are in the order of `TICKER_NUMBERS`. Poloniex sends no bid and no ask here. */
export class TickerDraft {
  instrument = 0 as InstrumentId;
  atUs = Number.NaN as ExchangeUs;
  readonly numbers = new Float64Array(TICKER_NUMBERS.length);
  readonly decimals = new Uint8Array(TICKER_NUMBERS.length);

  write(sink: RecordSink): void {
    this.#toPercent();
    const at = sink.claim(TICKER.typeId, TICKER.size);
    const { view } = sink;
    const { field } = TICKER;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, this.atUs);
    field.sequence.set(view, at, NONE);
    field.bid.set(view, at, Number.NaN);
    field.bidQty.set(view, at, Number.NaN);
    field.ask.set(view, at, Number.NaN);
    field.askQty.set(view, at, Number.NaN);
    field.last.set(view, at, numbers[CLOSE]!);
    field.volume.set(view, at, numbers[QUANTITY]!);
    field.vwap.set(view, at, Number.NaN);
    field.low.set(view, at, numbers[LOW]!);
    field.high.set(view, at, numbers[HIGH]!);
    field.change.set(view, at, Number.NaN);
    field.changePct.set(view, at, numbers[DAILY_CHANGE]!);
    field.bidDecimals.set(view, at, 0);
    field.bidQtyDecimals.set(view, at, 0);
    field.askDecimals.set(view, at, 0);
    field.askQtyDecimals.set(view, at, 0);
    field.lastDecimals.set(view, at, decimals[CLOSE]!);
    field.volumeDecimals.set(view, at, decimals[QUANTITY]!);
    field.vwapDecimals.set(view, at, 0);
    field.lowDecimals.set(view, at, decimals[LOW]!);
    field.highDecimals.set(view, at, decimals[HIGH]!);
    field.changeDecimals.set(view, at, 0);
    field.changePctDecimals.set(view, at, decimals[DAILY_CHANGE]!);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
    sink.commit(TICKER.size);
  }

  /** Makes percent of the fraction that was sent, with the very digits where a float64 holds them. */
  #toPercent(): void {
    const { numbers, decimals } = this;
    const fraction = numbers[DAILY_CHANGE]!;
    const byte = decimals[DAILY_CHANGE]!;
    const shown = Math.max(0, decimalsOf(byte) - PERCENT_DECIMALS);
    if (byte < INEXACT && byte >= PERCENT_DECIMALS && byte < POWERS_OF_TEN.length) {
      numbers[DAILY_CHANGE] = Math.round(fraction * POWERS_OF_TEN[byte]!) / POWERS_OF_TEN[shown]!;
      decimals[DAILY_CHANGE] = shown;
    } else {
      numbers[DAILY_CHANGE] = fraction * 100;
      decimals[DAILY_CHANGE] = byte < PERCENT_DECIMALS ? 0 : INEXACT | Math.min(shown, INEXACT_DECIMALS_MAX);
    }
  }
}

/** Names of a candle's numbers that have a place in the record. */
export const CANDLE_NUMBERS = ['open', 'high', 'low', 'close', 'quantity'] as const;

/** See `TradeDraft`. Numbers are in the order of `CANDLE_NUMBERS`. Cold path only. */
export class CandleDraft {
  instrument = 0 as InstrumentId;
  atUs = NONE as ExchangeUs;
  beginUs = NONE as ExchangeUs;
  trades = 0;
  intervalMinutes = 0;
  readonly numbers = new Float64Array(CANDLE_NUMBERS.length);
  readonly decimals = new Uint8Array(CANDLE_NUMBERS.length);

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
