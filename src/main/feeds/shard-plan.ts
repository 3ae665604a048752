import { type Subscription, subscriptionKey } from '../../shared/contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { InstrumentId } from '../../shared/units.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';

/**
 * Which subscriptions go over which connection. A connection is named by its place in the list, which it
 * keeps: one that has lost all its subscriptions stays as an empty list, to be filled again.
 */
export type ConnectionPlan = readonly (readonly Subscription[])[];

export type ShardLimits = Pick<VenueLimits, 'subscriptionsPerConnection' | 'connections'>;

/** The subscriptions of one symbol, or a part of them where one connection cannot take them all. */
interface Group {
  readonly instrument: InstrumentId;
  readonly subscriptions: readonly Subscription[];
}

/** One connection while it is being filled with what stays where it is. */
interface Bin {
  readonly subscriptions: Subscription[];
}

/** One connection of a plan in the making, of which groups may still move to another. */
interface Packing {
  readonly groups: Group[];
  /** Subscriptions of all its groups. */
  count: number;
}

/**
 * Splits subscriptions over as few connections as hold them, about equally full. All channels of a symbol
 * are on one connection wherever one connection can hold them.
 *
 * @throws MisuseError where the venue does not allow that many connections.
 */
export function planConnections(subscriptions: readonly Subscription[], limits: ShardLimits): ConnectionPlan {
  const plan = spread(groupsOf(unique(subscriptions), limits), limits);
  checkCount(plan, limits);
  return plan;
}

/**
 * Takes in more subscriptions without moving one that is placed: first where their symbol is already, then
 * where most room is, then over connections that are empty, or new ones.
 *
 * @throws MisuseError where the venue does not allow that many connections.
 */
export function placeMore(
  existing: ConnectionPlan,
  more: readonly Subscription[],
  limits: ShardLimits,
): ConnectionPlan {
  const bins: Bin[] = existing.map((subscriptions) => ({ subscriptions: [...subscriptions] }));
  const placed = new Set(existing.flat().map(subscriptionKey));
  const fresh = unique(more).filter((subscription) => !placed.has(subscriptionKey(subscription)));
  const homes = new Map<InstrumentId, Bin>();
  for (const bin of bins) for (const { instrument } of bin.subscriptions) homes.set(instrument, bin);
  const homeless = largestFirst(groupsOf(fresh, limits)).filter((group) => {
    const home = homes.get(group.instrument);
    if (home !== undefined && fits(group, home, limits)) {
      home.subscriptions.push(...group.subscriptions);
      return false;
    }
    // Connections that are empty may be closed; none is opened while others have room.
    const room = emptiest(bins.filter((bin) => bin.subscriptions.length > 0 && fits(group, bin, limits)));
    room?.subscriptions.push(...group.subscriptions);
    return room === undefined;
  });
  const extra = [...spread(homeless, limits)];
  for (const bin of bins)
    if (bin.subscriptions.length === 0) bin.subscriptions.push(...(extra.shift() ?? []));
  const plan = [...bins.map((bin) => bin.subscriptions), ...extra];
  checkCount(plan, limits);
  return plan;
}

/** Leaves subscriptions out, which makes room for others. Nothing else moves. */
export function removeFrom(existing: ConnectionPlan, gone: readonly Subscription[]): ConnectionPlan {
  const keys = new Set(gone.map(subscriptionKey));
  return existing.map((subscriptions) => subscriptions.filter((each) => !keys.has(subscriptionKey(each))));
}

/**
 * Deals connections out to workers so that the busiest has as little to do as can be, within a third: the
 * busiest connection first, each to the worker that has least so far.
 *
 * @param loads messages per second of each connection; undefined where nothing is measured yet, which counts
 *   as the mean of those that are.
 * @param running the worker of each connection that runs already and therefore stays; undefined for the rest.
 * @returns the worker of each connection, from 0 to below `threads`.
 */
