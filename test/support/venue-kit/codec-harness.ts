import type { Instrument, Subscription } from '../../../src/shared/contract.ts';
import { SYMBOL, SymbolCounters } from '../../../src/shared/counters/symbol-counters.ts';
import { type FaultCode, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../src/shared/units.ts';
import { BookIntegrity } from '../../../src/workers/exchanges/book-integrity.ts';
import type { CodecContext, ExchangeCodec, RestRequest } from '../../../src/workers/exchanges/exchange.ts';
import type { CodecEvents } from '../../../src/workers/feed-events.ts';
import { threadScanner } from '../../../src/workers/thread-scanner.ts';
import { type Discarded, ListSink } from '../list-sink.ts';

export const RECEIVED_AT = 1_234_567 as MonotonicNs;

/** Bytes before a message in its chunk. */
const BEFORE = 5;
/** What lies around a message: who reads past its end meets digits. */
const AROUND = 0x39;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const nameOfSubscription = (s: Subscription): string => `${s.channel} ${s.instrument}`;
const more = (words: string): string => (words === '' ? '' : `: ${words}`);

/** Instruments by their names on the wire; the ids are 0, 1, … */
export const instrumentsOf = (venueSymbols: readonly string[]): Instrument[] =>
  venueSymbols.map((venueSymbol, id) => ({
    id: id as InstrumentId,
    symbol: venueSymbol,
    venueSymbol,
  }));

export interface HarnessOptions<C extends ExchangeCodec> {
  /** @param hot whether the codec may use its hot path; the context then has a scanner. */
  createCodec(context: CodecContext, hot: boolean): C;
  readonly instruments: readonly Instrument[];
  /** True where left out. */
  readonly hot?: boolean;
  /** One that keeps everything where left out. */
  readonly sink?: ListSink;
  /** What a subscription is called in the log: `book 0` where left out. */
  readonly nameOf?: (subscription: Subscription) => string;
}

/** What a codec made of what it was given. */
export interface Outcome {
  readonly log: readonly string[];
  /** As hexadecimal digits. */
  readonly records: readonly string[];
  readonly discards: readonly Discarded[];
  /** What is asked over REST and not answered. */
  readonly asked: readonly string[];
}

/**
 * A codec of any venue with real books and a listing sink. Events are lines in the sink's log, in order with
 * the records.
 */
export class CodecHarness<C extends ExchangeCodec = ExchangeCodec> {
  readonly sink: ListSink;
  readonly symbols: SymbolCounters;
  readonly books: BookIntegrity;
  readonly codec: C;
  /** What was asked over REST and not answered. */
  readonly asked: RestRequest[] = [];
  /** Messages that became text, which the cold path alone needs. */
  cold = 0;
  /** Messages, or parts of them, that could not be read. */
  malformed = 0;
  /** How often a book was given up. */
  staleTold = 0;
  /** Lines of the log that are events, without the records among them: `book stale book 3 SEQUENCE_GAP`. */
  readonly events: string[] = [];
  #chunk = new Uint8Array(1 << 14);

  constructor(options: HarnessOptions<C>) {
    const { createCodec, instruments, hot = true, sink = new ListSink() } = options;
    this.sink = sink;
    // Rows for these instruments alone: thousands of harnesses are made for one check.
    const rows = Math.max(1, instruments.length);
    this.symbols = new SymbolCounters(
      new SharedArrayBuffer(rows * SYMBOL.words * Float64Array.BYTES_PER_ELEMENT),
    );
    const events = this.#codecEvents(options.nameOf ?? nameOfSubscription);
    const scanner = hot ? threadScanner() : undefined;
    this.books = new BookIntegrity(this.sink, this.sink, events, this.symbols, undefined, scanner);
    this.codec = createCodec(
      {
        sink: this.sink,
        notices: this.sink,
        events,
        books: this.books,
        scanner,
        rest: (request) => this.asked.push(request),
        text: (bytes, start, end) => {
          this.cold++;
          try {
            return decoder.decode(bytes.subarray(start, end));
          } catch {
            return undefined;
          }
        },
      },
      hot,
    );
    this.codec.addInstruments(instruments);
  }

  /** Subscribes and drops the requests. */
  subscribed(...subscriptions: Subscription[]): this {
    this.codec.subscribe(subscriptions);
    return this;
  }

  /** Reads messages as they lie in a socket chunk, other bytes before and after them, all in the same buffer. */
  read(...messages: (string | Uint8Array)[]): this {
    for (const message of messages) {
      const payload = typeof message === 'string' ? encoder.encode(message) : message;
      if (payload.length + 2 * BEFORE > this.#chunk.length) this.#chunk = new Uint8Array(payload.length * 2);
      const chunk = this.#chunk;
      const end = BEFORE + payload.length;
      chunk.fill(AROUND, 0, BEFORE).set(payload, BEFORE);
      chunk.fill(AROUND, end, end + 64);
      this.sink.beginMessage(RECEIVED_AT);
      this.codec.read(chunk, BEFORE, end, RECEIVED_AT);
    }
    return this;
  }

  /** Answers the oldest question. */
  answer(text: string): this {
    this.sink.beginMessage(RECEIVED_AT);
    this.codec.answer!(this.asked.shift()!, { ok: true, text }, RECEIVED_AT);
    return this;
  }

  /** Has the oldest question fail. */
  failAnswer(fault: FaultCode, detail: string): this {
    this.sink.beginMessage(RECEIVED_AT);
    this.codec.answer!(this.asked.shift()!, { ok: false, fault, detail }, RECEIVED_AT);
    return this;
  }

  /** The log since the last call. */
  news(): string[] {
    return this.sink.log.splice(0);
  }

  /** Everything that came of it so far, to compare two codecs by: events in order, records byte for byte. */
  outcome(): Outcome {
    return {
      log: [...this.sink.log],
      records: this.sink.records.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
      discards: [...this.sink.discards],
      asked: this.asked.map(({ path }) => path),
    };
  }

  /** Forgets what came of it so far. Books and subscriptions go on. */
  clear(): void {
    this.sink.clear();
    this.events.length = 0;
    this.staleTold = 0;
  }

  /** Gives back the memory that all codecs of a thread share. */
  close(): void {
    this.books.dispose();
    this.codec.dispose?.();
  }

  #codecEvents(nameOf: (subscription: Subscription) => string): CodecEvents {
    const say = (line: string): void => {
      this.sink.log.push(line);
      this.events.push(line);
    };
    return {
      subscribed: (s, warning) => say(`subscribed ${nameOf(s)}${more(warning)}`),
      unsubscribed: (s) => say(`unsubscribed ${nameOf(s)}`),
      refused: (s, reason) => say(`refused ${s === undefined ? 'something' : nameOf(s)}: ${reason}`),
      pong: () => say('pong'),
      venueStatus: (condition) => say(`venue ${condition}`),
      goingAway: () => say('going away'),
      outdated: () => say('outdated'),
      bookStale: (s, fault) => {
        this.staleTold++;
        say(`book stale ${nameOf(s)} ${faultName(fault)}`);
      },
      bookAwaited: (s) => say(`book awaited ${nameOf(s)}`),
      bookLive: (s) => say(`book live ${nameOf(s)}`),
      malformed: (fault, detail) => {
        this.malformed++;
        say(`${faultName(fault)} ${detail}`);
      },
    };
  }
}
