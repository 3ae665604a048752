import { formatDecimal } from '../../shared/decimal/decimals.ts';
import { CANDLE } from '../../shared/records/candle.ts';
import { INSTRUMENT, PAIR_STATE } from '../../shared/records/instrument.ts';
import { QUOTE } from '../../shared/records/quote.ts';
import { TICKER } from '../../shared/records/ticker.ts';
import { ORDER_TYPE, SIDE, TRADE } from '../../shared/records/trade.ts';
import { NONE } from '../../shared/units.ts';
import type {
  CandleEvent,
  EventBase,
  InstrumentEvent,
  QuoteEvent,
  TickerEvent,
  TradeEvent,
} from './events.ts';
import { RecordView } from './record-view.ts';

/** NaN stands for "not sent" in records; `undefined` does in copied objects. */
export const sent = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value);

/** What every copied event has. */
export const baseOf = (view: RecordView): EventBase => ({
  exchange: view.exchange,
  feed: view.feed,
  symbol: view.symbol,
  venueSymbol: view.venueSymbol,
  epoch: view.epoch,
  time: sent(view.time),
  received: view.received,
});

const T = TRADE.field;

export class TradeView extends RecordView {
  get price(): number {
    return T.price.get(this.view, this.at);
  }
  get qty(): number {
    return T.qty.get(this.view, this.at);
  }
  /** Side of the taker. */
  get side(): 'buy' | 'sell' | 'unknown' {
    const side = T.side.get(this.view, this.at);
    return side === SIDE.buy ? 'buy' : side === SIDE.sell ? 'sell' : 'unknown';
  }
  get orderType(): 'market' | 'limit' | 'unknown' {
    const type = T.orderType.get(this.view, this.at);
    return type === ORDER_TYPE.market ? 'market' : type === ORDER_TYPE.limit ? 'limit' : 'unknown';
  }
  /** The exchange's trade id; -1 where it sends none. */
  get id(): number {
    return T.sequence.get(this.view, this.at);
  }
  /** The price as it was written, e.g. `64746.0`. */
  get priceText(): string {
    return formatDecimal(this.price, T.priceDecimals.get(this.view, this.at));
  }
  get qtyText(): string {
    return formatDecimal(this.qty, T.qtyDecimals.get(this.view, this.at));
  }
  copy(): TradeEvent {
    const { price, qty, side, orderType, id, snapshot } = this;
    return {
      type: 'trade',
      ...baseOf(this),
      price,
      qty,
      side,
      orderType,
      id: id === NONE ? undefined : id,
      snapshot,
    };
  }
}

const K = TICKER.field;

/** Values of a ticker that are decimals, in the order they are shown. */
export const TICKER_VALUES = [
  'bid',
  'bidQty',
  'ask',
  'askQty',
  'last',
  'volume',
  'vwap',
  'low',
  'high',
  'change',
  'changePct',
  'turnover',
] as const;
export type TickerValue = (typeof TICKER_VALUES)[number];

/** A value that the exchange did not send is NaN. */
export class TickerView extends RecordView {
  get bid(): number {
    return K.bid.get(this.view, this.at);
  }
  get bidQty(): number {
    return K.bidQty.get(this.view, this.at);
  }
  get ask(): number {
    return K.ask.get(this.view, this.at);
  }
  get askQty(): number {
    return K.askQty.get(this.view, this.at);
  }
  get last(): number {
    return K.last.get(this.view, this.at);
  }
  get volume(): number {
    return K.volume.get(this.view, this.at);
  }
  get vwap(): number {
    return K.vwap.get(this.view, this.at);
  }
  get low(): number {
    return K.low.get(this.view, this.at);
  }
  get high(): number {
    return K.high.get(this.view, this.at);
  }
  get change(): number {
    return K.change.get(this.view, this.at);
  }
  get changePct(): number {
    return K.changePct.get(this.view, this.at);
  }
  /** Of 24 hours, in quote units. */
  get turnover(): number {
    return K.turnover.get(this.view, this.at);
  }
  /** A value as it was written; undefined where it was not sent. */
  text(value: TickerValue): string | undefined {
    const number = K[value].get(this.view, this.at);
    return Number.isNaN(number)
      ? undefined
      : formatDecimal(number, K[`${value}Decimals`].get(this.view, this.at));
  }
  copy(): TickerEvent {
    const values = Object.fromEntries(
      TICKER_VALUES.map((name) => [name, sent(K[name].get(this.view, this.at))]),
    );
    return { type: 'ticker', ...baseOf(this), ...(values as Record<TickerValue, number | undefined>) };
  }
}

const Q = QUOTE.field;

export const QUOTE_VALUES = ['bid', 'bidQty', 'ask', 'askQty'] as const;
export type QuoteValue = (typeof QUOTE_VALUES)[number];

