import type { Instrument, Subscription } from '../../../../src/shared/contract.ts';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { type FaultCode, faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../../src/shared/units.ts';
import { KRAKEN_V1 } from '../../../../src/shared/venues/kraken.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import { KrakenV1Codec } from '../../../../src/workers/exchanges/kraken-v1/kraken-v1-codec.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { ListSink } from '../../../support/list-sink.ts';

export interface ReadingOptions {
  /** Pairs as on the wire; the ids are 0, 1, … */
  readonly pairs: readonly string[];
  /** Subscribed with `subscribe`, before anything is read. */
  readonly subscriptions?: readonly Subscription[];
  /** False for the cold path alone. */
  readonly hot?: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** A codec with its books and a sink, whose log holds records, discards and events in their order. */
export class Reading {
  readonly sink = new ListSink();
  readonly codec: KrakenV1Codec;
  readonly requests: readonly string[];
  /** Messages that took the cold path. */
  cold = 0;
  malformed = 0;
  readonly symbols = new SymbolCounters(SymbolCounters.memory());

  constructor(options: ReadingOptions) {
    const { sink, symbols } = this;
    const events = this.#events();
    const context = {
      sink,
      notices: sink,
      events,
      books: new BookIntegrity(sink, sink, events, symbols),
      rest: ({ path }: { readonly path: string }) => this.sink.log.push(`asked ${path}`),
      text: (bytes: Uint8Array, start: number, end: number) => {
        this.cold++;
        try {
          return decoder.decode(bytes.subarray(start, end));
        } catch {
          return undefined;
        }
      },
    };
    this.codec = new KrakenV1Codec(context, options.hot ?? true);
    this.codec.addInstruments(options.pairs.map(instrument));
    this.requests = this.codec.subscribe(options.subscriptions ?? []);
  }

  read(message: string | Uint8Array): void {
    const payload = typeof message === 'string' ? encoder.encode(message) : message;
    // Amid other bytes, as in a socket chunk: who reads past the end meets digits.
    const bytes = new Uint8Array(payload.length + 24).fill(0x37);
    bytes.set(payload, 8);
    this.sink.beginMessage(1_000_000 as MonotonicNs);
    this.codec.read(bytes, 8, 8 + payload.length);
  }

  /** Everything that came of it: the log, and each record's bytes. */
  get outcome(): { log: string[]; records: string[] } {
    return {
      log: [...this.sink.log],
      records: this.sink.records.map(({ bytes }) => Buffer.from(bytes).toString('hex')),
    };
  }

  #events(): CodecEvents {
    const { log } = this.sink;
    return {
      subscribed: (s, warning) => log.push(`subscribed ${named(s)}${warning && ` (${warning})`}`),
      unsubscribed: (s) => log.push(`unsubscribed ${named(s)}`),
      refused: (s, reason) => log.push(`refused ${s === undefined ? 'unknown' : named(s)}: ${reason}`),
      pong: () => log.push('pong'),
      venueStatus: (condition) => log.push(`venue ${condition}`),
      goingAway: () => log.push('going away'),
      bookStale: (s, fault: FaultCode) => log.push(`stale ${named(s)} ${faultName(fault)}`),
      bookLive: (s) => log.push(`live ${named(s)}`),
      malformed: (fault, detail) => {
        this.malformed++;
        log.push(`${faultName(fault)} ${detail}`);
      },
    };
  }
}

const instrument = (pair: string, index: number): Instrument => ({
  id: index as InstrumentId,
  symbol: KRAKEN_V1.toSymbol(pair) ?? pair,
  venueSymbol: pair,
});

const named = (s: Subscription): string => {
  const number = s.depth ?? s.interval;
  return `${s.channel}${number === undefined ? '' : `-${number}`} of ${s.instrument}`;
};

export const book = (id: number, depth: number): Subscription => ({
  channel: 'book',
  instrument: id as InstrumentId,
  depth,
});

/** The same messages, read with the hot path and without it. */
export function readBothWays(
  options: ReadingOptions,
  messages: readonly (string | Uint8Array)[],
): { hot: Reading; cold: Reading } {
  const hot = new Reading({ ...options, hot: true });
  const cold = new Reading({ ...options, hot: false });
  for (const message of messages) {
    hot.read(message);
    cold.read(message);
  }
  return { hot, cold };
}
