import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { literal } from '../literal.ts';
import { scanSigned } from '../scan-digits.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { TickerDraft } from './drafts.ts';

const UPDATE = literal('{"channel":"ticker","type":"update","data":[{"symbol":"');
const SNAPSHOT = literal('{"channel":"ticker","type":"snapshot","data":[{"symbol":"');
const BID = literal('","bid":');
const BID_QTY = literal(',"bid_qty":');
const ASK = literal(',"ask":');
const ASK_QTY = literal(',"ask_qty":');
const LAST = literal(',"last":');
const VOLUME = literal(',"volume":');
const VWAP = literal(',"vwap":');
const LOW = literal(',"low":');
const HIGH = literal(',"high":');
const CHANGE = literal(',"change":');
const CHANGE_PCT = literal(',"change_pct":');
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
  readonly #scanned = new ScannedDecimal();

  constructor(sink: RecordSink, symbols: SymbolTable, times: TimeScanner) {
    this.#sink = sink;
    this.#symbols = symbols;
    this.#times = times;
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const draft = this.#draft;
    let at = start;
    if (UPDATE.matches(view, at, end)) at += UPDATE.length;
    else if (SNAPSHOT.matches(view, at, end)) at += SNAPSHOT.length;
    else return false;

    at = this.#symbols.scan(bytes, view, at);
    if (at < 0 || this.#symbols.id < 0) return false;
    draft.instrument = this.#symbols.id as InstrumentId;

    // One after the other and not in a loop: each comparison is then compiled with its own words.
    if (!BID.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + BID.length, end, 0);
    if (at < 0 || !BID_QTY.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + BID_QTY.length, end, 1);
    if (at < 0 || !ASK.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + ASK.length, end, 2);
    if (at < 0 || !ASK_QTY.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + ASK_QTY.length, end, 3);
    if (at < 0 || !LAST.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + LAST.length, end, 4);
    if (at < 0 || !VOLUME.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + VOLUME.length, end, 5);
    if (at < 0 || !VWAP.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + VWAP.length, end, 6);
    if (at < 0 || !LOW.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + LOW.length, end, 7);
    if (at < 0 || !HIGH.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + HIGH.length, end, 8);
    if (at < 0 || !CHANGE.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + CHANGE.length, end, 9);
    if (at < 0 || !CHANGE_PCT.matches(view, at, end)) return false;
    at = this.#number(bytes, view, at + CHANGE_PCT.length, end, 10);
    if (at < 0) return false;
    if (TRADES.matches(view, at, end)) {
      at = scanSigned(bytes, view, at + TRADES.length, end, this.#scanned);
      if (at < 0) return false;
    }
    if (!TIMESTAMP.matches(view, at, end)) return false;
    at = this.#times.scanNext(bytes, view, at + TIMESTAMP.length, end);
    if (at < 0 || !END.matches(view, at, end) || at + END.length !== end) return false;
    draft.atUs = this.#times.us;
    draft.write(this.#sink);
    return true;
  }

  /** Reads the n-th number of the draft. @returns the index after it, or -1. */
  #number(bytes: Uint8Array, view: DataView, at: number, end: number, n: number): number {
    const scanned = this.#scanned;
    const next = scanSigned(bytes, view, at, end, scanned);
    this.#draft.numbers[n] = scanned.value;
    this.#draft.decimals[n] = scanned.decimals;
    return next;
  }
}
