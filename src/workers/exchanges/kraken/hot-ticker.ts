import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { literal } from '../literal.ts';
import { scanSigned } from '../scan-digits.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { TickerDraft } from './drafts.ts';
import { TICKER_NUMBERS } from './wire.ts';

const UPDATE = literal('{"channel":"ticker","type":"update","data":[{"symbol":"');
const SNAPSHOT = literal('{"channel":"ticker","type":"snapshot","data":[{"symbol":"');
/** What stands before each number; before the first one also the quote that ends the symbol. */
const KEYS = TICKER_NUMBERS.map((name, n) => literal(`${n === 0 ? '"' : ''},"${name}":`));
/** The 24-hour number of trades, sent by newer servers only; it has no place in the record. */
const TRADES = literal(',"trades":');
const TIMESTAMP = literal(',"timestamp":"');
const END = literal('"}]}');

/** Tickers of one instrument, snapshot or update, straight from the bytes. */
export class HotTicker {
  readonly #sink: RecordSink;
  readonly #symbols: SymbolTable;
  readonly #times: TimeScanner;
  readonly #draft = new TickerDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, symbols: SymbolTable, times: TimeScanner) {
    this.#sink = sink;
    this.#symbols = symbols;
    this.#times = times;
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const draft = this.#draft;
    const number = this.#number;
    let at = start;
    if (UPDATE.matches(view, at, end)) at += UPDATE.length;
    else if (SNAPSHOT.matches(view, at, end)) at += SNAPSHOT.length;
    else return false;

    at = this.#symbols.scan(bytes, at);
    if (at < 0 || this.#symbols.id < 0) return false;
    draft.instrument = this.#symbols.id as InstrumentId;

    for (let n = 0; n < KEYS.length; n++) {
      const key = KEYS[n]!;
      if (!key.matches(view, at, end)) return false;
      at = scanSigned(bytes, view, at + key.length, end, number);
      if (at < 0) return false;
      draft.numbers[n] = number.value;
      draft.decimals[n] = number.decimals;
    }
    if (TRADES.matches(view, at, end)) {
      at = scanSigned(bytes, view, at + TRADES.length, end, number);
      if (at < 0) return false;
    }
    if (!TIMESTAMP.matches(view, at, end)) return false;
    at = this.#times.scanNext(bytes, view, at + TIMESTAMP.length, end);
    if (at < 0 || !END.matches(view, at, end) || at + END.length !== end) return false;
    draft.atUs = this.#times.us;
    draft.write(this.#sink);
    return true;
  }
}
