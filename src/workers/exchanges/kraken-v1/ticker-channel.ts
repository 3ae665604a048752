import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { TICKER } from '../../../shared/records/ticker.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { ascii, BYTE, skipInteger, skipLiteral } from './wire-bytes.ts';
import { readQuoted, scanQuoted } from './wire-number.ts';
import { isArray, isInteger, isObject } from './wire-value.ts';

const ASK = ascii('{"a":[');
const BID = ascii(',"b":[');
const LAST = ascii(',"c":[');
const VOLUME = ascii(',"v":[');
const VWAP = ascii(',"p":[');
const TRADES = ascii(',"t":[');
const LOW = ascii(',"l":[');
const HIGH = ascii(',"h":[');
const OPEN = ascii(',"o":[');

const F = TICKER.field;

/**
 * Channel `ticker`: `a` and `b` are `[price, whole lots, lots]`, `c` is `[last price, volume]`, the others
 * are `[today, last 24 hours]`. The record holds the 24 hours; Kraken v1 sends neither time nor change.
 */
export class TickerChannel {
  readonly #sink: RecordSink;
  readonly #bid = new ScannedDecimal();
  readonly #bidQty = new ScannedDecimal();
  readonly #ask = new ScannedDecimal();
  readonly #askQty = new ScannedDecimal();
  readonly #last = new ScannedDecimal();
  readonly #volume = new ScannedDecimal();
  readonly #vwap = new ScannedDecimal();
  readonly #low = new ScannedDecimal();
  readonly #high = new ScannedDecimal();
  /** For numbers that are checked and not kept. */
  readonly #unused = new ScannedDecimal();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Reads the payload `bytes[start..end)`. @returns false where it is not exactly the hot shape. */
  scan(bytes: Uint8Array, start: number, end: number, instrument: InstrumentId): boolean {
    let at = this.#scanSide(bytes, start, ASK, this.#ask, this.#askQty);
    at = this.#scanSide(bytes, at, BID, this.#bid, this.#bidQty);
    at = this.#scanPair(bytes, at, LAST, this.#last, this.#unused);
    at = this.#scanPair(bytes, at, VOLUME, this.#unused, this.#volume);
    at = this.#scanPair(bytes, at, VWAP, this.#unused, this.#vwap);
    at = scanTrades(bytes, at);
    at = this.#scanPair(bytes, at, LOW, this.#unused, this.#low);
    at = this.#scanPair(bytes, at, HIGH, this.#unused, this.#high);
    at = this.#scanPair(bytes, at, OPEN, this.#unused, this.#unused);
    if (at < 0 || bytes[at] !== BYTE.closeBrace || at + 1 !== end) return false;
    this.#write(instrument);
    return true;
  }

