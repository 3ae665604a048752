/**
 * A made-up feed and a strategy that reads as it pleases: records of every kind, messages taken back,
 * notices, books that go stale and come back, stalls. What must hold in every such world is checked at
 * every step. A failure names its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overflow } from '../../../src/shared/contract.ts';
import { COUNTED } from '../../../src/shared/counters/feed-counters.ts';
import { STATUSES } from '../../../src/shared/faults/status-catalogue.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import type { ListedRecord } from '../../support/list-sink.ts';
import { Random } from '../../support/random.ts';
import { type CountedName, FeedRig, line, Mirror } from './feed-rig.ts';

const SEEDS = 150;
const STEPS = 400;
const INSTRUMENTS: readonly number[] = [0, 1, 2, 3, 4];
const RING_BYTES = 4096;
const PRICES = 8;

/** A line of what was meant, for the policy that delivers exactly that. */
interface World {
  readonly rig: FeedRig;
  readonly random: Random;
  /** Everything the feed has said and not taken back, as lines. */
  readonly said: string[];
  /** The same for statuses alone. */
  readonly statuses: string[];
  /** Book records discarded since the book was live, to know which gap is due. */
  readonly discarded: Map<number, number>;
}

const bids = (random: Random): Map<number, number> =>
  new Map(Array.from({ length: random.below(PRICES) }, (_, n) => [n, 1 + random.below(9)]));

/** Writes one record or notice, and notes what the strategy should read for it if nothing is lost. */
function write(world: World): void {
  const { rig, random, said, statuses, discarded } = world;
  const instrument = random.pick(INSTRUMENTS);
  const number = (name: CountedName): number => rig.source.numbers.get(`${name} ${instrument}`)!;
  const status = (text: string): void => {
    said.push(text);
    statuses.push(text);
  };
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      const name = random.pick(['trade', 'ticker', 'quote', 'candle', 'instrument'] as const);
      rig.record(name, instrument);
      said.push(`${name} ${instrument} #${number(name)}`);
      return;
    }
    case 4: {
      rig.raw(instrument, random.below(random.percent(10) ? 1900 : 100));
      said.push(`raw ${instrument} #${number('raw')}`);
      return;
    }
    case 5: {
      rig.status('venue', NO_INSTRUMENT, 'NONE', `condition ${statuses.length}`);
      status(`venue: condition ${statuses.length}`);
      return;
    }
    case 6: {
      if (!random.percent(20)) return;
      const name = random.pick(['trade', 'candle', 'raw'] as const);
      rig.discard(name, instrument, 2);
      const count = { trade: 'droppedTrades', candle: 'droppedCandles', raw: 'droppedOther' }[name];
      said.push(`gap ${instrument} CHECKSUM_MISMATCH ${count} 2`);
      return;
    }
    case 7: {
      if (!rig.source.live.has(instrument) || !random.percent(30)) return;
      rig.stale(instrument);
      status(`stale ${instrument} CHECKSUM_MISMATCH`);
      return;
    }
    default:
  }
  if (rig.source.live.has(instrument)) {
    rig.book(instrument, random.below(PRICES), random.below(5));
    said.push(`book ${instrument} #${number('book')}`);
  } else if (random.percent(60)) {
    rig.discard('book', instrument, 1);
    discarded.set(instrument, (discarded.get(instrument) ?? 0) + 1);
  } else {
    const missing = discarded.get(instrument) ?? 0;
    discarded.delete(instrument);
    if (missing > 0) said.push(`gap ${instrument} CHECKSUM_MISMATCH droppedOther ${missing}`);
    rig.live(instrument, bids(random));
    status(`live ${instrument}`);
    said.push(`book ${instrument} #${number('book')} snapshot`);
  }
}

/** One message, perhaps read twice, as when the fast way of reading it fails half-way. */
function message(world: World): void {
  const { rig, random, said, statuses, discarded } = world;
  const saved = [said.length, statuses.length, new Map(discarded)] as const;
  rig.begin();
  const attempts = random.percent(15) ? 2 : 1;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    for (let n = random.below(random.percent(10) ? 60 : 5); n > 0; n--) {
      write(world);
      checkCounts(rig);
    }
    if (attempt === attempts && !random.percent(5)) break;
    rig.rollback();
    said.length = saved[0];
    statuses.length = saved[1];
    discarded.clear();
    for (const [instrument, count] of saved[2]) discarded.set(instrument, count);
    checkCounts(rig);
  }
  if (random.percent(70)) rig.publisher.endMessage();
}

