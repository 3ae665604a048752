import type { Subscription } from '../../../../src/shared/contract.ts';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { type FaultCode, faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../../src/shared/units.ts';
import { BinanceCodec } from '../../../../src/workers/exchanges/binance/binance-codec.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import type { RestRequest } from '../../../../src/workers/exchanges/exchange.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { threadScanner } from '../../../../src/workers/thread-scanner.ts';
import { ListSink } from '../../../support/list-sink.ts';

const RECEIVED_AT = 1_234_567 as MonotonicNs;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const nameOf = (s: Subscription): string => `${s.channel} ${s.instrument}`;

/** A codec with real books and a listing sink. Events are lines in the sink's log, in order with the records. */
export class CodecHarness {
  readonly sink = new ListSink();
  readonly books: BookIntegrity;
  readonly codec: BinanceCodec;
  /** What was asked over REST and not answered. */
  readonly asked: RestRequest[] = [];
  /** Messages that became text, which the cold path alone needs. */
  cold = 0;
  readonly #chunk = Buffer.alloc(1 << 14);

  constructor(symbols: readonly string[], options: { readonly hot: boolean } = { hot: true }) {
    const { log } = this.sink;
    const events: CodecEvents = {
      subscribed: (s) => log.push(`subscribed ${nameOf(s)}`),
      unsubscribed: (s) => log.push(`unsubscribed ${nameOf(s)}`),
      refused: (s, reason) => log.push(`refused ${s === undefined ? 'something' : nameOf(s)}: ${reason}`),
      pong: () => log.push('pong'),
      venueStatus: (condition) => log.push(`venue ${condition}`),
      goingAway: () => log.push('going away'),
      bookStale: (s, fault) => log.push(`book stale ${nameOf(s)} ${faultName(fault)}`),
      bookAwaited: (s) => log.push(`book awaited ${nameOf(s)}`),
      bookLive: (s) => log.push(`book live ${nameOf(s)}`),
      malformed: (fault, detail) => log.push(`${faultName(fault)} ${detail}`),
    };
    const scanner = options.hot ? threadScanner() : undefined;
    const counters = new SymbolCounters(SymbolCounters.memory());
    this.books = new BookIntegrity(this.sink, this.sink, events, counters, undefined, scanner);
    this.codec = new BinanceCodec({
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
    });
    this.codec.addInstruments(
      symbols.map((symbol, id) => ({ id: id as InstrumentId, symbol, venueSymbol: symbol })),
    );
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
      const chunk = this.#chunk;
      chunk.fill(0x39).set(payload, 5);
      this.sink.beginMessage(RECEIVED_AT);
      this.codec.read(chunk, 5, 5 + payload.length, RECEIVED_AT);
    }
    return this;
  }

  /** Answers the oldest question. */
  answer(text: string): this {
    this.sink.beginMessage(RECEIVED_AT);
    this.codec.answer(this.asked.shift()!, { ok: true, text });
    return this;
  }

  /** Has the oldest question fail. */
  failAnswer(fault: FaultCode, detail: string): this {
    this.sink.beginMessage(RECEIVED_AT);
    this.codec.answer(this.asked.shift()!, { ok: false, fault, detail });
    return this;
  }

  /** Everything that came of it so far, to compare two codecs by: events in order, records byte for byte. */
  outcome(): unknown {
    return {
      log: [...this.sink.log],
      records: this.sink.records.map((record) => Buffer.from(record.bytes).toString('hex')),
      discards: [...this.sink.discards],
      asked: this.asked.map(({ path }) => path),
    };
  }
}

export const book = (instrument: number): Subscription => ({
  channel: 'book',
  instrument: instrument as InstrumentId,
});
