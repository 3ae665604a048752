import { isUtf8 } from 'node:buffer';
import {
  type FeedConfig,
  type Instrument,
  type Overflow,
  type SessionTimes,
  type Subscription,
  subscriptionKey,
} from '../../src/shared/contract.ts';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../src/shared/counters/counter-block.ts';
import {
  COUNTED,
  FEED,
  FEED_COUNTER_WORDS,
  KIND,
  kindWord,
} from '../../src/shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { bookBytes } from '../../src/shared/records/book.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import {
  durationMs,
  type FeedId,
  type InstrumentId,
  later,
  NO_INSTRUMENT,
  NS_PER_MS,
} from '../../src/shared/units.ts';
import type { ExchangeName } from '../../src/shared/venues/venue.ts';
import { VENUES } from '../../src/shared/venues/venue-catalogue.ts';
import { FeedPipeline } from '../../src/workers/feed-pipeline.ts';
import { Publisher } from '../../src/workers/publish/publisher.ts';
import { Random } from '../support/random.ts';
import { ModelExchange } from './model-exchange.ts';
import { Properties } from './properties.ts';
import { Schedule } from './schedule.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { ToldBook } from './told.ts';

/** How long a feed may take from the last disturbance until everything wanted is live again. */
const RECOVERY_MS = 120_000;
const EPOCH = 7;
/** The id of an instrument that the exchange does not list. */
const UNLISTED = 99 as InstrumentId;
const CONDITIONS = ['online', 'maintenance', 'cancel_only', 'post_only'];

/** Rows of every world; each world writes its first few only. */
const symbolCounters = SymbolCounters.memory();
const doorbell = Doorbell.memory();

/** What happened in a world, to see that worlds are worth their time. */
export interface WorldSummary {
  readonly records: number;
  readonly gaps: number;
  readonly epochs: number;
  readonly pauses: number;
  readonly stale: number;
  readonly recoveryMs: number;
}

/**
 * One whole feed between an exchange, a network, a user and a strategy that misbehave by a seed and then,
 * after a time, no more. The feed is the real one, from bytes to ring; time is simulated. Throws an Error that
 * says which rule did not hold.
 */
export class FeedWorld {
  readonly #chance: Random;
  readonly #schedule = new Schedule();
  readonly #exchange: ModelExchange;
  readonly #network: SimulatedNetwork;
  readonly #properties: Properties;
  readonly #pipeline: FeedPipeline;
  readonly #reader: RingReader;
  readonly #counters: FeedCounterReader;
  readonly #words = new Float64Array(FEED_COUNTER_WORDS);
  readonly #ringBytes: number;
  readonly #ring: SharedArrayBuffer;
  readonly #overflow: Overflow;
  readonly #wanted = new Map<string, Subscription>();
  readonly #all: readonly Subscription[];
  readonly #instruments: readonly Instrument[];
  readonly #calmAt: number;
  readonly #marketPeriodMs: number;
  #marketOpen = true;
  #wake = 0;
  #stalledUntil = 0;
  #pollPlanned = false;
  #polling = false;
  #causes = 0;
  #finished = 0;

