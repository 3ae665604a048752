import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { CANDLE } from '../../../shared/records/candle.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { BYTE, skipInteger } from './wire-bytes.ts';
import { readQuoted, scanQuoted } from './wire-number.ts';
import { microseconds, readTime, scanTime, WireTime } from './wire-time.ts';
import { isArray, isInteger } from './wire-value.ts';

const US_PER_MINUTE = 60_000_000;

/** A number of trades of at most nine digits is hot: it is then a small integer to V8 all the way. */
const COUNT_DIGITS_MAX = 9;
const COUNT_MAX = 0xffff_ffff;

const F = CANDLE.field;

/**
 * Channel `ohlc-<minutes>`: `[time, end, open, high, low, close, vwap, volume, trades]`. The first message
 * after a subscription is the last candle there was, however old.
 */
export class OhlcChannel {
  readonly #sink: RecordSink;
  readonly #time = new WireTime();
  readonly #end = new WireTime();
  readonly #open = new ScannedDecimal();
  readonly #high = new ScannedDecimal();
  readonly #low = new ScannedDecimal();
  readonly #close = new ScannedDecimal();
  readonly #vwap = new ScannedDecimal();
  readonly #volume = new ScannedDecimal();
  /** Unsigned 32 bits, kept as a signed integer, which V8 never boxes. */
  #trades = 0;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Reads the payload `bytes[start..end)`. @returns false where it is not exactly the hot shape. */
  scan(bytes: Uint8Array, start: number, end: number, instrument: InstrumentId, minutes: number): boolean {
    if (bytes[start] !== BYTE.openBracket) return false;
    let at = scanTime(bytes, start + 1, this.#time);
    if (at < 0 || bytes[at] !== BYTE.comma) return false;
    at = scanTime(bytes, at + 1, this.#end);
    if (at < 0 || bytes[at] !== BYTE.comma) return false;
    at = scanQuoted(bytes, at + 1, BYTE.comma, this.#open);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#high);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#low);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#close);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#vwap);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#volume);
    if (at < 0) return false;
    const countEnd = skipInteger(bytes, at);
    if (countEnd < 0 || countEnd - at > COUNT_DIGITS_MAX) return false;
    if (bytes[countEnd] !== BYTE.closeBracket || countEnd + 1 !== end) return false;
    let trades = 0;
    for (; at < countEnd; at++) trades = trades * 10 + bytes[at]! - BYTE.zero;
    this.#trades = trades;
    this.#write(instrument, minutes);
    return true;
  }

  /** @returns what is wrong with the payload, or an empty text. */
  read(payload: JsonValue | undefined, instrument: InstrumentId, minutes: number): string {
    if (!isArray(payload)) return 'the candle is not an array';
    const [time, end, open, high, low, close, vwap, volume, trades] = payload;
    if (!readTime(time, this.#time)) return 'the time is no time';
    if (!readTime(end, this.#end)) return 'the end of the interval is no time';
    if (!readQuoted(open, this.#open)) return 'open is no number';
    if (!readQuoted(high, this.#high)) return 'high is no number';
    if (!readQuoted(low, this.#low)) return 'low is no number';
    if (!readQuoted(close, this.#close)) return 'close is no number';
    if (!readQuoted(vwap, this.#vwap)) return 'vwap is no number';
    if (!readQuoted(volume, this.#volume)) return 'volume is no number';
    if (!isInteger(trades)) return 'the number of trades is no integer';
    const count = Number(trades.text);
    if (count > COUNT_MAX) return 'the number of trades is out of range';
    this.#trades = count | 0;
    this.#write(instrument, minutes);
    return '';
  }

  #write(instrument: InstrumentId, minutes: number): void {
    const sink = this.#sink;
    const at = sink.claim(CANDLE.typeId, CANDLE.size);
    const view = sink.view;
    F.instrument.set(view, at, instrument);
    F.exchangeAtUs.set(view, at, microseconds(this.#time));
    F.sequence.set(view, at, NONE);
    F.beginUs.set(view, at, (microseconds(this.#end) - minutes * US_PER_MINUTE) as ExchangeUs);
    F.open.set(view, at, this.#open.value);
    F.high.set(view, at, this.#high.value);
    F.low.set(view, at, this.#low.value);
    F.close.set(view, at, this.#close.value);
    F.vwap.set(view, at, this.#vwap.value);
    F.volume.set(view, at, this.#volume.value);
    F.trades.set(view, at, this.#trades);
    F.intervalMinutes.set(view, at, minutes);
    F.openDecimals.set(view, at, this.#open.decimals);
    F.highDecimals.set(view, at, this.#high.decimals);
    F.lowDecimals.set(view, at, this.#low.decimals);
    F.closeDecimals.set(view, at, this.#close.decimals);
    F.vwapDecimals.set(view, at, this.#vwap.decimals);
    F.volumeDecimals.set(view, at, this.#volume.decimals);
    F.reserved.set(view, at, 0);
    F.reserved2.set(view, at, 0);
    F.reserved3.set(view, at, 0);
    sink.commit(CANDLE.size);
  }
}
