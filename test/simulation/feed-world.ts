import { isUtf8 } from 'node:buffer';
import {
  type ConnectionChange,
  type FeedConfig,
  type Instrument,
  type Subscription,
  subscriptionKey,
} from '../../src/shared/contract.ts';
import { FeedCounterWriter, feedCounterMemory } from '../../src/shared/counters/counter-block.ts';
import { FEED } from '../../src/shared/counters/feed-counters.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { type ConnectionState, mayFollow } from '../../src/shared/session/connection-state.ts';
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
import { SimulatedStrategy } from './simulated-strategy.ts';
import { ToldBook } from './told.ts';
import { drawWorld, type WorldOptions } from './world-options.ts';

/** How long a feed may take from the last disturbance until everything wanted is live again. */
const RECOVERY_MS = 120_000;
/** Times the exchange tells everything once more before the strategy must know it. */
const TURNS_MAX = 10;
const EPOCH = 7;
/** The id of an instrument that the exchange does not list. */
const UNLISTED = 99 as InstrumentId;
const CONDITIONS = ['online', 'maintenance', 'cancel_only', 'post_only'];

/** Rows for every world: nothing is read from them that the world did not write. */
const symbolCounters = SymbolCounters.memory();
const doorbell = Doorbell.memory();

/** What happened in a world, to see that worlds are worth their time. */
export interface WorldSummary {
  readonly records: number;
  readonly gaps: number;
  readonly epochs: number;
  readonly pauses: number;
  readonly resyncs: number;
  readonly recoveryMs: number;
}

/**
 * One whole feed between an exchange, a network, a user and a strategy that misbehave by a seed and then,
 * after a time, no more. The feed is the real one, from bytes to ring; time is simulated. Throws an Error that
 * says which rule did not hold.
 */
export class FeedWorld {
  readonly #chance: Random;
  readonly #options: WorldOptions;
  readonly #schedule = new Schedule();
  readonly #calmAt: number;
  readonly #exchange: ModelExchange;
  readonly #network: SimulatedNetwork;
  readonly #properties: Properties;
  readonly #strategy: SimulatedStrategy;
  readonly #pipeline: FeedPipeline;
  readonly #instruments: readonly Instrument[];
  readonly #subscriptions: readonly Subscription[];
  readonly #wanted = new Map<string, Subscription>();
  #marketOpen = true;
  /** Number of the wake-up asked for last; those before it are cancelled. */
  #wake = 0;
  /** Times the user or the world did something of which a strategy may be told. */
  #causes = 0;
  #finished = 0;
  /** As the main thread was told. */
  #state: ConnectionState = 'DISCONNECTED';

