import type {
  ConnectionChange,
  FeedConfig,
  FeedProtocol,
  Overflow,
  SessionPlan,
  SessionTimes,
  SocketOptions,
  Subscription,
} from '../../shared/contract.ts';
import { subscriptionKey } from '../../shared/contract.ts';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../shared/counters/counter-block.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../shared/counters/feed-counters.ts';
import { BOOK_STATE, SYMBOL, SymbolCounters } from '../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import type { Doorbell } from '../../shared/ring/doorbell.ts';
import { createRing } from '../../shared/ring/ring-layout.ts';
import { RingReader } from '../../shared/ring/ring-reader.ts';
import { type ConnectionState, connectionState } from '../../shared/session/connection-state.ts';
import {
  type FeedId,
  type InstrumentId,
  type MonotonicNs,
  NO_INSTRUMENT,
  NS_PER_MS,
} from '../../shared/units.ts';
import type { ExchangeName, VenueLimits } from '../../shared/venues/venue.ts';
import { ConnectionChanges } from '../control/connection-changes.ts';
import type { LoopSource } from '../strategy/strategy-loop.ts';
import type { InstrumentRegistry, RegisteredInstrument } from './instrument-registry.ts';
import { OrphanNotices } from './orphan-notices.ts';
import type { SupervisedFeed } from './supervisor.ts';

/** What is told of the end of a connection for which no close frame came. Source: RFC 6455, 7.1.5. */
const ABNORMAL_CLOSURE = 1006;

export interface FeedSettings<P extends FeedProtocol = ExchangeName> {
  readonly id: FeedId;
  /** Unique, as it is shown; the exchange and the id where left out. */
  readonly name?: string;
  /**
   * The id that the instruments are registered under, its own where left out. Connections that share the
   * symbols of one feed option share their instruments.
   */
  readonly instrumentsOf?: FeedId;
  readonly exchange: P;
  readonly url: string;
  /** Root of the venue's REST interface; left out where nothing is asked there. */
  readonly restUrl?: string;
  readonly overflow: Overflow;
  readonly ringBytes: number;
  readonly times: SessionTimes;
  /** As by default where left out. */
  readonly plan?: SessionPlan;
  readonly limits: VenueLimits;
  /** Connections that are subscribed to the same at a time, 1 or 2. */
  readonly lines: number;
  /** The window of connection attempts shared with other feeds; one of its own where left out. */
  readonly attempts?: SharedArrayBuffer;
  readonly socket: SocketOptions;
  readonly seed: number;
  readonly symbolCounters: SharedArrayBuffer;
  readonly doorbellMemory: SharedArrayBuffer;
  readonly doorbell: Doorbell;
  readonly registry: InstrumentRegistry;
}

/**
 * The main thread's side of one connection: its ring's reader, its counters, and what it is subscribed to, from
 * which a worker can be started anew at any time.
 */
export class Feed<P extends FeedProtocol = ExchangeName> implements SupervisedFeed, LoopSource {
  readonly id: FeedId;
  readonly name: string;
  readonly reader: RingReader;
  readonly settings: FeedSettings<P>;
  /** Steps of its connection, whichever worker runs it. */
  readonly changes = new ConnectionChanges();
  readonly #ring: SharedArrayBuffer;
  readonly #counterMemory: SharedArrayBuffer;
  readonly #counters: FeedCounterReader;
  readonly #wanted = new Map<string, Subscription>();
  /** Those that are subscribed here, or were last. */
  readonly #instruments = new Map<InstrumentId, RegisteredInstrument>();
  readonly #words = new Float64Array(FEED_COUNTER_WORDS);
  #orphan: OrphanNotices | undefined;
  readonly #symbols: SymbolCounters;
  #restarts = 0;

  constructor(settings: FeedSettings<P>) {
    this.settings = settings;
    this.id = settings.id;
    this.name = settings.name ?? `${settings.exchange}#${settings.id}`;
    this.#ring = createRing(settings.ringBytes);
    this.#counterMemory = feedCounterMemory();
    this.reader = new RingReader(this.#ring);
    this.#counters = new FeedCounterReader(this.#counterMemory);
    this.#symbols = new SymbolCounters(settings.symbolCounters);
  }

  want(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) {
      this.#wanted.set(subscriptionKey(subscription), subscription);
      const instrument = this.settings.registry.get(subscription.instrument);
      if (instrument !== undefined) this.#instruments.set(instrument.id, instrument);
    }
  }

