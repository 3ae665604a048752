import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext, RestAnswer, RestRequest } from '../exchange.ts';
import { isObject, type Problem, textAt } from '../json-entry.ts';
import type { Answers } from './answers.ts';
import type { BookSync } from './book-sync.ts';
import { ColdBook } from './cold-book.ts';
import { ColdMarket } from './cold-market.ts';
import type { PartialBooks } from './partial-books.ts';
import type { TradeIds } from './trade-ids.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;

const KNOWN_EVENTS: ReadonlySet<string | undefined> = new Set([
  'trade',
  'aggTrade',
  'depthUpdate',
  '24hrTicker',
  'kline',
]);

/**
 * Reads any message through JSON, with the envelope of a combined stream or without. It decides what a message
 * means; the hot path reads some of them faster.
 */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #streams: ReadonlyMap<string, InstrumentId>;
  readonly #answers: Answers;
  readonly #market: ColdMarket;
  readonly #book: ColdBook;

  /** @param streams whose the streams are that do not say it in their messages. */
  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    streams: ReadonlyMap<string, InstrumentId>,
    sync: BookSync,
    partial: PartialBooks,
    tradeIds: TradeIds,
    answers: Answers,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#streams = streams;
    this.#answers = answers;
    this.#market = new ColdMarket(context.sink, tradeIds);
    this.#book = new ColdBook(sync, partial);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      this.#malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const message = readJson(text);
    if (!isObject(message)) {
      const what = message === undefined ? 'not JSON' : 'no JSON object';
      this.#malformed(FAULTS.MESSAGE_MALFORMED.id, `${what}: ${sampleOf(text)}`);
      return;
    }
    const stream = textAt(message, 'stream');
    const wrapped = stream === undefined ? undefined : message.get('data');
    const data = isObject(wrapped) ? wrapped : message;
    const event = textAt(data, 'e');
    if (event === 'serverShutdown') {
      this.#context.events.goingAway();
      return;
    }
    if (event === undefined && data.has('lastUpdateId')) {
      const problem = this.#readPartial(stream, data);
      if (problem !== undefined)
        this.#malformed(FAULTS.MESSAGE_MALFORMED.id, `book: ${problem}: ${sampleOf(text)}`);
      return;
    }
    const isQuote = event === undefined && data.has('u') && data.has('s');
    if (isQuote || KNOWN_EVENTS.has(event)) {
      const problem = this.#readData(event, data, bytes, start, end);
      if (problem !== undefined)
        this.#malformed(
          FAULTS.MESSAGE_MALFORMED.id,
          `${event ?? 'bookTicker'}: ${problem}: ${sampleOf(text)}`,
        );
      return;
    }
    const problem = event === undefined ? this.#answers.read(message) : 'an event this version does not know';
    if (problem !== undefined) this.#malformed(FAULTS.MESSAGE_UNKNOWN.id, `${problem}: ${sampleOf(text)}`);
  }

  /** The answer to a question for a snapshot. */
  answer(request: RestRequest, answer: RestAnswer): void {
    const problem = this.#book.readAnswer(request, answer);
    if (problem !== undefined)
      this.#malformed(FAULTS.MESSAGE_MALFORMED.id, `answer to ${request.path}: ${problem}`);
  }

  /** Its payload does not name the symbol; that of any other stream says all that the name of the stream says. */
  #readPartial(stream: string | undefined, data: JsonObject): Problem {
    const instrument = stream === undefined ? undefined : this.#streams.get(stream);
    return instrument === undefined
      ? 'a stream that was not asked for, or has no name'
      : this.#book.readPartial(data, instrument);
  }

  #readData(
    event: string | undefined,
    data: JsonObject,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Problem {
    const symbol = textAt(data, 's');
    if (symbol === undefined) return 'no symbol';
    const instrument = this.#ids.get(symbol);
    if (instrument === undefined) return 'a symbol that was not asked for';
    switch (event) {
      case 'trade':
        return this.#market.readTrade(data, instrument);
      case 'aggTrade':
        return this.#market.readAggregateTrade(data, instrument);
      case '24hrTicker':
        return this.#market.readTicker(data, instrument);
      case 'kline':
        return this.#market.readCandle(data, instrument);
      case 'depthUpdate':
        return this.#book.readUpdate(data, instrument, bytes, start, end);
      default:
        return this.#market.readQuote(data, instrument);
    }
  }

  #malformed(fault: FaultCode, detail: string): void {
    this.#context.events.malformed(fault, detail);
  }
}

/** The beginning of a message, fit for one line of a log. */
const sampleOf = (text: string): string => text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
