import { Level } from '../../../shared/book/book-side.ts';
import { INEXACT } from '../../../shared/decimal/decimals.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { literal } from '../literal.ts';
import { scanUnsignedWithCrc } from '../scan-digits.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { learnPrecision } from './learn-precision.ts';

const UPDATE = literal('{"channel":"book","type":"update","data":[{"symbol":"');
const SNAPSHOT = literal('{"channel":"book","type":"snapshot","data":[{"symbol":"');
const BIDS = literal('","bids":[');
const PRICE = literal('{"price":');
const QTY = literal(',"qty":');
const ASKS = literal('],"asks":[');
const CHECKSUM = literal('],"checksum":');
const TIMESTAMP = literal(',"timestamp":"');
const END = literal('"}]}');

const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;

const U32_TENTH = 429_496_729;
const U32_LAST_DIGIT = 5;

/**
 * Book messages, snapshot or update, straight from the bytes. The message is read whole, with the checksum
 * register of every level, before the book hears of it: a malformed message changes nothing.
 */
export class HotBook {
  readonly #books: BookIntegrity;
  readonly #symbols: SymbolTable;
  readonly #times: TimeScanner;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();
  #priceDecimals = 0;
  #qtyDecimals = 0;
  /** Whether a level has more decimals than its instrument is known to have. */
  #learns = false;

  constructor(books: BookIntegrity, symbols: SymbolTable, times: TimeScanner) {
    this.#books = books;
    this.#symbols = symbols;
    this.#times = times;
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const message = this.#message;
    const books = this.#books;
    const snapshot = !UPDATE.matches(view, start, end);
    if (snapshot && !SNAPSHOT.matches(view, start, end)) return false;

    let at = this.#symbols.scan(bytes, start + (snapshot ? SNAPSHOT.length : UPDATE.length));
    if (at < 0 || this.#symbols.id < 0) return false;
    const instrument = this.#symbols.id as InstrumentId;
    message.begin(instrument, snapshot);
    this.#priceDecimals = books.priceDecimals(instrument);
    this.#qtyDecimals = books.qtyDecimals(instrument);

    this.#learns = false;
    const levelsAt = at;
    at = this.#readLevels(bytes, view, at, end);
    if (at < 0) return false;
    at = this.#readChecksum(bytes, at);
    if (at < 0 || !TIMESTAMP.matches(view, at, end)) return false;
    at = this.#times.scanNext(bytes, view, at + TIMESTAMP.length, end);
    if (at < 0 || !END.matches(view, at, end) || at + END.length !== end) return false;
    message.exchangeAtUs = this.#times.us;

    if (this.#learns && learnPrecision(books, message, this.#priceDecimals, this.#qtyDecimals)) {
      this.#priceDecimals = books.priceDecimals(instrument);
      this.#qtyDecimals = books.qtyDecimals(instrument);
      this.#readLevels(bytes, view, levelsAt, end);
    }
    books.take(message);
    return true;
  }

  /** Reads both sides. @returns the index of the checksum, or -1. */
  #readLevels(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const { bids, asks } = this.#message;
    bids.clear();
    asks.clear();
    if (!BIDS.matches(view, start, end)) return -1;
    let at = this.#readSide(bytes, view, start + BIDS.length, end, bids);
    if (at < 0 || !ASKS.matches(view, at, end)) return -1;
    at = this.#readSide(bytes, view, at + ASKS.length, end, asks);
    return at >= 0 && CHECKSUM.matches(view, at, end) ? at + CHECKSUM.length : -1;
  }

  /** Reads the levels of one side. @returns the index of the bracket after them, or -1. */
  #readSide(bytes: Uint8Array, view: DataView, start: number, end: number, levels: LevelList): number {
    let at = start;
    if (bytes[at] === CLOSING_BRACKET) return at;
    const level = this.#level;
    const number = this.#number;
    const priceDecimals = this.#priceDecimals;
    const qtyDecimals = this.#qtyDecimals;
    for (;;) {
      if (!PRICE.matches(view, at, end)) return -1;
      at += PRICE.length;
      number.crc = 0;
      number.crcDigits = 0;
      at = scanUnsignedWithCrc(bytes, view, at, end, priceDecimals, number);
      if (at < 0 || !QTY.matches(view, at, end)) return -1;
      at += QTY.length;
      level.price = number.value;
      level.priceDecimals = number.decimals;
      at = scanUnsignedWithCrc(bytes, view, at, end, qtyDecimals, number);
      if (at < 0 || bytes[at] !== CLOSING_BRACE) return -1;
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      level.crc = number.crc;
      level.crcDigits = number.crcDigits;
      levels.add(level);
      if ((level.priceDecimals & ~INEXACT) > priceDecimals || (level.qtyDecimals & ~INEXACT) > qtyDecimals)
        this.#learns = true;
      if (bytes[++at] !== COMMA) return at;
      at++;
    }
  }

  /** Reads an unsigned 32-bit integer in signed arithmetic, which needs no double. @returns the index after it, or -1. */
  #readChecksum(bytes: Uint8Array, start: number): number {
    let value = 0;
    let at = start;
    for (; ; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      const digits = at - start;
      if (digits === 9 && (value > U32_TENTH || (value === U32_TENTH && digit > U32_LAST_DIGIT))) return -1;
      if (digits > 9) return -1;
      value = (Math.imul(value, 10) + digit) | 0;
    }
    if (at === start || (at > start + 1 && bytes[start] === ZERO)) return -1;
    this.#message.hasChecksum = true;
    this.#message.checksum = value;
    return at;
  }
}
