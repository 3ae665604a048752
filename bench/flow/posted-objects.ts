/**
 *   server process ══ loopback ══▶ worker: ws ─▶ JSON.parse ─▶ postMessage ─▶ main thread: callbacks
 *                                                              one by one, or 256 at a time
 *
 * The threads that one thinks of first: what crosses between them are objects, which are written down in one
 * thread and made anew in the other.
 */
import { Worker } from 'node:worker_threads';
import { MARKETS } from '../support/flood-plan.ts';
import { MESSAGES } from '../support/messages/message-catalogue.ts';
import { aborted, type Receive } from '../support/receive.ts';
import type { ObjectTally } from '../support/tally.ts';

export interface JsonWorkerData {
  readonly url: string;
  readonly requests: readonly string[];
  /** Messages posted at a time. */
  readonly batch: number;
}

export const throughPostedObjects =
  (batch: number): Receive<ObjectTally> =>
  async (run, tally, stop) => {
    const { exchange, requests } = MARKETS[run.plan.market];
    const reader = MESSAGES[exchange];
    const worker = new Worker(new URL('./json-worker.js', import.meta.url), {
      workerData: { url: run.url, requests, batch } satisfies JsonWorkerData,
    });
    if (batch === 1) worker.on('message', (message) => reader.take(message, tally));
    else
      worker.on('message', (messages: readonly unknown[]) => {
        for (const message of messages) reader.take(message, tally);
      });
    try {
      await Promise.race([
        aborted(stop),
        new Promise<void>((_, reject) => {
          worker.on('error', reject);
        }),
      ]);
    } finally {
      await worker.terminate();
    }
  };
