import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  assignWorkers,
  type ConnectionPlan,
  placeMore,
  planConnections,
  removeFrom,
  type ShardLimits,
} from '../../../src/main/feeds/shard-plan.ts';
import { type Subscription, subscriptionKey } from '../../../src/shared/contract.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { Random } from '../../support/random.ts';

const CHANNELS = ['trade', 'ticker', 'book', 'quote', 'candle'] as const;

const limit = (subscriptionsPerConnection: number, connections = Number.POSITIVE_INFINITY): ShardLimits => ({
  subscriptionsPerConnection,
  connections,
});

/** `count` symbols with the first `channels` channels each, in the order in which options give them. */
function subscriptions(count: number, channels = 1, from = 0): Subscription[] {
  return CHANNELS.slice(0, channels).flatMap((channel) =>
    Array.from({ length: count }, (_, i) => ({ channel, instrument: (from + i) as InstrumentId })),
  );
}

const sizes = (plan: ConnectionPlan): number[] => plan.map((connection) => connection.length);

const PLANS: readonly {
  title: string;
  symbols: number;
  channels: number;
  most: number;
  expected: number[];
}[] = [
  { title: 'nothing needs no connection', symbols: 0, channels: 1, most: 200, expected: [] },
  { title: 'what fits goes over one', symbols: 200, channels: 1, most: 200, expected: [200] },
  { title: 'one too many is split in halves', symbols: 201, channels: 1, most: 200, expected: [101, 100] },
  {
    title: 'two thousand symbols',
    symbols: 2_000,
    channels: 3,
    most: 500,
    expected: [...new Array<number>(11).fill(462), 459, 459],
  },
  {
    title: 'a venue that names no limit',
    symbols: 2_000,
    channels: 3,
    most: Number.POSITIVE_INFINITY,
    expected: [6_000],
  },
  {
    title: 'symbols that do not divide the limit',
    symbols: 4,
    channels: 3,
    most: 5,
    expected: [3, 3, 3, 3],
  },
  { title: 'one subscription each', symbols: 3, channels: 1, most: 1, expected: [1, 1, 1] },
  { title: 'a symbol that fits nowhere', symbols: 1, channels: 5, most: 2, expected: [2, 2, 1] },
];
for (const { title, symbols, channels, most, expected } of PLANS)
  test(`a plan fills its connections evenly: ${title}`, () => {
    const plan = planConnections(subscriptions(symbols, channels), limit(most));
    assert.deepEqual(
      sizes(plan).sort((a, b) => b - a),
      expected,
    );
  });

test('a channel of the whole venue takes its place like a symbol', () => {
  const whole: Subscription = { channel: 'instrument', instrument: NO_INSTRUMENT };
  assert.deepEqual(sizes(planConnections([whole, ...subscriptions(4, 2)], limit(4))).sort(), [2, 3, 4]);
});

test('what is given twice is planned once', () => {
  const all = subscriptions(10);
  assert.deepEqual(sizes(planConnections([...all, ...all], limit(100))), [10]);
  assert.deepEqual(sizes(placeMore(planConnections(all, limit(100)), all, limit(100))), [10]);
});

test('a plan with more connections than the venue allows is refused, with the numbers', () => {
  assert.throws(
    () => planConnections(subscriptions(1_000), limit(100, 9)),
    new MisuseError('Condition failed: 1000 subscriptions need 10 connections of 100, the venue allows 9'),
  );
  const plan = planConnections(subscriptions(900), limit(100, 9));
  assert.throws(() => placeMore(plan, subscriptions(1, 1, 5_000), limit(100, 9)), MisuseError);
  // An empty connection is none.
  const [gone] = plan;
  assert.equal(placeMore(removeFrom(plan, gone!), subscriptions(100, 1, 5_000), limit(100, 9)).length, 9);
});

test('a channel more of a symbol goes where the symbol is, and a new symbol where most room is', () => {
  const plan = removeFrom(planConnections(subscriptions(8, 2), limit(10)), subscriptions(2, 2, 6));
  const [first, second] = sizes(plan);
  const more: Subscription[] = [
    { channel: 'book', instrument: plan[0]![0]!.instrument },
    { channel: 'trade', instrument: 100 as InstrumentId },
  ];
  const placed = placeMore(plan, more, limit(10));
  assert.ok(placed[0]!.includes(more[0]!), `${first}, ${second}`);
  assert.ok(placed[second! < first! + 1 ? 1 : 0]!.includes(more[1]!));
});

test('no connection is opened anew while others have room', () => {
  const plan: ConnectionPlan = [subscriptions(5), [], subscriptions(5, 1, 10)];
  const first = placeMore(plan, subscriptions(10, 1, 100), limit(10));
  assert.deepEqual(sizes(first), [10, 0, 10]);
  assert.deepEqual(sizes(placeMore(first, subscriptions(15, 1, 200), limit(10))), [10, 8, 10, 7]);
});

const keysOf = (connection: readonly Subscription[]): string[] => connection.map(subscriptionKey);

/** What holds for every plan of these subscriptions. */
function check(plan: ConnectionPlan, wanted: readonly Subscription[], most: number, context: string): void {
  assert.deepEqual(plan.flatMap(keysOf).sort(), keysOf(wanted).sort(), `${context}: each is placed once`);
  for (const connection of plan) assert.ok(connection.length <= most, `${context}: within the limit`);
}

