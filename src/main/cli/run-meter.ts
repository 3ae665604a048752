import { createHistogram, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { NS_PER_MS } from '../../shared/units.ts';
import type { Feeds } from '../feeds/feeds.ts';
import type { FeedStats } from '../feeds/stats.ts';
import type { RecordView } from '../strategy/record-view.ts';
import type { Strategy } from '../strategy/strategy.ts';

export interface Summary {
  readonly type: 'summary';
  readonly seconds: number;
  /** From the first record's receive time to the last one's. */
  readonly activeSeconds: number;
  readonly feeds: readonly {
    /** Name of the connection. */
    readonly feed: string;
    readonly exchange: string;
    readonly url: string;
    readonly state: string;
    readonly epochs: number;
    readonly messages: number;
    readonly bytes: number;
    /** Market records read from the messages: delivered + dropped + conflated. */
    readonly records: number;
    readonly delivered: number;
    readonly dropped: number;
    readonly conflated: number;
    readonly gaps: number;
    readonly checksums: { readonly checked: number; readonly failed: number };
    readonly resyncs: number;
    readonly reconnects: number;
    readonly malformed: number;
  }[];
  /** From the socket chunk in the worker to the callback. */
  readonly latencyNs: {
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  };
  readonly mainThread: {
    /** Share of the time that this thread's event loop was active, 0 to 1, beside the blocking on purpose. */
    readonly utilization: number;
    /** Time this thread's event loop was active, over the records taken. */
    readonly busyNsPerRecord: number;
    readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  };
}

/** What a run of the command line measures: latency of every market record, and how busy the main thread is. */
export class RunMeter {
  readonly #latency = createHistogram({ lowest: 1, highest: 3_600_000_000_000, figures: 3 });
  readonly #loopDelay: IntervalHistogram;
  readonly #startedMs = performance.now();
  readonly #utilization = performance.eventLoopUtilization();
  #firstNs = Number.NaN;
  #lastNs = Number.NaN;
  /** Market records handed over. */
  records = 0;

  constructor() {
    this.#loopDelay = monitorEventLoopDelay({ resolution: 10 });
    this.#loopDelay.enable();
  }

  get seconds(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  /** Latency percentiles so far, ns; zeros before the first record. */
  get latencyNs(): Summary['latencyNs'] {
    const at = (percentile: number): number =>
      this.#latency.count === 0 ? 0 : this.#latency.percentile(percentile);
    return {
      p50: at(50),
      p99: at(99),
      p999: at(99.9),
      max: this.#latency.count === 0 ? 0 : this.#latency.max,
    };
  }

  /** Share of the time that the main thread's event loop was active, 0 to 1. */
  get utilization(): number {
    return performance.eventLoopUtilization(this.#utilization).utilization;
  }

  /**
   * One market record reached its callback. Records of one socket chunk share their receive time: the first
   * of them is measured and then one in 64, so that measuring costs little beside what is measured.
   */
  met(view: RecordView): void {
    const receivedNs = view.received;
    this.records++;
    if (receivedNs === this.#lastNs && (this.records & 63) !== 0) return;
    if (Number.isNaN(this.#firstNs)) this.#firstNs = receivedNs;
    this.#lastNs = receivedNs;
    this.#latency.record(Math.max(1, Math.round(performance.now() * NS_PER_MS - receivedNs)));
  }

  /** The strategy, with every market record measured before its callback. */
  around(strategy: Strategy): Strategy {
    const measured =
      <V extends RecordView>(callback: ((view: V) => void) | undefined) =>
      (view: V): void => {
        this.met(view);
        callback?.(view);
      };
    return {
      onTrade: measured(strategy.onTrade?.bind(strategy)),
      onBook: measured(strategy.onBook?.bind(strategy)),
      onTicker: measured(strategy.onTicker?.bind(strategy)),
      onQuote: measured(strategy.onQuote?.bind(strategy)),
      onCandle: measured(strategy.onCandle?.bind(strategy)),
      onInstrument: measured(strategy.onInstrument?.bind(strategy)),
      onStatus: (status) => strategy.onStatus?.(status),
      onGap: (gap) => strategy.onGap?.(gap),
    };
  }

  /**
   * Ends a run: closes the feeds, hands over what reached the rings before that (unless `drain` is false), and
   * sums up. The feeds' states in the summary are those before they were closed.
   */
  async finish(feeds: Feeds, strategy: Strategy, drain: boolean, blockedMs = 0): Promise<Summary> {
    const states = feeds.stats().feeds.map(({ state }) => state);
    await feeds.close();
    if (drain) await feeds.run(strategy);
    return this.#summary(feeds, states, blockedMs);
  }

  /**
   * Ends the measurement. `states` are those of the feeds before they were closed; `blockedMs` is time that
   * the main thread was kept busy on purpose.
   */
  #summary(feeds: Feeds, states: readonly string[], blockedMs: number): Summary {
    this.#loopDelay.disable();
    const used = performance.eventLoopUtilization(this.#utilization);
    const delayMs = (percentile: number): number => round(this.#loopDelay.percentile(percentile) / NS_PER_MS);
    return {
      type: 'summary',
      seconds: round(this.seconds),
      activeSeconds: Number.isNaN(this.#firstNs) ? 0 : round((this.#lastNs - this.#firstNs) / 1e9),
      feeds: feeds.stats().feeds.map((feed, n) => summaryOf(feed, states[n]!)),
      latencyNs: this.latencyNs,
      mainThread: {
        utilization: round((used.active - blockedMs) / (used.active + used.idle)),
        busyNsPerRecord:
          this.records === 0 ? 0 : Math.round(((used.active - blockedMs) * NS_PER_MS) / this.records),
        eventLoopDelayMs: { p50: delayMs(50), p99: delayMs(99), max: round(this.#loopDelay.max / NS_PER_MS) },
      },
    };
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

const summaryOf = (feed: FeedStats, state: string): Summary['feeds'][number] => ({
  feed: feed.feed,
  exchange: feed.exchange,
  url: feed.url,
  state,
  epochs: feed.epochs,
  messages: feed.messages,
  bytes: feed.bytes,
  records: feed.received,
  delivered: feed.delivered,
  dropped: feed.dropped,
  conflated: feed.conflated,
  gaps: feed.gaps,
  checksums: feed.checksums,
  resyncs: feed.resyncs,
  reconnects: feed.reconnects,
  malformed: feed.malformed,
});