  unwant(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) this.#wanted.delete(subscriptionKey(subscription));
  }

  get wanted(): readonly Subscription[] {
    return [...this.#wanted.values()];
  }

  wants(subscription: Subscription): boolean {
    return this.#wanted.has(subscriptionKey(subscription));
  }

  /** Those of its own subscriptions. */
  get instruments(): readonly RegisteredInstrument[] {
    return [...this.#instruments.values()];
  }

  /** Forgets instruments it is not subscribed to, or will never be again, since they are subscribed elsewhere now. */
  forget(instruments: Iterable<InstrumentId>): void {
    const wanted = new Set(this.over ? [] : this.wanted.map(({ instrument }) => instrument));
    for (const instrument of instruments) if (!wanted.has(instrument)) this.#instruments.delete(instrument);
  }

  /** It is subscribed to something that speaks of all instruments, those of other connections too. */
  get isVenueWide(): boolean {
    return this.wanted.some(({ instrument }) => instrument === NO_INSTRUMENT);
  }

  /** Those that its worker is to know. */
  get known(): readonly RegisteredInstrument[] {
    const { registry, instrumentsOf } = this.settings;
    return this.isVenueWide ? registry.ofFeed(instrumentsOf ?? this.id) : this.instruments;
  }

  /** A consistent copy of all counters, indexed by `FEED` and `kindWord`. Valid until the next call. */
  counters(): Float64Array {
    this.#counters.read(this.#words);
    return this.#words;
  }

  get state(): ConnectionState {
    return connectionState(this.counters()[FEED.state]!);
  }

  /** True once nothing more will come out of the ring than is in it or waits for room. */
  get over(): boolean {
    return this.state === 'CLOSED';
  }

  taken(records: number): void {
    this.#counters.addTaken(records);
    // The strategy made room: what could not be said of a lost worker may fit now.
    this.#orphan?.write();
  }

  config(): FeedConfig {
    const { settings } = this;
    return {
      feed: this.id,
      name: this.name,
      exchange: settings.exchange,
      url: settings.url,
      ...(settings.restUrl === undefined ? {} : { restUrl: settings.restUrl }),
      instruments: this.known,
      subscriptions: this.wanted,
      overflow: settings.overflow,
      ring: this.#ring,
      counters: this.#counterMemory,
      symbolCounters: settings.symbolCounters,
      doorbell: settings.doorbellMemory,
      epoch: this.counters()[FEED.epoch]!,
      seed: (settings.seed + this.id + this.#restarts * 7919) >>> 0,
      times: settings.times,
      plan: { ...settings.plan, autoStart: !this.#rests },
      limits: settings.limits,
      lines: settings.lines,
      ...(settings.attempts === undefined ? {} : { attempts: settings.attempts }),
      socket: settings.socket,
    };
  }

  told(change: ConnectionChange): void {
    this.changes.tell(change);
  }

  /** It has no connection and is not to make one by itself, whichever worker runs it. */
  get #rests(): boolean {
    const { last } = this.changes;
    return last === undefined ? this.settings.plan?.autoStart === false : last.state === 'DISCONNECTED';
  }

  async workerLost(detail: string, final: boolean): Promise<void> {
    this.#restarts++;
    // No level may be trusted any more, and there is no worker to say so.
    for (const { channel, instrument } of this.wanted)
      if (channel === 'book' && this.#symbols.get(instrument, SYMBOL.bookState) === BOOK_STATE.live)
        this.#symbols.set(instrument, SYMBOL.bookState, BOOK_STATE.stale);
    const fault = FAULTS.WORKER_FAILED.id;
    const stays = this.#rests || this.settings.plan?.autoReconnect === false;
    const state = final ? 'CLOSED' : stays ? 'DISCONNECTED' : 'RECONNECTING';
    const notices = this.#takeOver(state);
    notices.gap(fault);
    notices.status(STATUSES.disconnected.id, fault, detail);
    notices.status(final ? STATUSES.closed.id : STATUSES.restarted.id, fault, detail);
    const told = {
      state,
      reason: 'NETWORK_ERROR',
      fault,
      code: ABNORMAL_CLOSURE,
      detail,
      at: now(),
    } as const;
    this.changes.tell(told);
    await this.#finish(notices);
  }

  /** The worker is gone for good. Where it could not say so any more, the last record is that the feed is closed. */
  end(): void {
    const detail = 'closed on request, without its worker';
    const fault = FAULTS.NONE.id;
    if (!this.over) {
      const notices = this.#takeOver('CLOSED');
      notices.status(STATUSES.closed.id, fault, detail);
      void this.#finish(notices);
    }
    // The worker's own word may have been on its way when it was ended.
    this.changes.tell({ state: 'CLOSED', reason: 'USER_REQUESTED', fault, code: 0, detail, at: now() });
  }

  /** Makes the main thread the producer of the ring and the counters, until everything is written. */
  #takeOver(state: ConnectionState): OrphanNotices {
    this.#orphan ??= new OrphanNotices(this.#ring, new FeedCounterWriter(this.#counterMemory), this.id);
    this.#orphan.state(state);
    return this.#orphan;
  }

  async #finish(notices: OrphanNotices): Promise<void> {
    notices.write();
    this.settings.doorbell.wake();
    await notices.written;
    this.#orphan = undefined;
    this.settings.doorbell.wake();
  }
}

const now = (): MonotonicNs => (performance.now() * NS_PER_MS) as MonotonicNs;
