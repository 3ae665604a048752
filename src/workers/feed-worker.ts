/**
 * Entry of a feed worker: the only file that joins the pipeline to the world. One worker may run several
 * feeds, each with its own connection, ring and pipeline.
 */
import { isUtf8 } from 'node:buffer';
import { type MessagePort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { FeedConfig, FeedNews, FeedWorkerControl, LogOptions } from '../shared/contract.ts';
import { FeedCounterWriter } from '../shared/counters/counter-block.ts';
import { SymbolCounters } from '../shared/counters/symbol-counters.ts';
import { MisuseError } from '../shared/invariant.ts';
import { Doorbell } from '../shared/ring/doorbell.ts';
import { RingWriter } from '../shared/ring/ring-writer.ts';
import { type FeedId, type MonotonicNs, NS_PER_MS } from '../shared/units.ts';
import { FeedPipeline } from './feed-pipeline.ts';
import { fetchText } from './fetch-text.ts';
import { Publisher } from './publish/publisher.ts';
import { openConnection } from './socket/connection.ts';
import { threadReadBuffer, threadScanner } from './thread-scanner.ts';
import { createWorkerLog } from './worker-log.ts';

const { log: logOptions, control } = workerData as { log: LogOptions; control: MessagePort };
const log = createWorkerLog(logOptions);

/** Monotonic ns. `performance.timeOrigin` is the process's, so every thread counts from the same moment. */
const now = (): MonotonicNs => (performance.now() * NS_PER_MS) as MonotonicNs;

const text = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
  return isUtf8(part) ? part.toString('utf8') : undefined;
};

/** setTimeout counts in whole ms up to 2^31 - 1; a longer wait wakes early and is asked for again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Sockets of connections to no exchange are read into this, one at a time: nothing is scanned there. */
let plainReadBuffer: Buffer | undefined;
const PLAIN_READ_BYTES = 64 * 1024;

function readBufferOf({ exchange }: FeedConfig): Buffer {
  if (exchange !== 'raw') return threadReadBuffer();
  plainReadBuffer ??= Buffer.alloc(PLAIN_READ_BYTES);
  return plainReadBuffer;
}

interface RunningFeed {
  readonly pipeline: FeedPipeline;
  readonly finished: Promise<void>;
}

const feeds = new Map<FeedId, RunningFeed>();

function startFeed(config: FeedConfig): RunningFeed {
  const counters = new FeedCounterWriter(config.counters);
  const doorbell = new Doorbell(config.doorbell);
  const feedLog = log.child({ feed: config.name });
  const readBuffer = readBufferOf(config);
  let timer: NodeJS.Timeout | undefined;
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const pipeline: FeedPipeline = new FeedPipeline(
    config,
    {
      counters,
      symbols: new SymbolCounters(config.symbolCounters),
      publisher: new Publisher({
        writer: new RingWriter(config.ring),
        counters,
        feed: config.feed,
        overflow: config.overflow,
        epoch: config.epoch,
      }),
    },
    {
      now,
      scanner: config.exchange === 'raw' ? undefined : threadScanner(),
      connect: (events, url = config.url) =>
        openConnection({
          readBuffer,
          url,
          socket: config.socket,
          connectTimeoutMs: config.times.connectTimeoutMs,
          events,
          clock: now,
        }),
      fetch: fetchText,
      wakeAt: (at) => {
        clearTimeout(timer);
        if (at === Number.POSITIVE_INFINITY) return;
        const ms = Math.min(Math.max(Math.ceil((at - now()) / NS_PER_MS), 1), TIMER_MS_MAX);
        // Between two ticks sockets are read: timers that come due together run without a look at them.
        timer = setTimeout(() => setImmediate(() => pipeline.tick()), ms);
      },
      changed: (change) => control.postMessage({ feed: config.feed, change } satisfies FeedNews),
      ringBell: () => doorbell.ring(),
      text,
      log: (level, message, fields) => feedLog[level](fields, message),
      finished: finish,
    },
  );
  pipeline.start();
  return { pipeline, finished };
}

function running(feed: FeedId): RunningFeed {
  const found = feeds.get(feed);
  if (found === undefined) throw new MisuseError(`Condition failed: feed ${feed} runs in this worker`);
  return found;
}

// Null-prototype: comlink follows property paths sent from the other side, and there is nothing to find here.
const offered: FeedWorkerControl = Object.assign(Object.create(null) as object, {
  start(config: FeedConfig): void {
    feeds.set(config.feed, startFeed(config));
  },
  subscribe(...[feed, instruments, subscriptions]: Parameters<FeedWorkerControl['subscribe']>): void {
    running(feed).pipeline.subscribe(instruments, subscriptions);
  },
  unsubscribe(...[feed, subscriptions]: Parameters<FeedWorkerControl['unsubscribe']>): void {
    running(feed).pipeline.unsubscribe(subscriptions);
  },
  command(...[feed, command]: Parameters<FeedWorkerControl['command']>): void {
    running(feed).pipeline.command(command);
  },
  notice(...[feed, fault, detail]: Parameters<FeedWorkerControl['notice']>): void {
    running(feed).pipeline.notice(fault, detail);
  },
  async close(feed: FeedId): Promise<void> {
    const { pipeline, finished } = running(feed);
    pipeline.close();
    await finished;
  },
});

expose(offered, nodeEndpoint(control));
