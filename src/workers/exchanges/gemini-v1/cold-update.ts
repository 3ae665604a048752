import { Level } from '../../../shared/book/level.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { TradeDraft } from '../drafts.ts';
import { integerOf, isArray, isObject, type Problem, readQuoted, textAt, timeOf } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { type Carried, TAKES } from './carried.ts';
import { INITIAL, NOT_DELIVERED, TAKERS } from './wire.ts';

/** What could not be read of a message, and whether anything of it was delivered for all that. */
export interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
  readonly isDelivered: boolean;
}

/**
 * Updates from JSON: trades and changes of books. All events of one are the same moment of the market, so it is
 * read whole or not at all; its trades are delivered first, then the books. Of what has no record, or was not asked
 * for, the rest is delivered.
 */
export class ColdUpdate {
  readonly #sink: RecordSink;
  readonly #books: BookIntegrity;
  readonly #carried: Carried;
  readonly #tradeIds: NewestTradeIds;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #level = new Level();
  readonly #number = new ScannedDecimal();
  /** Of the message being read. */
  #trades: TradeDraft[] = [];
  readonly #changes = new Map<InstrumentId, BookMessage>();
  #finding: Finding | undefined;
  #eventId = Number.NaN;
  #atUs = NONE as ExchangeUs;

  constructor(
    sink: RecordSink,
    books: BookIntegrity,
    carried: Carried,
    tradeIds: NewestTradeIds,
    ids: ReadonlyMap<string, InstrumentId>,
  ) {
    this.#sink = sink;
    this.#books = books;
    this.#carried = carried;
    this.#tradeIds = tradeIds;
    this.#ids = ids;
  }

  /** @param isFirst whether it is the first message of the connection. */
  read(message: JsonObject, isFirst: boolean): Finding | undefined {
    this.#trades = [];
    this.#changes.clear();
    this.#finding = undefined;
    const problem = this.#readMessage(message);
    if (problem !== undefined)
      return { fault: FAULTS.MESSAGE_MALFORMED.id, problem: `update: ${problem}`, isDelivered: false };
    const carried = this.#carried;
    if (isFirst) {
      // Where the address names one symbol this is its book, and a book may have nothing in it.
      if (carried.only !== NO_INSTRUMENT) this.#changesOf(carried.only).snapshot = true;
      carried.begin();
    }
    this.#deliver();
    return this.#finding;
  }

  #readMessage(message: JsonObject): Problem {
    const eventId = integerOf(message.get('eventId'), Number.MAX_SAFE_INTEGER);
    if (eventId === undefined) return 'eventId is no integer below 2^53';
    // The state that a connection begins with has no time.
    const time = message.get('timestampms');
    const atUs = time === undefined ? (NONE as ExchangeUs) : timeOf(time);
    if (atUs === undefined) return 'timestampms is no time';
    const events = message.get('events');
    if (!isArray(events)) return 'events are no array';
    this.#eventId = eventId;
    this.#atUs = atUs;
    for (const event of events) {
      const problem = this.#readEvent(event);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #readEvent(event: JsonValue): Problem {
    if (!isObject(event)) return 'an event is no object';
    const type = textAt(event, 'type');
    if (type === undefined) return 'an event without type';
    if (NOT_DELIVERED.has(type)) return undefined;
    if (type !== 'change' && type !== 'trade') {
      this.#find(FAULTS.MESSAGE_UNKNOWN.id, 'an event of a type this version does not know');
      return undefined;
    }
    const { only } = this.#carried;
    const symbol = textAt(event, 'symbol');
    if (only === NO_INSTRUMENT && symbol === undefined) return `${type} without symbol`;
    const instrument = only === NO_INSTRUMENT ? this.#ids.get(symbol ?? '') : only;
    if (instrument === undefined || !this.#carried.has(instrument)) {
      this.#find(FAULTS.MESSAGE_MALFORMED.id, `${type}: a symbol that was not asked for`);
      return undefined;
    }
    return type === 'change' ? this.#readChange(event, instrument) : this.#readTrade(event, instrument);
  }

  #readChange(event: JsonObject, instrument: InstrumentId): Problem {
    const side = textAt(event, 'side');
    if (side !== 'bid' && side !== 'ask') return 'side of a change is neither bid nor ask';
    const level = this.#level;
    const number = this.#number;
    if (!readQuoted(event.get('price'), number)) return 'price of a change is no number of a book';
    level.price = number.value;
    level.priceDecimals = number.decimals;
    if (!readQuoted(event.get('remaining'), number)) return 'remaining of a change is no number of a book';
    level.qty = number.value;
    level.qtyDecimals = number.decimals;
    const changes = this.#changesOf(instrument);
    if (event.get('reason') === INITIAL) changes.snapshot = true;
    (side === 'bid' ? changes.bids : changes.asks).add(level);
    return undefined;
  }

  #readTrade(event: JsonObject, instrument: InstrumentId): Problem {
    const draft = new TradeDraft();
    const number = this.#number;
    const tradeId = integerOf(event.get('tid'), Number.MAX_SAFE_INTEGER);
    if (tradeId === undefined) return 'tid of a trade is no integer below 2^53';
    if (!readQuoted(event.get('price'), number)) return 'price of a trade is no number of a market';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(event.get('amount'), number)) return 'amount of a trade is no number of a market';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    const side = TAKERS.get(textAt(event, 'makerSide') ?? '');
    if (side === undefined) return 'makerSide of a trade is neither bid, ask nor auction';
    draft.instrument = instrument;
    draft.side = side;
    draft.tradeId = tradeId;
    draft.atUs = this.#atUs;
    this.#trades.push(draft);
    return undefined;
  }

  #deliver(): void {
    const carried = this.#carried;
    const { takes } = carried;
    const { newest } = this.#tradeIds;
    for (const draft of this.#trades) {
      const { instrument, tradeId } = draft;
      carried.beginOf(instrument);
      if ((takes[instrument]! & TAKES.trades) === 0) continue;
      draft.write(this.#sink);
      takes[instrument]! &= ~TAKES.hole;
      if (!(tradeId <= newest[instrument]!)) newest[instrument] = tradeId;
    }
    for (const [instrument, changes] of this.#changes) {
      if (changes.snapshot) carried.beginBook(instrument);
      else carried.beginOf(instrument);
      if ((takes[instrument]! & TAKES.book) === 0) continue;
      changes.exchangeAtUs = this.#atUs;
      changes.sequence = this.#eventId;
      this.#books.take(changes);
    }
  }

  #changesOf(instrument: InstrumentId): BookMessage {
    let changes = this.#changes.get(instrument);
    if (changes === undefined) {
      changes = new BookMessage();
      changes.begin(instrument, false);
      this.#changes.set(instrument, changes);
    }
    return changes;
  }

  #find(fault: FaultCode, problem: string): void {
    this.#finding ??= { fault, problem: `update: ${problem}`, isDelivered: true };
  }
}
