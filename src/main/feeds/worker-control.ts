import { MessageChannel, Worker } from 'node:worker_threads';
import { type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { FeedWorkerControl, LogOptions } from '../../shared/contract.ts';

const WORKER_URL = new URL('../../workers/feed-worker.js', import.meta.url);

/** A worker did not answer a control call in time, or ended before it could. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** How a worker ended. */
export interface WorkerEnd {
  /** What it threw, if it threw. */
  readonly error: Error | undefined;
  readonly exitCode: number;
}

/**
 * One feed worker and the control calls to it. A call to a worker that is gone would never settle, so every
 * call has a deadline and is rejected when the worker ends.
 *
 * Runs on: main.
 */
export class WorkerControl {
  readonly #worker: Worker;
  readonly #remote: Remote<FeedWorkerControl>;
  #error: Error | undefined;
  #stopping = false;
  /** Settles, never rejects, when the worker is gone. */
  readonly ended: Promise<WorkerEnd>;

  constructor(name: string, log: LogOptions) {
    const { port1, port2 } = new MessageChannel();
    // The worker's environment is empty: it needs none of it, and secrets live there.
    this.#worker = new Worker(WORKER_URL, {
      name,
      env: {},
      workerData: { log, control: port2 },
      transferList: [port2],
    });
    this.#remote = wrap<FeedWorkerControl>(nodeEndpoint(port1));
    // The worker, not its port, decides how long the process lives.
    port1.unref();
    this.ended = new Promise((resolve) => {
      this.#worker.on('error', (error) => {
        this.#error = error instanceof Error ? error : new Error(String(error));
      });
      this.#worker.on('exit', (exitCode) => {
        port1.close();
        resolve({ error: this.#error, exitCode });
      });
    });
  }

  /** True once `terminate` was asked for: the end that follows is no accident. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** @throws ControlError when the worker does not answer within `deadlineMs`, or ends. */
  async call<T>(
    what: string,
    deadlineMs: number,
    make: (remote: Remote<FeedWorkerControl>) => Promise<T>,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new ControlError(
              `worker ${this.#worker.threadId} did not answer "${what}" within ${deadlineMs} ms`,
            ),
          ),
        deadlineMs,
      );
    });
    const gone = this.ended.then(({ error, exitCode }) => {
      throw new ControlError(`the worker ended (exit code ${exitCode}) before it answered "${what}"`, {
        cause: error,
      });
    });
    try {
      return await Promise.race([make(this.#remote), late, gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  async terminate(): Promise<void> {
    this.#stopping = true;
    await this.#worker.terminate();
  }
}
