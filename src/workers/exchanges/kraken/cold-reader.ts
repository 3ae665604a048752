import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { isArray, isObject, type Problem, textAt } from '../json-entry.ts';
import type { TimeScanner } from '../scan-time.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import type { Answers } from './answers.ts';
import { ColdBook } from './cold-book.ts';
import { ColdInstrument } from './cold-instrument.ts';
import { ColdMarket } from './cold-market.ts';
import { readTime } from './json-entry.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;

/**
 * Reads any message through JSON. It decides what a message means; the hot path reads some of them faster.
 *
 * An entry of `data` is read whole or not at all, and the other entries of its message are delivered. What
 * cannot be read is told once per message, with the first problem and the number of them.
 */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #times: TimeScanner;
  readonly #answers: Answers;
  readonly #market: ColdMarket;
  readonly #book: ColdBook;
  readonly #instrument: ColdInstrument;

  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    times: TimeScanner,
    tradeIds: NewestTradeIds,
    answers: Answers,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#times = times;
    this.#answers = answers;
    this.#market = new ColdMarket(context.sink, context.notices, times, tradeIds);
    this.#book = new ColdBook(context.books, times);
    this.#instrument = new ColdInstrument(context.sink, context.books, ids);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      this.#context.events.malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const finding = this.#read(readJson(text));
    if (finding === undefined) return;
    this.#context.events.malformed(finding.fault, `${finding.problem}: ${sampleOf(text)}`);
  }

  #read(message: JsonValue | undefined): Finding | undefined {
    if (message === undefined) return malformed('not JSON');
    if (!isObject(message)) return malformed('no JSON object');
    const channel = textAt(message, 'channel');
    const data = message.get('data');
    switch (channel) {
      case undefined:
        return unknown(this.#answers.read(message));
      case 'heartbeat':
        return undefined;
      case 'status':
        return malformed(this.#readStatus(data));
      case 'trade':
      case 'ticker':
      case 'book':
      case 'ohlc':
      case 'instrument':
        return malformed(this.#readData(channel, message, data));
      default:
        return unknown('a channel this version does not know');
    }
  }

  #readData(channel: string, message: JsonObject, data: JsonValue | undefined): Problem {
    const type = textAt(message, 'type');
    if (type !== 'snapshot' && type !== 'update') return `${channel}: type is neither snapshot nor update`;
    // Here alone data is an object; an update of assets only may leave the pairs out.
    const entries = channel !== 'instrument' ? data : isObject(data) ? (data.get('pairs') ?? []) : undefined;
    if (!isArray(entries)) return `${channel}: no array of entries`;
    let sentAt = NONE as ExchangeUs;
    if (channel === 'ohlc' && message.has('timestamp')) {
      if (!readTime(message.get('timestamp'), this.#times)) return 'ohlc: timestamp is no time';
      sentAt = this.#times.us;
    }
    let first: Problem;
    let count = 0;
    for (const entry of entries) {
      const problem = isObject(entry)
        ? this.#readEntry(channel, entry, type === 'snapshot', sentAt)
        : 'an entry is no object';
      if (problem === undefined) continue;
      first ??= problem;
      count++;
    }
    if (first === undefined) return undefined;
    return `${channel}: ${first}${count === 1 ? '' : ` (and ${count - 1} more)`}`;
  }

  #readEntry(channel: string, entry: JsonObject, snapshot: boolean, sentAt: ExchangeUs): Problem {
    if (channel === 'instrument') return this.#instrument.read(entry);
    const symbol = textAt(entry, 'symbol');
    if (symbol === undefined) return 'an entry without symbol';
    const instrument = this.#ids.get(symbol);
    if (instrument === undefined) return 'a symbol that was not asked for';
    switch (channel) {
      case 'trade':
        return this.#market.readTrade(entry, instrument, snapshot);
      case 'ticker':
        return this.#market.readTicker(entry, instrument);
      case 'ohlc':
        return this.#market.readCandle(entry, instrument, snapshot, sentAt);
      default: {
        const problem = this.#book.read(entry, instrument, snapshot);
        // A change was missed that the checksum of a later message need not show: it covers ten levels a side.
        if (problem !== undefined)
          this.#context.books.invalidate(instrument, FAULTS.MESSAGE_MALFORMED.id, problem);
        return problem;
      }
    }
  }

  /** The last entry is the condition now; Kraken sends one. */
  #readStatus(data: JsonValue | undefined): Problem {
    const entry = isArray(data) ? data.at(-1) : undefined;
    const condition = isObject(entry) ? textAt(entry, 'system') : undefined;
    if (condition === undefined) return 'status: no text under system';
    this.#context.events.venueStatus(condition.slice(0, SAMPLE_CHARACTERS));
    return undefined;
  }
}

/** What could not be read of a message. */
interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
}

const malformed = (problem: Problem): Finding | undefined =>
  problem === undefined ? undefined : { fault: FAULTS.MESSAGE_MALFORMED.id, problem };

const unknown = (problem: Problem): Finding | undefined =>
  problem === undefined ? undefined : { fault: FAULTS.MESSAGE_UNKNOWN.id, problem };

/** The beginning of a message, fit for one line of a log. */
const sampleOf = (text: string): string => text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