  constructor(seed: number) {
    const chance = new Random(seed);
    const schedule = this.#schedule;
    const options = drawWorld(chance);
    const { exchange, pairs, levels, lies, overflow, booksFit, ringBytes } = options;
    this.#chance = chance;
    this.#options = options;
    this.#calmAt = later(schedule.now, durationMs(options.disturbedMs));
    const mishap = (part: number): boolean => this.#mishap(part);
    const require = (holds: boolean, rule: string): void => this.#require(holds, rule);
    const now = (): number => schedule.now;
    this.#exchange = new ModelExchange({ exchange, pairs, seed, levels, chance, lies, mishap, now });
    this.#network = new SimulatedNetwork({ schedule, chance, exchange: this.#exchange, mishap, require });
    this.#properties = new Properties({
      overflow,
      booksFit,
      honest: !lies,
      numbered: exchange === 'kraken',
      require,
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
    this.#subscriptions = this.#drawSubscriptions(exchange);
    for (const each of this.#subscriptions)
      if (chance.percent(70)) this.#wanted.set(subscriptionKey(each), each);
    const ring = createRing(ringBytes);
    const counters = feedCounterMemory();
    this.#strategy = new SimulatedStrategy({
      world: options,
      ring,
      counters,
      schedule,
      chance,
      properties: this.#properties,
      require,
    });
    this.#pipeline = this.#openPipeline({
      feed: 0 as FeedId,
      name: `${exchange}#0`,
      exchange,
      url: VENUES[exchange].url,
      instruments: this.#instruments,
      subscriptions: [...this.#wanted.values()],
      overflow,
      ring,
      counters,
      symbolCounters,
      doorbell,
      epoch: EPOCH,
      seed,
      times: options.times,
      plan: {},
      limits: VENUES[exchange].limits,
      lines: 1,
      socket: { maxPayload: 1 << 20, compression: false },
    });
    this.#plan();
  }

  /** Runs this world to its end. */
  run(): WorldSummary {
    this.#pipeline.start();
    this.#schedule.runUntil(this.#calmAt);
    let recoveryMs = this.#recover();
    // What went wrong before may show late: a pong that was lost is missed only after its time.
    for (let turns = 1; !this.#isOver && !this.#hearsAll(); turns++) {
      this.#require(turns < TURNS_MAX, 'what is there stays once nothing disturbs it');
      recoveryMs += this.#recover();
    }
    this.#checkEnd();
    const { taken, gaps } = this.#properties;
    const { words } = this.#strategy;
    return {
      records: taken,
      gaps,
      epochs: this.#network.links.length,
      pauses: words[FEED.pauses]!,
      resyncs: words[FEED.resyncs]!,
      recoveryMs,
    };
  }

  // --- how this world is made -----------------------------------------------------------------------------

  #drawSubscriptions(exchange: ExchangeName): Subscription[] {
    const chance = this.#chance;
    const { depth } = this.#options;
    const all = this.#instruments.flatMap(({ id }): Subscription[] => [
      { channel: 'book', depth, instrument: id },
      { channel: 'trade', instrument: id, ...(chance.percent(30) ? { snapshot: true } : {}) },
      { channel: 'ticker', instrument: id },
      ...(exchange === 'kraken' ? [] : [{ channel: 'quote', instrument: id } as const]),
      { channel: 'candle', interval: 1, instrument: id },
    ]);
    if (exchange === 'kraken' && chance.percent(20))
      all.push({ channel: 'instrument', instrument: NO_INSTRUMENT });
    return all;
  }

  #openPipeline(config: FeedConfig): FeedPipeline {
    const { feed, overflow, epoch } = config;
    const counters = new FeedCounterWriter(config.counters);
    const publisher = new Publisher({ writer: new RingWriter(config.ring), counters, feed, overflow, epoch });
    const symbols = new SymbolCounters(config.symbolCounters);
    return new FeedPipeline(
      config,
      { counters, publisher, symbols },
      {
        now: () => {
          this.#strategy.meanwhile();
          return this.#schedule.now;
        },
        connect: (events) => {
          this.#require(this.#network.last?.isInUse !== true, 'a feed has at most one connection');
          this.#causes++;
          return this.#network.connect(events);
        },
        wakeAt: (at) => this.#wakeAt(at),
        changed: (change) => this.#changed(change),
        ringBell: () => this.#strategy.wake(),
        text: (bytes, start, end) => {
          const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
          return isUtf8(part) ? part.toString('utf8') : undefined;
        },
        log: () => this.#strategy.meanwhile(),
        finished: () => {
          this.#finished++;
        },
      },
    );
  }

  #plan(): void {
    const schedule = this.#schedule;
    const { disturbances, disturbedMs } = this.#options;
    const sometime = (): number => 1 + this.#chance.below(disturbedMs);
    for (let n = 0; n < disturbances; n++) schedule.in(sometime(), () => this.#disturb());
    if (this.#chance.percent(5)) schedule.in(sometime(), () => this.#close());
    schedule.in(1, () => this.#market());
    schedule.in(1_000, () => this.#heartbeat());
  }

  // --- time -----------------------------------------------------------------------------------------------

  get #isOver(): boolean {
    return this.#finished > 0;
  }

  /** True in `part` of 100 cases while the world misbehaves, and never after. */
  #mishap(part: number): boolean {
    return this.#schedule.now < this.#calmAt && this.#chance.percent(part);
  }

  #wakeAt(at: number): void {
    this.#strategy.meanwhile();
    const wake = ++this.#wake;
    if (at === Number.POSITIVE_INFINITY) return;
    const lateMs = this.#mishap(1) ? this.#chance.below(2_000) : 1 + this.#chance.below(10);
    this.#schedule.at(Math.max(at, this.#schedule.now) + lateMs * NS_PER_MS, () => {
      if (wake !== this.#wake) return;
      this.#pipeline.tick();
      this.#strategy.checkAccounts();
    });
  }

  #market(): void {
    const events = this.#mishap(2) ? 100 + this.#chance.below(200) : 1;
    for (let n = 0; n < events && this.#marketOpen; n++) this.#exchange.step();
    this.#schedule.in(1 + this.#chance.below(2 * this.#options.marketPeriodMs), () => this.#market());
  }

  #heartbeat(): void {
    this.#exchange.heartbeat();
    this.#check();
    this.#schedule.in(1_000, () => this.#heartbeat());
  }

  // --- what goes wrong ------------------------------------------------------------------------------------

  #disturb(): void {
    const chance = this.#chance;
    const link = this.#network.last;
    const subscription = chance.pick(this.#subscriptions);
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
      () => this.#strategy.stall(chance.below(5_000)),
      () => this.#strategy.stall(chance.below(1_000)),
      () => this.#strategy.stall(chance.below(100)),
      () => this.#want(subscription),
      () => this.#unwant(subscription),
      () => this.#pipeline.tick(),
      () => {
        for (let n = 0; n < 300; n++) this.#exchange.step();
      },
    ];
    chance.pick(choices)();
    this.#check();
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

  #close(): void {
    if (this.#chance.percent(30)) {
      // There may be no room for the last words at first.
      this.#strategy.stall(1_000);
      for (let n = 0; n < 300; n++) this.#exchange.step();
    }
    this.#strategy.close();
    this.#pipeline.close();
  }

  // --- what must hold -------------------------------------------------------------------------------------

  /** Each step is told once, in order, and says why where a connection ended. */
  #changed({ state, reason, code }: ConnectionChange): void {
    const before = this.#state;
    this.#require(mayFollow(before, state), `${state} may follow ${before}`);
    this.#require(state !== 'CONNECTED' || before === 'CONNECTING', 'a connection is open after an attempt');
    const ended = before !== 'DISCONNECTED' && (state === 'RECONNECTING' || state === 'DISCONNECTED');
    if (ended) this.#require(reason !== undefined && code >= 1000, 'an end has its reason and code');
    this.#state = state;
  }

  #require(holds: boolean, rule: string): void {
    if (holds) return;
    const ms = (this.#schedule.now - this.#calmAt) / NS_PER_MS;
    throw new Error(`does not hold ${Math.round(ms)} ms after the last disturbance: ${rule}`);
  }

  /** The accounts, and that there are no more notices than reasons for them, whatever the world does. */
  #check(): void {
    this.#strategy.checkAccounts();
    const { statuses, gaps, bytes } = this.#properties;
    const causes = this.#causes + this.#exchange.causes;
    const perLink = 5 + this.#subscriptions.length;
    const statusesMax = 20 + 6 * causes + perLink * this.#network.links.length;
    this.#require(statuses <= statusesMax, `${statuses} statuses have ${causes} causes`);
    // A ring that was full is opened again once a quarter of it is free.
    const gapsMax = 5 + 2 * causes + bytes / (this.#options.ringBytes / 8);
    this.#require(gaps <= gapsMax, `${gaps} gaps have ${causes} causes in ${bytes} bytes`);
    const resyncs = this.#strategy.words[FEED.resyncs]!;
    const garbled = this.#network.links.reduce((sum, link) => sum + link.garbled, 0);
    // A message in the wrong place may be found wrong there, and another where it is missing.
    const perLie = this.#options.lies ? 3 : 1;
    const resyncsMax = perLie * this.#exchange.spoiltBooks + garbled;
    this.#require(resyncs <= resyncsMax, `${resyncs} books are resubscribed for ${resyncsMax} reasons`);
  }

  /** @returns how long it took, milliseconds. */
  #recover(): number {
    const stepMs = 250;
    for (let ms = 0; ; ms += stepMs) {
      const missing = this.#isOver ? '' : this.#missing();
      if (missing === '') return ms;
      this.#require(ms < RECOVERY_MS, `everything wanted is there again, yet ${missing}`);
      this.#schedule.runFor(stepMs);
    }
  }

  /** What is wanted and not there, in words; empty where all of it is. */
  #missing(): string {
    const { status, known } = this.#properties;
    if (status !== 'connected') return `the feed is ${status}`;
    if (this.#network.last?.isWell !== true) return 'the connection is not well';
    if (this.#strategy.isStalled) return 'the strategy stands still';
    const { line } = this.#network.last;
    for (const { channel, instrument, ...rest } of this.#due()) {
      const which = whichOf({ channel, instrument, ...rest });
      if (!line.hasTopic(channel, instrument)) return `${which} is not subscribed`;
      if (channel === 'book' && known.get(instrument)?.mirror.isLive !== true) return `${which} is not live`;
    }
    return '';
  }

  /** Subscriptions that are wanted, neither refused nor given up, and whose records fit into the ring. */
  #due(): Subscription[] {
    const { refused, givenUp } = this.#properties;
    return [...this.#wanted.values()].filter((subscription) => {
      const which = whichOf(subscription);
      const fits = subscription.channel !== 'book' || this.#options.booksFit;
      return fits && !refused.has(which) && !givenUp.has(which);
    });
  }

  /**
   * The exchange says everything once more and falls silent; then the strategy knows what the exchange knows.
   *
   * @returns false where something that was wrong before showed only now.
   */
  #hearsAll(): boolean {
    const due = this.#due();
    const links = this.#network.links.length;
    this.#exchange.stepEach();
    this.#marketOpen = false;
    this.#schedule.runFor(2_000);
    this.#marketOpen = true;
    if (this.#network.links.length > links || this.#missing() !== '') return false;
    const stillDue = new Set(this.#due());
    for (const subscription of due)
      if (stillDue.has(subscription))
        this.#require(this.#isLastTold(subscription), `the last ${whichOf(subscription)} is known`);
    return true;
  }

  #isLastTold({ channel, instrument, depth }: Subscription): boolean {
    if (instrument === NO_INSTRUMENT) return true;
    const known = this.#properties.of(instrument);
    const told = this.#network.last!.line.told(instrument);
    switch (channel) {
      case 'book':
        return new ToldBook(0, this.#exchange.market.symbols[instrument]!, depth!).equals(known.mirror);
      case 'trade':
        return known.tradeGap || known.tradeIndex === told.trades.length - 1;
      case 'ticker':
        return known.ticker === told.ticker;
      case 'quote':
        return known.quote === told.quote;
      default:
        return true;
    }
  }

  #checkEnd(): void {
    if (!this.#isOver) this.#close();
    this.#schedule.runFor(5_000);
    this.#require(this.#finished === 1, 'a feed that is closed says once that it is over');
    this.#strategy.read(Number.POSITIVE_INFINITY);
    this.#check();
    this.#require(this.#properties.status === 'closed', 'the last word of a feed is that it is closed');
    this.#require(this.#network.last?.isInUse !== true, 'a feed that is over has no connection');
    this.#require(this.#state === 'CLOSED', 'the last step of a connection is to be closed');
    this.#strategy.checkAnnounced();
  }
}

/** How statuses name a subscription, and of which instrument. */
const whichOf = ({ channel, depth, interval, instrument }: Subscription): string => {
  const parameter = depth ?? interval;
  return `${parameter === undefined ? channel : `${channel} ${parameter}`} ${instrument}`;
};
