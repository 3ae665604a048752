import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonArray, JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { isArray, type Problem, readQuoted } from '../json-entry.ts';
import type { TimeScanner } from '../scan-time.ts';
import { readTime } from './cold-market.ts';

/** Books from JSON. The message is read whole before the book hears of it. */
export class ColdBook {
  readonly #books: BookIntegrity;
  readonly #times: TimeScanner;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(books: BookIntegrity, times: TimeScanner) {
    this.#books = books;
    this.#times = times;
  }

  readSnapshot(snapshot: JsonObject, instrument: InstrumentId): Problem {
    const message = this.#message;
    message.begin(instrument, true);
    const bids = snapshot.get('bids');
    const asks = snapshot.get('asks');
    if (!isArray(bids) || !isArray(asks)) return 'bids and asks are not both arrays';
    const problem = this.#readSide(bids, message.bids) ?? this.#readSide(asks, message.asks);
    return problem ?? this.#take(snapshot.get('time'));
  }

  readUpdate(update: JsonObject, instrument: InstrumentId): Problem {
    const message = this.#message;
    message.begin(instrument, false);
    const changes = update.get('changes');
    if (!isArray(changes)) return 'changes is no array';
    for (const change of changes) {
      if (!isArray(change)) return 'a change is no array';
      const [side, price, size] = change;
      if (side !== 'buy' && side !== 'sell') return 'side of a change is neither buy nor sell';
      const problem = this.#readLevel(price, size, side === 'buy' ? message.bids : message.asks);
      if (problem !== undefined) return problem;
    }
    return this.#take(update.get('time'));
  }

  #take(time: JsonValue | undefined): Problem {
    if (!readTime(time, this.#times)) return 'time is no time';
    this.#message.exchangeAtUs = this.#times.us;
    this.#books.take(this.#message);
    return undefined;
  }

  #readSide(entries: JsonArray, levels: LevelList): Problem {
    for (const entry of entries) {
      if (!isArray(entry)) return 'a level is no array';
      const problem = this.#readLevel(entry[0], entry[1], levels);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readLevel(price: JsonValue | undefined, size: JsonValue | undefined, levels: LevelList): Problem {
    const level = this.#level;
    const number = this.#number;
    if (!readQuoted(price, number)) return 'price of a level is no number of zero or more';
    level.price = number.value;
    level.priceDecimals = number.decimals;
    if (!readQuoted(size, number)) return 'size of a level is no number of zero or more';
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    levels.add(level);
    return undefined;
  }
}
