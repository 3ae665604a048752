import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT, NONE } from '../../../shared/units.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import type { RestAnswer, RestRequest } from '../exchange.ts';
import { isArray, isObject, type Problem } from '../json-entry.ts';
import type { BookSync } from './book-sync.ts';
import type { PartialBooks } from './partial-books.ts';
import { microseconds } from './wire.ts';
import { integerAt, readUnsigned } from './wire-value.ts';

/** Books from JSON: updates of the stream, and snapshots. Each is read whole before the book hears of it. */
export class ColdBook {
  readonly #sync: BookSync;
  readonly #partial: PartialBooks;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(sync: BookSync, partial: PartialBooks) {
    this.#sync = sync;
    this.#partial = partial;
  }

  /** The best levels as they are now. One that cannot be read is no loss to the book: the next one says all. */
  readPartial(data: JsonObject, instrument: InstrumentId): Problem {
    const problem = this.#readSnapshot(data, instrument);
    if (problem === undefined) this.#partial.take(this.#message);
    return problem;
  }

  /** @param bytes the message, `[start, end)` of them, to be kept where the book waits for its snapshot. */
  readUpdate(
    data: JsonObject,
    instrument: InstrumentId,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Problem {
    const problem = this.#readUpdate(data, instrument);
    // A change was missed, and nothing that follows could tell.
    if (problem !== undefined) this.#sync.fail(instrument, FAULTS.MESSAGE_MALFORMED.id, problem, 0);
    else this.#sync.take(this.#message, bytes, start, end);
    return problem;
  }

  /** Takes the answer to a question for a snapshot. @returns what is wrong with it. */
  readAnswer(request: RestRequest, answer: RestAnswer): Problem {
    const sync = this.#sync;
    const instrument = sync.awaited(request);
    if (instrument === NO_INSTRUMENT) return undefined;
    if (!answer.ok) {
      if (answer.fault === FAULTS.REST_REFUSED.id) sync.refuse(instrument, answer.detail);
      else sync.fail(instrument, answer.fault, answer.detail, 0);
      return undefined;
    }
    const problem = this.#readSnapshot(readJson(answer.text), instrument);
    if (problem !== undefined) sync.fail(instrument, FAULTS.MESSAGE_MALFORMED.id, problem, 0);
    else sync.takeSnapshot(this.#message);
    return problem;
  }

  #readUpdate(data: JsonObject, instrument: InstrumentId): Problem {
    const message = this.#message;
    const first = integerAt(data, 'U');
    const last = integerAt(data, 'u');
    const at = integerAt(data, 'E');
    if (first === undefined || last === undefined) return 'an update id is no integer';
    if (at === undefined) return 'the time of an event is no integer';
    message.begin(instrument, false);
    this.#sync.firstId = first;
    message.sequence = last;
    message.exchangeAtUs = microseconds(at);
    return this.#readSides(data.get('b'), data.get('a'));
  }

  #readSnapshot(data: JsonValue | undefined, instrument: InstrumentId): Problem {
    if (!isObject(data)) return 'a snapshot is no JSON object';
    const last = integerAt(data, 'lastUpdateId');
    if (last === undefined) return 'the update id of a snapshot is no integer';
    const message = this.#message;
    message.begin(instrument, true);
    message.sequence = last;
    message.exchangeAtUs = NONE as ExchangeUs;
    return this.#readSides(data.get('bids'), data.get('asks'));
  }

  #readSides(bids: JsonValue | undefined, asks: JsonValue | undefined): Problem {
    return this.#readSide(bids, this.#message.bids) ?? this.#readSide(asks, this.#message.asks);
  }

  #readSide(entries: JsonValue | undefined, levels: LevelList): Problem {
    if (!isArray(entries)) return 'bids and asks are not both arrays';
    const level = this.#level;
    const number = this.#number;
    levels.clear();
    for (const entry of entries) {
      // Long ago an empty third element was sent with each level.
      if (!isArray(entry) || entry.length < 2) return 'a level is no pair of price and quantity';
      if (!readUnsigned(entry[0], number)) return 'the price of a level is no number of zero or more';
      level.price = number.value;
      level.priceDecimals = number.decimals;
      if (!readUnsigned(entry[1], number)) return 'the quantity of a level is no number of zero or more';
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      levels.add(level);
    }
    return undefined;
  }
}
