import { randomInt } from 'node:crypto';
import type { Subscription } from '../../shared/contract.ts';
import { SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { bookBytes } from '../../shared/records/book.ts';
import { Doorbell } from '../../shared/ring/doorbell.ts';
import { type FeedId, type InstrumentId, NO_INSTRUMENT } from '../../shared/units.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { Compute } from '../compute.ts';
import type { ConnectionLink } from '../control/connection-link.ts';
import { WorkerLink } from '../control/worker-link.ts';
import { createLog, type Logger, logLevel } from '../log.ts';
import { checkChannel, checkSymbol } from '../options/channel-options.ts';
import { didYouMean } from '../options/nearest.ts';
import {
  type ChannelOption,
  checkOpenOptions,
  checkSubscribeOptions,
  DEFAULT_RING_BYTES,
  DEFAULT_SLICE,
  DEFAULT_SOCKET,
  DEFAULT_TIMES,
  type OpenOptions,
  type SubscribeOptions,
} from '../options/open-options.ts';
import { shown } from '../options/option-rules.ts';
import type { FeedEvent } from '../strategy/events.ts';
import { LoopRest, napMs, settled } from '../strategy/loop-rest.ts';
import type { NameSource } from '../strategy/record-view.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { StrategyLoop } from '../strategy/strategy-loop.ts';
import { attemptMemory } from './attempt-windows.ts';
import { Feed } from './feed.ts';
import { InstrumentRegistry, type RegisteredInstrument } from './instrument-registry.ts';
import { type FeedStats, feedStats } from './stats.ts';
import { Supervisor } from './supervisor.ts';
import { FEED_WORKER, type WorkerProgram } from './worker-control.ts';

/** Time a worker has to take in a control call, beyond what the call itself may take. */
const CONTROL_DEADLINE_MS = 5_000;

export interface RunOptions {
  /** Ends `run`, which then resolves; the feeds stay open. */
  readonly signal?: AbortSignal | undefined;
}

export interface Stats {
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
  readonly #feeds: readonly Feed[];
  readonly #supervisors: readonly Supervisor[];
  readonly #registry: InstrumentRegistry;
  readonly #symbols: SymbolCounters;
  readonly #doorbell: Doorbell;
  readonly #loop: StrategyLoop;
  readonly #rest: LoopRest;
  readonly #ringBytes: number;
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
    this.#ringBytes = options.ring?.bytes ?? DEFAULT_RING_BYTES;
    this.#registry = new InstrumentRegistry();
    const symbolCounters = SymbolCounters.memory();
    this.#symbols = new SymbolCounters(symbolCounters);
    const doorbellMemory = Doorbell.memory();
    this.#doorbell = new Doorbell(doorbellMemory);
    const seed = options.seed ?? randomInt(2 ** 32);
    // Every option is checked before anything is started.
    const wanted = options.feeds.map((feed, n) => this.#resolve(n as FeedId, feed, `option feeds.${n}`));
    this.#feeds = options.feeds.map((feed, n) => {
      const venue = VENUES[feed.exchange];
      const url = feed.url ?? venue.url;
      const made = new Feed({
        id: n as FeedId,
        exchange: feed.exchange,
        url,
        overflow: feed.overflow ?? 'conflate',
        ringBytes: this.#ringBytes,
        times: { ...DEFAULT_TIMES, ...given(feed.times) },
        limits: venue.limits,
        attempts: attemptMemory(url, venue.limits),
        socket: { ...DEFAULT_SOCKET, ...given(feed.socket) },
        seed,
        symbolCounters,
        doorbellMemory,
        doorbell: this.#doorbell,
        registry: this.#registry,
      });
      made.want(wanted[n]!.subscriptions);
      return made;
    });
    this.#loop = new StrategyLoop(this.#names());
    this.#rest = new LoopRest(
      this.#doorbell,
      options.wait ?? 'async',
      () => this.#loop.isEmpty() && !this.#isOver(),
    );
    for (const feed of this.#feeds) this.#loop.add(feed);
    this.#supervisors = this.#share(options.threads ?? this.#feeds.length, level, log, program);
  }

  /** @internal @throws ControlError when a worker cannot be started. */
  async start(): Promise<void> {
    try {
      await Promise.all(this.#supervisors.map((supervisor) => supervisor.start()));
    } catch (error) {
      await this.close();
      throw error;
    }
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
          await this.#retire();
          return;
        }
        if (this.#loop.isEmpty()) await this.#rest.rest(napMs(handed, fill), signal);
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
          await this.#retire();
          return;
        } else await this.#rest.rest(0, signal);
        handed = 0;
        turnEnds = performance.now() + this.#slice.ms;
      }
    } finally {
      signal?.removeEventListener('abort', wake);
      this.#draining = undefined;
    }
  }

  /**
   * Subscribes to more. Resolves once the worker has it; what the exchange answers comes as status records.
   *
   * @throws MisuseError for an unknown channel, symbol or feed; ControlError when the worker does not answer
   *   or ends, in which case the one that follows it subscribes.
   */
  async subscribe(options: SubscribeOptions): Promise<void> {
    checkSubscribeOptions(options, 'subscribe');
    const feed = this.#feedOf(options.feed, 'subscribe');
    const { instruments, subscriptions } = this.#resolve(
      feed.id,
      { exchange: feed.settings.exchange, ...options },
      'subscribe',
    );
    feed.want(subscriptions);
    await this.#supervisorOf(feed).worker?.call('subscribe', CONTROL_DEADLINE_MS, (remote) =>
      remote.subscribe(feed.id, instruments, subscriptions),
    );
  }

  /** Ends subscriptions. Resolves once the worker has it. @throws as `subscribe`. */
  async unsubscribe(options: SubscribeOptions): Promise<void> {
    checkSubscribeOptions(options, 'unsubscribe');
    const feed = this.#feedOf(options.feed, 'unsubscribe');
    const { subscriptions } = this.#resolve(
      feed.id,
      { exchange: feed.settings.exchange, ...options },
      'unsubscribe',
    );
    feed.unwant(subscriptions);
    await this.#supervisorOf(feed).worker?.call('unsubscribe', CONTROL_DEADLINE_MS, (remote) =>
      remote.unsubscribe(feed.id, subscriptions),
    );
  }

  /**
   * @internal The connection of one feed, to be controlled from here.
   *
   * @param feed its name or number; may be left out where there is one alone.
   * @throws MisuseError for an unknown feed, or one that is over.
   */
  link(feed?: string | number): ConnectionLink {
    const found = this.#feedOf(feed, 'link');
    return new WorkerLink(found, this.#supervisorOf(found));
  }

  /** Everything that is counted, at this moment. Works however busy the workers are. */
  stats(): Stats {
    return { feeds: this.#feeds.map((feed) => feedStats(feed, this.#symbols)) };
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

  /** Ends every feed, where it is not over by itself, and the workers, which would keep the process alive for nothing. */
  async #retire(): Promise<void> {
    await Promise.all(this.#supervisors.map((_, n) => this.#endWorker(n)));
    for (const feed of this.#feeds) feed.end();
  }

  async #close(): Promise<void> {
    for (const supervisor of this.#supervisors) supervisor.retire();
    await this.#retire();
    this.#doorbell.wake();
    await this.compute.close();
  }

  /** Closes the feeds of one worker, where they are not closed yet, and ends it once it has told so. */
  async #endWorker(n: number): Promise<void> {
    const supervisor = this.#supervisors[n]!;
    const { worker } = supervisor;
    const close = ({ id, name, settings }: Feed): Promise<void> =>
      worker!.call(`close ${name}`, CONTROL_DEADLINE_MS + settings.times.closeTimeoutMs, (remote) =>
        remote.close(id),
      );
    // The counters of a feed may say that it is over before its last change arrives, which comes before the answer.
    if (worker !== undefined)
      await Promise.allSettled(
        this.#feedsOf(n)
          .filter(({ changes }) => changes.state !== 'CLOSED')
          .map(close),
      );
    await supervisor.stop();
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
    return this.#loop.isEmpty() && this.#feeds.every((feed) => feed.over);
  }

  #names(): NameSource {
    const registry = this.#registry;
    return {
      symbolOf: (instrument) => registry.get(instrument)?.symbol ?? '',
      venueSymbolOf: (instrument) => registry.get(instrument)?.venueSymbol ?? '',
      exchangeOf: (feed) => this.#feeds[feed]!.settings.exchange,
      feedNameOf: (feed) => this.#feeds[feed]!.name,
    };
  }

  /** Deals the feeds out to workers, as evenly as can be. */
  #share(threads: number, level: string, log: Logger, program: WorkerProgram): Supervisor[] {
    const count = Math.min(threads, this.#feeds.length);
    return Array.from(
      { length: count },
      (_, n) =>
        new Supervisor(
          `ringfeed-${n}`,
          this.#feeds.filter((feed) => feed.id % count === n),
          { level },
          log,
          program,
        ),
    );
  }

  #feedsOf(supervisor: number): readonly Feed[] {
    return this.#feeds.filter((feed) => feed.id % this.#supervisors.length === supervisor);
  }

  #supervisorOf(feed: Feed): Supervisor {
    return this.#supervisors[feed.id % this.#supervisors.length]!;
  }

  #feedOf(given: string | number | undefined, what: string): Feed {
    if (this.#closing !== undefined)
      throw new MisuseError(`Condition failed: ${what} is called before the feeds are closed`);
    const names = this.#feeds.map((feed) => feed.name);
    const found =
      given === undefined && this.#feeds.length === 1
        ? this.#feeds[0]
        : this.#feeds.find((feed) => feed.id === given || feed.name === given);
    if (found === undefined)
      throw new MisuseError(
        given === undefined
          ? `Condition failed: ${what}.feed is missing, allowed: ${names.join(', ')}`
          : `Condition failed: ${what}.feed is ${shown(given)}, allowed: ${names.join(', ')}${didYouMean(String(given), names)}`,
      );
    if (found.over)
      throw new MisuseError(`Condition failed: ${what} is for open feeds, ${found.name} is over`);
    return found;
  }

  /** Checks symbols and channels, and gives every symbol its instrument. */
  #resolve(
    feed: FeedId,
    options: {
      exchange: OpenOptions['feeds'][number]['exchange'];
      symbols: readonly string[];
      channels: readonly ChannelOption[];
    },
    where: string,
  ): { instruments: readonly RegisteredInstrument[]; subscriptions: readonly Subscription[] } {
    const { exchange } = options;
    const channels = options.channels.map((channel, n) =>
      checkChannel(exchange, channel, `${where}.channels.${n}`),
    );
    const symbols = options.symbols.map((symbol, n) =>
      checkSymbol(exchange, symbol, `${where}.symbols.${n}`),
    );
    const books = channels.filter(({ channel }) => channel === 'book');
    if (books.length > 1)
      throw new MisuseError(
        `Condition failed: ${where}.channels has ${books.length} books, allowed: one depth for each feed`,
      );
    for (const { depth = 0 } of books) {
      // A record takes at most half of its ring, and a snapshot is one record.
      const needed = 2 * bookBytes(2 * depth);
      if (needed > this.#ringBytes)
        throw new MisuseError(
          `Condition failed: option ring.bytes is ${this.#ringBytes}, allowed with books of depth ${depth}: ${2 ** Math.ceil(Math.log2(needed))} or more`,
        );
    }
    const rules = VENUES[exchange].channels;
    if (symbols.length === 0 && channels.some(({ channel }) => rules.get(channel)?.wholeVenue !== true))
      throw new MisuseError(`Condition failed: ${where}.symbols is empty, give at least one symbol`);
    const instruments = symbols.map((symbol) => this.#registry.intern(feed, exchange, symbol));
    const ids = (wholeVenue: boolean): readonly InstrumentId[] =>
      wholeVenue ? [NO_INSTRUMENT] : instruments.map(({ id }) => id);
    const subscriptions = channels.flatMap((channel) =>
      ids(rules.get(channel.channel)?.wholeVenue === true).map(
        (instrument): Subscription => ({ ...channel, instrument }),
      ),
    );
    return { instruments: [...new Set(instruments)], subscriptions };
  }
}

/** Leaves out what was given as undefined, so that a default stays. */
function given<T extends object>(options: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as never;
}

/**
 * Opens feeds: checks the options, starts the workers and begins to connect. Connections are made and
 * remade in the background; how that goes comes as status records.
 *
 * @throws MisuseError naming the option that cannot work; ControlError when a worker cannot be started.
 */
export async function openFeeds(options: OpenOptions): Promise<Feeds> {
  const feeds = new Feeds(options);
  await feeds.start();
  return feeds;
}
