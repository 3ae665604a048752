/**
 *   server process ══ loopback ══▶ worker: ws or our socket ─▶ codec ─▶ books ═ ring ═▶ main thread: callbacks
 *
 * The classes of ringfeed in a worker of the benchmark's own, where the socket can be exchanged for plain ws
 * and the worker's heap can be looked at.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Feed } from '../../src/main/feeds/feed.ts';
import { InstrumentRegistry } from '../../src/main/feeds/instrument-registry.ts';
import {
  DEFAULT_RING_BYTES,
  DEFAULT_SLICE,
  DEFAULT_SOCKET,
  DEFAULT_TIMES,
} from '../../src/main/options/open-options.ts';
import type { Strategy } from '../../src/main/strategy/strategy.ts';
import { StrategyLoop } from '../../src/main/strategy/strategy-loop.ts';
import type { FeedConfig, Subscription } from '../../src/shared/contract.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import type { FeedId } from '../../src/shared/units.ts';
import { VENUES } from '../../src/shared/venues/venue-catalogue.ts';
import { type FloodMarketName, MARKETS } from '../support/flood-plan.ts';
import type { Receive } from '../support/receive.ts';
import type { RecordTally } from '../support/tally.ts';
import type { HeapUse } from './heap-use.ts';

export interface BenchFeedData {
  readonly config: FeedConfig;
  /** What is under the codec: ws alone, or ws with the fast lane. */
  readonly socket: 'ws' | 'lane';
}

const FEED = 0 as FeedId;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class BenchFeed {
  readonly #worker: Worker;
  readonly #doorbell: Doorbell;
  readonly #loop: StrategyLoop;
  #error: Error | undefined;

  constructor(market: FloodMarketName, url: string, socket: BenchFeedData['socket']) {
    const { exchange, symbols, channels } = MARKETS[market];
    const registry = new InstrumentRegistry();
    const doorbellMemory = Doorbell.memory();
    this.#doorbell = new Doorbell(doorbellMemory);
    const feed = new Feed({
      id: FEED,
      exchange,
      url,
      overflow: 'backpressure',
      ringBytes: DEFAULT_RING_BYTES,
      times: DEFAULT_TIMES,
      limits: VENUES[exchange].limits,
      lines: 1,
      socket: DEFAULT_SOCKET,
      seed: 1,
      symbolCounters: SymbolCounters.memory(),
      doorbellMemory,
      doorbell: this.#doorbell,
      registry,
    });
    const instruments = symbols.map((symbol) => registry.intern(FEED, exchange, symbol));
    feed.want(
      channels.flatMap(({ name, ...depth }) =>
        instruments.map(({ id }): Subscription => ({ channel: name, instrument: id, ...depth })),
      ),
    );
    this.#loop = new StrategyLoop({
      symbolOf: (instrument) => registry.get(instrument)?.symbol ?? '',
      venueSymbolOf: (instrument) => registry.get(instrument)?.venueSymbol ?? '',
      exchangeOf: () => exchange,
      feedNameOf: () => feed.name,
    });
    this.#loop.add(feed);
    this.#worker = new Worker(new URL('./bench-feed-worker.js', import.meta.url), {
      workerData: { config: feed.config(), socket } satisfies BenchFeedData,
    });
    this.#worker.on('error', (error: Error) => {
      this.#error = error;
      this.#doorbell.wake();
    });
  }

  /** As `Feeds.run` does it. */
  async run(strategy: Strategy, stop: AbortSignal): Promise<void> {
    const doorbell = this.#doorbell;
    stop.addEventListener('abort', () => doorbell.wake(), { once: true });
    while (!stop.aborted && this.#error === undefined) {
      if (this.#loop.poll(strategy, DEFAULT_SLICE.records, DEFAULT_SLICE.ms) > 0) {
        await settled();
        continue;
      }
      doorbell.arm();
      if (this.#loop.isEmpty() && !stop.aborted) await doorbell.waitAsync();
      doorbell.disarm();
    }
    if (this.#error !== undefined) throw this.#error;
  }

  /** What the worker's heap holds after everything that is garbage was collected. */
  async heapUse(): Promise<HeapUse> {
    this.#worker.postMessage('heap');
    const [use] = (await once(this.#worker, 'message')) as [HeapUse];
    return use;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

export const throughBenchFeed =
  (socket: BenchFeedData['socket']): Receive<RecordTally> =>
  async (run, tally, stop) => {
    const feed = new BenchFeed(run.plan.market, run.url, socket);
    try {
      await feed.run(tally, stop);
    } finally {
      await feed.close();
    }
  };
