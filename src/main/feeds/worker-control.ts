import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads';
import { type Remote, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { FeedNews, FeedWorkerControl, LogOptions } from '../../shared/contract.ts';
import { workerFlags } from '../worker-flags.ts';

/** What a worker thread runs. */
export interface WorkerProgram {
  readonly url: URL;
  readonly options?: Pick<WorkerOptions, 'argv' | 'resourceLimits'>;
}

export const FEED_WORKER: WorkerProgram = {
  url: new URL('../../workers/feed-worker.js', import.meta.url),
};

/** A worker could not do what it was asked: it failed, did not answer in time, or ended before it could. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** How a worker ended. */
export interface WorkerEnd {
  /** What it threw, if it threw. */
  readonly error: Error | undefined;
  readonly exitCode: number;
}

export const endText = ({ error, exitCode }: WorkerEnd): string =>
  error === undefined ? `exit code ${exitCode}` : `${error.name}: ${error.message}`;

interface PendingCall {
  readonly what: string;
  readonly fail: (error: ControlError) => void;
}

/**
 * One feed worker and the control calls to it. A call to a worker that is gone would never settle, so every
 * call has a deadline and is rejected when the worker ends.
 *
 * Runs on: main.
 */
export class WorkerControl {
  readonly #name: string;
  readonly #worker: Worker;
  readonly #remote: Remote<FeedWorkerControl>;
  readonly #pending = new Set<PendingCall>();
  #error: Error | undefined;
  #end: WorkerEnd | undefined;
  /** Settles, never rejects, when the worker is gone. */
  readonly ended: Promise<WorkerEnd>;

  /** @param onNews told what the worker tells unasked, before the answer to a call that brought it about. */
  constructor(
    name: string,
    log: LogOptions,
    program: WorkerProgram = FEED_WORKER,
    onNews: (news: FeedNews) => void = () => undefined,
  ) {
    this.#name = name;
    const { port1, port2 } = new MessageChannel();
    // The worker's environment is empty: it needs none of it, and secrets live there.
    this.#worker = new Worker(program.url, {
      ...program.options,
      name,
      env: {},
      ...workerFlags(),
      workerData: { log, control: port2 },
      transferList: [port2],
    });
    this.#remote = wrap<FeedWorkerControl>(nodeEndpoint(port1));
    // Answers and news share the port, since one port alone keeps their order. Comlink passes over what has no
    // id, and gives its own an id and no change.
    port1.on('message', (message: Partial<FeedNews>) => {
      if (message.change !== undefined) onNews(message as FeedNews);
    });
    // The worker, not its port, decides how long the process lives.
    port1.unref();
    this.ended = new Promise((resolve) => {
      this.#worker.on('error', (error) => {
        this.#error = error instanceof Error ? error : new Error(String(error));
      });
      this.#worker.on('exit', (exitCode) => {
        port1.close();
        this.#end = { error: this.#error, exitCode };
        for (const { what, fail } of this.#pending) fail(this.#gone(what, this.#end));
        resolve(this.#end);
      });
    });
  }

  /** @throws ControlError when the worker fails, does not answer within `deadlineMs`, or ends. */
  async call<T>(
    what: string,
    deadlineMs: number,
    make: (remote: Remote<FeedWorkerControl>) => Promise<T>,
  ): Promise<T> {
    if (this.#end !== undefined) throw this.#gone(what, this.#end);
    let fail!: PendingCall['fail'];
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const pending = { what, fail };
    this.#pending.add(pending);
    const timer = setTimeout(
      () => fail(new ControlError(`${this.#name} did not answer "${what}" within ${deadlineMs} ms`)),
      deadlineMs,
    );
    try {
      return await Promise.race([make(this.#remote), failed]);
    } catch (error) {
      if (error instanceof ControlError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new ControlError(`${this.#name} failed at "${what}": ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(pending);
    }
  }

  /** Whether the process goes on for as long as the worker runs, as it does at first. */
  keepAlive(keeps: boolean): void {
    if (keeps) this.#worker.ref();
    else this.#worker.unref();
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #gone(what: string, end: WorkerEnd): ControlError {
    const { error } = end;
    return new ControlError(
      `${this.#name} ended (${endText(end)}) before it answered "${what}"`,
      error === undefined ? {} : { cause: error },
    );
  }
}
