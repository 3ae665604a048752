import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { QUOTE } from '../../../shared/records/quote.ts';
import { type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { BYTE } from './wire-bytes.ts';
import { readQuoted, scanQuoted } from './wire-number.ts';
import { microseconds, readTime, scanTime, WireTime } from './wire-time.ts';
import { isArray } from './wire-value.ts';

const F = QUOTE.field;

/** Channel `spread`: `[bid, ask, time, bidVolume, askVolume]`, a quote. */
export class SpreadChannel {
  readonly #sink: RecordSink;
  readonly #bid = new ScannedDecimal();
  readonly #ask = new ScannedDecimal();
  readonly #time = new WireTime();
  readonly #bidQty = new ScannedDecimal();
  readonly #askQty = new ScannedDecimal();

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Reads the payload `bytes[start..end)`. @returns false where it is not exactly the hot shape. */
  scan(bytes: Uint8Array, start: number, end: number, instrument: InstrumentId): boolean {
    if (bytes[start] !== BYTE.openBracket) return false;
    let at = scanQuoted(bytes, start + 1, BYTE.comma, this.#bid);
    if (at < 0) return false;
    at = scanQuoted(bytes, at, BYTE.comma, this.#ask);
    if (at < 0) return false;
    at = scanTime(bytes, at, this.#time);
    if (at < 0 || bytes[at] !== BYTE.comma) return false;
    at = scanQuoted(bytes, at + 1, BYTE.comma, this.#bidQty);
    if (at < 0) return false;
    if (scanQuoted(bytes, at, BYTE.closeBracket, this.#askQty) !== end) return false;
    this.#write(instrument);
    return true;
  }

  /** @returns what is wrong with the payload, or an empty text. */
  read(payload: JsonValue | undefined, instrument: InstrumentId): string {
    if (!isArray(payload)) return 'the spread is not an array';
    const [bid, ask, time, bidQty, askQty] = payload;
    if (!readQuoted(bid, this.#bid)) return 'bid is no number';
    if (!readQuoted(ask, this.#ask)) return 'ask is no number';
    if (!readTime(time, this.#time)) return 'the time is no time';
    if (!readQuoted(bidQty, this.#bidQty)) return 'the bid volume is no number';
    if (!readQuoted(askQty, this.#askQty)) return 'the ask volume is no number';
    this.#write(instrument);
    return '';
  }

  #write(instrument: InstrumentId): void {
    const sink = this.#sink;
    const at = sink.claim(QUOTE.typeId, QUOTE.size);
    const view = sink.view;
    F.instrument.set(view, at, instrument);
    F.exchangeAtUs.set(view, at, microseconds(this.#time));
    F.sequence.set(view, at, NONE);
    F.bid.set(view, at, this.#bid.value);
    F.bidQty.set(view, at, this.#bidQty.value);
    F.ask.set(view, at, this.#ask.value);
    F.askQty.set(view, at, this.#askQty.value);
    F.bidDecimals.set(view, at, this.#bid.decimals);
    F.bidQtyDecimals.set(view, at, this.#bidQty.decimals);
    F.askDecimals.set(view, at, this.#ask.decimals);
    F.askQtyDecimals.set(view, at, this.#askQty.decimals);
    F.reserved.set(view, at, 0);
    sink.commit(QUOTE.size);
  }
}
