import type { Subscription } from '../../../../src/shared/contract.ts';
import { SymbolCounters } from '../../../../src/shared/counters/symbol-counters.ts';
import { faultName } from '../../../../src/shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../../../src/shared/units.ts';
import { BookIntegrity } from '../../../../src/workers/exchanges/book-integrity.ts';
import type { RestRequest } from '../../../../src/workers/exchanges/exchange.ts';
import { PoloniexLegacyCodec } from '../../../../src/workers/exchanges/poloniex-legacy/poloniex-legacy-codec.ts';
import type { CodecEvents } from '../../../../src/workers/feed-events.ts';
import { ListSink } from '../../../support/list-sink.ts';

export const BTC_BTS = 0 as InstrumentId;
export const BTC_ETH = 1 as InstrumentId;

export const NOW = 1_234_567 as MonotonicNs;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A codec with real books and a listing sink. Events are lines in the sink's log, in order with the records. */
export class CodecHarness {
  readonly sink = new ListSink();
  readonly codec: PoloniexLegacyCodec;
  readonly asked: RestRequest[] = [];

  constructor(names: readonly string[] = ['BTC_BTS', 'BTC_ETH']) {
    const { log } = this.sink;
    const events: CodecEvents = {
      subscribed: (s) => log.push(`subscribed ${nameOf(s)}`),
      unsubscribed: (s) => log.push(`unsubscribed ${nameOf(s)}`),
      refused: (s, reason) => log.push(`refused ${s === undefined ? 'something' : nameOf(s)}: ${reason}`),
      pong: () => log.push('pong'),
      venueStatus: (condition) => log.push(`venue ${condition}`),
      goingAway: () => log.push('going away'),
      bookStale: (s, fault) => log.push(`book stale ${nameOf(s)} ${faultName(fault)}`),
      bookLive: (s) => log.push(`book live ${nameOf(s)}`),
      malformed: (fault, detail) => log.push(`${faultName(fault)} ${detail}`),
    };
    const symbols = new SymbolCounters(SymbolCounters.memory());
    this.codec = new PoloniexLegacyCodec({
      sink: this.sink,
      notices: this.sink,
      events,
      books: new BookIntegrity(this.sink, this.sink, events, symbols),
      rest: (request) => this.asked.push(request),
      text: (bytes, start, end) => {
        try {
          return decoder.decode(bytes.subarray(start, end));
        } catch {
          return undefined;
        }
      },
    });
    this.codec.addInstruments(
      names.map((venueSymbol, id) => ({ id: id as InstrumentId, symbol: venueSymbol, venueSymbol })),
    );
  }

  /** Subscribes and drops the requests. */
  subscribed(...subscriptions: Subscription[]): this {
    this.codec.subscribe(subscriptions);
    return this;
  }

  read(...messages: (string | Uint8Array)[]): this {
    for (const message of messages) {
      const payload = typeof message === 'string' ? encoder.encode(message) : message;
      this.sink.beginMessage(NOW);
      this.codec.read(payload, 0, payload.length, NOW);
    }
    return this;
  }

  /** Answers what was asked last, with the numbers of these pairs. */
  answered(ids: Readonly<Record<string, number>>): this {
    const pairs = Object.entries(ids).map(([name, id]) => [name, { id, last: '1', isFrozen: '0' }] as const);
    const request = this.asked.at(-1)!;
    this.codec.answer(request, { ok: true, text: JSON.stringify(Object.fromEntries(pairs)) }, NOW);
    return this;
  }
}

const nameOf = (s: Subscription): string => `${s.channel} ${s.instrument}`;

export const book = (instrument: InstrumentId): Subscription => ({ channel: 'book', instrument });
export const trade = (instrument: InstrumentId): Subscription => ({ channel: 'trade', instrument });
export const ticker = (instrument: InstrumentId): Subscription => ({ channel: 'ticker', instrument });
