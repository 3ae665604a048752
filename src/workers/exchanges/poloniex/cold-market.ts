import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import {
  CANDLE_NUMBERS,
  CandleDraft,
  DAILY_CHANGE,
  TICKER_NUMBERS,
  TickerDraft,
  TradeDraft,
} from './drafts.ts';
import { integerOf, type Problem, readNumber, readUnsigned } from './json-entry.ts';
import { SIDES, US_PER_MS } from './wire.ts';

const U32_MAX = 0xffff_ffff;

/**
 * Trades, tickers and candles from JSON. An entry is checked whole and then written, or not at all.
 *
 * A key that is left out reads as "not sent" where the record has a word for that; a key with a value of
 * another kind is a problem.
 */
export class ColdMarket {
  readonly #sink: RecordSink;
  readonly #trade = new TradeDraft();
  readonly #ticker = new TickerDraft();
  readonly #candle = new CandleDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  readTrade(entry: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#trade;
    const number = this.#number;
    const side = SIDES.get(String(entry.get('takerSide')));
    if (side === undefined) return 'takerSide is neither buy nor sell';
    if (!readUnsigned(entry.get('price'), number)) return 'price is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readUnsigned(entry.get('quantity'), number)) return 'quantity is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const id = entry.get('id');
    const tradeId = id === undefined ? NONE : integerOf(id);
    if (tradeId === undefined) return 'id is no integer below 2^53';
    const at = timeOf(entry.get('createTime'));
    if (at === undefined) return 'createTime is no time';
    draft.instrument = instrument;
    draft.side = side;
    draft.tradeId = tradeId;
    draft.atUs = at;
    draft.write(this.#sink);
    return undefined;
  }

  readTicker(entry: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#ticker;
    const number = this.#number;
    for (const [n, name] of TICKER_NUMBERS.entries()) {
      const value = entry.get(name) ?? null;
      const read = n === DAILY_CHANGE ? readNumber : readUnsigned;
      if (value !== null && !read(value, number)) return `${name} is no number`;
      draft.numbers[n] = value === null ? Number.NaN : number.value;
      draft.decimals[n] = value === null ? 0 : number.decimals;
    }
    const at = timeOf(entry.get('ts'));
    if (at === undefined) return 'ts is no time';
    draft.instrument = instrument;
    draft.atUs = at;
    draft.write(this.#sink);
    return undefined;
  }

  readCandle(entry: JsonObject, instrument: InstrumentId, intervalMinutes: number): Problem {
    const draft = this.#candle;
    const number = this.#number;
    for (const [n, name] of CANDLE_NUMBERS.entries()) {
      if (!readUnsigned(entry.get(name), number)) return `${name} is no number of zero or more`;
      draft.numbers[n] = number.value;
      draft.decimals[n] = number.decimals;
    }
    const trades = integerOf(entry.get('tradeCount'));
    if (trades === undefined || trades > U32_MAX) return 'tradeCount is no integer below 2^32';
    const begin = integerOf(entry.get('startTime'));
    if (begin === undefined) return 'startTime is no time';
    const at = timeOf(entry.get('ts'));
    if (at === undefined) return 'ts is no time';
    draft.instrument = instrument;
    draft.atUs = at;
    draft.beginUs = (begin * US_PER_MS) as ExchangeUs;
    draft.trades = trades;
    draft.intervalMinutes = intervalMinutes;
    draft.write(this.#sink);
    return undefined;
  }
}

/** A time that may be missing, then `NONE`; undefined where it is another kind of value. */
export function timeOf(value: JsonValue | undefined): ExchangeUs | undefined {
  if (value === undefined) return NONE as ExchangeUs;
  const ms = integerOf(value);
  return ms === undefined ? undefined : ((ms * US_PER_MS) as ExchangeUs);
}