  /** @returns what is wrong with the payload, or an empty text. */
  read(payload: JsonValue | undefined, instrument: InstrumentId): string {
    if (!isObject(payload)) return 'the ticker is not an object';
    if (!this.#readSide(payload.get('a'), this.#ask, this.#askQty)) return '"a" is no ask';
    if (!this.#readSide(payload.get('b'), this.#bid, this.#bidQty)) return '"b" is no bid';
    if (!this.#readPair(payload.get('c'), this.#last, this.#unused)) return '"c" is no last trade';
    if (!this.#readPair(payload.get('v'), this.#unused, this.#volume)) return '"v" is no volume';
    if (!this.#readPair(payload.get('p'), this.#unused, this.#vwap)) return '"p" is no average price';
    if (!isTrades(payload.get('t'))) return '"t" is no number of trades';
    if (!this.#readPair(payload.get('l'), this.#unused, this.#low)) return '"l" is no low price';
    if (!this.#readPair(payload.get('h'), this.#unused, this.#high)) return '"h" is no high price';
    if (!this.#readPair(payload.get('o'), this.#unused, this.#unused)) return '"o" is no opening price';
    this.#write(instrument);
    return '';
  }

  #scanSide(
    bytes: Uint8Array,
    start: number,
    name: Uint8Array,
    price: ScannedDecimal,
    qty: ScannedDecimal,
  ): number {
    let at = start < 0 ? -1 : skipLiteral(bytes, start, name);
    if (at < 0) return -1;
    at = scanQuoted(bytes, at, BYTE.comma, price);
    if (at < 0) return -1;
    at = skipInteger(bytes, at);
    if (at < 0 || bytes[at] !== BYTE.comma) return -1;
    return scanQuoted(bytes, at + 1, BYTE.closeBracket, qty);
  }

  #scanPair(
    bytes: Uint8Array,
    start: number,
    name: Uint8Array,
    first: ScannedDecimal,
    second: ScannedDecimal,
  ): number {
    let at = start < 0 ? -1 : skipLiteral(bytes, start, name);
    if (at < 0) return -1;
    at = scanQuoted(bytes, at, BYTE.comma, first);
    return at < 0 ? -1 : scanQuoted(bytes, at, BYTE.closeBracket, second);
  }

  #readSide(value: JsonValue | undefined, price: ScannedDecimal, qty: ScannedDecimal): boolean {
    return isArray(value) && readQuoted(value[0], price) && isInteger(value[1]) && readQuoted(value[2], qty);
  }

  #readPair(value: JsonValue | undefined, first: ScannedDecimal, second: ScannedDecimal): boolean {
    return isArray(value) && readQuoted(value[0], first) && readQuoted(value[1], second);
  }

  #write(instrument: InstrumentId): void {
    const sink = this.#sink;
    const at = sink.claim(TICKER.typeId, TICKER.size);
    const view = sink.view;
    F.instrument.set(view, at, instrument);
    F.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    F.sequence.set(view, at, NONE);
    F.bid.set(view, at, this.#bid.value);
    F.bidQty.set(view, at, this.#bidQty.value);
    F.ask.set(view, at, this.#ask.value);
    F.askQty.set(view, at, this.#askQty.value);
    F.last.set(view, at, this.#last.value);
    F.volume.set(view, at, this.#volume.value);
    F.vwap.set(view, at, this.#vwap.value);
    F.low.set(view, at, this.#low.value);
    F.high.set(view, at, this.#high.value);
    F.change.set(view, at, Number.NaN);
    F.changePct.set(view, at, Number.NaN);
    F.bidDecimals.set(view, at, this.#bid.decimals);
    F.bidQtyDecimals.set(view, at, this.#bidQty.decimals);
    F.askDecimals.set(view, at, this.#ask.decimals);
    F.askQtyDecimals.set(view, at, this.#askQty.decimals);
    F.lastDecimals.set(view, at, this.#last.decimals);
    F.volumeDecimals.set(view, at, this.#volume.decimals);
    F.vwapDecimals.set(view, at, this.#vwap.decimals);
    F.lowDecimals.set(view, at, this.#low.decimals);
    F.highDecimals.set(view, at, this.#high.decimals);
    F.changeDecimals.set(view, at, 0);
    F.changePctDecimals.set(view, at, 0);
    F.reserved.set(view, at, 0);
    F.reserved2.set(view, at, 0);
    sink.commit(TICKER.size);
  }
}

/** Passes over the numbers of trades, which the record does not hold. */
function scanTrades(bytes: Uint8Array, start: number): number {
  let at = start < 0 ? -1 : skipLiteral(bytes, start, TRADES);
  if (at < 0) return -1;
  at = skipInteger(bytes, at);
  if (at < 0 || bytes[at] !== BYTE.comma) return -1;
  at = skipInteger(bytes, at + 1);
  return at >= 0 && bytes[at] === BYTE.closeBracket ? at + 1 : -1;
}

const isTrades = (value: JsonValue | undefined): boolean =>
  isArray(value) && isInteger(value[0]) && isInteger(value[1]);
