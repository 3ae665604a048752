import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { ascii, BYTE, skipLiteral } from './wire-bytes.ts';
import { readQuotedWithCrc, scanQuotedWithCrc } from './wire-number.ts';
import { microseconds, readTime, scanTime, WireTime } from './wire-time.ts';
import { isArray, isObject } from './wire-value.ts';

const SNAPSHOT_ASKS = ascii('{"as":[');
const SNAPSHOT_BIDS = ascii(',"bs":[');
const ASKS = ascii('{"a":[');
const BIDS = ascii('{"b":[');
const THEN_BIDS = ascii('},{"b":[');
const CHECKSUM = ascii(',"c":"');
const CHECKSUM_END = ascii('"}');
const REPUBLISHED = ascii(',"r"');

/** More levels on one side of one message than this are refused: a book has at most 1000 a side. */
const LEVELS_MAX = 4096;

const CHECKSUM_DIGITS_MAX = 10;
const CHECKSUM_MAX = 0xffff_ffff;

/**
 * Channel `book-<depth>`: a snapshot `{"as":[…],"bs":[…]}`, or an update with `a`, `b` or both, where both
 * stand in two objects and the last one has the checksum. A level is `[price, volume, time]`, and `"r"`
 * after them where it moved into the depth again: its time is then old, and it is applied like any other.
 */
export class BookChannel {
  readonly #books: BookIntegrity;
  readonly #message = new BookMessage();
  readonly #decimal = new ScannedDecimal();
  readonly #level = new Level();
  readonly #time = new WireTime();
  readonly #latest = new WireTime();

  constructor(books: BookIntegrity) {
    this.#books = books;
  }

  /** Reads the payloads `bytes[start..end)`. @returns false where they are not exactly a hot shape. */
  scan(bytes: Uint8Array, start: number, end: number, instrument: InstrumentId): boolean {
    const snapshot = bytes[start + 3] === 0x73;
    this.#begin(instrument, snapshot);
    const at = snapshot ? this.#scanSnapshot(bytes, start, end) : this.#scanUpdate(bytes, start, end);
    if (at !== end) return false;
    this.#take();
    return true;
  }

  /** @returns what is wrong with the payloads, or an empty text. */
  read(payloads: readonly JsonValue[], instrument: InstrumentId): string {
    this.#begin(instrument, false);
    const { asks, bids } = this.#message;
    let snapshots = 0;
    let updates = 0;
    for (const payload of payloads) {
      if (!isObject(payload)) return 'a book is not an object';
      for (const [key, value] of payload) {
        if (key === 'as' || key === 'bs') snapshots++;
        else if (key === 'a' || key === 'b') updates++;
        let wrong = '';
        if (key === 'a' || key === 'as') wrong = this.#readLevels(value, asks);
        else if (key === 'b' || key === 'bs') wrong = this.#readLevels(value, bids);
        else if (key === 'c') wrong = this.#readChecksum(value);
        if (wrong !== '') return wrong;
      }
    }
    if (snapshots + updates === 0) return 'a book has no side';
    if (snapshots > 0 && updates > 0) return 'a book is snapshot and update at once';
    if (updates > 0 && !this.#message.hasChecksum) return 'a book update has no checksum';
    this.#message.snapshot = snapshots > 0;
    this.#take();
    return '';
  }

  #begin(instrument: InstrumentId, snapshot: boolean): void {
    this.#message.begin(instrument, snapshot);
    this.#latest.clear();
  }

  #take(): void {
    const message = this.#message;
    if (message.asks.count + message.bids.count > 0) message.exchangeAtUs = microseconds(this.#latest);
    this.#books.take(message);
  }

