import { type SessionTimes, type Subscription, subscriptionKey } from '../../src/shared/contract.ts';
import { FAULTS, type FaultName } from '../../src/shared/faults/fault-catalogue.ts';
import { type StatusName, statusName } from '../../src/shared/faults/status-catalogue.ts';
import {
  durationMs,
  type InstrumentId,
  later,
  type MonotonicNs,
  NO_INSTRUMENT,
  NS_PER_MS,
} from '../../src/shared/units.ts';
import type { VenueLimits } from '../../src/shared/venues/venue.ts';
import type { ConnectionEnd } from '../../src/workers/feed-events.ts';
import { Session } from '../../src/workers/session/session.ts';
import type { SessionAction, SessionInput } from '../../src/workers/session/session-actions.ts';
import { Random } from '../support/random.ts';

/** How long the world misbehaves, ms. */
const DISTURBED_MS = 150_000;
/**
 * How long a feed may take to recover from the last disturbance. The longest wait there is follows HTTP 403,
 * five minutes and a quarter more; then comes a window of attempts, and the longest delay of a mended book.
 */
const RECOVERY_MS = 600_000;

/** No world needs this many steps or this many ticks at one instant; a session that asks for more spins. */
const STEPS_MAX = 100_000;
const TICKS_AT_ONCE_MAX = 4;

const LOSSES: readonly FaultName[] = [
  'CONNECTION_RESET',
  'CONNECTION_ENDED',
  'SERVER_CLOSED',
  'PROTOCOL_ERROR',
];
const CLOSE_CODES = [1000, 1001, 1006, 1008, 1011, 1012, 1013];
const CONDITIONS = ['online', 'maintenance', 'cancel_only', 'post_only'];

/** What may follow each status of the whole feed. */
const MAY_FOLLOW: Readonly<Partial<Record<StatusName, readonly StatusName[]>>> = {
  connecting: ['connected', 'disconnected'],
  connected: ['disconnected'],
  disconnected: ['reconnecting', 'closed'],
  reconnecting: ['connecting', 'reconnecting', 'closed'],
  closed: [],
};

/** The venue's side of one connection. */
interface Line {
  open: boolean;
  /** Cut off without a word: nothing arrives from here any more. */
  silent: boolean;
  /** Told that it nears the end of its allowed life. */
  expiring: boolean;
  /** Answers leave in order, so none before this time. */
  answersAt: MonotonicNs;
  readonly subscribed: Set<string>;
  /** Subscriptions the venue should have ended, and did not, because a request was lost. */
  readonly leaked: Set<string>;
}

interface Event {
  readonly at: MonotonicNs;
  readonly run: () => void;
}

/**
 * One session against a venue, a network and a user that misbehave by a seed and then, after a time, no more.
 * Checks on each step what must hold in every world; throws an Error that says which rule did not.
 */
export class SessionWorld {
  readonly #chance: Random;
  readonly #session: Session;
  readonly #times: SessionTimes;
  readonly #limits: VenueLimits;
  readonly #events: Event[] = [];
  readonly #calmAt: MonotonicNs;
  readonly #wanted = new Map<string, Subscription>();
  /** Subscriptions of which the strategy was told that they were refused or given up. */
  readonly #refused = new Set<string>();
  readonly #givenUp = new Set<string>();
  /** Pairs the venue does not have. */
  readonly #unknown = new Set<string>();
  readonly #stale = new Set<string>();
  readonly #attempts: number[] = [];
  readonly #requests: number[] = [];
  #now = (3_600 * 1_000 * NS_PER_MS) as MonotonicNs;
  #line: Line | undefined;
  #status: StatusName | undefined;
  #closeAskedAt: MonotonicNs | undefined;
  #over = false;
  #paused = false;

