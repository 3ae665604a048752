import { decimalsOf, INEXACT, POWERS_OF_TEN } from '../../../shared/decimal/decimals.ts';
import { TICKER } from '../../../shared/records/ticker.ts';
import { ORDER_TYPE, SIDE, type Side, TRADE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';

/** What was read of one trade, before it is a record. Doubles begin as NaN so that V8 keeps the fields unboxed. */
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

/**
 * Places of a ticker's numbers in a frame. What the API calls quote is what a symbol here has as its base:
 * the currency that is traded, whose volume the record holds.
 */
export const TICKER_PLACES = { last: 1, ask: 2, bid: 3, change: 4, volume: 6, high: 8, low: 9 } as const;
export type TickerPlace = keyof typeof TICKER_PLACES;

/** Decimals by which a fraction has more than its percentage. */
const PERCENT_DECIMALS = 2;
/** Decimals that can be told of a number that is the nearest to what was sent. */
const INEXACT_DECIMALS_MAX = 63;

/** What was read of one ticker, before it is a record. */
export class TickerDraft {
  instrument = 0 as InstrumentId;
  readonly numbers: Record<TickerPlace, number> = numbersOf();
  readonly decimals: Record<TickerPlace, number> = numbersOf();

  write(sink: RecordSink): void {
    this.#toPercent();
    const at = sink.claim(TICKER.typeId, TICKER.size);
    const { view } = sink;
    const { field } = TICKER;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    field.sequence.set(view, at, NONE);
    field.bid.set(view, at, numbers.bid);
    field.bidQty.set(view, at, Number.NaN);
    field.ask.set(view, at, numbers.ask);
    field.askQty.set(view, at, Number.NaN);
    field.last.set(view, at, numbers.last);
    field.volume.set(view, at, numbers.volume);
    field.vwap.set(view, at, Number.NaN);
    field.low.set(view, at, numbers.low);
    field.high.set(view, at, numbers.high);
    field.change.set(view, at, Number.NaN);
    field.changePct.set(view, at, numbers.change);
    field.bidDecimals.set(view, at, decimals.bid);
    field.bidQtyDecimals.set(view, at, 0);
    field.askDecimals.set(view, at, decimals.ask);
    field.askQtyDecimals.set(view, at, 0);
    field.lastDecimals.set(view, at, decimals.last);
    field.volumeDecimals.set(view, at, decimals.volume);
    field.vwapDecimals.set(view, at, 0);
    field.lowDecimals.set(view, at, decimals.low);
    field.highDecimals.set(view, at, decimals.high);
    field.changeDecimals.set(view, at, 0);
    field.changePctDecimals.set(view, at, decimals.change);
    field.reserved.set(view, at, 0);
    field.reserved2.set(view, at, 0);
    sink.commit(TICKER.size);
  }

  /** Makes percent of the fraction that was sent, with the very digits where a float64 holds them. */
  #toPercent(): void {
    const { numbers, decimals } = this;
    const byte = decimals.change;
    const shown = Math.max(0, decimalsOf(byte) - PERCENT_DECIMALS);
    if (byte < INEXACT && byte >= PERCENT_DECIMALS && byte < POWERS_OF_TEN.length) {
      numbers.change = Math.round(numbers.change * POWERS_OF_TEN[byte]!) / POWERS_OF_TEN[shown]!;
      decimals.change = shown;
    } else {
      numbers.change *= 100;
      decimals.change = byte < PERCENT_DECIMALS ? 0 : INEXACT | Math.min(shown, INEXACT_DECIMALS_MAX);
    }
  }
}

function numbersOf(): Record<TickerPlace, number> {
  return { last: 0, ask: 0, bid: 0, change: 0, volume: 0, high: 0, low: 0 };
}
