import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import type { JsonArray, JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { isArray, type Problem, readQuoted } from '../json-entry.ts';
import type { ColdTrades } from './cold-trades.ts';
import { type Streams, WANTS } from './streams.ts';

/**
 * Messages of l2 streams from JSON. One that carries the past, trades and auctions, is the first of its
 * stream and holds the whole book; every other one holds what changed.
 */
export class ColdL2 {
  readonly #books: BookIntegrity;
  readonly #streams: Streams;
  readonly #trades: ColdTrades;
  readonly #message = new BookMessage();
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();

  constructor(books: BookIntegrity, streams: Streams, trades: ColdTrades) {
    this.#books = books;
    this.#streams = streams;
    this.#trades = trades;
  }

  read(message: JsonObject, instrument: InstrumentId): Problem {
    const past = message.get('trades');
    const isFirst = past !== undefined || message.has('auction_events');
    const awaited = this.#streams.awaitedTrades(instrument);
    if (isFirst) this.#streams.l2Begins(instrument);
    const wants = this.#streams.wants[instrument]!;
    const problem = this.#readBook(message.get('changes'), instrument, isFirst, (wants & WANTS.book) !== 0);
    if (!isFirst || (wants & WANTS.trades) === 0) return problem;
    return problem ?? this.#trades.readPast(past ?? [], instrument, awaited);
  }

  #readBook(
    changes: JsonValue | undefined,
    instrument: InstrumentId,
    isFirst: boolean,
    isWanted: boolean,
  ): Problem {
    const message = this.#message;
    message.begin(instrument, isFirst);
    const problem = isArray(changes) ? this.#readChanges(changes) : 'changes are no array';
    if (!isWanted) return problem;
    if (problem === undefined) this.#books.take(message);
    // A change was missed, and nothing that comes later need show it.
    else this.#books.invalidate(instrument, FAULTS.MESSAGE_MALFORMED.id, problem);
    return problem;
  }

  #readChanges(changes: JsonArray): Problem {
    const level = this.#level;
    const number = this.#number;
    const { bids, asks } = this.#message;
    for (const change of changes) {
      if (!isArray(change) || change.length !== 3) return 'a change is not side, price and quantity';
      const [side, price, qty] = change;
      if (side !== 'buy' && side !== 'sell') return 'side of a change is neither buy nor sell';
      if (!readQuoted(price, number)) return 'price of a change is no number of a book';
      level.price = number.value;
      level.priceDecimals = number.decimals;
      if (!readQuoted(qty, number)) return 'quantity of a change is no number of a book';
      level.qty = number.value;
      level.qtyDecimals = number.decimals;
      (side === 'buy' ? bids : asks).add(level);
    }
    return undefined;
  }
}
