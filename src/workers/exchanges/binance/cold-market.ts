import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonObject } from '../../../shared/json/read-json.ts';
import { SIDE } from '../../../shared/records/trade.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { BINANCE_INTERVALS } from '../../../shared/venues/binance.ts';
import type { RecordSink } from '../../feed-events.ts';
import { CANDLE_PLACE, CandleDraft, QuoteDraft, TickerDraft, TradeDraft } from '../drafts.ts';
import { isObject, type Problem } from '../json-entry.ts';
import type { TradeIds } from './trade-ids.ts';
import { CANDLE_KEYS, microseconds, QUOTE_KEYS, TICKER_KEYS } from './wire.ts';
import { integerAt, readNumber, readUnsigned } from './wire-value.ts';

const U32_MAX = 0xffff_ffff;

/** Numbers of a ticker that have a sign: the change, absolute and in percent. */
const SIGNED_KEYS: ReadonlySet<string> = new Set(['p', 'P']);

/** Trades, tickers, quotes and candles from JSON. A message is checked whole and then written, or not at all. */
export class ColdMarket {
  readonly #sink: RecordSink;
  readonly #ids: TradeIds;
  readonly #trade = new TradeDraft();
  readonly #ticker = new TickerDraft();
  readonly #quote = new QuoteDraft();
  readonly #candle = new CandleDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, ids: TradeIds) {
    this.#sink = sink;
    this.#ids = ids;
  }

  readTrade(data: JsonObject, instrument: InstrumentId): Problem {
    const id = integerAt(data, 't');
    return id === undefined ? 'the id of a trade is no integer' : this.#readTrade(data, instrument, id);
  }

  /** Trades of one taker at one price, as one, which has a number of its own. */
  readAggregateTrade(data: JsonObject, instrument: InstrumentId): Problem {
    const id = integerAt(data, 'a');
    return id === undefined ? 'the id of a trade is no integer' : this.#readTrade(data, instrument, id);
  }

  readTicker(data: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#ticker;
    const at = integerAt(data, 'E');
    if (at === undefined) return 'the time of an event is no integer';
    for (const [n, key] of TICKER_KEYS.entries()) {
      const read = SIGNED_KEYS.has(key) ? readNumber : readUnsigned;
      if (!read(data.get(key), this.#number)) return `${key} is no number`;
      draft.numbers[n] = this.#number.value;
      draft.decimals[n] = this.#number.decimals;
    }
    draft.instrument = instrument;
    draft.atUs = microseconds(at);
    draft.write(this.#sink);
    return undefined;
  }

  readQuote(data: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#quote;
    const id = integerAt(data, 'u');
    if (id === undefined) return 'an update id is no integer';
    for (const [n, key] of QUOTE_KEYS.entries()) {
      if (!readUnsigned(data.get(key), this.#number)) return `${key} is no number of zero or more`;
      draft.numbers[n] = this.#number.value;
      draft.decimals[n] = this.#number.decimals;
    }
    draft.instrument = instrument;
    draft.sequence = id;
    draft.write(this.#sink);
    return undefined;
  }

  readCandle(data: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#candle;
    const at = integerAt(data, 'E');
    const candle = data.get('k');
    if (at === undefined) return 'the time of an event is no integer';
    if (!isObject(candle)) return 'a candle is no object';
    const begin = integerAt(candle, 't');
    const trades = integerAt(candle, 'n');
    const interval = BINANCE_INTERVALS.get(String(candle.get('i')));
    if (begin === undefined) return 'the beginning of a candle is no integer';
    if (trades === undefined || trades > U32_MAX) return 'the trades of a candle are no integer below 2^32';
    if (interval === undefined) return 'the interval of a candle is not known';
    for (const [key, name] of CANDLE_KEYS) {
      if (!readUnsigned(candle.get(key), this.#number)) return `${key} is no number of zero or more`;
      draft.numbers[CANDLE_PLACE[name]] = this.#number.value;
      draft.decimals[CANDLE_PLACE[name]] = this.#number.decimals;
    }
    draft.instrument = instrument;
    draft.atUs = microseconds(at);
    draft.beginUs = microseconds(begin);
    draft.trades = trades;
    draft.intervalMinutes = interval;
    draft.write(this.#sink);
    return undefined;
  }

  #readTrade(data: JsonObject, instrument: InstrumentId, id: number): Problem {
    const draft = this.#trade;
    const number = this.#number;
    if (!readUnsigned(data.get('p'), number)) return 'the price is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readUnsigned(data.get('q'), number)) return 'the quantity is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const at = integerAt(data, 'T');
    if (at === undefined) return 'the time of a trade is no integer';
    const isBuyerMaker = data.get('m');
    if (typeof isBuyerMaker !== 'boolean') return 'm is neither true nor false';
    draft.instrument = instrument;
    // Who made the price does not take it: where the buyer did, the taker sold.
    draft.side = isBuyerMaker ? SIDE.sell : SIDE.buy;
    draft.tradeId = id;
    draft.atUs = microseconds(at);
    this.#ids.take(instrument, id, id);
    draft.write(this.#sink);
    return undefined;
  }
}
