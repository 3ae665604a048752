import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { Doorbell } from '../../shared/ring/doorbell.ts';
import { Compute } from '../compute.ts';
import type { ConnectionLink } from '../control/connection-link.ts';
import { createLog, logLevel } from '../log.ts';
import {
  checkOpenOptions,
  DEFAULT_RING_BYTES,
  DEFAULT_SLICE,
  type OpenOptions,
  type SubscribeOptions,
} from '../options/open-options.ts';
import type { FeedEvent } from '../strategy/events.ts';
import { LoopRest, settled } from '../strategy/loop-rest.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { StrategyLoop } from '../strategy/strategy-loop.ts';
import type { FeedControl } from './feed-control.ts';
import { FeedRoster } from './feed-roster.ts';
import { FeedSet } from './feed-set.ts';
import { InstrumentRegistry } from './instrument-registry.ts';
import { type FeedStats, feedStats } from './stats.ts';
import { checkSymbols, type UncheckedFeed } from './symbol-check.ts';
import { FEED_WORKER, type WorkerProgram } from './worker-control.ts';

export interface RunOptions {
  /** Ends `run`, which then resolves; the feeds stay open. */
  readonly signal?: AbortSignal | undefined;
}

export interface Stats {
  /** One for each connection, in the order in which they were made. */
  readonly feeds: readonly FeedStats[];
}

/**
 * Open feeds, and the loop that drains them. Make one with `openFeeds`.
 *
 * Runs on: main. One of `run`, `events`, `poll` is used at a time.
 */