function checkCounts(rig: FeedRig): void {
  for (const name of COUNTED) rig.counts(name);
}

/** The strategy: holds the feed to its word with every record it reads. */
class Strategy {
  readonly mirror = new Mirror();
  readonly read: ListedRecord[] = [];
  /** Last number read of each kind and instrument. */
  readonly #last = new Map<string, number>();
  /** Records announced as missing so far, and those found missing, by how gaps count them. */
  readonly announced = { droppedTrades: 0, droppedCandles: 0, droppedOther: 0, conflated: 0 };
  readonly #missed = { droppedTrades: 0, droppedCandles: 0, droppedOther: 0 };
  /** Books that were said to be live and whose snapshot has not come yet. */
  readonly #snapshotDue = new Set<number>();
  readonly #stale = new Set<number>(INSTRUMENTS);
  #gaps = 0;
  /** Gaps read before the last record of each kind and instrument. */
  readonly #gapsAt = new Map<string, number>();

  take(record: ListedRecord): void {
    const { name, values } = record;
    const instrument = values['instrument']!;
    this.read.push(record);
    if (name === 'gap') {
      this.#gaps++;
      for (const key of Object.keys(this.announced) as (keyof Strategy['announced'])[])
        this.announced[key] += values[key]!;
      return;
    }
    if (name === 'status') {
      if (values['code'] === STATUSES.stale.id) this.#stale.add(instrument);
      if (values['code'] === STATUSES.live.id) {
        this.#stale.delete(instrument);
        this.#snapshotDue.add(instrument);
      }
      this.mirror.apply(record);
      return;
    }
    this.#checkNumber(record);
    if (name === 'book') {
      assert.ok(!this.#stale.has(instrument), `no level of ${instrument} while its book is stale`);
      const snapshot = (values['flags']! & FLAG.snapshot) !== 0;
      if (this.#snapshotDue.delete(instrument))
        assert.ok(snapshot, `live ${instrument} is followed by a snapshot`);
    }
    this.mirror.apply(record);
  }

  /** What is missing before this record was announced before it. */
  #checkNumber({ name, values }: ListedRecord): void {
    const key = `${name} ${values['instrument']}`;
    const number = values['sequence']!;
    const last = this.#last.get(key) ?? 0;
    const refreshed = (values['flags']! & FLAG.refreshed) !== 0;
    this.#last.set(key, number);
    const missing = number - last - 1;
    const gaps = this.#gapsAt.get(key) ?? 0;
    this.#gapsAt.set(key, this.#gaps);
    if (refreshed) {
      assert.ok(number >= last, `${key} never goes back`);
      assert.ok(this.#gaps > gaps || number > last, `${key} is refreshed for a reason`);
      return;
    }
    assert.ok(missing >= 0, `${key} #${number} comes once, after #${last}`);
    if (missing === 0) return;
    assert.ok(this.#gaps > gaps, `a gap lies between ${key} #${last} and #${number}`);
    const count =
      name === 'trade'
        ? 'droppedTrades'
        : name === 'candle'
          ? 'droppedCandles'
          : name === 'book'
            ? undefined
            : 'droppedOther';
    if (count === undefined) return;
    this.#missed[count] += missing;
    assert.ok(
      this.#missed[count] <= this.announced[count],
      `${missing} before ${key} #${number} were announced`,
    );
  }
}

function play(
  seed: number,
  overflow: Overflow,
): World & { readonly strategy: Strategy; readonly pauses: number } {
  const random = new Random(seed);
  const rig = new FeedRig(overflow, RING_BYTES);
  const world: World = { rig, random, said: [], statuses: [], discarded: new Map() };
  const strategy = new Strategy();
  const read = (records?: number): void => {
    for (const record of rig.take(records)) strategy.take(record);
  };
  let stalled = false;
  let pauses = 0;
  for (let step = 0; step < STEPS; step++) {
    if (random.percent(3)) stalled = !stalled;
    if (random.percent(30)) {
      rig.publisher.publish();
      const words = rig.published();
      for (const name of COUNTED) assert.deepEqual(rig.counts(name, words), rig.counts(name));
    } else if (random.percent(10)) rig.publisher.recover();
    if (!stalled && random.percent(60)) read(random.below(20));
    if (rig.publisher.wantsPause && random.percent(95)) continue;
    message(world);
    if (rig.publisher.wantsPause) pauses++;
  }
  rig.publisher.publish();
  for (let turns = 0; turns < 10_000; turns++) {
    read();
    if (!rig.publisher.degraded) break;
    rig.publisher.publish();
  }
  rig.publisher.publish();
  read();
  assert.equal(rig.publisher.degraded, false, 'a feed recovers once its ring is read');
  return { ...world, strategy, pauses };
}

/** After everything has been read: what was read is what was counted, and what is missing was announced. */
function checkSums({ rig, strategy }: ReturnType<typeof play>): void {
  const { read } = strategy;
  const isRefreshed = (record: ListedRecord): boolean => (record.values['flags']! & FLAG.refreshed) !== 0;
  const dropped = { droppedTrades: 0, droppedCandles: 0, droppedOther: 0 };
  for (const name of COUNTED) {
    const counts = rig.counts(name);
    const source = INSTRUMENTS.reduce((sum, of) => sum + (rig.source.numbers.get(`${name} ${of}`) ?? 0), 0);
    assert.equal(counts.received, source, `${name} received`);
    const delivered = read.filter((record) => record.name === name && !isRefreshed(record)).length;
    assert.equal(counts.delivered, delivered, `${name} delivered`);
    if (name === 'trade') dropped.droppedTrades += counts.dropped;
    else if (name === 'candle') dropped.droppedCandles += counts.dropped;
    else dropped.droppedOther += counts.dropped;
  }
  const { conflated, ...announced } = strategy.announced;
  assert.deepEqual(announced, dropped);
  const folded = COUNTED.reduce((sum, name) => sum + rig.counts(name).conflated, 0);
  assert.ok(conflated <= folded, 'no more is announced as conflated than was');
  assert.equal(conflated > 0, folded > 0);
  assert.equal(rig.feedCount('refreshed'), read.filter(isRefreshed).length);
  assert.equal(rig.feedCount('gaps'), read.filter(({ name }) => name === 'gap').length);
  assert.equal(rig.feedCount('committed'), read.length);
}

function checkMirror({ rig, strategy }: ReturnType<typeof play>): void {
  for (const instrument of INSTRUMENTS) {
    for (const name of ['ticker', 'quote']) {
      const key = `${name} ${instrument}`;
      assert.equal(strategy.mirror.latest.get(key), rig.source.numbers.get(key), key);
    }
    const expected = rig.source.live.has(instrument) ? rig.source.books.get(instrument) : undefined;
    const book = strategy.mirror.books.get(instrument);
    const sorted = (side = new Map<number, number>()) => [...side].sort(([a], [b]) => a - b);
    assert.equal(book === undefined, expected === undefined, `book of ${instrument}`);
    assert.deepEqual(sorted(book), sorted(expected), `book of ${instrument}`);
  }
}

function seeds(overflow: Overflow, check: (played: ReturnType<typeof play>) => void): void {
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      check(play(seed, overflow));
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

test('under backpressure the strategy reads exactly what the feed said', () => {
  let pauses = 0;
  seeds('backpressure', (played) => {
    // Gaps of books that are still stale have not been due, so they are announced by giving the books up.
    const { rig, strategy, said, discarded } = played;
    rig.status('closed', NO_INSTRUMENT);
    rig.publisher.publish();
    for (const record of rig.take()) strategy.take(record);
    for (const [instrument, count] of discarded)
      said.push(`gap ${instrument} CHECKSUM_MISMATCH droppedOther ${count}`);
    said.push('closed');
    assert.deepEqual(strategy.read.map(line), said);
    checkSums(played);
    checkMirror(played);
    pauses += played.pauses;
  });
  assert.ok(pauses > SEEDS, `the ring was full at all: ${pauses}`);
});

test('under conflation every loss is announced, and in the end the strategy knows what the exchange knows', () => {
  const totals = { dropped: 0, conflated: 0, refreshed: 0 };
  seeds('conflate', (played) => {
    const { rig, strategy, statuses } = played;
    rig.status('closed', NO_INSTRUMENT);
    rig.publisher.publish();
    for (const record of rig.take()) strategy.take(record);
    const read = strategy.read.filter(({ name }) => name === 'status').map(line);
    assert.deepEqual(read, [...statuses, 'closed'], 'no status is lost or out of order');
    checkSums(played);
    checkMirror(played);
    for (const name of COUNTED) {
      totals.dropped += rig.counts(name).dropped;
      totals.conflated += rig.counts(name).conflated;
    }
    totals.refreshed += rig.feedCount('refreshed');
  });
  for (const [what, count] of Object.entries(totals)) assert.ok(count > SEEDS, `${what} at all: ${count}`);
});
