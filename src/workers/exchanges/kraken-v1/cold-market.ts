import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { ORDER_TYPE } from '../../../shared/records/trade.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { CANDLE_PLACE, CandleDraft, QUOTE_PLACE, QuoteDraft, TickerDraft, TradeDraft } from '../drafts.ts';
import { isArray, isObject, type Problem, readQuoted } from '../json-entry.ts';
import { COUNT, ORDER_TYPES, SIDES, TICKER_MEMBERS, U32_MAX, US_PER_MINUTE } from './wire.ts';
import { isInteger, timeOf } from './wire-value.ts';

/** Trades, tickers, quotes and candles from JSON. */
export class ColdMarket {
  readonly #sink: RecordSink;
  readonly #trade = new TradeDraft();
  readonly #ticker = new TickerDraft();
  readonly #quote = new QuoteDraft();
  readonly #candle = new CandleDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /**
   * `[[price, volume, time, side, orderType, misc], …]`, oldest first. There is no trade id. Those before one
   * that cannot be read are written.
   *
   * Whether the first message after a subscription is history cannot be told from the message, and the
   * documentation and recordings disagree on whether history is sent; so no trade is flagged as history.
   * Source: docs.kraken.com/exchange/api-reference/spot-websocket-v1/trade, read 2026-05-27.
   */
  readTrades(payload: JsonValue | undefined, instrument: InstrumentId): Problem {
    if (!isArray(payload)) return 'trades are not an array';
    this.#trade.instrument = instrument;
    for (const trade of payload) {
      const problem = isArray(trade) ? this.#readTrade(trade) : 'a trade is not an array';
      if (problem !== undefined) return problem;
      this.#trade.write(this.#sink);
    }
    return undefined;
  }

  #readTrade([price, qty, time, sideWord, orderType, misc]: readonly JsonValue[]): Problem {
    const draft = this.#trade;
    const number = this.#number;
    if (!readQuoted(price, number)) return 'the price of a trade is no number';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(qty, number)) return 'the volume of a trade is no number';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const at = timeOf(time);
    if (at === undefined) return 'the time of a trade is no time';
    draft.atUs = at;
    const side = typeof sideWord === 'string' ? SIDES.get(sideWord) : undefined;
    if (side === undefined) return 'the side of a trade is neither b nor s';
    draft.side = side;
    if (typeof orderType !== 'string' || typeof misc !== 'string') return 'a trade is incomplete';
    draft.orderType = ORDER_TYPES.get(orderType) ?? ORDER_TYPE.unknown;
    return undefined;
  }

  /** `{"a":[price, whole lots, lots], …}`, without a time and without a change. */
  readTicker(payload: JsonValue | undefined, instrument: InstrumentId): Problem {
    if (!isObject(payload)) return 'the ticker is not an object';
    const draft = this.#ticker;
    for (const [key, places] of TICKER_MEMBERS) {
      const values = payload.get(key);
      if (!isArray(values)) return `"${key}" is not an array`;
      for (const [n, place] of places.entries()) {
        const isNumber = place === COUNT ? isInteger(values[n]) : readQuoted(values[n], this.#number);
        if (!isNumber) return `"${key}" has something else than its numbers`;
        if (place < 0) continue;
        draft.numbers[place] = this.#number.value;
        draft.decimals[place] = this.#number.decimals;
      }
    }
    draft.instrument = instrument;
    draft.write(this.#sink);
    return undefined;
  }

  /** `[bid, ask, time, bidVolume, askVolume]` */
  readQuote(payload: JsonValue | undefined, instrument: InstrumentId): Problem {
    if (!isArray(payload)) return 'the spread is not an array';
    const [bid, ask, time, bidQty, askQty] = payload;
    const draft = this.#quote;
    for (const [name, value] of Object.entries({ bid, bidQty, ask, askQty })) {
      if (!readQuoted(value, this.#number)) return `${name} is no number`;
      const place = QUOTE_PLACE[name as keyof typeof QUOTE_PLACE];
      draft.numbers[place] = this.#number.value;
      draft.decimals[place] = this.#number.decimals;
    }
    const at = timeOf(time);
    if (at === undefined) return 'the time is no time';
    draft.instrument = instrument;
    draft.atUs = at;
    draft.write(this.#sink);
    return undefined;
  }

  /**
   * `[time, end, open, high, low, close, vwap, volume, trades]`. The first message after a subscription is the
   * last candle there was, however old.
   */
  readCandle(payload: JsonValue | undefined, instrument: InstrumentId, minutes: number): Problem {
    if (!isArray(payload)) return 'the candle is not an array';
    const [time, end, ...values] = payload;
    const draft = this.#candle;
    const at = timeOf(time);
    if (at === undefined) return 'the time is no time';
    const endsAt = timeOf(end);
    if (endsAt === undefined) return 'the end of the interval is no time';
    for (const [name, place] of Object.entries(CANDLE_PLACE)) {
      if (!readQuoted(values[place], this.#number)) return `${name} is no number`;
      draft.numbers[place] = this.#number.value;
      draft.decimals[place] = this.#number.decimals;
    }
    const trades = values[draft.numbers.length];
    if (!isInteger(trades)) return 'the number of trades is no integer';
    const count = Number(trades.text);
    if (count > U32_MAX) return 'the number of trades is out of range';
    draft.instrument = instrument;
    draft.atUs = at;
    draft.beginUs = (endsAt - minutes * US_PER_MINUTE) as ExchangeUs;
    draft.trades = count;
    draft.intervalMinutes = minutes;
    draft.write(this.#sink);
    return undefined;
  }
}
