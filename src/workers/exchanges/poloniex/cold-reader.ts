import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { isArray, isObject, type Problem, textAt } from '../json-entry.ts';
import type { Answers } from './answers.ts';
import type { BookUpdates } from './book-updates.ts';
import { ColdBook } from './cold-book.ts';
import { ColdMarket } from './cold-market.ts';
import { CANDLE_CHANNELS } from './wire.ts';

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
  readonly #answers: Answers;
  readonly #market: ColdMarket;
  readonly #book: ColdBook;

  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    updates: BookUpdates,
    answers: Answers,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#answers = answers;
    this.#market = new ColdMarket(context.sink);
    this.#book = new ColdBook(updates);
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
    // An acknowledgement names its channel as data does.
    if (message.has('event')) return unknown(this.#answers.read(message));
    const channel = textAt(message, 'channel');
    if (channel === undefined) return unknown('neither event nor channel');
    if (channel === 'exchange') return malformed(this.#readCondition(message.get('data')));
    const read = this.#readerOf(channel, message);
    if (read === undefined) return unknown('a channel this version does not know');
    const data = message.get('data');
    if (!isArray(data)) return malformed(`${channel}: no array of entries`);
    return malformed(this.#readEntries(channel, data, read));
  }

  /** What reads an entry of a channel; undefined where the channel is not known. */
  #readerOf(channel: string, message: JsonObject): ReadEntry | undefined {
    switch (channel) {
      case 'trades':
        return (entry, instrument) => this.#market.readTrade(entry, instrument);
      case 'ticker':
        return (entry, instrument) => this.#market.readTicker(entry, instrument);
      case 'book':
        return (entry, instrument) => this.#whole(instrument, this.#book.readWhole(entry, instrument));
      case 'book_lv2': {
        const action = textAt(message, 'action');
        return (entry, instrument) => {
          const problem =
            action === 'snapshot' || action === 'update'
              ? this.#book.readChange(entry, instrument, action === 'snapshot')
              : 'action is neither snapshot nor update';
          return this.#whole(instrument, problem);
        };
      }
      default: {
        const minutes = CANDLE_CHANNELS.get(channel);
        if (minutes === undefined) return undefined;
        return (entry, instrument) => this.#market.readCandle(entry, instrument, minutes);
      }
    }
  }

  #readEntries(channel: string, entries: readonly JsonValue[], read: ReadEntry): Problem {
    let first: Problem;
    let count = 0;
    for (const entry of entries) {
      const problem = isObject(entry) ? this.#readEntry(entry, read) : 'an entry is no object';
      if (problem === undefined) continue;
      first ??= problem;
      count++;
    }
    if (first === undefined) return undefined;
    return `${channel}: ${first}${count === 1 ? '' : ` (and ${count - 1} more)`}`;
  }

  #readEntry(entry: JsonObject, read: ReadEntry): Problem {
    const symbol = textAt(entry, 'symbol');
    if (symbol === undefined) return 'an entry without symbol';
    const instrument = this.#ids.get(symbol);
    return instrument === undefined ? 'a symbol that was not asked for' : read(entry, instrument);
  }

  /** A change that could not be read was missed, whatever it said. */
  #whole(instrument: InstrumentId, problem: Problem): Problem {
    if (problem !== undefined)
      this.#context.books.invalidate(instrument, FAULTS.MESSAGE_MALFORMED.id, problem);
    return problem;
  }

  /** Maintenance and post-only mode, each `ON` or `OFF`. */
  #readCondition(data: JsonValue | undefined): Problem {
    const entry = isArray(data) ? data.at(-1) : undefined;
    if (!isObject(entry)) return 'exchange: no object in data';
    const condition =
      entry.get('MM') === 'ON' ? 'maintenance' : entry.get('POM') === 'ON' ? 'post_only' : 'online';
    this.#context.events.venueStatus(condition);
    return undefined;
  }
}

type ReadEntry = (entry: JsonObject, instrument: InstrumentId) => Problem;

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
