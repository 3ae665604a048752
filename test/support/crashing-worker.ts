/**
 * A feed worker that also ends by accident, in one of these ways:
 *
 *   on the word `crash`, said over the channel below
 *   while it is loaded, as long as a file exists
 */
import { existsSync } from 'node:fs';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import type { WorkerProgram } from '../../src/main/feeds/worker-control.ts';

export const CRASH_CHANNEL = 'ringfeed crashing worker';

export type Crash = 'throw' | 'reject' | 'exit' | 'memory' | 'hang';

const WAYS: Readonly<Record<Crash, () => void>> = {
  throw: () => {
    throw new Error('crashed on command');
  },
  reject: () => {
    void Promise.reject(new TypeError('rejected on command'));
  },
  exit: () => process.exit(7),
  memory: () => {
    const kept: number[][] = [];
    for (;;) kept.push(new Array<number>(10_000).fill(kept.length));
  },
  hang: () => {
    for (;;);
  },
};

/** The program for a worker that crashes this way, and while it is loaded as long as `brokenBy` exists. */
export const crashingWorker = (way: Crash, brokenBy = ''): WorkerProgram => ({
  url: new URL(import.meta.url),
  options: {
    argv: [way, brokenBy],
    ...(way === 'memory' ? { resourceLimits: { maxOldGenerationSizeMb: 32 } } : {}),
  },
});

if (!isMainThread) {
  const [way, brokenBy] = process.argv.slice(2);
  if (existsSync(brokenBy!)) throw new Error('broken while loading');
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  channel.onmessage = () => setImmediate(WAYS[way as Crash]);
  await import('../../src/workers/feed-worker.ts');
}
