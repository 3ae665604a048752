import { faultName } from '../../shared/faults/fault-catalogue.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { FeedId } from '../../shared/units.ts';
import type { ConnectionLink } from '../control/connection-link.ts';
import { WorkerLink } from '../control/worker-link.ts';
import type { Logger } from '../log.ts';
import { didYouMean } from '../options/nearest.ts';
import {
  CONNECTIONS_MAX,
  checkSubscribeOptions,
  type FeedOption,
  type SubscribeOptions,
} from '../options/open-options.ts';
import { shown } from '../options/option-rules.ts';
import { connectionSettings } from './connection-settings.ts';
import { Feed, type FeedSettings } from './feed.ts';
import { controlOptions, FeedControl, hasCallbacks } from './feed-control.ts';
import type { FeedSet } from './feed-set.ts';
import { type Placement, ShardedFeed } from './placement.ts';
import { checkBeside, resolveSubscriptions, type Subscriber } from './resolve-subscriptions.ts';
import type { UncheckedFeed } from './symbol-check.ts';

/** What connections of all feeds share. */
export type SharedParts = Pick<
  FeedSettings,
  'ringBytes' | 'seed' | 'symbolCounters' | 'doorbellMemory' | 'doorbell' | 'registry'
>;

interface RosterFeed {
  readonly sharded: ShardedFeed;
  readonly subscriber: Subscriber;
}

/**
 * The feeds by the names and numbers their user knows them by, and what is asked of them.
 *
 * Runs on: main.
 */
export class FeedRoster {
  readonly #set: FeedSet;
  readonly #log: Logger;
  readonly #feeds: readonly RosterFeed[];
  readonly #controls = new Map<FeedId, FeedControl>();

  /**
   * Puts the connections of every feed into `set`, which has yet to start them.
   *
   * @throws MisuseError for a symbol or channel the venue does not have, and for too many connections.
   */
  constructor(options: readonly FeedOption[], parts: SharedParts, set: FeedSet, log: Logger) {
    this.#set = set;
    this.#log = log;
    const feeds = options.map((option, n) => this.#feed(option, n as FeedId, parts));
    // Every option is checked before the memory of any connection is made.
    const wanted = feeds.map(({ subscriber }, n) =>
      resolveSubscriptions(subscriber, options[n]!, `option feeds.${n}`),
    );
    for (const [n, { sharded }] of feeds.entries()) sharded.place(wanted[n]!);
    this.#feeds = feeds;
  }

  /** @throws MisuseError, ControlError: see `Feeds.subscribe`. */
  async subscribe(options: SubscribeOptions): Promise<void> {
    checkSubscribeOptions(options, 'subscribe');
    const { sharded, subscriber } = this.#feedOf(options.feed, 'subscribe');
    const ran = new Set(sharded.connections);
    const more = resolveSubscriptions(subscriber, options, 'subscribe');
    const wanted = sharded.connections.flatMap((connection) => (connection.over ? [] : connection.wanted));
    checkBeside(wanted, more, subscriber.registry, 'subscribe');
    const placements = sharded.place(more);
    const tell = ({ connection, subscriptions }: Placement): Promise<void> =>
      this.#set.ask(connection, 'subscribe', (remote) =>
        remote.subscribe(connection.id, connection.known, subscriptions),
      );
    await Promise.all([
      this.#set.open(sharded.connections.filter((connection) => !ran.has(connection))),
      ...placements.filter(({ connection }) => ran.has(connection)).map(tell),
    ]);
  }

