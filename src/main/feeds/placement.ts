import { type Subscription, subscriptionKey } from '../../shared/contract.ts';
import type { Feed } from './feed.ts';
import { placeMore, type ShardLimits } from './shard-plan.ts';

/** What is to be told to one connection. */
export interface Placement {
  readonly connection: Feed;
  readonly subscriptions: readonly Subscription[];
}

/** Makes as many connections as there are names, or none and throws. */
export type MakeConnections = (names: readonly string[]) => readonly Feed[];

/**
 * The connections that one feed option's subscriptions are placed on, as many as the limits demand. The first
 * has the feed's own name, `kraken#0`; the next are `kraken#0.1`, `kraken#0.2`. A name is never given twice.
 *
 * What a connection wants is the plan, and there is no other. One that is over wants nothing any more.
 */
export class ShardedFeed {
  readonly name: string;
  readonly #limits: ShardLimits;
  readonly #make: MakeConnections;
  readonly #connections: Feed[] = [];

  constructor(name: string, limits: ShardLimits, make: MakeConnections) {
    this.name = name;
    this.#limits = limits;
    this.#make = make;
  }

  /** In the order in which they were made. */
  get connections(): readonly Feed[] {
    return this.#connections;
  }

  get over(): boolean {
    return this.#connections.every((connection) => connection.over);
  }

  /**
   * Finds room for subscriptions, on further connections where there is none. What is placed already stays
   * where it is, and is asked for again.
   *
   * @returns what is new for each connection: one that hears of the whole venue is to know of more instruments
   *   even where it is subscribed to no more.
   * @throws MisuseError where that takes more connections than are allowed. Nothing is changed then.
   */
  place(subscriptions: readonly Subscription[]): readonly Placement[] {
    const open = this.#open;
    const asked = new Map(subscriptions.map((each) => [subscriptionKey(each), each]));
    const plan = placeMore(
      open.map(({ wanted }) => wanted),
      subscriptions,
      this.#limits,
    );
    const made = this.#make(this.#names(plan.length - open.length));
    this.#connections.push(...made);
    const placements = [...open, ...made].map((connection, n): Placement => {
      const placed = plan[n]!.flatMap((each) => asked.get(subscriptionKey(each)) ?? []);
      return { connection, subscriptions: placed };
    });
    for (const { connection, subscriptions: placed } of placements) {
      connection.want(placed);
      const moved = placed.map(({ instrument }) => instrument);
      for (const other of this.#connections) if (other !== connection) other.forget(moved);
    }
    return placements.filter(
      ({ connection, subscriptions: placed }) => placed.length > 0 || connection.isVenueWide,
    );
  }

  /** Takes subscriptions away from the connections they are on, which makes room there. */
  remove(subscriptions: readonly Subscription[]): readonly Placement[] {
    return this.#open.flatMap((connection): readonly Placement[] => {
      const gone = subscriptions.filter((each) => connection.wants(each));
      connection.unwant(gone);
      return gone.length === 0 ? [] : [{ connection, subscriptions: gone }];
    });
  }

  get #open(): readonly Feed[] {
    return this.#connections.filter((connection) => !connection.over);
  }

  #names(count: number): readonly string[] {
    const made = this.#connections.length;
    return Array.from({ length: count }, (_, n) => (made + n === 0 ? this.name : `${this.name}.${made + n}`));
  }
}
