import type { ConnectionChange, FeedConfig, FeedNews, LogOptions } from '../../shared/contract.ts';
import type { FeedId } from '../../shared/units.ts';
import type { Logger } from '../log.ts';
import { endText, WorkerControl, type WorkerProgram } from './worker-control.ts';

/** A worker that cannot be started within this is given up. */
const START_DEADLINE_MS = 10_000;

/** Restarts within the window before a worker's feeds are given up: a worker that dies at once would die for ever. */
const RESTARTS_MAX = 5;
const RESTARTS_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 200;

/** What the supervisor needs of the feeds it looks after. */
export interface SupervisedFeed {
  readonly id: FeedId;
  /** The feed as it is to be started now: its subscriptions and next epoch. */
  config(): FeedConfig;
  /** Says in band that the worker is gone. Resolves once the records are in the ring, when a new worker may write. */
  workerLost(detail: string, final: boolean): Promise<void>;
  /** The worker tells a step of the feed's connection. */
  told(change: ConnectionChange): void;
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
  readonly #program: WorkerProgram;
  readonly #feeds: SupervisedFeed[];
  #worker: WorkerControl | undefined;
  #retired = false;
  #stopped = false;
  /** A worker is being started, or was lost and may be followed by another: nobody else starts one. */
  #isReplacing = false;
  #keepsAlive = true;
  /** When workers were lost within the window, monotonic ms. */
  #lostAt: number[] = [];

  constructor(
    name: string,
    feeds: readonly SupervisedFeed[],
    log: LogOptions,
    logger: Logger,
    program: WorkerProgram,
  ) {
    this.#name = name;
    this.#feeds = [...feeds];
    this.#log = log;
    this.#logger = logger;
    this.#program = program;
  }

  /** The worker running now; undefined between two of them. */
  get worker(): WorkerControl | undefined {
    return this.#worker;
  }

  /** @throws ControlError when the worker cannot be started. */
  async start(): Promise<void> {
    const tell = ({ feed, change }: FeedNews): void =>
      this.#feeds.find(({ id }) => id === feed)?.told(change);
    const worker = new WorkerControl(this.#name, this.#log, this.#program, tell);
    worker.keepAlive(this.#keepsAlive);
    this.#worker = worker;
    try {
      // All are on their way before the first answer, so that a control call made meanwhile comes after them.
      await Promise.all(this.#feeds.filter((feed) => !feed.over).map((feed) => startIn(worker, feed)));
    } catch (error) {
      this.#worker = undefined;
      await worker.terminate();
      throw error;
    }
    void worker.ended.then((end) => this.#lost(endText(end), end.error));
  }

  /**
   * Looks after one more feed, in the worker that runs or, where there is none, in a new one.
   *
   * @throws ControlError when the worker does not take it in. The feed is looked after all the same: the next
   *   worker starts it, or it is given up like the others.
   */
  async adopt(feed: SupervisedFeed): Promise<void> {
    this.#feeds.push(feed);
    if (this.#worker !== undefined) await startIn(this.#worker, feed);
    else if (!this.#isReplacing) {
      this.#isReplacing = true;
      try {
        await this.start();
        this.#isReplacing = false;
      } catch (error) {
        void this.#lost(error instanceof Error ? error.message : String(error), error);
        throw error;
      }
    }
  }

  /** From now on a worker that ends is not followed by another. */
  retire(): void {
    this.#retired = true;
  }

  /** Whether the process goes on for as long as there is a worker, as it does at first. */
  keepAlive(keeps: boolean): void {
    this.#keepsAlive = keeps;
    this.#worker?.keepAlive(keeps);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Never rejects: a worker that cannot be started anew is one more that is lost. */
  async #lost(why: string, cause: unknown): Promise<void> {
    this.#worker = undefined;
    this.#isReplacing = true;
    while (!this.#stopped) {
      const feeds = this.#feeds.filter((feed) => !feed.over);
      if (feeds.length === 0) break;
      const tooOften = this.#countLoss() > RESTARTS_MAX;
      const final = tooOften || this.#retired;
      this.#logger.error({ worker: this.#name, final, err: cause }, 'a feed worker ended unexpectedly');
      // The cause comes last, since a long text is cut.
      const consequence = tooOften
        ? `the feed is given up, its worker ended ${RESTARTS_MAX + 1} times within ${RESTARTS_WINDOW_MS / 1000} s`
        : final
          ? 'the worker ended while the feed was being closed'
          : 'the worker ended and is started anew';
      await Promise.all(feeds.map((feed) => feed.workerLost(`${consequence}: ${why}`, final)));
      // One that was adopted meanwhile is given up with the others.
      if (final) continue;
      await new Promise((resolve) => setTimeout(resolve, RESTART_DELAY_MS));
      if (this.#stopped) break;
      try {
        await this.start();
        break;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        cause = error;
      }
    }
    this.#isReplacing = false;
  }

  /** @returns workers lost within the window, this one included. */
  #countLoss(): number {
    const now = performance.now();
    this.#lostAt = this.#lostAt.filter((at) => now - at < RESTARTS_WINDOW_MS);
    return this.#lostAt.push(now);
  }
}

function startIn(worker: WorkerControl, feed: SupervisedFeed): Promise<void> {
  const config = feed.config();
  return worker.call(`start ${config.name}`, START_DEADLINE_MS, (remote) => remote.start(config));
}
