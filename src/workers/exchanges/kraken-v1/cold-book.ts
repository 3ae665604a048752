import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { isArray, isObject, type Problem } from '../json-entry.ts';
import { LEVELS_MAX, U32_MAX } from './wire.ts';
import { readQuotedWithCrc, timeOf } from './wire-value.ts';

const CHECKSUM_TEXT = /^\d{1,10}$/;

/**
 * Channel `book-<depth>`, from JSON: a snapshot `{"as":[…],"bs":[…]}`, or an update with `a`, `b` or both,
 * where both stand in two objects and the last one has the checksum. A level is `[price, volume, time]`, and
 * `"r"` after them where it moved into the depth again: its time is then old, and it is applied like any other.
 */
export class ColdBook {
  readonly #books: BookIntegrity;
  readonly #message = new BookMessage();
  readonly #number = new ScannedDecimal();
  readonly #level = new Level();

  constructor(books: BookIntegrity) {
    this.#books = books;
  }

  read(payloads: readonly JsonValue[], instrument: InstrumentId): Problem {
    const message = this.#message;
    message.begin(instrument, false);
    let snapshots = 0;
    let updates = 0;
    for (const payload of payloads) {
      if (!isObject(payload)) return 'a book is not an object';
      for (const [key, value] of payload) {
        if (key === 'as' || key === 'bs') snapshots++;
        else if (key === 'a' || key === 'b') updates++;
        let problem: Problem;
        if (key === 'a' || key === 'as') problem = this.#readLevels(value, message.asks);
        else if (key === 'b' || key === 'bs') problem = this.#readLevels(value, message.bids);
        else if (key === 'c') problem = this.#readChecksum(value);
        if (problem !== undefined) return problem;
      }
    }
    if (snapshots + updates === 0) return 'a book has no side';
    if (snapshots > 0 && updates > 0) return 'a book is snapshot and update at once';
    if (updates > 0 && !message.hasChecksum) return 'a book update has no checksum';
    message.snapshot = snapshots > 0;
    this.#books.take(message);
    return undefined;
  }

  #readLevels(value: JsonValue, list: LevelList): Problem {
    if (!isArray(value)) return 'a side of the book is not an array';
    if (list.count + value.length > LEVELS_MAX) return 'a side of the book has too many levels';
    for (const item of value) {
      if (!isArray(item)) return 'a level is not an array';
      const problem = this.#readLevel(item);
      if (problem !== undefined) return problem;
      list.add(this.#level);
    }
    return undefined;
  }

  /** The time of a message is the latest of its levels. */
  #readLevel([price, qty, time, republished]: readonly JsonValue[]): Problem {
    const message = this.#message;
    const number = this.#number;
    const level = this.#level;
    number.crc = 0;
    number.crcDigits = 0;
    if (!readQuotedWithCrc(price, number)) return 'the price of a level is no number';
    level.price = number.value;
    level.priceDecimals = number.decimals;
    if (!readQuotedWithCrc(qty, number)) return 'the volume of a level is no number';
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    level.crc = number.crc;
    level.crcDigits = number.crcDigits;
    const at = timeOf(time);
    if (at === undefined) return 'the time of a level is no time';
    if (republished !== undefined && republished !== 'r') return 'a level is marked with something unknown';
    if (at > message.exchangeAtUs) message.exchangeAtUs = at;
    return undefined;
  }

  #readChecksum(value: JsonValue): Problem {
    if (typeof value !== 'string' || !CHECKSUM_TEXT.test(value)) return 'the checksum is no number';
    const checksum = Number(value);
    if (checksum > U32_MAX) return 'the checksum has more than 32 bits';
    this.#message.checksum = checksum | 0;
    this.#message.hasChecksum = true;
    return undefined;
  }
}
