/** Runs on: a worker. A feed as in `src/workers/feed-worker.ts`, without control; see `bench-feed.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import { FeedCounterWriter } from '../../src/shared/counters/counter-block.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';
import type { Connection, ConnectionEvents } from '../../src/workers/feed-events.ts';
import { FeedPipeline } from '../../src/workers/feed-pipeline.ts';
import { Publisher } from '../../src/workers/publish/publisher.ts';
import { openConnection } from '../../src/workers/socket/connection.ts';
import { threadReadBuffer, threadScanner } from '../../src/workers/thread-scanner.ts';
import type { BenchFeedData } from './bench-feed.ts';
import { heapUse } from './heap-use.ts';

const { config, socket } = workerData as BenchFeedData;

const now = (): MonotonicNs => (performance.now() * NS_PER_MS) as MonotonicNs;

function connectThroughLane(events: ConnectionEvents): Connection {
  return openConnection({
    readBuffer: threadReadBuffer(),
    url: config.url,
    socket: config.socket,
    connectTimeoutMs: config.times.connectTimeoutMs,
    events,
    clock: now,
  });
}

/** ws as it is. A chunk of the socket ends where the messages that ws emits in one go end. */
function connectThroughWs(events: ConnectionEvents): Connection {
  const ws = new WebSocket(config.url, { perMessageDeflate: false });
  let inChunk = false;
  let receivedAtNs = now();
  const endChunk = (): void => {
    inChunk = false;
    events.chunkEnd();
  };
  ws.on('open', () => events.opened());
  ws.on('message', (message: Buffer) => {
    if (!inChunk) {
      inChunk = true;
      receivedAtNs = now();
      queueMicrotask(endChunk);
    }
    if (!events.text(message, 0, message.length, receivedAtNs)) ws.pause();
  });
  ws.on('pong', () => events.pong());
  ws.on('close', (code) => events.closed({ fault: FAULTS.NONE.id, code, detail: '', ours: true }));
  return {
    send: (data) => ws.send(data),
    unsentBytes: 0,
    ping: () => ws.ping(),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    resume: () => ws.resume(),
  };
}

const counters = new FeedCounterWriter(config.counters);
const doorbell = new Doorbell(config.doorbell);
let timer: NodeJS.Timeout | undefined;
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
    scanner: threadScanner(),
    connect: socket === 'ws' ? connectThroughWs : connectThroughLane,
    wakeAt: (at) => {
      clearTimeout(timer);
      if (at === Number.POSITIVE_INFINITY) return;
      timer = setTimeout(() => pipeline.tick(), Math.max(Math.ceil((at - now()) / NS_PER_MS), 1));
    },
    changed: () => undefined,
    ringBell: () => doorbell.ring(),
    text: (bytes, start, end) => Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString(),
    log: (level, message, fields) => {
      if (level === 'warn') process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
    },
    finished: () => undefined,
  },
);
pipeline.start();
parentPort!.on('message', () => parentPort!.postMessage(heapUse()));
