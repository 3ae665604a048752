import type { Subscription } from '../../../../src/shared/contract.ts';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { type FaultCode, faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../../src/shared/units.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import { GeminiCodec } from '../../../../src/workers/exchanges/gemini/gemini-codec.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { threadScanner } from '../../../../src/workers/thread-scanner.ts';
import { ListSink } from '../../../support/list-sink.ts';

export const BTC = 0 as InstrumentId;
export const ETH = 1 as InstrumentId;
/** The first two are the ones of the tests, the others those of the recordings. */
export const SYMBOLS = [
  ...['BTCUSD', 'ETHUSD'],
  ...['BTCGBP', 'LINKETH', 'FILUSD', 'ZECLTC', 'BATBTC', 'ETHEUR', 'LTCETH', 'GRTUSD', 'ANKRUSD', 'ALCXUSD'],
] as const;
export const RECORDED: readonly InstrumentId[] = SYMBOLS.slice(2).map((_, n) => (n + 2) as InstrumentId);

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId, snapshot?: boolean): Subscription => ({
  channel: 'trade',
  instrument,
  ...(snapshot === undefined ? {} : { snapshot }),
});
export const candle = (instrument: InstrumentId, interval: number): Subscription => ({
  channel: 'candle',
  instrument,
  interval,
});

const RECEIVED_AT = 1_234_567 as MonotonicNs;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A codec with real books and a listing sink. Events are lines in the sink's log, in order with the records. */
export class CodecHarness {
  readonly sink = new ListSink();
  readonly symbols = new SymbolCounters(SymbolCounters.memory());
  readonly books: BookIntegrity;
  readonly codec: GeminiCodec;
  /** Messages that became text, which the cold path alone needs. */
  cold = 0;

  constructor(options: { readonly hot: boolean } = { hot: true }) {
    const { log } = this.sink;
    const add = (event: string, s: Subscription | undefined, more = ''): void => {
      log.push(
        `${event}${s === undefined ? '' : ` ${s.channel} ${s.instrument}`}${more === '' ? '' : `: ${more}`}`,
      );
    };
    const events: CodecEvents = {
      subscribed: (s, warning) => add('subscribed', s, warning),
      unsubscribed: (s) => add('unsubscribed', s),
      refused: (s, reason) => add('refused', s, reason),
      pong: () => log.push('pong'),
      venueStatus: (condition) => log.push(`venue ${condition}`),
      goingAway: () => log.push('going away'),
      bookStale: (s, fault: FaultCode) => add('book stale', s, faultName(fault)),
      bookLive: (s) => add('book live', s),
      malformed: (fault, detail) => log.push(`${faultName(fault)} ${detail}`),
    };
    const scanner = options.hot ? threadScanner() : undefined;
    this.books = new BookIntegrity(this.sink, this.sink, events, this.symbols, undefined, scanner);
    this.codec = new GeminiCodec({
      sink: this.sink,
      notices: this.sink,
      events,
      books: this.books,
      scanner,
      rest: () => assertNever('the venue is asked nothing by REST'),
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
      SYMBOLS.map((venueSymbol, id) => ({ id: id as InstrumentId, symbol: venueSymbol, venueSymbol })),
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

  /** The log since the last call. */
  news(): string[] {
    return this.sink.log.splice(0);
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

function assertNever(what: string): never {
  throw new Error(what);
}
