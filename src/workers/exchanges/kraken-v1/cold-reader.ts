import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonArray, JsonNumber, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { isArray, isObject, type Problem as Wrong } from '../json-entry.ts';
import { ColdBook } from './cold-book.ts';
import { ColdMarket } from './cold-market.ts';
import { type EventMessages, malformed, type Problem, unknown } from './event-messages.ts';

/** Characters of a message that a fault's detail shows. */
const SAMPLE_MAX = 80;

/** `book` and `ohlc` have a number in their name, the depth or the minutes. */
const CHANNEL_NAME = /^(?:(trade|ticker|spread)|(?:(book|ohlc)-([1-9]\d{0,4})))$/;

/**
 * Reads any message through JSON. It decides what a message means; the hot path reads some of them faster.
 *
 * Data is `[channelID, payload, channelName, pair]`, with two payloads for the two sides of a book.
 */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #depths: Uint16Array;
  readonly #eventMessages: EventMessages;
  readonly #market: ColdMarket;
  readonly #book: ColdBook;

  /** @param depths by instrument: the depth its book is subscribed with, 0 where it never was. */
  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    depths: Uint16Array,
    eventMessages: EventMessages,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#depths = depths;
    this.#eventMessages = eventMessages;
    this.#market = new ColdMarket(context.sink);
    this.#book = new ColdBook(context.books);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const { books, events, sink } = this.#context;
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      events.malformed(FAULTS.MESSAGE_MALFORMED.id, 'kraken-v1: the message is not UTF-8');
      return;
    }
    const problem = this.#readText(text);
    if (problem === undefined) return;
    sink.rollback();
    const detail = `kraken-v1: ${problem.detail} in ${text.slice(0, SAMPLE_MAX)}`;
    events.malformed(problem.fault, detail);
    // After the rollback, which would take back the status of the book as well.
    if (problem.spoils !== undefined) books.invalidate(problem.spoils, problem.fault, detail);
  }

  #readText(text: string): Problem | undefined {
    const message = readJson(text);
    if (isObject(message)) return this.#eventMessages.read(message);
    if (isArray(message)) return this.#readFrame(message);
    return malformed(message === undefined ? 'no JSON' : 'neither an object nor an array');
  }

  /** From its end, because there are one or two payloads and they say nothing of what they are. */
  #readFrame(frame: JsonArray): Problem | undefined {
    const channel = frame.at(-2);
    const pair = frame.at(-1);
    if (frame.length < 4 || typeof channel !== 'string' || typeof pair !== 'string')
      return malformed('a frame does not end with a channel and a pair');
    const match = CHANNEL_NAME.exec(channel);
    if (match === null) return unknown('a channel that is not known');
    const [, plain, numbered, number] = match;
    const instrument = this.#ids.get(pair);
    if (instrument === undefined) return unknown(`${channel} of a pair that is not known`);
    if (!(frame[0] instanceof JsonNumber)) return malformed(`${channel} ${pair}: no channel id`);
    const payloads = frame.slice(1, -2);
    const where = `${channel} ${pair}`;
    if (numbered === 'book') return this.#readBook(payloads, instrument, Number(number), where);
    const wrong =
      payloads.length === 1
        ? this.#readPayload(plain, payloads[0], instrument, Number(number))
        : 'more than one payload';
    return wrong === undefined ? undefined : malformed(`${where}: ${wrong}`);
  }

  #readPayload(
    channel: string | undefined,
    payload: JsonValue | undefined,
    instrument: InstrumentId,
    minutes: number,
  ): Wrong {
    switch (channel) {
      case 'trade':
        return this.#market.readTrades(payload, instrument);
      case 'ticker':
        return this.#market.readTicker(payload, instrument);
      case 'spread':
        return this.#market.readQuote(payload, instrument);
      default:
        return this.#market.readCandle(payload, instrument, minutes);
    }
  }

  #readBook(
    payloads: readonly JsonValue[],
    instrument: InstrumentId,
    depth: number,
    where: string,
  ): Problem | undefined {
    const subscribed = this.#depths[instrument]!;
    if (subscribed === 0) return malformed(`${where}: no book is subscribed`);
    if (subscribed !== depth) return malformed(`${where}: the book is subscribed with depth ${subscribed}`);
    const wrong = payloads.length > 2 ? 'more than two payloads' : this.#book.read(payloads, instrument);
    if (wrong === undefined) return undefined;
    // An update that cannot be read is missing from the book, and the checksum covers ten levels only.
    return { ...malformed(`${where}: ${wrong}`), spoils: instrument };
  }
}