  constructor(seed: number) {
    const chance = new Random(seed);
    this.#chance = chance;
    const schedule = this.#schedule;
    const exchange: ExchangeName = chance.pick(['kraken', 'kraken-v1']);
    this.#overflow = chance.pick(['conflate', 'backpressure']);
    const depth = chance.percent(10) ? 100 : chance.pick([10, 10, 25]);
    const lies = depth === 10 && chance.percent(60);
    const pairs = 1 + chance.below(3) + (chance.percent(20) ? 4 : 0);
    this.#calmAt = later(schedule.now, durationMs(chance.pick([5_000, 20_000, 40_000])));
    this.#marketPeriodMs = chance.pick([20, 50, 200]);
    this.#exchange = new ModelExchange({
      exchange,
      pairs,
      seed,
      levels: chance.pick([40, 150]),
      chance,
      lies,
      mishap: (part) => this.#mishap(part),
      now: () => schedule.now,
    });
    this.#network = new SimulatedNetwork({
      schedule,
      chance,
      exchange: this.#exchange,
      mishap: (part) => this.#mishap(part),
      require: (holds, rule) => this.#require(holds, rule),
    });
    this.#ringBytes = chance.pick([4096, 8192, 16_384, 65_536]);
    this.#properties = new Properties({
      overflow: this.#overflow,
      booksFit: this.#fits(depth),
      honest: !lies,
      numbered: exchange === 'kraken',
      require: (holds, rule) => this.#require(holds, rule),
      told: (epoch, instrument) => this.#network.links[epoch - EPOCH - 1]?.line.told(instrument),
    });
    this.#instruments = [
      ...this.#exchange.market.symbols.map(({ index, pair, venueSymbol }) => ({
        id: index as InstrumentId,
        symbol: pair.symbol,
        venueSymbol,
      })),
      { id: UNLISTED, symbol: 'NOT/LISTED', venueSymbol: 'NOT/LISTED' },
    ];
    this.#all = this.#subscriptions(exchange, depth);
    for (const each of this.#all) if (chance.percent(70)) this.#wanted.set(subscriptionKey(each), each);
    this.#ring = createRing(this.#ringBytes);
    this.#reader = new RingReader(this.#ring);
    const counters = feedCounterMemory();
    this.#counters = new FeedCounterReader(counters);
    const config: FeedConfig = {
      feed: 0 as FeedId,
      name: `${exchange}#0`,
      exchange,
      url: VENUES[exchange].url,
      instruments: this.#instruments,
      subscriptions: [...this.#wanted.values()],
      overflow: this.#overflow,
      ring: this.#ring,
      counters,
      symbolCounters,
      doorbell,
      epoch: EPOCH,
      seed,
      times: this.#times(),
      socket: { maxPayload: 1 << 20, compression: false },
    };
    this.#pipeline = this.#openPipeline(config);
    this.#plan();
  }

  /** Runs this world to its end. */
  run(): WorldSummary {
    const schedule = this.#schedule;
    this.#pipeline.start();
    schedule.runUntil(this.#calmAt);
    let recoveryMs = 0;
    while (!this.#isOver && this.#missing() !== '') {
      this.#require(recoveryMs < RECOVERY_MS, `everything wanted is there again, yet ${this.#missing()}`);
      schedule.runFor(250);
      recoveryMs += 250;
    }
    if (!this.#isOver) this.#checkLastTold();
    this.#checkEnd();
    const { taken, gaps } = this.#properties;
    return {
      records: taken,
      gaps,
      epochs: this.#network.links.length,
      pauses: this.#words[FEED.pauses]!,
      stale: this.#words[FEED.resyncs]!,
      recoveryMs,
    };
  }

  // --- how this world is made -----------------------------------------------------------------------------

  #subscriptions(exchange: ExchangeName, depth: number): Subscription[] {
    const chance = this.#chance;
    const each = this.#instruments.flatMap(({ id }): Subscription[] => [
      { channel: 'book', depth, instrument: id },
      { channel: 'trade', instrument: id, ...(chance.percent(30) ? { snapshot: true } : {}) },
      { channel: 'ticker', instrument: id },
      ...(exchange === 'kraken' ? [] : [{ channel: 'quote', instrument: id } as const]),
      { channel: 'candle', interval: 1, instrument: id },
    ]);
    if (exchange === 'kraken' && chance.percent(20))
      each.push({ channel: 'instrument', instrument: NO_INSTRUMENT });
    return each;
  }

  #times(): SessionTimes {
    const chance = this.#chance;
    return {
      connectTimeoutMs: chance.pick([1_000, 3_000]),
      ackTimeoutMs: chance.pick([500, 2_000]),
      ackAttempts: chance.pick([1, 3]),
      silentAfterMs: chance.pick([0, 3_000, 10_000]),
      pingIntervalMs: chance.pick([2_000, 10_000]),
      pongTimeoutMs: chance.pick([1_500, 5_000]),
      closeTimeoutMs: 1_000,
      backoffMs: chance.pick([50, 500]),
      backoffMaxMs: chance.pick([1_000, 5_000]),
      stableAfterMs: chance.pick([0, 1_000, 5_000]),
      unavailableDelayMs: 3_000,
      attemptsMax: Number.POSITIVE_INFINITY,
    };
  }

  #openPipeline(config: FeedConfig): FeedPipeline {
    const counters = new FeedCounterWriter(config.counters);
    const publisher = new Publisher({
      writer: new RingWriter(config.ring),
      counters,
      feed: config.feed,
      overflow: config.overflow,
      epoch: config.epoch,
    });
    return new FeedPipeline(
      config,
      { counters, publisher, symbols: new SymbolCounters(config.symbolCounters) },
      {
        now: () => {
          this.#readMeanwhile();
          return this.#schedule.now;
        },
        connect: (events) => {
          this.#require(this.#network.last?.isInUse !== true, 'a feed has at most one connection');
          this.#causes++;
          return this.#network.connect(events);
        },
        wakeAt: (at) => this.#wakeAt(at),
        ringBell: () => this.#pollSoon(),
        text: (bytes, start, end) => {
          const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
          return isUtf8(part) ? part.toString('utf8') : undefined;
        },
        log: () => this.#readMeanwhile(),
        finished: () => {
          this.#finished++;
        },
      },
    );
  }

  #plan(): void {
    const schedule = this.#schedule;
    const lengthMs = (this.#calmAt - schedule.now) / NS_PER_MS;
    for (let n = this.#chance.below(30); n > 0; n--)
      schedule.in(1 + this.#chance.below(lengthMs), () => this.#disturb());
    if (this.#chance.percent(5)) schedule.in(1 + this.#chance.below(lengthMs), () => this.#pipeline.close());
    schedule.in(1, () => this.#market());
    schedule.in(1_000, () => this.#heartbeat());
  }

  // --- time -----------------------------------------------------------------------------------------------

  get #isCalm(): boolean {
    return this.#schedule.now >= this.#calmAt;
  }

  get #isOver(): boolean {
    return this.#finished > 0;
  }

  /** True in `part` of 100 cases while the world misbehaves, and never after. */
  #mishap(part: number): boolean {
    return !this.#isCalm && this.#chance.percent(part);
  }

  #wakeAt(at: number): void {
    this.#readMeanwhile();
    const wake = ++this.#wake;
    if (at === Number.POSITIVE_INFINITY) return;
    const lateMs = this.#mishap(1) ? this.#chance.below(2_000) : 1 + this.#chance.below(10);
    this.#schedule.at(Math.max(at, this.#schedule.now) + lateMs * NS_PER_MS, () => {
      if (wake !== this.#wake) return;
      this.#pipeline.tick();
      this.#checkCounters();
    });
  }

  #market(): void {
    if (this.#marketOpen) {
      const many = this.#mishap(2) ? 100 + this.#chance.below(200) : 1;
      for (let n = 0; n < many; n++) this.#exchange.step();
    }
    this.#schedule.in(1 + this.#chance.below(2 * this.#marketPeriodMs), () => this.#market());
  }

  #heartbeat(): void {
    this.#exchange.heartbeat();
    this.#checkCounters();
    this.#schedule.in(1_000, () => this.#heartbeat());
  }

  // --- the strategy ---------------------------------------------------------------------------------------

  get #isStalled(): boolean {
    return this.#schedule.now < this.#stalledUntil;
  }

  /** The strategy is another thread, so it may read at any moment of the feed's. */
  #readMeanwhile(): void {
    if (!this.#isStalled && this.#chance.percent(20)) this.#read(1 + this.#chance.below(50));
  }

  #pollSoon(): void {
    if (this.#pollPlanned) return;
    this.#pollPlanned = true;
    const at = Math.max(this.#schedule.now, this.#stalledUntil) + this.#chance.below(10) * NS_PER_MS;
    this.#schedule.at(at, () => {
      this.#pollPlanned = false;
      if (!this.#isStalled) this.#read(1 + this.#chance.below(200));
      if (!this.#reader.isEmpty()) this.#pollSoon();
    });
  }

  #read(limit: number): void {
    if (this.#polling) return;
    this.#polling = true;
    const { view } = this.#reader;
    let taken = 0;
    for (let at = this.#reader.next(); at >= 0; at = this.#reader.next()) {
      const bytes = HEADER.field.bytes.get(view, at);
      this.#properties.take(view, at);
      // Spoilt, so that whoever still relies on it is found out.
      new Uint8Array(view.buffer, view.byteOffset + at, bytes).fill(0xa5);
      if (++taken === limit) break;
    }
    this.#reader.release();
    this.#counters.addTaken(taken);
    this.#polling = false;
  }

  // --- what goes wrong ------------------------------------------------------------------------------------

  #disturb(): void {
    const chance = this.#chance;
    const link = this.#network.last;
    const subscription = chance.pick(this.#all);
    this.#causes++;
    const choices: readonly (() => void)[] = [
      () => link?.lose(0),
      () => link?.lose(0),
      () => link?.fallSilent(),
      () => link?.lag(chance.below(3_000)),
      () => {
        for (let n = chance.below(chance.percent(10) ? 200 : 5); n >= 0; n--) link?.garbage();
      },
      () => this.#exchange.condition(chance.pick(CONDITIONS)),
      () => this.#exchange.endOne(),
      () => this.#schedule.standStill(chance.below(2_000)),
      () => this.#stall(chance.below(5_000)),
      () => this.#stall(chance.below(1_000)),
      () => this.#stall(chance.below(100)),
      () => this.#want(subscription),
      () => this.#unwant(subscription),
      () => this.#pipeline.tick(),
      () => {
        for (let n = 0; n < 300; n++) this.#exchange.step();
      },
    ];
    chance.pick(choices)();
    this.#checkCounters();
  }

  #stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#schedule.now + ms * NS_PER_MS);
  }

  #want(subscription: Subscription): void {
    this.#wanted.set(subscriptionKey(subscription), subscription);
    const which = whichOf(subscription);
    this.#properties.refused.delete(which);
    this.#properties.givenUp.delete(which);
    this.#pipeline.subscribe(this.#instruments, [subscription]);
  }

  #unwant(subscription: Subscription): void {
    this.#wanted.delete(subscriptionKey(subscription));
    this.#pipeline.unsubscribe([subscription]);
  }

  // --- what must hold -------------------------------------------------------------------------------------

  #require(holds: boolean, rule: string): void {
    if (holds) return;
    const ms = (this.#schedule.now - this.#calmAt) / NS_PER_MS;
    throw new Error(`does not hold ${Math.round(ms)} ms after the last disturbance: ${rule}`);
  }

  #checkCounters(): void {
    const words = this.#words;
    this.#counters.read(words);
    for (const [row, name] of COUNTED.entries()) {
      const word = (kind: number): number => words[kindWord(row, kind)]!;
      this.#require(
        word(KIND.received) === word(KIND.delivered) + word(KIND.dropped) + word(KIND.conflated),
        `received ${name} records are delivered, dropped or conflated`,
      );
      if (this.#overflow === 'conflate') continue;
      this.#require(word(KIND.conflated) === 0, `under backpressure no ${name} is conflated`);
      if (name !== 'book')
        this.#require(word(KIND.dropped) === 0, `under backpressure no ${name} is dropped`);
    }
    // A second reader goes on where the first has released, and looks at what is held.
    const held = new RingReader(this.#ring);
    let records = 0;
    while (held.next() >= 0) records++;
    this.#require(
      words[FEED.committed] === this.#properties.taken + records,
      `${words[FEED.committed]} records written are taken (${this.#properties.taken}) or held (${records})`,
    );
    this.#checkNotices();
  }

  /** As many as there were reasons for, whatever the world does. */
  #checkNotices(): void {
    const { statuses, gaps, bytes } = this.#properties;
    const causes = this.#causes + this.#exchange.causes;
    const subscriptions = this.#all.length;
    this.#require(
      statuses <= 20 + 6 * causes + this.#network.links.length * (5 + subscriptions),
      `${statuses} statuses have ${causes} causes`,
    );
    this.#require(gaps <= 5 + 2 * causes + bytes / (this.#ringBytes / 8), `${gaps} gaps have causes`);
  }

  /** What is wanted and not there, in words; empty where all of it is. */
  #missing(): string {
    const { status, known } = this.#properties;
    if (status !== 'connected') return `the feed is ${status}`;
    if (this.#network.last?.isWell !== true) return 'the connection is not well';
    if (this.#isStalled) return 'the strategy stands still';
    for (const subscription of this.#due()) {
      const topic = [...this.#network.last.line.topics.values()].some(
        ({ symbol, parameters }) =>
          parameters.channel === subscription.channel &&
          (symbol === undefined || symbol.index === subscription.instrument),
      );
      if (!topic) return `${whichOf(subscription)} is not subscribed`;
      if (subscription.channel === 'book' && known.get(subscription.instrument)?.mirror.isLive !== true)
        return `${whichOf(subscription)} is not live`;
    }
    return '';
  }

  /** Subscriptions that are wanted, neither refused nor given up, and whose records fit into the ring. */
  #due(): Subscription[] {
    const { refused, givenUp } = this.#properties;
    return [...this.#wanted.values()].filter((subscription) => {
      const which = whichOf(subscription);
      if (refused.has(which) || givenUp.has(which)) return false;
      return this.#fits(subscription.depth ?? 0);
    });
  }

  #fits(depth: number): boolean {
    return bookBytes(2 * depth) <= this.#ringBytes / 2;
  }

  /** The exchange says everything once more and falls silent; then the strategy knows what the exchange knows. */
  #checkLastTold(): void {
    const due = this.#due();
    this.#exchange.stepEach();
    this.#marketOpen = false;
    this.#schedule.runFor(2_000);
    this.#require(this.#missing() === '', `what was there stays: ${this.#missing()}`);
    const { line } = this.#network.last!;
    for (const subscription of due) {
      const { channel, instrument, depth } = subscription;
      if (instrument === NO_INSTRUMENT) continue;
      const known = this.#properties.of(instrument);
      const told = line.told(instrument);
      const symbol = this.#exchange.market.symbols[instrument]!;
      const which = whichOf(subscription);
      if (channel === 'book')
        this.#require(
          new ToldBook(0, symbol, depth!).equals(known.mirror),
          `${which} is the exchange’s book`,
        );
      else if (channel === 'trade')
        this.#require(known.tradeIndex === told.trades.length - 1, `the last ${which} is delivered`);
      else if (channel === 'ticker')
        this.#require(known.ticker === told.ticker, `the last ${which} is delivered`);
      else if (channel === 'quote')
        this.#require(known.quote === told.quote, `the last ${which} is delivered`);
    }
  }

  #checkEnd(): void {
    if (!this.#isOver) this.#pipeline.close();
    this.#schedule.runFor(5_000);
    this.#require(this.#finished === 1, 'a feed that is closed says once that it is over');
    this.#read(Number.POSITIVE_INFINITY);
    this.#checkCounters();
    this.#require(this.#properties.status === 'closed', 'the last word of a feed is that it is closed');
    this.#require(this.#network.last?.isInUse !== true, 'a feed that is over has no connection');
    this.#properties.checkAnnounced(this.#words);
  }
}

/** How statuses name a subscription. */
const whichOf = ({ channel, depth, interval, instrument }: Subscription): string => {
  const parameter = depth ?? interval;
  return `${parameter === undefined ? channel : `${channel} ${parameter}`} ${instrument}`;
};
