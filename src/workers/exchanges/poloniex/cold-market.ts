import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { CANDLE_PLACE, CandleDraft, TICKER_PLACE, TickerDraft, TradeDraft } from '../drafts.ts';
import { integerOrText, type Problem, readQuoted, readQuotedSigned } from '../json-entry.ts';
import { changeToPercent } from '../percent.ts';
import { CANDLE_NUMBERS, SIDES, TICKER_NUMBERS, US_PER_MS } from './wire.ts';

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
    if (!readQuoted(entry.get('price'), number)) return 'price is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(entry.get('quantity'), number)) return 'quantity is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const id = entry.get('id');
    const tradeId = id === undefined ? NONE : integerOrText(id);
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
    for (const [name, meaning] of TICKER_NUMBERS) {
      const value = entry.get(name) ?? null;
      const read = meaning === 'changePct' ? readQuotedSigned : readQuoted;
      if (value !== null && !read(value, number)) return `${name} is no number`;
      draft.numbers[TICKER_PLACE[meaning]] = value === null ? Number.NaN : number.value;
      draft.decimals[TICKER_PLACE[meaning]] = value === null ? 0 : number.decimals;
    }
    const at = timeOf(entry.get('ts'));
    if (at === undefined) return 'ts is no time';
    changeToPercent(draft);
    draft.instrument = instrument;
    draft.atUs = at;
    draft.write(this.#sink);
    return undefined;
  }

  readCandle(entry: JsonObject, instrument: InstrumentId, intervalMinutes: number): Problem {
    const draft = this.#candle;
    const number = this.#number;
    for (const [name, meaning] of CANDLE_NUMBERS) {
      if (!readQuoted(entry.get(name), number)) return `${name} is no number of zero or more`;
      draft.numbers[CANDLE_PLACE[meaning]] = number.value;
      draft.decimals[CANDLE_PLACE[meaning]] = number.decimals;
    }
    const trades = integerOrText(entry.get('tradeCount'));
    if (trades === undefined || trades > U32_MAX) return 'tradeCount is no integer below 2^32';
    const begin = integerOrText(entry.get('startTime'));
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
  const ms = integerOrText(value);
  return ms === undefined ? undefined : ((ms * US_PER_MS) as ExchangeUs);
}
