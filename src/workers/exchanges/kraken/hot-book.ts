import { Level } from '../../../shared/book/book-side.ts';
import { decimalsOf } from '../../../shared/decimal/decimals.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList, SINGLE } from '../book-message.ts';
import { literal } from '../literal.ts';
import { areDigits, fourDigits, leadingDigits, scanUnsignedWithCrc, wordAt } from '../scan-digits.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { SymbolTable } from '../symbol-table.ts';
import { learnPrecision } from './learn-precision.ts';

const UPDATE = literal('{"channel":"book","type":"update","data":[{"symbol":"');
const SNAPSHOT = literal('{"channel":"book","type":"snapshot","data":[{"symbol":"');
const BIDS = literal('","bids":[');
const PRICE = literal('{"price":');
const QTY = literal(',"qty":');
const ASKS = literal('],"asks":[');
const NO_ASKS = literal('],"asks":[],"checksum":');
const NO_BIDS = literal('","bids":[],"asks":[');
const CHECKSUM = literal('],"checksum":');
const TIMESTAMP = literal(',"timestamp":"');
const END = literal('"}]}');

const ZERO = 0x30;
const COMMA = 0x2c;
const CLOSING_BRACE = 0x7d;
const CLOSING_BRACKET = 0x5d;

/** 4294967295, the last that fits, as its first eight digits and its last two. */
const U32_HUNDREDTH = 42_949_672;
const U32_LAST_DIGITS = 95;

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

    let at = this.#symbols.scan(bytes, view, start + (snapshot ? SNAPSHOT.length : UPDATE.length));
    if (at < 0 || this.#symbols.id < 0) return false;
    const instrument = this.#symbols.id as InstrumentId;
    message.begin(instrument, snapshot);
    this.#priceDecimals = books.priceDecimals(instrument);
    this.#qtyDecimals = books.qtyDecimals(instrument);

    this.#learns = false;
    const levelsAt = at;
    const afterSingle = snapshot ? -1 : this.#readSingle(bytes, view, at, end);
    at = afterSingle >= 0 ? afterSingle : this.#readLevels(bytes, view, at, end);
    if (at < 0) return false;
    at = this.#readChecksum(bytes, view, at, end);
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

  /**
   * Reads sides that are one level together. @returns the index of the checksum, or -1 where they are not,
   * or the level has more decimals than are known.
   */
  #readSingle(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const message = this.#message;
    if (NO_BIDS.matches(view, start, end)) {
      const at = this.#readLevel(bytes, view, start + NO_BIDS.length, end, message.level);
      if (at < 0 || this.#learns || !CHECKSUM.matches(view, at, end)) return -1;
      message.single = SINGLE.ask;
      return at + CHECKSUM.length;
    }
    if (!BIDS.matches(view, start, end)) return -1;
    const at = this.#readLevel(bytes, view, start + BIDS.length, end, message.level);
    if (at < 0 || this.#learns || !NO_ASKS.matches(view, at, end)) return -1;
    message.single = SINGLE.bid;
    return at + NO_ASKS.length;
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
    for (;;) {
      at = this.#readLevel(bytes, view, at, end, level);
      if (at < 0) return -1;
      levels.add(level);
      if (bytes[at] !== COMMA) return at;
      at++;
    }
  }

  /** Reads one level with its braces. @returns the index after it, or -1. */
  #readLevel(bytes: Uint8Array, view: DataView, start: number, end: number, level: Level): number {
    const number = this.#number;
    if (!PRICE.matches(view, start, end)) return -1;
    number.crc = 0;
    number.crcDigits = 0;
    let at = scanUnsignedWithCrc(bytes, view, start + PRICE.length, end, this.#priceDecimals, number);
    if (at < 0 || !QTY.matches(view, at, end)) return -1;
    level.price = number.value;
    level.priceDecimals = number.decimals;
    at = scanUnsignedWithCrc(bytes, view, at + QTY.length, end, this.#qtyDecimals, number);
    if (at < 0 || bytes[at] !== CLOSING_BRACE) return -1;
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    level.crc = number.crc;
    level.crcDigits = number.crcDigits;
    if (
      decimalsOf(level.priceDecimals) > this.#priceDecimals ||
      decimalsOf(level.qtyDecimals) > this.#qtyDecimals
    )
      this.#learns = true;
    return at + 1;
  }

  /**
   * Reads an unsigned 32-bit integer of eight to ten digits, which nearly all checksums are, in signed
   * arithmetic, which needs no double. @returns the index after it, or -1.
   */
  #readChecksum(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (at + 12 > end) return -1;
    const word0 = wordAt(view, at);
    const word1 = wordAt(view, at + 4);
    if (!areDigits(word0) || !areDigits(word1)) return this.#readShortChecksum(bytes, at);
    if (bytes[at] === ZERO) return -1;
    const eight = fourDigits(word0) * 10_000 + fourDigits(word1);
    const message = this.#message;
    message.hasChecksum = true;
    switch (leadingDigits(wordAt(view, at + 8))) {
      case 0:
        message.checksum = eight;
        return at + 8;
      case 1:
        message.checksum = eight * 10 + (bytes[at + 8]! - ZERO);
        return at + 9;
      case 2: {
        const two = (bytes[at + 8]! - ZERO) * 10 + (bytes[at + 9]! - ZERO);
        if (eight > U32_HUNDREDTH || (eight === U32_HUNDREDTH && two > U32_LAST_DIGITS)) return -1;
        message.checksum = (Math.imul(eight, 100) + two) | 0;
        return at + 10;
      }
      default:
        return -1;
    }
  }

  /** The same of fewer digits. */
  #readShortChecksum(bytes: Uint8Array, start: number): number {
    let value = 0;
    let at = start;
    for (; at < start + 8; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    if (at === start || (at > start + 1 && bytes[start] === ZERO)) return -1;
    this.#message.hasChecksum = true;
    this.#message.checksum = value;
    return at;
  }
}
