import { FeedCounterWriter, feedCounterMemory } from '../../src/shared/counters/counter-block.ts';
import { SymbolCounters } from '../../src/shared/counters/symbol-counters.ts';
import { faultName } from '../../src/shared/faults/fault-catalogue.ts';
import { type StatusName, statusName } from '../../src/shared/faults/status-catalogue.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { FLAG } from '../../src/shared/records/record-header.ts';
import { STATUS } from '../../src/shared/records/status.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { type FeedId, type InstrumentId, type MonotonicNs, NS_PER_MS } from '../../src/shared/units.ts';
import { BINANCE } from '../../src/shared/venues/binance.ts';
import { FeedPipeline } from '../../src/workers/feed-pipeline.ts';
import { Publisher } from '../../src/workers/publish/publisher.ts';
import type { RestResponse } from '../../src/workers/rest/rest-fetch.ts';
import { ClientLimits } from '../../src/workers/simulator/client-limits.ts';
import { Faults } from '../../src/workers/simulator/faults.ts';
import { marketPairs } from '../../src/workers/simulator/market-pairs.ts';
import { SimulatedVenue } from '../../src/workers/simulator/simulated-venue.ts';
import { SimulatorCounts } from '../../src/workers/simulator/simulator-counts.ts';
import { threadScanner } from '../../src/workers/thread-scanner.ts';
import { Random } from '../support/random.ts';
import { PiledConnection } from './piled-connection.ts';
import { Schedule } from './schedule.ts';

const EXCHANGE = 'binance';
const PAIRS = 4;
const RATE_PER_MS = 2;
const ROTATIONS = 3;
/** Of the world's time. */
const TIME_MAX_MS = 60_000;
const SETTLE_MS = 4_000;
/** What a venue that stood still makes up for, all at one time. */
const CATCH_UP_MS = 50;
/** A turn of the event loop in which nothing happens. */
const TURN_NS = 100_000;
/** Where the wall clock begins, µs since the Unix epoch. */
const EPOCH_US = 1_700_000_000_000_000;
/** A promise that is resolved is heard a few steps later. */
const STEPS = 6;

const HARMLESS: ReadonlySet<StatusName> = new Set(['connecting', 'connected', 'venue', 'rotated']);
const COUNTED = ['trade', 'ticker', 'book'] as const;

/**
 * A feed of Binance that rotates while its thread stands still most of the time, and the messages of both
 * connections pile up meanwhile. The feed and the venue are the real ones; time is simulated. Every trade and
 * every update of a book has a number, so that what is missing, doubled or out of order shows.
 */
export class StallingWorld {
  /** What was not as it should be, as sentences. */
  readonly flaws: string[] = [];
  readonly #chance: Random;
  readonly #schedule = new Schedule();
  readonly #thread: { now: number; catchUp(): void };
  readonly #venue: SimulatedVenue;
  readonly #connections: PiledConnection[] = [];
  readonly #pipeline: FeedPipeline;
  readonly #reader: RingReader;
  readonly #symbols = marketPairs(PAIRS).map(({ symbol }) => BINANCE.toVenueSymbol(symbol));
  /** Answers over REST that have arrived. */
  readonly #answers: (() => void)[] = [];
  /** The most its standing still is longer than usual, ms. */
  readonly #extraMs: number;
  /** The most that the venue stands still now and then, and the thread between two sockets, ms. */
  readonly #pauseMs: number;
  #stallAt: number;
  #tickAt = Number.POSITIVE_INFINITY;
  #rate = 0;
  #marketAt = this.#schedule.now;
  #isCounting = false;
  #rotations = 0;
  /** Number of the last record, by type and instrument. */
  readonly #last = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #statuses = new Map<StatusName, number>();

