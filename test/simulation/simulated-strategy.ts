import { FeedCounterReader } from '../../src/shared/counters/counter-block.ts';
import {
  COUNTED,
  FEED,
  FEED_COUNTER_WORDS,
  KIND,
  kindWord,
} from '../../src/shared/counters/feed-counters.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { NS_PER_MS } from '../../src/shared/units.ts';
import type { Random } from '../support/random.ts';
import type { Properties, Require } from './properties.ts';
import type { Schedule } from './schedule.ts';
import type { WorldOptions } from './world-options.ts';

export interface StrategyOptions {
  readonly world: WorldOptions;
  readonly ring: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  readonly schedule: Schedule;
  readonly chance: Random;
  readonly properties: Properties;
  readonly require: Require;
}

/** Less than a feed waits for its last records to find room. */
const LAST_STALL_MS = 500;

/** The other thread: takes records as it pleases, stands still for a while, and does the accounts. */
export class SimulatedStrategy {
  readonly words: Float64Array = new Float64Array(FEED_COUNTER_WORDS);
  readonly #options: StrategyOptions;
  readonly #reader: RingReader;
  readonly #counters: FeedCounterReader;
  #stalledUntil = 0;
  #pollPlanned = false;
  #isClosing = false;
  #reading = false;

  constructor(options: StrategyOptions) {
    this.#options = options;
    this.#reader = new RingReader(options.ring);
    this.#counters = new FeedCounterReader(options.counters);
  }

  get isStalled(): boolean {
    return this.#options.schedule.now < this.#stalledUntil;
  }

  stall(ms: number): void {
    if (this.#isClosing) return;
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#options.schedule.now + ms * NS_PER_MS);
  }

  /** From here on it is never late by much, so that the feed can say its last word. */
  close(): void {
    this.#isClosing = true;
    this.#stalledUntil = Math.min(this.#stalledUntil, this.#options.schedule.now + LAST_STALL_MS * NS_PER_MS);
    this.wake();
  }

  /** The feed is in the middle of something. Being another thread, the strategy may read at any moment of it. */
  meanwhile(): void {
    const { chance } = this.#options;
    if (!this.isStalled && chance.percent(20)) this.read(1 + chance.below(50));
  }

  /** The bell rang. */
  wake(): void {
    if (this.#pollPlanned && !this.#isClosing) return;
    this.#pollPlanned = true;
    const { schedule, chance } = this.#options;
    schedule.at(Math.max(schedule.now, this.#stalledUntil) + chance.below(10) * NS_PER_MS, () => {
      this.#pollPlanned = false;
      if (!this.isStalled) this.read(1 + chance.below(200));
      if (!this.#reader.isEmpty()) this.wake();
    });
  }

  read(limit: number): void {
    // What is checked of a record may lead here again.
    if (this.#reading) return;
    this.#reading = true;
    const { view } = this.#reader;
    let taken = 0;
    for (let at = this.#reader.next(); at >= 0; at = this.#reader.next()) {
      const bytes = HEADER.field.bytes.get(view, at);
      this.#options.properties.take(view, at);
      // Spoilt, so that whoever still relies on it is found out.
      new Uint8Array(view.buffer, view.byteOffset + at, bytes).fill(0xa5);
      if (++taken === limit) break;
    }
    this.#reader.release();
    this.#counters.addTaken(taken);
    this.#reading = false;
  }

  /** The sums that hold after every publish. */
  checkAccounts(): void {
    const { require, world, properties, ring } = this.#options;
    const { words } = this;
    this.#counters.read(words);
    for (const [row, name] of COUNTED.entries()) {
      const word = (kind: number): number => words[kindWord(row, kind)]!;
      require(word(KIND.received) ===
        word(KIND.delivered) +
          word(KIND.dropped) +
          word(KIND.conflated), `received ${name} records are delivered, dropped or conflated`);
      if (world.overflow === 'conflate') continue;
      require(word(KIND.conflated) === 0, `under backpressure no ${name} is conflated`);
      // Books are dropped while they are stale.
      if (name !== 'book') require(word(KIND.dropped) === 0, `under backpressure no ${name} is dropped`);
    }
    // A second reader begins where the first has released, and counts what is held.
    const held = new RingReader(ring);
    let records = 0;
    while (held.next() >= 0) records++;
    require(words[FEED.committed] ===
      properties.taken +
        records, `${words[FEED.committed]} records written are taken (${properties.taken}) or held (${records})`);
  }

  /** After the feed's last record was taken: what was dropped was announced, no more and no less. */
  checkAnnounced(): void {
    const { require, properties } = this.#options;
    const sums = { trade: 0, candle: 0, other: 0 };
    for (const [row, name] of COUNTED.entries())
      sums[name === 'trade' || name === 'candle' ? name : 'other'] +=
        this.words[kindWord(row, KIND.dropped)]!;
    for (const kind of ['trade', 'candle', 'other'] as const)
      require(properties.announced[kind] ===
        sums[kind], `${properties.announced[kind]} of ${sums[kind]} dropped ${kind} records are announced`);
    require(properties.gaps === this.words[FEED.gaps], 'every gap record is counted');
  }
}