/** Symbols with any of the channels each. */
function randomSubscriptions(chance: Random, symbols: number, from = 0): Subscription[] {
  return Array.from({ length: symbols }, (_, i) => i + from).flatMap((instrument) => {
    const channels = CHANNELS.filter(() => chance.percent(60));
    return (channels.length === 0 ? (['trade'] as const) : channels).map(
      (channel): Subscription => ({ channel, instrument: instrument as InstrumentId }),
    );
  });
}

test('any subscriptions are planned within the limit, symbols together, about evenly', () => {
  for (let seed = 0; seed < 300; seed++) {
    const chance = new Random(seed);
    const wanted = randomSubscriptions(chance, chance.below(120));
    const most = 5 + chance.below(60);
    const plan = planConnections(wanted, limit(most));
    check(plan, wanted, most, `seed ${seed}`);
    for (const instrument of new Set(wanted.map((each) => each.instrument)))
      assert.equal(
        plan.filter((connection) => connection.some((each) => each.instrument === instrument)).length,
        1,
        `seed ${seed}: the channels of a symbol are together`,
      );
    // A symbol has five channels at most, so each connection leaves room for less than one of them in vain.
    assert.ok(
      plan.length <= Math.ceil(wanted.length / Math.max(1, most - 4)),
      `seed ${seed}: few connections`,
    );
    const counts = sizes(plan);
    if (plan.length > 1)
      assert.ok(
        Math.max(...counts) - Math.min(...counts) <= CHANNELS.length,
        `seed ${seed}: ${counts.join()}`,
      );
  }
});

test('adding and removing for a long time moves nothing that is placed and stays within the limit', () => {
  for (let seed = 0; seed < 100; seed++) {
    const chance = new Random(seed);
    const most = 5 + chance.below(20);
    let wanted = randomSubscriptions(chance, 30);
    let plan = planConnections(wanted, limit(most));
    for (let step = 0; step < 40; step++) {
      const before = plan;
      if (chance.percent(50)) {
        const more = randomSubscriptions(chance, 1 + chance.below(8), chance.below(60));
        plan = placeMore(plan, more, limit(most));
        const known = new Set(keysOf(wanted));
        wanted = [...wanted, ...more.filter((each) => !known.has(subscriptionKey(each)))];
        before.forEach((connection, i) => {
          assert.deepEqual(plan[i]!.slice(0, connection.length), connection, `seed ${seed}: nothing moves`);
        });
      } else {
        const gone = wanted.filter(() => chance.percent(20));
        plan = removeFrom(plan, gone);
        const keys = new Set(keysOf(gone));
        wanted = wanted.filter((each) => !keys.has(subscriptionKey(each)));
        assert.equal(plan.length, before.length, 'a connection keeps its place');
      }
      check(plan, wanted, most, `seed ${seed}, step ${step}`);
    }
  }
});

const WORKERS: readonly {
  title: string;
  loads: (number | undefined)[];
  threads: number;
  running?: (number | undefined)[];
  expected: number[];
}[] = [
  { title: 'nothing', loads: [], threads: 2, expected: [] },
  {
    title: 'one busy connection has a worker to itself',
    loads: [1, 100, 1, 1],
    threads: 2,
    expected: [1, 0, 1, 1],
  },
  { title: 'the busiest first', loads: [5, 6, 7, 8], threads: 2, expected: [0, 1, 1, 0] },
  {
    title: 'nothing measured yet',
    loads: [undefined, undefined, undefined, undefined],
    threads: 2,
    expected: [0, 1, 0, 1],
  },
  {
    title: 'unknown rates count as the mean',
    loads: [10, undefined, 30, undefined],
    threads: 2,
    expected: [0, 1, 0, 1],
  },
  {
    title: 'what is no rate counts as unknown',
    loads: [Number.NaN, -5, Number.POSITIVE_INFINITY, 4],
    threads: 4,
    expected: [0, 1, 2, 3],
  },
  { title: 'quiet connections are dealt out too', loads: [0, 0, 0, 0], threads: 2, expected: [0, 1, 0, 1] },
  { title: 'what runs stays', loads: [50, 1, 1, 1], threads: 2, running: [1, 1], expected: [1, 1, 0, 0] },
  {
    title: 'a worker that is gone keeps nothing',
    loads: [1, 1],
    threads: 1,
    running: [3, 0],
    expected: [0, 0],
  },
];
for (const { title, loads, threads, running, expected } of WORKERS)
  test(`connections are dealt out to workers: ${title}`, () => {
    assert.deepEqual(assignWorkers(loads, threads, running), expected);
  });

test('no worker has a third more to do than it must', () => {
  for (let seed = 0; seed < 500; seed++) {
    const chance = new Random(seed);
    const threads = 1 + chance.below(8);
    const loads = Array.from({ length: threads + chance.below(60) }, () => chance.below(10) ** 4);
    const assigned = assignWorkers(loads, threads);
    const work = Array.from({ length: threads }, () => 0);
    assigned.forEach((worker, connection) => {
      work[worker]! += loads[connection]!;
    });
    // What the best of all ways cannot undercut: the mean, the busiest connection, and the two smallest of
    // the busiest `threads + 1`, which some worker must have both of.
    const sorted = [...loads].sort((a, b) => b - a);
    const total = loads.reduce((sum, load) => sum + load, 0);
    const pair = (sorted[threads - 1] ?? 0) + (sorted[threads] ?? 0);
    const least = Math.max(total / threads, sorted[0] ?? 0, pair);
    assert.ok(Math.max(...work) <= (4 / 3) * least + 1e-9, `seed ${seed}: ${Math.max(...work)} of ${least}`);
  }
});