  #scanSnapshot(bytes: Uint8Array, start: number, end: number): number {
    let at = skipLiteral(bytes, start, SNAPSHOT_ASKS);
    if (at < 0) return -1;
    at = this.#scanLevels(bytes, at, end, this.#message.asks);
    if (at < 0) return -1;
    at = skipLiteral(bytes, at, SNAPSHOT_BIDS);
    if (at < 0) return -1;
    at = this.#scanLevels(bytes, at, end, this.#message.bids);
    return at >= 0 && bytes[at] === BYTE.closeBrace ? at + 1 : -1;
  }

  #scanUpdate(bytes: Uint8Array, start: number, end: number): number {
    const message = this.#message;
    let at = skipLiteral(bytes, start, ASKS);
    if (at >= 0) {
      at = this.#scanLevels(bytes, at, end, message.asks);
      if (at < 0) return -1;
      if (bytes[at] === BYTE.comma) return this.#scanChecksum(bytes, at);
      at = skipLiteral(bytes, at, THEN_BIDS);
    } else at = skipLiteral(bytes, start, BIDS);
    if (at < 0) return -1;
    at = this.#scanLevels(bytes, at, end, message.bids);
    return at < 0 ? -1 : this.#scanChecksum(bytes, at);
  }

  /** Reads levels up to the bracket that closes them. @returns the index after it, or -1. */
  #scanLevels(bytes: Uint8Array, start: number, end: number, list: LevelList): number {
    if (bytes[start] === BYTE.closeBracket) return start + 1;
    const decimal = this.#decimal;
    const level = this.#level;
    const time = this.#time;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== BYTE.openBracket) return -1;
      decimal.crc = 0;
      decimal.crcDigits = 0;
      at = scanQuotedWithCrc(bytes, at + 1, BYTE.comma, decimal);
      if (at < 0) return -1;
      level.price = decimal.value;
      level.priceDecimals = decimal.decimals;
      at = scanQuotedWithCrc(bytes, at, BYTE.comma, decimal);
      if (at < 0) return -1;
      level.qty = decimal.value;
      level.qtyDecimals = decimal.decimals;
      level.crc = decimal.crc;
      level.crcDigits = decimal.crcDigits;
      at = scanTime(bytes, at, time);
      if (at < 0) return -1;
      if (bytes[at] === BYTE.comma) at = skipLiteral(bytes, at, REPUBLISHED);
      if (at < 0 || bytes[at] !== BYTE.closeBracket || list.count === LEVELS_MAX) return -1;
      list.add(level);
      this.#latest.advance(time);
      at++;
      if (bytes[at] === BYTE.closeBracket) return at + 1;
      if (bytes[at] !== BYTE.comma) return -1;
    }
    return -1;
  }

  #scanChecksum(bytes: Uint8Array, start: number): number {
    let at = skipLiteral(bytes, start, CHECKSUM);
    if (at < 0) return -1;
    const first = at;
    let checksum = 0;
    for (; at < first + CHECKSUM_DIGITS_MAX; at++) {
      const digit = bytes[at]! - BYTE.zero;
      if (digit < 0 || digit > 9) break;
      checksum = checksum * 10 + digit;
    }
    if (at === first || checksum > CHECKSUM_MAX) return -1;
    this.#message.checksum = checksum | 0;
    this.#message.hasChecksum = true;
    return skipLiteral(bytes, at, CHECKSUM_END);
  }

  #readLevels(value: JsonValue, list: LevelList): string {
    if (!isArray(value)) return 'a side of the book is not an array';
    if (list.count + value.length > LEVELS_MAX) return 'a side of the book has too many levels';
    for (const item of value) {
      if (!isArray(item)) return 'a level is not an array';
      const wrong = this.#readLevel(item);
      if (wrong !== '') return wrong;
      list.add(this.#level);
      this.#latest.advance(this.#time);
    }
    return '';
  }

  #readLevel(item: readonly JsonValue[]): string {
    const [price, qty, time, republished] = item;
    const decimal = this.#decimal;
    const level = this.#level;
    decimal.crc = 0;
    decimal.crcDigits = 0;
    if (!readQuotedWithCrc(price, decimal)) return 'the price of a level is no number';
    level.price = decimal.value;
    level.priceDecimals = decimal.decimals;
    if (!readQuotedWithCrc(qty, decimal)) return 'the volume of a level is no number';
    level.qty = decimal.value;
    level.qtyDecimals = decimal.decimals;
    level.crc = decimal.crc;
    level.crcDigits = decimal.crcDigits;
    if (!readTime(time, this.#time)) return 'the time of a level is no time';
    if (republished !== undefined && republished !== 'r') return 'a level is marked with something unknown';
    return '';
  }

  #readChecksum(value: JsonValue): string {
    if (typeof value !== 'string' || !CHECKSUM_TEXT.test(value)) return 'the checksum is no number';
    const checksum = Number(value);
    if (checksum > CHECKSUM_MAX) return 'the checksum has more than 32 bits';
    this.#message.checksum = checksum | 0;
    this.#message.hasChecksum = true;
    return '';
  }
}

const CHECKSUM_TEXT = /^\d{1,10}$/;
