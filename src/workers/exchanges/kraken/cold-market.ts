import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import { ORDER_TYPE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { NoticeSink, RecordSink } from '../../feed-events.ts';
import { CandleDraft, TickerDraft, TradeDraft } from '../drafts.ts';
import { integerOf, type Problem } from '../json-entry.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { readNumber, readTime, readUnsigned } from './json-entry.ts';
import { CANDLE_NUMBERS, ORDER_TYPES, SIDES, TICKER_NUMBERS } from './wire.ts';

const U32_MAX = 0xffff_ffff;

/**
 * Trades, tickers and candles from JSON. An entry is checked whole and then written, or not at all.
 *
 * A key that Kraken leaves out reads as "not sent"; a key with a value of another kind is a problem.
 */
export class ColdMarket {
  readonly #sink: RecordSink;
  readonly #notices: NoticeSink;
  readonly #times: TimeScanner;
  readonly #ids: NewestTradeIds;
  readonly #trade = new TradeDraft();
  readonly #ticker = new TickerDraft();
  readonly #candle = new CandleDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, notices: NoticeSink, times: TimeScanner, ids: NewestTradeIds) {
    this.#sink = sink;
    this.#notices = notices;
    this.#times = times;
    this.#ids = ids;
  }

  readTrade(entry: JsonObject, instrument: InstrumentId, snapshot: boolean): Problem {
    const draft = this.#trade;
    const number = this.#number;
    const side = SIDES.get(String(entry.get('side')));
    if (side === undefined) return 'side is neither buy nor sell';
    if (!readUnsigned(entry.get('price'), number)) return 'price is no number of zero or more';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readUnsigned(entry.get('qty'), number)) return 'qty is no number of zero or more';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const id = entry.get('trade_id');
    const tradeId = id === undefined ? NONE : integerOf(id, Number.MAX_SAFE_INTEGER);
    if (tradeId === undefined) return 'trade_id is no integer below 2^53';
    if (!this.#readTime(entry.get('timestamp'))) return 'timestamp is no time';
    draft.instrument = instrument;
    draft.snapshot = snapshot;
    draft.side = side;
    draft.orderType = ORDER_TYPES.get(String(entry.get('ord_type'))) ?? ORDER_TYPE.unknown;
    draft.tradeId = tradeId;
    draft.atUs = this.#times.us;
    this.#noticeGap(instrument, tradeId, snapshot);
    draft.write(this.#sink);
    return undefined;
  }

  readTicker(entry: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#ticker;
    const number = this.#number;
    for (const [n, name] of TICKER_NUMBERS.entries()) {
      const value = entry.get(name) ?? null;
      if (value !== null && !readNumber(value, number)) return `${name} is no number`;
      draft.numbers[n] = value === null ? Number.NaN : number.value;
      draft.decimals[n] = value === null ? 0 : number.decimals;
    }
    if (!this.#readTime(entry.get('timestamp'))) return 'timestamp is no time';
    draft.instrument = instrument;
    draft.atUs = this.#times.us;
    draft.write(this.#sink);
    return undefined;
  }

  /** @param sentAt the time stated by the whole message, `NONE` where it states none. */
  readCandle(entry: JsonObject, instrument: InstrumentId, snapshot: boolean, sentAt: ExchangeUs): Problem {
    const draft = this.#candle;
    const number = this.#number;
    for (const [n, name] of CANDLE_NUMBERS.entries()) {
      if (!readUnsigned(entry.get(name), number)) return `${name} is no number of zero or more`;
      draft.numbers[n] = number.value;
      draft.decimals[n] = number.decimals;
    }
    const trades = integerOf(entry.get('trades'), U32_MAX);
    if (trades === undefined) return 'trades is no integer below 2^32';
    const interval = integerOf(entry.get('interval'), U32_MAX);
    if (interval === undefined) return 'interval is no integer below 2^32';
    if (!readTime(entry.get('interval_begin'), this.#times)) return 'interval_begin is no time';
    draft.instrument = instrument;
    draft.snapshot = snapshot;
    draft.atUs = sentAt;
    draft.beginUs = this.#times.us;
    draft.trades = trades;
    draft.intervalMinutes = interval;
    draft.write(this.#sink);
    return undefined;
  }

  /** Reads a time that may be missing; it is then `NONE`. */
  #readTime(value: JsonValue | undefined): boolean {
    if (value !== undefined) return readTime(value, this.#times);
    this.#times.us = NONE as ExchangeUs;
    return true;
  }

  /** Tells, before the trade itself, of trades that were never sent. */
  #noticeGap(instrument: InstrumentId, tradeId: number, snapshot: boolean): void {
    if (tradeId === NONE) return;
    const newest = this.#ids.newest[instrument]!;
    if (tradeId <= newest) return;
    this.#ids.newest[instrument] = tradeId;
    const missed = tradeId - newest - 1;
    if (snapshot || !(missed > 0)) return;
    this.#notices.status(STATUSES.fault.id, instrument, FAULTS.SEQUENCE_GAP.id, missed, '');
  }
}