export function assignWorkers(
  loads: readonly (number | undefined)[],
  threads: number,
  running: readonly (number | undefined)[] = [],
): readonly number[] {
  const known = loads.filter((load) => load !== undefined && load >= 0 && load < Number.POSITIVE_INFINITY);
  const mean = known.length === 0 ? 1 : known.reduce((sum: number, load) => sum + load!, 0) / known.length;
  const rates = loads.map((load) => (load !== undefined && known.includes(load) ? load : mean));
  const workers = Array.from({ length: threads }, () => ({ load: 0, connections: 0 }));
  const assigned = new Array<number>(loads.length);
  const give = (connection: number, worker: number): void => {
    assigned[connection] = worker;
    workers[worker]!.load += rates[connection]!;
    workers[worker]!.connections++;
  };
  const waiting: number[] = [];
  for (let i = 0; i < loads.length; i++) {
    const worker = running[i];
    if (worker !== undefined && worker < threads) give(i, worker);
    else waiting.push(i);
  }
  for (const connection of waiting.sort((a, b) => rates[b]! - rates[a]! || a - b)) {
    // Connections that are quiet weigh nothing, and still are not all given to one.
    const least = workers.reduce((best, worker, i) => {
      const other = workers[best]!;
      const lighter =
        worker.load < other.load || (worker.load === other.load && worker.connections < other.connections);
      return lighter ? i : best;
    }, 0);
    give(connection, least);
  }
  return assigned;
}

const unique = (subscriptions: readonly Subscription[]): Subscription[] => [
  ...new Map(subscriptions.map((subscription) => [subscriptionKey(subscription), subscription])).values(),
];

function groupsOf(subscriptions: readonly Subscription[], limits: ShardLimits): Group[] {
  const bySymbol = new Map<InstrumentId, Subscription[]>();
  for (const subscription of subscriptions) {
    const group = bySymbol.get(subscription.instrument);
    if (group === undefined) bySymbol.set(subscription.instrument, [subscription]);
    else group.push(subscription);
  }
  const groups: Group[] = [];
  for (const [instrument, all] of bySymbol)
    for (let from = 0; from < all.length; from += limits.subscriptionsPerConnection)
      groups.push({ instrument, subscriptions: all.slice(from, from + limits.subscriptionsPerConnection) });
  return groups;
}

/** Fills as few connections as first fit, largest first, needs, and then levels them. */
function spread(groups: readonly Group[], limits: ShardLimits): ConnectionPlan {
  const bins: Packing[] = [];
  for (const group of largestFirst(groups)) {
    const count = group.subscriptions.length;
    const room = bins.find((bin) => bin.count + count <= limits.subscriptionsPerConnection);
    if (room === undefined) bins.push({ groups: [group], count });
    else {
      room.groups.push(group);
      room.count += count;
    }
  }
  level(bins);
  return bins.map((bin) => bin.groups.flatMap((group) => group.subscriptions));
}

/**
 * Moves groups from fuller connections to the emptiest while that brings the two nearer to each other. Each
 * move makes the sum of the squares smaller, so it ends: when no connection is fuller than the emptiest by
 * more than the smallest of its own groups.
 */
function level(bins: readonly Packing[]): void {
  for (;;) {
    const least = bins.reduce((a, b) => (b.count < a.count ? b : a), bins[0]!);
    const fullestFirst = [...bins].sort((a, b) => b.count - a.count);
    const from = fullestFirst.find((bin) => smallest(bin) < bin.count - least.count);
    if (from === undefined) return;
    const moved = from.groups.findIndex((group) => group.subscriptions.length === smallest(from));
    const [group] = from.groups.splice(moved, 1);
    least.groups.push(group!);
    from.count -= group!.subscriptions.length;
    least.count += group!.subscriptions.length;
  }
}

const smallest = (bin: Packing): number => Math.min(...bin.groups.map((group) => group.subscriptions.length));

const largestFirst = (groups: readonly Group[]): Group[] =>
  [...groups].sort((a, b) => b.subscriptions.length - a.subscriptions.length);

const fits = (group: Group, bin: Bin, limits: ShardLimits): boolean =>
  bin.subscriptions.length + group.subscriptions.length <= limits.subscriptionsPerConnection;

function emptiest(bins: readonly Bin[]): Bin | undefined {
  return bins.reduce<Bin | undefined>(
    (least, bin) =>
      least !== undefined && least.subscriptions.length <= bin.subscriptions.length ? least : bin,
    undefined,
  );
}

function checkCount(plan: ConnectionPlan, limits: ShardLimits): void {
  const open = plan.filter((subscriptions) => subscriptions.length > 0);
  if (open.length > limits.connections)
    throw new MisuseError(
      `Condition failed: ${open.flat().length} subscriptions need ${open.length} connections of ${limits.subscriptionsPerConnection}, the venue allows ${limits.connections}`,
    );
}