  constructor(seed: number) {
    this.#chance = new Random(seed);
    const chance = this.#chance;
    const all = this.#subscriptions();
    const initial = all.filter(() => chance.percent(70));
    for (const each of initial) this.#wanted.set(subscriptionKey(each), each);
    for (const each of all) if (chance.percent(5)) this.#unknown.add(subscriptionKey(each));
    this.#times = {
      connectTimeoutMs: chance.pick([2_000, 10_000]),
      ackTimeoutMs: chance.pick([500, 5_000]),
      ackAttempts: chance.pick([1, 3]),
      silentAfterMs: chance.pick([0, 6_000, 15_000]),
      pingIntervalMs: chance.pick([4_000, 20_000]),
      pongTimeoutMs: chance.pick([3_000, 10_000]),
      closeTimeoutMs: 1_000,
      backoffMs: chance.pick([0, 100, 1_000]),
      backoffMaxMs: chance.pick([5_000, 60_000]),
      stableAfterMs: chance.pick([0, 1_000, 30_000]),
      unavailableDelayMs: 30_000,
      attemptsMax: chance.percent(10) ? chance.below(5) : Number.POSITIVE_INFINITY,
    };
    this.#limits = {
      symbolsPerRequest: chance.pick([1, 3, 100]),
      requestsPerSecond: chance.pick([1, 5, 20]),
      subscriptionsPerConnection: Number.POSITIVE_INFINITY,
      connections: Number.POSITIVE_INFINITY,
      connectionLifeMs: chance.pick([5_000, 40_000, Number.POSITIVE_INFINITY]),
      connectionMarginMs: chance.pick([0, 2_000, 300_000]),
      attempts: chance.pick([5, 150]),
      attemptsWindowMs: chance.pick([10_000, 60_000]),
    };
    this.#session = new Session({ times: this.#times, limits: this.#limits, seed, subscriptions: initial });
    this.#calmAt = this.#after(DISTURBED_MS);
    this.#plan(0, () => this.#receive({ kind: 'start' }));
    for (let i = chance.below(40); i > 0; i--)
      this.#plan(1 + chance.below(DISTURBED_MS), () => this.#disturb(all));
    if (chance.percent(10)) this.#plan(1 + chance.below(2 * DISTURBED_MS), () => this.#close());
  }

  /** Runs this world to its end. */
  run(): void {
    const end = later(this.#calmAt, durationMs(RECOVERY_MS));
    let ticksAtOnce = 0;
    for (let steps = 0; ; steps++) {
      this.#require(steps < STEPS_MAX, 'a world comes to its end');
      const event = this.#events[0];
      const deadline = Math.max(this.#now, this.#session.nextDeadline()) as MonotonicNs;
      const next = Math.max(this.#now, Math.min(event?.at ?? deadline, deadline)) as MonotonicNs;
      if (next > end) break;
      ticksAtOnce = next > this.#now ? 0 : ticksAtOnce;
      this.#now = next;
      if (event !== undefined && event.at <= next) {
        this.#events.shift();
        event.run();
      } else {
        this.#require(++ticksAtOnce <= TICKS_AT_ONCE_MAX, 'a tick at its deadline moves the deadline on');
        this.#receive({ kind: 'tick' });
      }
    }
    this.#now = end;
    this.#checkEnd();
  }

  #subscriptions(): Subscription[] {
    return Array.from({ length: 1 + this.#chance.below(8) }, (_, i) => i as InstrumentId).flatMap(
      (instrument): Subscription[] => [
        { channel: 'trade', instrument },
        { channel: 'book', depth: 10, instrument },
      ],
    );
  }

  get #calm(): boolean {
    return this.#now >= this.#calmAt;
  }

  /** True in `part` of 100 cases while the world misbehaves, and never after. */
  #mishap(part: number): boolean {
    return !this.#calm && this.#chance.percent(part);
  }

  #after(ms: number): MonotonicNs {
    return later(this.#now, durationMs(ms));
  }

  #plan(ms: number, run: () => void): void {
    this.#planAt(this.#after(ms), run);
  }

  #planAt(at: MonotonicNs, run: () => void): void {
    const place = this.#events.findIndex((other) => other.at > at);
    this.#events.splice(place < 0 ? this.#events.length : place, 0, { at, run });
  }

  #require(holds: boolean, rule: string): void {
    if (!holds) throw new Error(`does not hold at ${(this.#now - this.#calmAt) / NS_PER_MS} ms: ${rule}`);
  }

  #receive(input: SessionInput): void {
    const actions = this.#session.receive(input, this.#now);
    this.#require(!this.#over || actions.length === 0, 'a feed that is over does nothing');
    for (const action of actions) this.#carryOut(action);
    const waits = this.#session.nextDeadline() < Number.POSITIVE_INFINITY;
    this.#require(waits || this.#over || this.#paused, 'a feed that is not over waits for something');
  }

  #carryOut(action: SessionAction): void {
    switch (action.kind) {
      case 'connect':
        this.#connect();
        break;
      case 'subscribe':
      case 'unsubscribe':
        this.#request(action.kind, action.subscriptions);
        break;
      case 'ping':
        this.#pinged();
        break;
      case 'close':
        this.#closing();
        break;
      case 'terminate': {
        this.#requireLine();
        this.#line = undefined;
        // The pipeline may fail to hear of an end; a feed must not hang on that.
        if (!this.#mishap(10)) this.#planEnd({ fault: action.fault, code: 1006, detail: '', ours: true }, 20);
        break;
      }
      case 'expiring': {
        const line = this.#requireLine();
        this.#require(line.open && !line.expiring, 'an open connection expires, and once');
        line.expiring = true;
        // Nothing has to follow: in the calm at the end it is passed over, and the feed stays connected.
        if (this.#mishap(70))
          this.#plan(0, () =>
            this.#receive({ kind: 'disconnect', reason: action.reason, reconnectAfterMs: 0 }),
          );
        break;
      }
      case 'status':
        this.#told(action);
        break;
      case 'done':
        this.#over = true;
        break;
    }
  }

  #requireLine(): Line {
    this.#require(this.#line !== undefined, 'there is a connection to act upon');
    return this.#line!;
  }

  #connect(): void {
    this.#require(this.#line === undefined, 'a feed has at most one connection');
    this.#spend(this.#attempts, this.#limits.attempts, this.#limits.attemptsWindowMs, 'attempts');
    const line: Line = {
      open: false,
      silent: false,
      expiring: false,
      answersAt: this.#now,
      subscribed: new Set(),
      leaked: new Set(),
    };
    this.#line = line;
    this.#stale.clear();
    if (this.#mishap(10)) return;
    if (this.#mishap(20)) {
      this.#lose(line, this.#refusal(), this.#chance.below(3_000));
      return;
    }
    this.#plan(this.#calm ? 50 : this.#chance.below(4_000), () => {
      if (this.#line !== line) return;
      line.open = true;
      this.#receive({ kind: 'opened' });
      if (this.#mishap(25)) this.#lose(line, this.#loss(), this.#chance.below(5_000));
      if (this.#mishap(10)) line.silent = true;
      this.#beat(line);
    });
  }

  #refusal(): ConnectionEnd {
    const fault = this.#chance.pick(['CONNECT_FAILED', 'HANDSHAKE_REFUSED', 'TLS_FAILED'] as const);
    const end: ConnectionEnd = { fault: FAULTS[fault].id, code: 1006, detail: '', ours: false };
    if (fault !== 'HANDSHAKE_REFUSED') return end;
    const httpStatus = this.#chance.pick([403, 418, 429, 500, 503]);
    return this.#chance.percent(50)
      ? { ...end, httpStatus }
      : { ...end, httpStatus, retryAfterS: this.#chance.below(30) };
  }

  #loss(): ConnectionEnd {
    const fault = FAULTS[this.#chance.pick(LOSSES)].id;
    return { fault, code: this.#chance.pick(CLOSE_CODES), detail: '', ours: false };
  }

  /** The line ends in `ms`, unless something ends it before. */
  #lose(line: Line, end: ConnectionEnd, ms: number): void {
    this.#plan(ms, () => {
      if (this.#line !== line) return;
      this.#line = undefined;
      this.#ended(end);
    });
  }

  /** The end of a line that we ended is told in `ms`, unless the next attempt has begun by then. */
  #planEnd(end: ConnectionEnd, ms: number): void {
    this.#plan(ms, () => {
      if (this.#line === undefined) this.#ended(end);
    });
  }

  #ended(end: ConnectionEnd): void {
    this.#receive({ kind: 'ended', end });
  }

  /** Something arrives every few seconds, as long as the line is not silent. */
  #beat(line: Line): void {
    this.#plan(3_000, () => {
      if (this.#line !== line) return;
      // A line that fell silent stays so: after the last disturbance it is for the session to find out.
      if (!line.silent) this.#session.heard(this.#now);
      this.#beat(line);
    });
  }

  #pinged(): void {
    const line = this.#requireLine();
    this.#require(line.open, 'only an open connection is pinged');
    if (!this.#mishap(10)) this.#answer(line, { kind: 'pong' });
  }

  #closing(): void {
    const line = this.#requireLine();
    this.#require(line.open, 'only an open connection is closed by a handshake');
    if (this.#mishap(30) || line.silent) return;
    this.#lose(line, { fault: FAULTS.NONE.id, code: 1000, detail: '', ours: true }, 30);
  }

  /** The input reaches the session after everything the venue said before it. */
  #answer(line: Line, input: SessionInput, delayMs = this.#calm ? 40 : this.#chance.below(800)): void {
    line.answersAt = Math.max(line.answersAt, this.#after(delayMs)) as MonotonicNs;
    this.#planAt(line.answersAt, () => {
      if (this.#line !== line || line.silent) return;
      this.#session.heard(this.#now);
      if (input.kind === 'book-live') this.#stale.delete(subscriptionKey(input.subscription));
      this.#receive(input);
    });
  }

  #request(kind: 'subscribe' | 'unsubscribe', subscriptions: readonly Subscription[]): void {
    const line = this.#requireLine();
    this.#require(line.open, 'requests are sent on an open connection only');
    this.#require(subscriptions.length <= this.#limits.symbolsPerRequest, 'a request fits into one message');
    this.#require(new Set(subscriptions.map((s) => s.channel)).size === 1, 'a request is of one channel');
    this.#spend(this.#requests, this.#limits.requestsPerSecond, 1_000, 'requests');
    for (const subscription of subscriptions) {
      const delay = this.#mishap(10) ? this.#chance.below(8_000) : undefined;
      if (kind === 'subscribe') this.#venueSubscribes(line, subscription, delay);
      else this.#venueUnsubscribes(line, subscription, delay);
    }
  }

  #venueSubscribes(line: Line, subscription: Subscription, delay: number | undefined): void {
    if (this.#mishap(5)) return;
    const key = subscriptionKey(subscription);
    const refuse = (reason: string): void =>
      this.#answer(line, { kind: 'refused', subscription, reason }, delay);
    if (this.#unknown.has(key)) {
      refuse('Currency pair not supported');
      return;
    }
    if (line.subscribed.has(key)) {
      if (!this.#mishap(10)) refuse('Already subscribed');
      return;
    }
    line.subscribed.add(key);
    line.leaked.delete(key);
    const accepted = !this.#mishap(10);
    const first = this.#chance.percent(50);
    const isBook = subscription.channel === 'book' && !this.#mishap(10);
    if (accepted && first) this.#answer(line, { kind: 'subscribed', subscription }, delay);
    if (isBook) this.#answer(line, { kind: 'book-live', subscription }, delay);
    if (accepted && !first) this.#answer(line, { kind: 'subscribed', subscription }, delay);
  }

  #venueUnsubscribes(line: Line, subscription: Subscription, delay: number | undefined): void {
    const key = subscriptionKey(subscription);
    if (this.#mishap(5)) {
      line.leaked.add(key);
      return;
    }
    const was = line.subscribed.delete(key);
    if (this.#mishap(10)) return;
    if (was) this.#answer(line, { kind: 'unsubscribed', subscription }, delay);
    else this.#answer(line, { kind: 'refused', subscription, reason: 'Subscription not found' }, delay);
  }

  /** Counts one of something that may happen `count` times within any span of `windowMs`. */
  #spend(times: number[], count: number, windowMs: number, what: string): void {
    times.push(this.#now);
    while (times[0]! <= this.#now - windowMs * NS_PER_MS) times.shift();
    this.#require(times.length <= count, `${what} stay within the venue's limit`);
  }

  #told(action: Extract<SessionAction, { kind: 'status' }>): void {
    const name = statusName(action.code);
    if (action.instrument !== NO_INSTRUMENT) {
      this.#toldOfSubscription(name, action.instrument, action.detail);
      return;
    }
    if (name === 'fault') return;
    const may = this.#status === undefined ? ['connecting', 'closed'] : MAY_FOLLOW[this.#status];
    this.#require(may?.includes(name) ?? false, `${name} may follow ${this.#status}`);
    this.#status = name;
    // What was given up for want of an answer is tried again on a new connection.
    if (name === 'connected') this.#givenUp.clear();
    if (name === 'closed')
      this.#require(
        this.#closeAskedAt !== undefined || action.fault === FAULTS.RETRIES_EXHAUSTED.id,
        'a feed ends because the user or the number of retries says so',
      );
  }

  #toldOfSubscription(name: StatusName, instrument: InstrumentId, detail: string): void {
    const key = subscriptionKey(
      detail.startsWith('book')
        ? { channel: 'book', depth: 10, instrument }
        : { channel: 'trade', instrument },
    );
    if (name === 'refused') this.#refused.add(key);
    else if (name === 'fault') this.#givenUp.add(key);
    else if (name === 'subscribed') this.#givenUp.delete(key);
  }

  #close(): void {
    this.#closeAskedAt = this.#now;
    this.#receive({ kind: 'close', force: this.#chance.percent(30) });
  }

  /** One thing goes wrong, or one user changes one mind. */
  #disturb(all: readonly Subscription[]): void {
    const chance = this.#chance;
    const line = this.#line?.open === true ? this.#line : undefined;
    const subscription = chance.pick(all);
    const key = subscriptionKey(subscription);
    const choices: readonly (() => void)[] = [
      () => line && this.#lose(line, this.#loss(), 0),
      () => line && Object.assign(line, { silent: true }),
      () => {
        // The thread stands still: what was due meanwhile comes late, and all at once.
        this.#now = this.#after(chance.below(20_000));
      },
      () => {
        this.#wanted.set(key, subscription);
        this.#refused.delete(key);
        this.#givenUp.delete(key);
        this.#receive({ kind: 'want', subscriptions: [subscription] });
      },
      () => {
        this.#wanted.delete(key);
        this.#receive({ kind: 'unwant', subscriptions: [subscription] });
      },
      () => {
        if (line === undefined || subscription.channel !== 'book' || !line.subscribed.has(key)) return;
        this.#stale.add(key);
        this.#receive({ kind: 'book-stale', subscription, fault: FAULTS.CHECKSUM_MISMATCH.id });
      },
      () => {
        if (line?.subscribed.delete(key)) this.#answer(line, { kind: 'unsubscribed', subscription });
      },
      () => this.#receive({ kind: 'refused', subscription: undefined, reason: 'Exceeded msg rate' }),
      () => this.#receive({ kind: 'venue-status', condition: chance.pick(CONDITIONS) }),
      () => {
        this.#paused = true;
        this.#receive({ kind: 'paused' });
        this.#plan(chance.below(20_000), () => {
          this.#paused = false;
          this.#receive({ kind: 'resumed' });
        });
      },
      () => this.#receive({ kind: 'disconnect', reason: 'KILLED' }),
      () =>
        this.#receive({ kind: 'disconnect', reason: 'SCHEDULED', reconnectAfterMs: chance.below(10_000) }),
      () => this.#receive({ kind: 'start' }),
      () => this.#receive({ kind: 'reconnect', afterMs: chance.below(10_000) }),
      () => this.#receive({ kind: 'tick' }),
    ];
    chance.pick(choices)();
  }

  #checkEnd(): void {
    if (this.#closeAskedAt !== undefined) this.#require(this.#over, 'a feed that was closed is over');
    if (this.#over) {
      this.#require(this.#line === undefined, 'a feed that is over has no connection');
      return;
    }
    const line = this.#line;
    this.#require(
      this.#session.state === 'CONNECTED',
      'a feed is connected again after the last disturbance',
    );
    this.#require(line?.open === true, 'a feed that says it is connected is');
    for (const key of this.#wanted.keys()) {
      if (this.#refused.has(key) || this.#givenUp.has(key)) continue;
      this.#require(line!.subscribed.has(key), `what is wanted is subscribed: ${key}`);
      this.#require(!this.#stale.has(key), `a book that went stale is mended: ${key}`);
    }
    for (const key of line!.subscribed)
      this.#require(
        this.#wanted.has(key) || line!.leaked.has(key),
        `what is not wanted is not subscribed: ${key}`,
      );
  }
}
