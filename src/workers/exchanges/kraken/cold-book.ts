import { registerOf } from '../../../shared/book/crc32.ts';
import { Level } from '../../../shared/book/level.ts';
import { checksumDigits, ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import {
  type JsonArray,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { integerOf, isArray, isObject, type Problem } from '../json-entry.ts';
import type { TimeScanner } from '../scan-time.ts';
import { readTime, readUnsigned, writtenDecimals } from './json-entry.ts';
import { BOOK_DECIMALS_MAX, learnPrecision } from './learn-precision.ts';

const U32_MAX = 0xffff_ffff;

/** Checksum digits that one price or quantity may have; keeps both of a level within the byte that counts them. */
const CHECKSUM_DIGITS_MAX = 100;

/** Books from JSON. The message is read whole before the book hears of it. */
export class ColdBook {
  readonly #books: BookIntegrity;
  readonly #times: TimeScanner;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();
  #priceDecimals = 0;
  #qtyDecimals = 0;

  constructor(books: BookIntegrity, times: TimeScanner) {
    this.#books = books;
    this.#times = times;
  }

  read(entry: JsonObject, instrument: InstrumentId, snapshot: boolean): Problem {
    const message = this.#message;
    const books = this.#books;
    message.begin(instrument, snapshot);
    this.#priceDecimals = books.priceDecimals(instrument);
    this.#qtyDecimals = books.qtyDecimals(instrument);

    const bids = entry.get('bids');
    const asks = entry.get('asks');
    if (!isArray(bids) || !isArray(asks)) return 'bids and asks are not both arrays';
    const problem = this.#readSides(bids, asks);
    if (problem !== undefined) return problem;

    const sent = entry.get('checksum');
    if (sent !== undefined) {
      const checksum = integerOf(sent, U32_MAX);
      if (checksum === undefined) return 'checksum is no unsigned 32-bit integer';
      message.hasChecksum = true;
      message.checksum = checksum | 0;
    }
    const timestamp = entry.get('timestamp');
    if (timestamp !== undefined) {
      if (!readTime(timestamp, this.#times)) return 'timestamp is no time';
      message.exchangeAtUs = this.#times.us;
    }

    if (learnPrecision(books, message, this.#priceDecimals, this.#qtyDecimals)) {
      this.#priceDecimals = books.priceDecimals(instrument);
      this.#qtyDecimals = books.qtyDecimals(instrument);
      this.#readSides(bids, asks);
    }
    books.take(message);
    return undefined;
  }

  #readSides(bids: JsonArray, asks: JsonArray): Problem {
    return this.#readSide(bids, this.#message.bids) ?? this.#readSide(asks, this.#message.asks);
  }

  #readSide(entries: JsonArray, levels: LevelList): Problem {
    const level = this.#level;
    const number = this.#number;
    levels.clear();
    for (const entry of entries) {
      if (!isObject(entry)) return 'a level is no object';
      number.crc = 0;
      number.crcDigits = 0;
      if (!this.#readNumber(entry.get('price'), this.#priceDecimals))
        return 'price of a level is no number of a book';
      level.price = number.value;
      level.priceDecimals = number.decimals;
      if (!this.#readNumber(entry.get('qty'), this.#qtyDecimals))
        return 'qty of a level is no number of a book';
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      level.crc = number.crc;
      level.crcDigits = number.crcDigits;
      levels.add(level);
    }
    return undefined;
  }

  /** The same as `scanDecimalWithCrc`, from JSON, for any number that a book may hold. */
  #readNumber(value: JsonValue | undefined, minDecimals: number): boolean {
    const number = this.#number;
    if (!(value instanceof JsonNumber) || !readUnsigned(value, number)) return false;
    if (writtenDecimals(number) > BOOK_DECIMALS_MAX) return false;
    // Zero has no digits in a checksum, however it is written; and `0e9999` is not to become 9999 of them.
    if (number.value === 0) return true;
    const digits = checksumDigits(value.text, minDecimals);
    if (digits.length > CHECKSUM_DIGITS_MAX) return false;
    number.crc = registerOf(digits, number.crc);
    number.crcDigits += digits.length;
    return true;
  }
}