  /** @throws MisuseError, ControlError: see `Feeds.subscribe`. */
  async unsubscribe(options: SubscribeOptions): Promise<void> {
    checkSubscribeOptions(options, 'unsubscribe');
    const { sharded, subscriber } = this.#feedOf(options.feed, 'unsubscribe');
    const placements = sharded.remove(resolveSubscriptions(subscriber, options, 'unsubscribe'));
    await Promise.all(
      placements.map(({ connection, subscriptions }) =>
        this.#set.ask(connection, 'unsubscribe', (remote) =>
          remote.unsubscribe(connection.id, subscriptions),
        ),
      ),
    );
  }

  /** Says in band and in the log that the symbols of a feed could not be looked up. It goes on all the same. */
  async tellUnchecked({ feed, fault, detail }: UncheckedFeed): Promise<void> {
    const { sharded } = this.#feeds[feed]!;
    this.#log.warn({ feed: sharded.name, fault: faultName(fault) }, detail);
    const [first] = sharded.connections;
    if (first === undefined || first.over) return;
    // A worker that is lost meanwhile says worse things by itself.
    await this.#set
      .ask(first, 'notice', (remote) => remote.notice(first.id, fault, detail))
      .catch(() => undefined);
  }

  /** @throws MisuseError for an unknown connection, or one that is over. */
  link(connection: string | number | undefined): ConnectionLink {
    return this.#linkOf(this.#connectionOf(connection, 'link'));
  }

  /** The same control each time. @throws MisuseError for an unknown connection, or one that is over. */
  control(given: string | number | undefined): FeedControl {
    const connection = this.#connectionOf(given, 'control');
    return this.#controls.get(connection.id) ?? this.#makeControl(connection, {});
  }

  #feed(option: FeedOption, number: FeedId, parts: SharedParts): RosterFeed {
    const { exchange } = option;
    const name = `${exchange}#${number}`;
    const settings = connectionSettings(option);
    const { limits, lines } = settings;
    const make = (names: readonly string[]): readonly Feed[] => {
      this.#checkRoom(names.length);
      const made = names.map(
        (each, n) =>
          new Feed({
            ...parts,
            ...settings,
            id: (this.#set.nextId + n) as FeedId,
            name: each,
            instrumentsOf: number,
          }),
      );
      this.#set.add(made);
      // Made at once, so that it hears everything there is to hear.
      if (hasCallbacks(option)) for (const each of made) this.#makeControl(each, option);
      return made;
    };
    const most = { ...limits, connections: Math.floor(limits.connections / lines) };
    return {
      sharded: new ShardedFeed(name, most, make),
      subscriber: { id: number, exchange, ringBytes: parts.ringBytes, registry: parts.registry },
    };
  }

  #checkRoom(more: number): void {
    const count = this.#set.feeds.length;
    if (count + more > CONNECTIONS_MAX)
      throw new MisuseError(
        `Condition failed: at most ${CONNECTIONS_MAX} connections over all feeds; ${count} were made, ${more} more are needed`,
      );
  }

  #makeControl(connection: Feed, option: Parameters<typeof controlOptions>[0]): FeedControl {
    const control = new FeedControl(
      connection,
      this.#linkOf(connection),
      controlOptions(option, connection.name),
      this.#log,
    );
    this.#controls.set(connection.id, control);
    return control;
  }

  #linkOf(connection: Feed): ConnectionLink {
    const set = this.#set;
    return new WorkerLink(connection, {
      get worker() {
        return set.supervisorOf(connection)?.worker;
      },
    });
  }

  #feedOf(given: string | number | undefined, what: string): RosterFeed {
    const names = this.#feeds.map(({ sharded }) => sharded.name);
    const found =
      given === undefined && this.#feeds.length === 1
        ? this.#feeds[0]
        : this.#feeds.find(({ sharded }, n) => n === given || sharded.name === given);
    if (found === undefined) throw unknown(given, what, names);
    if (found.sharded.over)
      throw new MisuseError(`Condition failed: ${what} is for open feeds, ${found.sharded.name} is over`);
    return found;
  }

  /** A feed's number, and nothing where there is one feed alone, mean its first connection. */
  #connectionOf(given: string | number | undefined, what: string): Feed {
    const { feeds } = this.#set;
    const alone = this.#feeds.length === 1 ? this.#feeds[0] : undefined;
    const found =
      given === undefined
        ? alone?.sharded.connections[0]
        : typeof given === 'number'
          ? this.#feeds[given]?.sharded.connections[0]
          : feeds.find(({ name }) => name === given);
    if (found === undefined)
      throw unknown(
        given,
        what,
        feeds.map(({ name }) => name),
      );
    if (found.over)
      throw new MisuseError(`Condition failed: ${what} is for open feeds, ${found.name} is over`);
    return found;
  }
}

function unknown(given: string | number | undefined, what: string, names: readonly string[]): MisuseError {
  const allowed = `allowed: ${names.join(', ')}`;
  return new MisuseError(
    given === undefined
      ? `Condition failed: ${what}.feed is missing, ${allowed}`
      : `Condition failed: ${what}.feed is ${shown(given)}, ${allowed}${didYouMean(String(given), names)}`,
  );
}
