import type { FeedConfig, LogOptions } from '../../shared/contract.ts';
import type { Logger } from '../log.ts';
import { ControlError, WorkerControl, type WorkerEnd } from './worker-control.ts';

/** A worker that cannot be started within this is given up. */
const START_DEADLINE_MS = 10_000;

/** Restarts within the window before a worker's feeds are given up: a worker that dies at once would die for ever. */
const RESTARTS_MAX = 5;
const RESTARTS_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 200;

/** What the supervisor needs of the feeds it looks after. */
export interface SupervisedFeed {
  /** The feed as it is to be started now: its subscriptions and next epoch. */
  config(): FeedConfig;
  /** Says in band that the worker is gone. Resolves once the records are in the ring, when a new worker may write. */
  workerLost(detail: string, final: boolean): Promise<void>;
  /** True once the feed is over and needs no worker. */
  readonly over: boolean;
}

/**
 * Keeps one worker running for its feeds: starts it, and when it ends by accident says so in the rings and
 * starts it anew, each feed in a new epoch.
 *
 * Runs on: main.
 */
export class Supervisor {
  readonly #name: string;
  readonly #log: LogOptions;
  readonly #logger: Logger;
  readonly #feeds: readonly SupervisedFeed[];
  #worker: WorkerControl | undefined;
  #stopped = false;
  #restarts: number[] = [];

  constructor(name: string, feeds: readonly SupervisedFeed[], log: LogOptions, logger: Logger) {
    this.#name = name;
    this.#feeds = feeds;
    this.#log = log;
    this.#logger = logger;
  }

  /** The worker running now; undefined between two of them. */
  get worker(): WorkerControl | undefined {
    return this.#worker;
  }

  /** @throws ControlError when the worker cannot be started. */
  async start(): Promise<void> {
    const worker = new WorkerControl(this.#name, this.#log);
    this.#worker = worker;
    try {
      for (const feed of this.#feeds) {
        if (feed.over) continue;
        const config = feed.config();
        await worker.call(`start ${config.name}`, START_DEADLINE_MS, (remote) => remote.start(config));
      }
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    void worker.ended.then((end) => this.#ended(worker, end));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ended(worker: WorkerControl, end: WorkerEnd): Promise<void> {
    if (this.#stopped || worker.stopping) return;
    this.#worker = undefined;
    const why =
      end.error === undefined ? `exit code ${end.exitCode}` : `${end.error.name}: ${end.error.message}`;
    const now = performance.now();
    this.#restarts = this.#restarts.filter((at) => now - at < RESTARTS_WINDOW_MS);
    const final = this.#restarts.length >= RESTARTS_MAX;
    this.#restarts.push(now);
    this.#logger.error({ worker: this.#name, final, err: end.error }, 'a feed worker ended unexpectedly');
    const detail = final
      ? `the worker ended (${why}) for the ${RESTARTS_MAX + 1}th time within ${RESTARTS_WINDOW_MS / 1000} s; the feed is given up`
      : `the worker ended (${why}); it is started anew`;
    await Promise.all(this.#feeds.filter((feed) => !feed.over).map((feed) => feed.workerLost(detail, final)));
    if (final || this.#stopped) return;
    await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
    if (this.#stopped) return;
    try {
      await this.start();
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      this.#logger.error({ worker: this.#name, err: error }, 'a feed worker could not be started anew');
      await Promise.all(this.#feeds.map((feed) => feed.workerLost(error.message, true)));
    }
  }
}
