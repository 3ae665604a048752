import type { FeedId } from '../../shared/units.ts';
import type { Logger } from '../log.ts';
import type { NameSource } from '../strategy/record-view.ts';
import type { Feed } from './feed.ts';
import type { InstrumentRegistry } from './instrument-registry.ts';
import { MessageRates } from './message-rates.ts';
import { assignWorkers } from './shard-plan.ts';
import { Supervisor } from './supervisor.ts';
import type { WorkerControl, WorkerProgram } from './worker-control.ts';

/** Time a worker has to take in a control call, beyond what the call itself may take. */
const CONTROL_DEADLINE_MS = 5_000;

export interface FeedSetOptions {
  /** Workers at most. */
  readonly threads: number;
  /** Level of the workers' logs. */
  readonly level: string;
  readonly log: Logger;
  readonly program: WorkerProgram;
  /** Monotonic milliseconds; the system's where left out. */
  readonly clock?: () => number;
}

/**
 * All connections there are, and which worker runs each.
 *
 * Runs on: main.
 */
export class FeedSet {
  readonly #options: FeedSetOptions;
  /** By id. */
  readonly #feeds: Feed[] = [];
  /** By the number of the worker; each of them has had a feed. */
  readonly #supervisors: Supervisor[] = [];
  /** By id: the worker of each. */
  readonly #workers: number[] = [];
  readonly #rates = new MessageRates();
  readonly #clock: () => number;
  #keepsAlive = true;
  /** Told of each connection that is added. */
  onAdded: (feed: Feed) => void = () => undefined;

  constructor(options: FeedSetOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** In the order of their ids, those that are over included. */
  get feeds(): readonly Feed[] {
    return this.#feeds;
  }

  /** Id of the next connection that is added. */
  get nextId(): FeedId {
    return this.#feeds.length as FeedId;
  }

  /** True once no connection will put anything into its ring any more. */
  get over(): boolean {
    return this.#feeds.every((feed) => feed.over);
  }

  /** Adds connections, which run nowhere yet. Their ids go on from `nextId`. */
  add(feeds: readonly Feed[]): void {
    this.#feeds.push(...feeds);
    for (const feed of feeds) this.onAdded(feed);
  }

  /**
   * Deals the connections out that were added, evenly by what they are subscribed to, and starts the workers.
   *
   * @throws ControlError when a worker cannot be started.
   */
  async start(): Promise<void> {
    const assigned = assignWorkers(
      this.#feeds.map(({ wanted }) => wanted.length),
      Math.min(this.#options.threads, this.#feeds.length),
    );
    this.#workers.push(...assigned);
    const count = Math.max(...assigned) + 1;
    for (let worker = 0; worker < count; worker++)
      this.#supervisors.push(this.#supervise(this.#feeds.filter((_, n) => assigned[n] === worker)));
    for (const feed of this.#feeds) this.#rates.rate(feed, this.#clock());
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.start()));
  }

  /**
   * Has connections run that were added since the start, in the workers that have least to do by the
   * messages they have read.
   *
   * @throws ControlError when a worker does not take one in; the next worker does.
   */
  async open(feeds: readonly Feed[]): Promise<void> {
    const nowMs = this.#clock();
    const running = this.#feeds.filter((feed) => !feed.over && !feeds.includes(feed));
    const rates = [...running, ...feeds].map((feed) => this.#rates.rate(feed, nowMs));
    const workers = assignWorkers(
      rates,
      this.#options.threads,
      running.map(({ id }) => this.#workers[id]),
    ).slice(running.length);
    await Promise.all(
      feeds.map((feed, n) => {
        // Of the workers that have nothing to do the first is chosen, so that no number is passed over.
        const worker = workers[n]!;
        this.#workers[feed.id] = worker;
        this.#supervisors[worker] ??= this.#supervise([]);
        return this.#supervisors[worker].adopt(feed);
      }),
    );
  }

  /** Who looks after a connection; undefined before it is started. */
  supervisorOf(feed: Feed): Supervisor | undefined {
    return this.#supervisors[this.#workers[feed.id] ?? -1];
  }

  /** Asks the worker of a connection something; nothing where there is none at present. */
  async ask(feed: Feed, what: string, make: Parameters<WorkerControl['call']>[2]): Promise<void> {
    await this.supervisorOf(feed)?.worker?.call(what, CONTROL_DEADLINE_MS, make);
  }

  /** Whether the process goes on for as long as there are workers, as it does at first. */
  keepAlive(keeps: boolean): void {
    this.#keepsAlive = keeps;
    for (const supervisor of this.#supervisors) supervisor.keepAlive(keeps);
  }

  /** From now on a worker that ends is not followed by another. */
  retire(): void {
    for (const supervisor of this.#supervisors) supervisor.retire();
  }

  /** Ends every connection that is not over by itself, and the workers, which would keep the process alive for nothing. */
  async end(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor, worker) => this.#endWorker(supervisor, worker)));
    for (const feed of this.#feeds) feed.end();
  }

  names(registry: InstrumentRegistry): NameSource {
    return {
      symbolOf: (instrument) => registry.get(instrument)?.symbol ?? '',
      venueSymbolOf: (instrument) => registry.get(instrument)?.venueSymbol ?? '',
      exchangeOf: (feed) => this.#feeds[feed]!.settings.exchange,
      feedNameOf: (feed) => this.#feeds[feed]!.name,
    };
  }

  #supervise(feeds: readonly Feed[]): Supervisor {
    const { level, log, program } = this.#options;
    const supervisor = new Supervisor(`ringfeed-${this.#supervisors.length}`, feeds, { level }, log, program);
    supervisor.keepAlive(this.#keepsAlive);
    return supervisor;
  }

  /** Closes the connections of one worker, where they are not closed yet, and ends it once it has told so. */
  async #endWorker(supervisor: Supervisor, number: number): Promise<void> {
    const { worker } = supervisor;
    const close = ({ id, name, settings }: Feed): Promise<void> =>
      worker!.call(`close ${name}`, CONTROL_DEADLINE_MS + settings.times.closeTimeoutMs, (remote) =>
        remote.close(id),
      );
    // The counters of a feed may say that it is over before its last change arrives, which comes before the answer.
    if (worker !== undefined)
      await Promise.allSettled(
        this.#feeds
          .filter(({ id, changes }) => this.#workers[id] === number && changes.state !== 'CLOSED')
          .map(close),
      );
    await supervisor.stop();
  }
}
