import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { TICKER_PLACE, TickerDraft, TradeDraft } from '../drafts.ts';
import { integerOf, type Problem, readQuoted, textAt } from '../json-entry.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { TradeWatch } from './trade-watch.ts';
import { TAKER_SIDES, TICKER_NUMBERS } from './wire.ts';

/**
 * Trades, tickers and heartbeats from JSON. A message is checked whole and then written, or not at all.
 *
 * A key that is left out reads as "not sent" where the record has a word for that; a key with a value of
 * another kind is a problem.
 */
export class ColdMarket {
  readonly #sink: RecordSink;
  readonly #times: TimeScanner;
  readonly #watch: TradeWatch;
  readonly #trade = new TradeDraft();
  readonly #ticker = new TickerDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, times: TimeScanner, watch: TradeWatch) {
    this.#sink = sink;
    this.#times = times;
    this.#watch = watch;
  }

  readTrade(message: JsonObject, instrument: InstrumentId, snapshot: boolean): Problem {
    const draft = this.#trade;
    const number = this.#number;
    const side = TAKER_SIDES.get(textAt(message, 'side') ?? '');
    if (side === undefined) return 'side is neither buy nor sell';
    if (!readQuoted(message.get('price'), number)) return 'price is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(message.get('size'), number)) return 'size is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const tradeId = integerOf(message.get('trade_id'), Number.MAX_SAFE_INTEGER);
    if (tradeId === undefined) return 'trade_id is no integer below 2^53';
    if (!readTime(message.get('time'), this.#times)) return 'time is no time';
    if (snapshot) this.#watch.begin(instrument, tradeId);
    else this.#watch.take(instrument, tradeId);
    draft.instrument = instrument;
    draft.snapshot = snapshot;
    draft.side = side;
    draft.tradeId = tradeId;
    draft.atUs = this.#times.us;
    draft.write(this.#sink);
    return undefined;
  }

  readTicker(message: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#ticker;
    const number = this.#number;
    for (const [name, meaning] of TICKER_NUMBERS) {
      const value = message.get(name) ?? null;
      if (value !== null && !readQuoted(value, number)) return `${name} is no number of zero or more`;
      draft.numbers[TICKER_PLACE[meaning]] = value === null ? Number.NaN : number.value;
      draft.decimals[TICKER_PLACE[meaning]] = value === null ? 0 : number.decimals;
    }
    if (!readTime(message.get('time'), this.#times)) return 'time is no time';
    draft.instrument = instrument;
    draft.atUs = this.#times.us;
    draft.write(this.#sink);
    return undefined;
  }

  readHeartbeat(message: JsonObject, instrument: InstrumentId): Problem {
    const lastTradeId = integerOf(message.get('last_trade_id'), Number.MAX_SAFE_INTEGER);
    if (lastTradeId === undefined) return 'last_trade_id is no integer below 2^53';
    this.#watch.lastTradeId = lastTradeId;
    this.#watch.beat(instrument);
    return undefined;
  }
}

/** Reads a time that may be missing; it is then `NONE`. @returns false where the value is another kind of thing. */
export function readTime(value: JsonValue | undefined, times: TimeScanner): boolean {
  if (value !== undefined) return typeof value === 'string' && times.read(value);
  times.us = NONE as ExchangeUs;
  return true;
}
