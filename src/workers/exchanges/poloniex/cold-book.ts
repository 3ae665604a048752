import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonArray, JsonObject } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { integerOrText, isArray, type Problem, readQuoted } from '../json-entry.ts';
import type { BookUpdates } from './book-updates.ts';
import { timeOf } from './cold-market.ts';

/** Books from JSON. The message is read whole before the book hears of it. */
export class ColdBook {
  readonly #updates: BookUpdates;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(updates: BookUpdates) {
    this.#updates = updates;
  }

  /** One entry of `book_lv2`. */
  readChange(entry: JsonObject, instrument: InstrumentId, snapshot: boolean): Problem {
    const lastId = integerOrText(entry.get('lastId'));
    if (lastId === undefined) return 'lastId is no integer below 2^53';
    const problem = this.#read(entry, instrument, snapshot);
    if (problem !== undefined) return problem;
    this.#updates.lastId = lastId;
    this.#updates.takeChange(this.#message);
    return undefined;
  }

  /** One entry of `book`. */
  readWhole(entry: JsonObject, instrument: InstrumentId): Problem {
    const problem = this.#read(entry, instrument, true);
    if (problem === undefined) this.#updates.takeWhole(this.#message);
    return problem;
  }

  #read(entry: JsonObject, instrument: InstrumentId, snapshot: boolean): Problem {
    const message = this.#message;
    message.begin(instrument, snapshot);
    const bids = entry.get('bids');
    const asks = entry.get('asks');
    if (!isArray(bids) || !isArray(asks)) return 'bids and asks are not both arrays';
    const problem = this.#readSide(bids, message.bids) ?? this.#readSide(asks, message.asks);
    if (problem !== undefined) return problem;
    const id = integerOrText(entry.get('id'));
    if (id === undefined) return 'id is no integer below 2^53';
    const at = timeOf(entry.get('createTime'));
    if (at === undefined) return 'createTime is no time';
    message.exchangeAtUs = at;
    this.#updates.id = id;
    return undefined;
  }

  #readSide(entries: JsonArray, levels: LevelList): Problem {
    const level = this.#level;
    const number = this.#number;
    for (const entry of entries) {
      if (!isArray(entry)) return 'a level is no array';
      if (!readQuoted(entry[0], number)) return 'price of a level is no number of zero or more';
      level.price = number.value;
      level.priceDecimals = number.decimals;
      if (!readQuoted(entry[1], number)) return 'quantity of a level is no number of zero or more';
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      levels.add(level);
    }
    return undefined;
  }
}