export class QuoteView extends RecordView {
  get bid(): number {
    return Q.bid.get(this.view, this.at);
  }
  get bidQty(): number {
    return Q.bidQty.get(this.view, this.at);
  }
  get ask(): number {
    return Q.ask.get(this.view, this.at);
  }
  get askQty(): number {
    return Q.askQty.get(this.view, this.at);
  }
  text(value: QuoteValue): string {
    return formatDecimal(Q[value].get(this.view, this.at), Q[`${value}Decimals`].get(this.view, this.at));
  }
  copy(): QuoteEvent {
    const { bid, bidQty, ask, askQty } = this;
    return { type: 'quote', ...baseOf(this), bid, bidQty, ask, askQty };
  }
}

const C = CANDLE.field;

export const CANDLE_VALUES = ['open', 'high', 'low', 'close', 'vwap', 'volume'] as const;
export type CandleValue = (typeof CANDLE_VALUES)[number];

/** One state of a candle; it is final once one with a later `begin` arrives. */
export class CandleView extends RecordView {
  /** Start of the interval, ms since the Unix epoch. */
  get begin(): number {
    return C.beginUs.get(this.view, this.at) / 1000;
  }
  /** Length of the interval, minutes. */
  get interval(): number {
    return C.intervalMinutes.get(this.view, this.at);
  }
  get open(): number {
    return C.open.get(this.view, this.at);
  }
  get high(): number {
    return C.high.get(this.view, this.at);
  }
  get low(): number {
    return C.low.get(this.view, this.at);
  }
  get close(): number {
    return C.close.get(this.view, this.at);
  }
  get vwap(): number {
    return C.vwap.get(this.view, this.at);
  }
  get volume(): number {
    return C.volume.get(this.view, this.at);
  }
  get trades(): number {
    return C.trades.get(this.view, this.at);
  }
  text(value: CandleValue): string {
    return formatDecimal(C[value].get(this.view, this.at), C[`${value}Decimals`].get(this.view, this.at));
  }
  copy(): CandleEvent {
    const { begin, interval, open, high, low, close, vwap, volume, trades, snapshot } = this;
    return {
      type: 'candle',
      ...baseOf(this),
      begin,
      interval,
      open,
      high,
      low,
      close,
      vwap,
      volume,
      trades,
      snapshot,
    };
  }
}

const I = INSTRUMENT.field;
const STATE_NAMES: readonly string[] = Object.keys(PAIR_STATE);

export const INSTRUMENT_VALUES = ['priceIncrement', 'qtyIncrement', 'qtyMin'] as const;

/** Trading rules of one pair; pairs the feed does not follow are included. */
export class InstrumentView extends RecordView {
  /** As on the wire, also for pairs the feed does not follow. */
  override get venueSymbol(): string {
    const bytes = I.symbolBytes.get(this.view, this.at);
    let text = '';
    // Byte by byte: text decoders must not be pointed at shared memory, and this path is cold.
    for (let i = 0; i < bytes; i++)
      text += String.fromCharCode(this.view.getUint8(this.at + INSTRUMENT.size + i));
    return text;
  }
  /** Empty for a pair the feed does not follow. */
  override get symbol(): string {
    return this.names.symbolOf(this.instrument);
  }
  get pricePrecision(): number {
    return I.pricePrecision.get(this.view, this.at);
  }
  get qtyPrecision(): number {
    return I.qtyPrecision.get(this.view, this.at);
  }
  get priceIncrement(): number {
    return I.priceIncrement.get(this.view, this.at);
  }
  get qtyIncrement(): number {
    return I.qtyIncrement.get(this.view, this.at);
  }
  get qtyMin(): number {
    return I.qtyMin.get(this.view, this.at);
  }
  get costMin(): number {
    return I.costMin.get(this.view, this.at);
  }
  /** Trading state, the venue's word with underscores: `online`, `post_only`, … */
  get state(): string {
    return STATE_NAMES[I.state.get(this.view, this.at)] ?? 'unknown';
  }
  text(value: (typeof INSTRUMENT_VALUES)[number]): string | undefined {
    const number = I[value].get(this.view, this.at);
    return Number.isNaN(number)
      ? undefined
      : formatDecimal(number, I[`${value}Decimals`].get(this.view, this.at));
  }
  copy(): InstrumentEvent {
    const { pricePrecision, qtyPrecision, state } = this;
    return {
      type: 'instrument',
      ...baseOf(this),
      pricePrecision,
      qtyPrecision,
      priceIncrement: sent(this.priceIncrement),
      qtyIncrement: sent(this.qtyIncrement),
      qtyMin: sent(this.qtyMin),
      costMin: sent(this.costMin),
      state,
    };
  }
}