export class Feeds implements AsyncDisposable {
  /** Threads for work that would block the strategy. */
  readonly compute = new Compute();
  readonly #set: FeedSet;
  readonly #roster: FeedRoster;
  readonly #symbols: SymbolCounters;
  readonly #doorbell: Doorbell;
  readonly #loop: StrategyLoop;
  readonly #rest: LoopRest;
  readonly #slice: { readonly records: number; readonly ms: number };
  #inCallback = false;
  #draining: string | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Tests run another program than the feed worker. */
  constructor(options: OpenOptions, program: WorkerProgram = FEED_WORKER) {
    checkOpenOptions(options);
    const level = logLevel(options.log?.level);
    const log = createLog(level);
    if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
      log.warn('NODE_TLS_REJECT_UNAUTHORIZED=0 is set; feeds check certificates all the same');
    this.#slice = {
      records: options.slice?.records ?? DEFAULT_SLICE.records,
      ms: options.slice?.ms ?? DEFAULT_SLICE.ms,
    };
    const registry = new InstrumentRegistry();
    const symbolCounters = SymbolCounters.memory();
    this.#symbols = new SymbolCounters(symbolCounters);
    const doorbellMemory = Doorbell.memory();
    this.#doorbell = new Doorbell(doorbellMemory);
    this.#set = new FeedSet({ threads: options.threads ?? availableParallelism(), level, log, program });
    this.#loop = new StrategyLoop(this.#set.names(registry));
    this.#set.onAdded = (feed) => this.#loop.add(feed);
    const parts = {
      ringBytes: options.ring?.bytes ?? DEFAULT_RING_BYTES,
      seed: options.seed ?? randomInt(2 ** 32),
      symbolCounters,
      doorbellMemory,
      doorbell: this.#doorbell,
      registry,
    };
    this.#roster = new FeedRoster(options.feeds, parts, this.#set, log);
    this.#rest = new LoopRest(
      this.#doorbell,
      options.wait ?? 'async',
      () => this.#loop.isEmpty() && !this.#isOver(),
    );
  }

  /** @internal @throws ControlError when a worker cannot be started. */
  async start(): Promise<void> {
    try {
      await this.#set.start();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** @internal */
  async tellUnchecked(feeds: readonly UncheckedFeed[]): Promise<void> {
    await Promise.all(feeds.map((feed) => this.#roster.tellUnchecked(feed)));
  }

  /**
   * Drains the feeds into a strategy until the signal aborts, `close()` is called or every feed is over.
   * Works in slices bounded by records and by time; between them the event loop gets its turn.
   *
   * @throws whatever a callback throws; the records after that one stay in their ring.
   */
  async run(strategy: Strategy, options: RunOptions = {}): Promise<void> {
    const { signal } = options;
    const wake = (): void => this.#doorbell.wake();
    this.#begin('run');
    signal?.addEventListener('abort', wake);
    try {
      while (signal?.aborted !== true) {
        const fill = this.#loop.fill();
        const handed = this.#poll(strategy, this.#slice.records, this.#slice.ms);
        if (handed === 0 && this.#isOver()) {
          await this.#set.end();
          return;
        }
        if (this.#loop.isEmpty()) await this.#rest.rest(handed, fill, signal);
        else await settled();
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#draining = undefined;
    }
  }

  /**
   * Hands over at most `limit` records and returns how many; 0 when there is nothing. Never waits.
   *
   * @throws whatever a callback throws.
   */
  poll(strategy: Strategy, limit: number): number {
    if (!(limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY)))
      throw new MisuseError(`Condition failed: poll limit is ${limit}, allowed: whole numbers from 1`);
    if (this.#draining !== undefined) throw this.#busy('poll');
    return this.#poll(strategy, limit, Number.POSITIVE_INFINITY);
  }

  /**
   * Blocks this thread until there is something to poll or the time is over. Timers, signal handlers and
   * promises of this thread do not run meanwhile; the feeds do.
   */
  waitSync(timeoutMs: number): boolean {
    if (!(timeoutMs >= 0))
      throw new MisuseError(`Condition failed: waitSync timeoutMs is ${timeoutMs}, allowed: 0 or more`);
    this.#doorbell.arm();
    if (!this.#loop.isEmpty()) {
      this.#doorbell.disarm();
      return true;
    }
    this.#doorbell.waitSync(timeoutMs);
    return !this.#loop.isEmpty();
  }

  /** Resolves when there is something to poll (true) or the time is over (false). */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!(timeoutMs >= 0))
      throw new MisuseError(`Condition failed: wait timeoutMs is ${timeoutMs}, allowed: 0 or more`);
    const until = performance.now() + timeoutMs;
    while (this.#loop.isEmpty()) {
      const left = until - performance.now();
      if (left <= 0 || this.#isOver()) return false;
      await this.#rest.sleep(left);
    }
    return true;
  }

  /**
   * All records as plain objects to keep: convenient, and one allocation for each. Ends when every feed is
   * over or the signal aborts; records that were not asked for stay in their ring.
   */
  async *events(options: RunOptions = {}): AsyncGenerator<FeedEvent, void, undefined> {
    const { signal } = options;
    let copied: FeedEvent | undefined;
    const keep = (view: { copy(): FeedEvent }): void => {
      copied = view.copy();
    };
    const collector: Strategy = {
      onTrade: keep,
      onBook: keep,
      onTicker: keep,
      onQuote: keep,
      onCandle: keep,
      onInstrument: keep,
      onStatus: keep,
      onGap: keep,
    };
    const wake = (): void => this.#doorbell.wake();
    this.#begin('events');
    signal?.addEventListener('abort', wake);
    try {
      let handed = 0;
      let turnEnds = performance.now() + this.#slice.ms;
      while (signal?.aborted !== true) {
        // One at a time: whoever stops asking leaves the next record where it is.
        if (this.#poll(collector, 1, Number.POSITIVE_INFINITY) > 0) {
          const event = copied;
          copied = undefined;
          if (event !== undefined) yield event;
          // The consumer's `await` runs promises only, never timers or sockets.
          if (++handed < this.#slice.records && performance.now() < turnEnds) continue;
          await settled();
        } else if (this.#isOver()) {
          await this.#set.end();
          return;
        } else await this.#rest.rest(0, 0, signal);
        handed = 0;
        turnEnds = performance.now() + this.#slice.ms;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#draining = undefined;
    }
  }

  /**
   * Subscribes to more, on a further connection where those there are have no room. Resolves once the workers
   * have it; what the exchange answers comes as status records.
   *
   * @throws MisuseError for an unknown channel, symbol or feed, and where the venue does not allow as many
   *   connections; ControlError when a worker does not answer or ends, in which case the one that follows it
   *   subscribes.
   */
  async subscribe(options: SubscribeOptions): Promise<void> {
    this.#checkOpen('subscribe');
    await this.#roster.subscribe(options);
  }

  /** Ends subscriptions. Resolves once the workers have it. @throws as `subscribe`. */
  async unsubscribe(options: SubscribeOptions): Promise<void> {
    this.#checkOpen('unsubscribe');
    await this.#roster.unsubscribe(options);
  }

  /**
   * Control of one connection: when it goes down, when it comes back, and that it is replaced now.
   *
   * @param feed name of a connection as in `stats()`, `kraken#0` or `kraken#0.1`; may be left out where there is
   *   one feed alone, which then means its first connection, as a feed's number does.
   * @throws MisuseError for an unknown connection, or one that is over.
   */
  control(feed?: string | number): FeedControl {
    this.#checkOpen('control');
    return this.#roster.control(feed);
  }

  /** @internal The connection that `control` would control. @throws MisuseError as `control`. */
  link(feed?: string | number): ConnectionLink {
    this.#checkOpen('link');
    return this.#roster.link(feed);
  }

  /** @internal Whether the process goes on for as long as feeds are open, as it does at first. */
  keepAlive(keeps: boolean): void {
    this.#set.keepAlive(keeps);
  }

  /** Everything that is counted, at this moment. Works however busy the workers are. */
  stats(): Stats {
    return { feeds: this.#set.feeds.map((feed) => feedStats(feed, this.#symbols)) };
  }

  /**
   * Closes every connection and ends the workers. What is in the rings can still be polled, and a `run` that
   * is under way hands it over before it resolves.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#set.retire();
    await this.#set.end();
    this.#doorbell.wake();
    await this.compute.close();
  }

  #poll(strategy: Strategy, limit: number, ms: number): number {
    if (this.#inCallback)
      throw new MisuseError('Condition failed: poll is not called from within a callback of the strategy');
    this.#inCallback = true;
    try {
      return this.#loop.poll(strategy, limit, ms);
    } finally {
      this.#inCallback = false;
    }
  }

  #begin(what: string): void {
    if (this.#draining !== undefined) throw this.#busy(what);
    this.#draining = what;
  }

  #busy(what: string): MisuseError {
    return new MisuseError(
      `Condition failed: ${what} is called while ${this.#draining} drains the feeds; use one of them at a time`,
    );
  }

  #isOver(): boolean {
    return this.#loop.isEmpty() && this.#set.over;
  }

  #checkOpen(what: string): void {
    if (this.#closing !== undefined)
      throw new MisuseError(`Condition failed: ${what} is called before the feeds are closed`);
  }
}

/**
 * Opens feeds: checks the options, starts the workers and begins to connect. Connections are made and
 * remade in the background; how that goes comes as status records. Meanwhile the symbols are looked up in
 * what the exchanges list (`checkSymbols`), which takes 2.5 s at most.
 *
 * @throws MisuseError naming the option that cannot work, or a symbol that is not listed and those nearest to
 *   it; ControlError when a worker cannot be started.
 */
export async function openFeeds(options: OpenOptions): Promise<Feeds> {
  const feeds = new Feeds(options);
  const ended = new AbortController();
  const checked = checkSymbols(options.feeds, ended.signal);
  // It is awaited only once the workers run, so that none is ended while it starts.
  checked.catch(() => undefined);
  try {
    await feeds.start();
    await feeds.tellUnchecked(await checked);
  } catch (error) {
    ended.abort();
    await feeds.close();
    throw error;
  }
  return feeds;
}