  constructor(seed: number) {
    const chance = new Random(seed);
    const schedule = this.#schedule;
    this.#chance = chance;
    this.#extraMs = chance.pick([0, 0, 200, 600]);
    this.#pauseMs = chance.pick([0, 50, 200, 400]);
    const windowBytes = chance.pick([64 * 1024, 64 * 1024, 256 * 1024, 1 << 30]);
    const refillMs = chance.pick([0, 20, 150]);
    const thread = {
      now: schedule.now as number,
      catchUp: () => schedule.runUntil(thread.now),
    };
    this.#thread = thread;
    this.#stallAt = thread.now + 1_000 * NS_PER_MS;
    const counts = new SimulatorCounts();
    this.#venue = new SimulatedVenue(
      {
        exchange: EXCHANGE,
        pairs: PAIRS,
        seed,
        levels: 60,
        mix: {},
        stamp: true,
        queuedBytesMax: 1 << 30,
        limits: new ClientLimits({}, true, counts),
        now: () => EPOCH_US + Math.floor(schedule.now / 1_000),
      },
      new Faults(
        counts,
        () => undefined,
        () => undefined,
      ),
      counts,
    );
    const ring = createRing(1 << 24);
    const counterMemory = feedCounterMemory();
    const counters = new FeedCounterWriter(counterMemory);
    const symbolCounters = SymbolCounters.memory();
    this.#reader = new RingReader(ring);
    this.#pipeline = new FeedPipeline(
      {
        feed: 0 as FeedId,
        name: `${EXCHANGE}#0`,
        exchange: EXCHANGE,
        url: BINANCE.url,
        restUrl: 'http://rest',
        instruments: marketPairs(PAIRS).map(({ symbol }, id) => ({
          id: id as InstrumentId,
          symbol,
          venueSymbol: this.#symbols[id]!,
        })),
        subscriptions: this.#symbols.flatMap((_, id) =>
          COUNTED.map((channel) => ({ channel, instrument: id as InstrumentId })),
        ),
        overflow: 'conflate',
        ring,
        counters: counterMemory,
        symbolCounters,
        doorbell: Doorbell.memory(),
        epoch: 1,
        seed,
        times: {
          connectTimeoutMs: 3_000,
          ackTimeoutMs: 10_000,
          ackAttempts: 3,
          silentAfterMs: 20_000,
          pingIntervalMs: 1_000,
          pongTimeoutMs: 10_000,
          closeTimeoutMs: 300,
          backoffMs: 20,
          backoffMaxMs: 100,
          stableAfterMs: 30_000,
          unavailableDelayMs: 100,
          attemptsMax: Number.POSITIVE_INFINITY,
        },
        plan: {},
        limits: BINANCE.limits,
        lines: 1,
        socket: { maxPayload: 1 << 24, compression: false },
      },
      {
        counters,
        symbols: new SymbolCounters(symbolCounters),
        publisher: new Publisher({
          writer: new RingWriter(ring),
          counters,
          feed: 0 as FeedId,
          overflow: 'conflate',
          epoch: 1,
        }),
      },
      {
        scanner: threadScanner(),
        now: () => {
          thread.now += 200;
          return thread.now as MonotonicNs;
        },
        connect: (events, url = BINANCE.url) => {
          const { pathname, search } = new URL(url);
          const connection = new PiledConnection(events, {
            venue: this.#venue,
            address: pathname + search,
            schedule,
            thread,
            chance,
            windowBytes,
            refillMs,
          });
          this.#connections.push(connection);
          return connection;
        },
        fetch: (url) => this.#fetch(new URL(url)),
        wakeAt: (at) => {
          this.#tickAt = Math.max(at, thread.now + NS_PER_MS);
        },
        changed: () => undefined,
        ringBell: () => undefined,
        text: (bytes, start, end) => Buffer.from(bytes.subarray(start, end)).toString('utf8'),
        log: () => undefined,
        finished: () => undefined,
      },
    );
    schedule.in(1, () => this.#market());
  }

  async run(): Promise<readonly string[]> {
    const { now } = this.#thread;
    const endAt = now + TIME_MAX_MS * NS_PER_MS;
    this.#pipeline.start();
    let settledAt = Number.POSITIVE_INFINITY;
    const made = { before: new Map<string, number>(), got: new Map<string, number>() };
    while (this.#thread.now < Math.min(endAt, settledAt)) {
      await this.#turn();
      if (!this.#isCounting && this.#isReady) {
        this.#isCounting = true;
        made.before = this.#made();
        made.got = new Map(this.#counts);
        this.#rate = RATE_PER_MS;
      }
      if (!this.#isCounting || settledAt < endAt || this.#times('rotated') < this.#rotations) continue;
      if (this.#rotations++ < ROTATIONS) this.#pipeline.command({ kind: 'rotate', reason: 'SCHEDULED' });
      else {
        this.#rate = 0;
        settledAt = this.#thread.now + SETTLE_MS * NS_PER_MS;
      }
    }
    if (settledAt > endAt) this.flaws.push(`only ${this.#times('rotated')} rotations`);
    for (const [key, count] of this.#made()) {
      const missing =
        count - (made.before.get(key) ?? 0) - (this.#counts.get(key) ?? 0) + (made.got.get(key) ?? 0);
      if (missing !== 0) this.flaws.push(`${key}: ${missing} missing`);
    }
    return this.flaws;
  }

  /** One turn of the worker's event loop: timers, sockets and answers, what is to be done right after them. */
  async #turn(): Promise<void> {
    const thread = this.#thread;
    if (thread.now >= this.#stallAt) {
      thread.now += (700 + this.#chance.below(this.#extraMs + 1)) * NS_PER_MS;
      this.#stallAt = thread.now + 300 * NS_PER_MS;
    }
    const isTickDue = thread.now >= this.#tickAt;
    if (isTickDue) this.#tickAt = Number.POSITIVE_INFINITY;
    else thread.now += TURN_NS;
    thread.catchUp();
    const connections = this.#chance.percent(50) ? this.#connections : [...this.#connections].reverse();
    for (const connection of connections) {
      connection.read();
      // It loses its core between two sockets.
      if (this.#chance.percent(1)) thread.now += this.#chance.below(this.#pauseMs + 1) * NS_PER_MS;
      thread.catchUp();
    }
    for (const answer of this.#answers.splice(0)) {
      answer();
      for (let n = 0; n < STEPS; n++) await undefined;
    }
    if (isTickDue) this.#pipeline.tick();
    this.#read();
  }

  #market(): void {
    const { now } = this.#schedule;
    const ms = Math.min((now - this.#marketAt) / NS_PER_MS, CATCH_UP_MS);
    this.#marketAt = now;
    if (this.#rate > 0) this.#venue.step(Math.round(this.#rate * ms));
    this.#schedule.in(1 + (this.#chance.percent(2) ? this.#chance.below(this.#pauseMs + 1) : 0), () =>
      this.#market(),
    );
  }

  #fetch({ pathname, searchParams }: URL): Promise<RestResponse> {
    return new Promise((resolve) => {
      this.#schedule.in(1 + this.#chance.below(30), () => {
        const answer = this.#venue.rest(pathname, searchParams);
        this.#schedule.in(this.#chance.below(30), () =>
          this.#answers.push(() => resolve({ status: answer?.status ?? 404, text: answer?.text ?? '' })),
        );
      });
    });
  }

  get #isReady(): boolean {
    const isTold = this.#symbols.every((_, id) => this.#counts.has(`ticker ${id}`));
    return isTold && this.#times('live') === PAIRS && this.#times('subscribed') === PAIRS * COUNTED.length;
  }

  #times(status: StatusName): number {
    return this.#statuses.get(status) ?? 0;
  }

  /** What the venue has made so far. */
  #made(): Map<string, number> {
    const made = new Map<string, number>();
    for (const [id, symbol] of this.#symbols.entries())
      for (const { channel, count } of this.#venue.truth(symbol)?.messages ?? []) {
        const key = `${channel} ${id}`;
        made.set(key, (made.get(key) ?? 0) + count);
      }
    return made;
  }

  // The strategy.

  #read(): void {
    const { view } = this.#reader;
    for (let at = this.#reader.next(); at >= 0; at = this.#reader.next())
      if (HEADER.field.typeId.get(view, at) === TYPE.status) this.#takeStatus(view, at);
      else this.#takeRecord(view, at);
    this.#reader.release();
  }

  #takeStatus(view: DataView, at: number): void {
    const name = statusName(STATUS.field.code.get(view, at));
    this.#statuses.set(name, this.#times(name) + 1);
    if (!this.#isCounting || HARMLESS.has(name)) return;
    const fault = faultName(STATUS.field.fault.get(view, at));
    this.flaws.push(`${name} ${fault} of ${STATUS.field.instrument.get(view, at)}`);
  }

  #takeRecord(view: DataView, at: number): void {
    const { typeId, instrument, flags, sequence, exchangeAtUs } = HEADER.field;
    const channel = COUNTED.find((name) => TYPE[name] === typeId.get(view, at));
    const key = `${channel} ${instrument.get(view, at)}`;
    const last = this.#last.get(key);
    const number = channel === 'ticker' ? exchangeAtUs.get(view, at) : sequence.get(view, at);
    this.#last.set(key, number);
    if ((flags.get(view, at) & FLAG.snapshot) !== 0) {
      if (this.#isCounting) this.flaws.push(`${key}: a snapshot at ${number} after ${last}`);
      return;
    }
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (last === undefined) return;
    const isNext = channel === 'ticker' ? number >= last : number === last + 1;
    if (!isNext) this.flaws.push(`${key}: ${number} after ${last}`);
  }
}
