/** A feed worker whose thread stands still again and again, as one does that has to share its core. */
import { isMainThread } from 'node:worker_threads';
import type { WorkerProgram } from '../../src/main/feeds/worker-control.ts';

/** The program for a worker that stands still for so long, this often. */
export const stallingWorker = (everyMs: number, forMs: number): WorkerProgram => ({
  url: new URL(import.meta.url),
  options: { argv: [String(everyMs), String(forMs)] },
});

if (!isMainThread) {
  const [everyMs, forMs] = process.argv.slice(2).map(Number);
  const still = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.wait(still, 0, 0, forMs!), everyMs!);
  await import('../../src/workers/feed-worker.ts');
}
