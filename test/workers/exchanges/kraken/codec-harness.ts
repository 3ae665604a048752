import type { Subscription } from '../../../../src/shared/contract.ts';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../../src/shared/units.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import type { CodecContext } from '../../../../src/workers/exchanges/exchange.ts';
import { KrakenCodec } from '../../../../src/workers/exchanges/kraken/kraken-codec.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { threadScanner } from '../../../../src/workers/thread-scanner.ts';
import { ListSink } from '../../../support/list-sink.ts';

export const BTC = 0 as InstrumentId;
export const ETH = 1 as InstrumentId;
export const MATIC = 2 as InstrumentId;
export const ALGO = 3 as InstrumentId;
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'MATIC/USD', 'ALGO/USD', 'ETH/BTC', 'BTC/USDT', 'XBT/USDT'] as const;

export const RECEIVED_AT = 1_234_567 as MonotonicNs;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A codec with real books and a listing sink. Events are lines in the sink's log, in order with the records. */
export class CodecHarness {
  readonly sink = new ListSink();
  readonly symbols = new SymbolCounters(SymbolCounters.memory());
  readonly books: BookIntegrity;
  readonly codec: KrakenCodec;
  /** Messages that became text, which the cold path alone needs. */
  cold = 0;

  constructor(options: { readonly hot: boolean } = { hot: true }) {
    const { log } = this.sink;
    const events: CodecEvents = {
      subscribed: (s, warning) => log.push(`subscribed ${nameOf(s)}${warning === '' ? '' : `: ${warning}`}`),
      unsubscribed: (s) => log.push(`unsubscribed ${nameOf(s)}`),
      refused: (s, reason) => log.push(`refused ${s === undefined ? 'something' : nameOf(s)}: ${reason}`),
      pong: () => log.push('pong'),
      venueStatus: (condition) => log.push(`venue ${condition}`),
      goingAway: () => log.push('going away'),
      bookStale: (s, fault) => log.push(`book stale ${nameOf(s)} ${faultName(fault)}`),
      bookLive: (s) => log.push(`book live ${nameOf(s)}`),
      malformed: (fault, detail) => log.push(`${faultName(fault)} ${detail}`),
    };
    const scanner = options.hot ? threadScanner() : undefined;
    this.books = new BookIntegrity(this.sink, this.sink, events, this.symbols, undefined, scanner);
    const context: CodecContext = {
      sink: this.sink,
      notices: this.sink,
      events,
      books: this.books,
      scanner,
      rest: ({ path }) => log.push(`asked ${path}`),
      text: (bytes, start, end) => {
        this.cold++;
        try {
          return decoder.decode(bytes.subarray(start, end));
        } catch {
          return undefined;
        }
      },
    };
    this.codec = new KrakenCodec(context);
    this.codec.addInstruments(
      SYMBOLS.map((symbol, id) => ({ id: id as InstrumentId, symbol, venueSymbol: symbol })),
    );
  }

  /** Subscribes and drops the requests. */
  subscribed(...subscriptions: Subscription[]): this {
    this.codec.subscribe(subscriptions);
    return this;
  }

  /** Reads messages as they lie in a socket chunk: other bytes before and after them. */
  read(...messages: (string | Uint8Array)[]): this {
    for (const message of messages) {
      const payload = typeof message === 'string' ? encoder.encode(message) : message;
      const chunk = new Uint8Array(payload.length + 12).fill(0x39);
      chunk.set(payload, 5);
      this.sink.beginMessage(RECEIVED_AT);
      this.codec.read(chunk, 5, 5 + payload.length, RECEIVED_AT);
    }
    return this;
  }

  /** Everything that came of it so far, to compare two codecs by: events in order, records byte for byte. */
  outcome(): unknown {
    return {
      log: [...this.sink.log],
      records: this.sink.records.map((record) => Buffer.from(record.bytes).toString('hex')),
      discards: [...this.sink.discards],
    };
  }
}

const nameOf = (s: Subscription): string => `${s.channel} ${s.instrument}`;

export const book = (instrument: InstrumentId, depth = 10): Subscription => ({
  channel: 'book',
  instrument,
  depth,
});
