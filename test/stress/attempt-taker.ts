/** Runs on: a worker. Takes attempts from a shared window as fast as it lets them through, and tells when. */
import { parentPort, workerData } from 'node:worker_threads';
import { AttemptWindow } from '../../src/shared/session/attempt-window.ts';
import { type DurationNs, type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';

export interface AttemptStressData {
  readonly window: SharedArrayBuffer;
  readonly windowNs: DurationNs;
  /** One word: how many takers are ready. */
  readonly ready: SharedArrayBuffer;
  readonly takers: number;
  readonly tries: number;
}

const { window, windowNs, ready, takers, tries } = workerData as AttemptStressData;
const attempts = new AttemptWindow(window, windowNs);
const readyCount = new Int32Array(ready);

// All begin together, or the first would be done before the last has started.
Atomics.add(readyCount, 0, 1);
while (Atomics.load(readyCount, 0) < takers);

const taken: number[] = [];
for (let i = 0; i < tries; i++) {
  const now = Math.ceil(performance.now() * NS_PER_MS) as MonotonicNs;
  if (attempts.tryTake(now)) taken.push(now);
}
parentPort?.postMessage(taken);
