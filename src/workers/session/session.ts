import type { SessionPlan, SessionTimes, Subscription } from '../../shared/contract.ts';
import { FAULTS, type FaultCode, type FaultName } from '../../shared/faults/fault-catalogue.ts';
import { invariant } from '../../shared/invariant.ts';
import type { AttemptLimit } from '../../shared/session/attempt-window.ts';
import { type ConnectionState, canConnect, mayFollow } from '../../shared/session/connection-state.ts';
import { type DisconnectReason, isProactive, reasonOf } from '../../shared/session/disconnect-reason.ts';
import { durationMs, elapsed, later, type MonotonicNs, NS_PER_MS } from '../../shared/units.ts';
import type { ChannelName, VenueLimits } from '../../shared/venues/venue.ts';
import type { ConnectionEnd } from '../feed-events.ts';
import { ConnectionExpiry } from './connection-expiry.ts';
import { Liveness } from './liveness.ts';
import { type Retry, RetryPlan } from './retry-plan.ts';
import { seededRandom } from './seeded-random.ts';
import type { SessionAction, SessionInput } from './session-actions.ts';
import { feedStatus } from './session-status.ts';
import { SubscriptionTable } from './subscription-table.ts';

export interface SessionOptions extends SessionPlan {
  readonly times: SessionTimes;
  readonly limits: VenueLimits;
  /** Seed of the jitter in every delay. */
  readonly seed: number;
  readonly subscriptions: readonly Subscription[];
  /** The venue's window of attempts where other feeds share it; one of its own where left out. */
  readonly attempts?: AttemptLimit | undefined;
}

const QUICK_MS = 250;
const NORMAL_CLOSURE = 1000;
/** What is reported where no close frame came. Source: RFC 6455, 7.1.5. */
const ABNORMAL_CLOSURE = 1006;

/** A tick that comes this much later than it was asked for means that this thread stood still. */
const STALL = durationMs(500);
/** How long after a stall nothing is judged: time to read what arrived meanwhile. */
const CATCH_UP = durationMs(200);

const NEVER = Number.POSITIVE_INFINITY as MonotonicNs;

/** What follows once the connection is gone. */
type Next =
  | { readonly kind: 'retry' }
  | { readonly kind: 'return'; readonly afterMs: number }
  | { readonly kind: 'rest' }
  | { readonly kind: 'over' };

/** An end of the connection that we brought about. */
interface Ending {
  readonly fault: FaultCode;
  readonly detail: string;
  readonly reason: DisconnectReason;
  readonly next: Next;
}

/**
 * Life of one feed's connection: connect, subscribe, notice that it died, come back, end.
 *
 * Opens no socket, sets no timer, reads no clock and throws no dice of its own: the caller hands in what
 * happened with the time it happened, and carries out the actions in order before the next input. After each
 * input it has `tick` handed in at `nextDeadline()`. Whatever the exchange does is answered, never thrown.
 *
 *   DISCONNECTED ─start─▶ CONNECTING ─opened─▶ CONNECTED ─close, cut─▶ CLOSING ─ended─▶ CLOSED
 *                           ▲   └──ended──┐      │ ended                 │ ended
 *                           └──────────── RECONNECTING ◀────────────────┘
 */
export class Session {
  readonly #times: SessionTimes;
  readonly #autoReconnect: boolean;
  readonly #exhausted: SessionPlan['exhausted'];
  readonly #table: SubscriptionTable;
  readonly #plan: RetryPlan;
  readonly #liveness: Liveness;
  readonly #expiry: ConnectionExpiry;
  #state: ConnectionState = 'DISCONNECTED';
  #reason: DisconnectReason | undefined;
  /** Set while we are ending the connection. */
  #ending: Ending | undefined;
  /** True once the connection was cut, where at first we asked for the closing handshake. */
  #isCut = false;
  /** The last attempt became a connection: what ended then is a loss, and no attempt that failed. */
  #hadOpened = false;
  /** End of the wait that the state is: for the opening, for the end, for the next attempt. */
  #deadline = NEVER;
  /** True while what is waited for is the venue's window of attempts. */
  #isHeld = false;
  /** Set while this thread catches up after it stood still. */
  #catchUpUntil: MonotonicNs | undefined;
  /** What the exchange last said of itself. */
  #condition = '';

  constructor(options: SessionOptions) {
    const { times, limits, attempts } = options;
    const chance = seededRandom(options.seed);
    const backoff = options.backoff ?? {
      strategy: 'exponential',
      delayMs: times.backoffMs,
      maxMs: times.backoffMaxMs,
      jitter: 0.5,
    };
    const quickMs = options.quickMs === undefined ? QUICK_MS : (options.quickMs ?? undefined);
    this.#times = times;
    this.#autoReconnect = options.autoReconnect ?? true;
    this.#exhausted = options.exhausted;
    this.#table = new SubscriptionTable(times, limits, chance, options.subscriptions);
    this.#plan = new RetryPlan({ times, limits, backoff, quickMs, attempts }, chance);
    this.#liveness = new Liveness(times);
    this.#expiry = new ConnectionExpiry(limits, chance);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Why the last connection ended; undefined before the first end. */
  get reason(): DisconnectReason | undefined {
    return this.#reason;
  }

  /** Retries in a row since a connection was last stable. */
  get retries(): number {
    return this.#plan.retries;
  }

  /** Channels that are subscribed, as the exchange acknowledged. */
  get channels(): ReadonlySet<ChannelName> {
    return this.#table.channels;
  }

  /** What is to be subscribed on a connection that is made now. */
  get wanted(): readonly Subscription[] {
    return this.#table.wanted;
  }

  /** What the strategy may know as subscribed, on a connection whose word it hears. */
  get subscribed(): readonly Subscription[] {
    return this.#table.accepted;
  }

  /** True while everything that is wanted is subscribed, or given up, and every book is whole. */
  get isComplete(): boolean {
    return this.#state === 'CONNECTED' && this.#table.isComplete;
  }

  /** How much of what is wanted was refused, or never answered. */
  get givenUp(): number {
    return this.#table.givenUp;
  }

  /** Bytes arrived. Once per socket chunk: allocates nothing, and never brings a deadline nearer. */
  heard(now: MonotonicNs): void {
    this.#liveness.heard(now);
  }

  /** When `tick` is due; Infinity for never. May lie in the past, which means at once. */
  nextDeadline(): number {
    if (this.#catchUpUntil !== undefined) return this.#catchUpUntil;
    if (this.#state !== 'CONNECTED') return this.#deadline;
    return Math.min(this.#table.nextDeadline(), this.#liveness.nextDeadline(), this.#expiry.nextDeadline());
  }

  receive(input: SessionInput, now: MonotonicNs): readonly SessionAction[] {
    const out: SessionAction[] = [];
    if (this.#state === 'CLOSED') return out;
    switch (input.kind) {
      case 'start':
        this.#beginAnew();
        if (canConnect(this.#state)) this.#connect(now, out);
        break;
      case 'opened':
        this.#onOpened(now, out);
        break;
      case 'ended':
        this.#onEnded(input.end, now, out);
        break;
      case 'heard':
        this.#liveness.heard(now);
        break;
      case 'pong':
        this.#liveness.pong();
        break;
      case 'tick':
        this.#onTick(now, out);
        break;
      case 'paused':
        this.#liveness.paused();
        if (this.#state === 'CONNECTED') this.#table.paused(now);
        break;
      case 'resumed':
        this.#liveness.resumed(now);
        this.#table.resumed(now);
        break;
      case 'subscribed':
        if (this.#state === 'CONNECTED') this.#table.subscribed(input.subscription, now, out);
        break;
      case 'unsubscribed':
        if (this.#state === 'CONNECTED') this.#table.unsubscribed(input.subscription, now, out);
        break;
      case 'refused':
        if (this.#state === 'CONNECTED') this.#table.refused(input.subscription, input.reason, now, out);
        break;
      case 'book-stale':
        if (this.#state === 'CONNECTED') this.#table.stale(input.subscription, now);
        break;
      case 'book-live':
        if (this.#state === 'CONNECTED') this.#table.live(input.subscription);
        break;
      case 'book-awaited':
        if (this.#state === 'CONNECTED') this.#table.awaited(input.subscription);
        break;
      case 'channel-silent':
        if (this.#state === 'CONNECTED') this.#onChannelSilent(input.channel, input.again, now, out);
        break;
      case 'venue-status':
        this.#condition = input.condition;
        break;
      case 'want':
        this.#table.want(input.subscriptions, now);
        if (this.#state === 'CONNECTED') this.#pump(now, out);
        break;
      case 'unwant':
        this.#table.unwant(input.subscriptions, this.#state === 'CONNECTED', now, out);
        if (this.#state === 'CONNECTED') this.#pump(now, out);
        break;
      case 'disconnect':
        this.#onDisconnect(input.reason, input.reconnectAfterMs, now, out);
        break;
      case 'reconnect':
        this.#beginAnew();
        if (canConnect(this.#state))
          this.#wait(this.#plan.after(input.afterMs, 'as scheduled', now), now, out);
        break;
      case 'close':
        this.#onClose(input.force ?? false, input.reason ?? 'closed by the user', now, out);
        break;
    }
    return out;
  }

  /** Starts an attempt, or waits where the venue does not allow one yet. */
  #connect(now: MonotonicNs, out: SessionAction[]): void {
    if (!this.#plan.tryAttempt(now)) {
      this.#wait(this.#plan.after(0, '', now), now, out);
      return;
    }
    this.#hadOpened = false;
    this.#enter('CONNECTING', later(now, durationMs(this.#times.connectTimeoutMs)));
    out.push(feedStatus('connecting'), { kind: 'connect' });
  }

  #onOpened(now: MonotonicNs, out: SessionAction[]): void {
    // An attempt that was cut may still tell of its opening; its end is under way.
    if (this.#state !== 'CONNECTING') return;
    this.#hadOpened = true;
    this.#enter('CONNECTED', NEVER);
    this.#plan.opened(now);
    this.#liveness.opened(now);
    this.#expiry.opened(now);
    this.#condition = '';
    out.push(feedStatus('connected'));
    this.#pump(now, out);
  }

  #onTick(now: MonotonicNs, out: SessionAction[]): void {
    const deadline = this.nextDeadline();
    if (now < deadline) return;
    // While the thread stood still it read nothing, so what looks like silence may lie in the socket's
    // buffer. Once per stall, or a thread that is always late would never notice a dead connection.
    if (this.#catchUpUntil === undefined && this.#hasConnection && now - deadline > STALL) {
      this.#catchUpUntil = later(now, CATCH_UP);
      return;
    }
    this.#catchUpUntil = undefined;
    switch (this.#state) {
      case 'CONNECTING':
        this.#cutAs('CONNECT_TIMEOUT', `not open after ${this.#times.connectTimeoutMs} ms`, now, out);
        break;
      case 'CONNECTED':
        this.#judge(now, out);
        break;
      case 'RECONNECTING':
        this.#connect(now, out);
        break;
      case 'CLOSING':
        this.#onClosingOverdue(now, out);
        break;
      case 'DISCONNECTED':
      case 'CLOSED':
        break;
    }
  }

  /** The subscriptions are asked for again, and where that does not help the connection is. */
  #onChannelSilent(channel: ChannelName, again: boolean, now: MonotonicNs, out: SessionAction[]): void {
    if (again) {
      this.#cutAs('FEED_SILENT', `${channel} stays silent although it was subscribed anew`, now, out);
      return;
    }
    out.push(feedStatus('fault', `${channel} is subscribed anew`, FAULTS.CHANNEL_SILENT.id));
    this.#table.renew(channel, now);
    this.#pump(now, out);
  }

  #judge(now: MonotonicNs, out: SessionAction[]): void {
    switch (this.#liveness.judge(now, this.#table.expectsData)) {
      case 'silent':
        this.#cutAs('FEED_SILENT', `nothing arrived for ${this.#times.silentAfterMs} ms`, now, out);
        return;
      case 'ping-timeout':
        this.#cutAs('PING_TIMEOUT', `no pong within ${this.#times.pongTimeoutMs} ms`, now, out);
        return;
      case 'ping':
        out.push({ kind: 'ping' });
        break;
      case 'alive':
        break;
    }
    if (now >= this.#table.nextDeadline()) this.#pump(now, out);
    if (this.#expiry.isDue(now)) out.push({ kind: 'expiring', reason: 'CONNECTION_LIMIT' });
  }

  #pump(now: MonotonicNs, out: SessionAction[]): void {
    if (!this.#table.expectsData) this.#liveness.expectFrom(now);
    this.#table.pump(now, out);
  }

  #onEnded(end: ConnectionEnd, now: MonotonicNs, out: SessionAction[]): void {
    if (!this.#hasConnection) return;
    const ending: Ending = this.#ending ?? {
      fault: end.fault,
      detail: end.detail,
      reason: reasonOf(end.fault),
      next: { kind: 'retry' },
    };
    this.#ending = undefined;
    this.#reason = ending.reason;
    this.#plan.ended(end, this.#condition, now);
    out.push(feedStatus('disconnected', ending.detail, ending.fault, end.code));
    this.#table.disconnected(out);
    switch (ending.next.kind) {
      case 'retry':
        this.#retry(now, out);
        break;
      case 'return':
        this.#wait(this.#plan.after(ending.next.afterMs, 'as requested', now), now, out);
        break;
      case 'rest':
        this.#enter('DISCONNECTED', NEVER);
        break;
      case 'over':
        this.#finish('NONE', ending.detail, out);
        break;
    }
  }

  #retry(now: MonotonicNs, out: SessionAction[]): void {
    if (!this.#autoReconnect && this.#hadOpened) {
      this.#enter('DISCONNECTED', NEVER);
      return;
    }
    const retry = this.#plan.next(now);
    if (retry !== undefined) {
      this.#wait(retry, now, out);
      return;
    }
    const why = `after ${this.#plan.retries} retries`;
    if (this.#exhausted === 'rest') {
      this.#enter('DISCONNECTED', NEVER);
      out.push(feedStatus('fault', why, FAULTS.RETRIES_EXHAUSTED.id));
    } else this.#finish('RETRIES_EXHAUSTED', why, out);
  }

  /** Whoever brings back a connection that rests is not held to the retries before. */
  #beginAnew(): void {
    if (this.#state === 'DISCONNECTED') this.#plan.forgetRetries();
  }

  #wait(retry: Retry, now: MonotonicNs, out: SessionAction[]): void {
    // Who is held back by the venue's window is told so once: others may take what became free, many times.
    const isToldAlready = this.#state === 'RECONNECTING' && this.#isHeld && retry.isHeld;
    if (this.#state === 'RECONNECTING') this.#deadline = retry.at;
    else this.#enter('RECONNECTING', retry.at);
    this.#isHeld = retry.isHeld;
    if (isToldAlready) return;
    out.push(
      feedStatus('reconnecting', retry.why, FAULTS.NONE.id, Math.round(elapsed(now, retry.at) / NS_PER_MS)),
    );
  }

  #onDisconnect(
    reason: DisconnectReason,
    afterMs: number | undefined,
    now: MonotonicNs,
    out: SessionAction[],
  ): void {
    const next: Next = !isProactive(reason)
      ? { kind: 'retry' }
      : afterMs === undefined
        ? { kind: 'rest' }
        : { kind: 'return', afterMs };
    const ending: Ending = { fault: FAULTS.NONE.id, detail: reason, reason, next };
    switch (this.#state) {
      case 'CONNECTING':
        this.#cut(ending, now, out);
        break;
      case 'CONNECTED':
        if (isProactive(reason)) this.#closeConnection(ending, now, out);
        else this.#cut(ending, now, out);
        break;
      case 'CLOSING':
        // What was wished for last is what follows, whatever would have followed. An end for good stays one, and
        // who plays the world can take nothing more from a connection that is ending.
        if (isProactive(reason) && this.#ending?.next.kind !== 'over') this.#ending = ending;
        break;
      case 'RECONNECTING':
        if (next.kind === 'rest') this.#enter('DISCONNECTED', NEVER);
        else if (next.kind === 'return')
          this.#wait(this.#plan.after(next.afterMs, 'as requested', now), now, out);
        break;
      case 'DISCONNECTED':
      case 'CLOSED':
        break;
    }
  }

  #onClose(force: boolean, detail: string, now: MonotonicNs, out: SessionAction[]): void {
    const ending: Ending = {
      fault: FAULTS.NONE.id,
      detail,
      reason: 'USER_REQUESTED',
      next: { kind: 'over' },
    };
    switch (this.#state) {
      case 'DISCONNECTED':
      case 'RECONNECTING':
        this.#finish('NONE', ending.detail, out);
        break;
      case 'CONNECTING':
        this.#cut(ending, now, out);
        break;
      case 'CONNECTED':
        if (force) this.#cut(ending, now, out);
        else this.#closeConnection(ending, now, out);
        break;
      case 'CLOSING':
        if (force && !this.#isCut) this.#cut(ending, now, out);
        else this.#ending = ending;
        break;
      case 'CLOSED':
        break;
    }
  }

  #closeConnection(ending: Ending, now: MonotonicNs, out: SessionAction[]): void {
    this.#ending = ending;
    this.#enter('CLOSING', later(now, durationMs(this.#times.closeTimeoutMs)));
    out.push({ kind: 'close', code: NORMAL_CLOSURE, reason: ending.detail });
  }

  #cutAs(fault: FaultName, detail: string, now: MonotonicNs, out: SessionAction[]): void {
    const id = FAULTS[fault].id;
    this.#cut({ fault: id, detail, reason: reasonOf(id), next: { kind: 'retry' } }, now, out);
  }

  #cut(ending: Ending, now: MonotonicNs, out: SessionAction[]): void {
    this.#ending = ending;
    this.#isCut = true;
    const deadline = later(now, durationMs(this.#times.closeTimeoutMs));
    if (this.#state === 'CLOSING') this.#deadline = deadline;
    else this.#enter('CLOSING', deadline);
    out.push({ kind: 'terminate', fault: ending.fault, detail: ending.detail });
  }

  #onClosingOverdue(now: MonotonicNs, out: SessionAction[]): void {
    const ending = this.#ending;
    invariant(ending !== undefined, 'a connection that is closing knows why');
    if (!this.#isCut) this.#cut(ending, now, out);
    // Cutting takes no answer from the other side. Where its end is not told all the same, the feed must not
    // hang on it.
    else
      this.#onEnded(
        { fault: ending.fault, code: ABNORMAL_CLOSURE, detail: ending.detail, ours: true },
        now,
        out,
      );
  }

  #finish(fault: FaultName, detail: string, out: SessionAction[]): void {
    this.#enter('CLOSED', NEVER);
    out.push(feedStatus('closed', detail, FAULTS[fault].id), { kind: 'done' });
  }

  /** There is a connection, or an attempt at one, whose end is still to come. */
  get #hasConnection(): boolean {
    return this.#state === 'CONNECTING' || this.#state === 'CONNECTED' || this.#state === 'CLOSING';
  }

  #enter(state: ConnectionState, deadline: MonotonicNs): void {
    invariant(mayFollow(this.#state, state), `${state} may follow ${this.#state}`);
    this.#state = state;
    this.#deadline = deadline;
    this.#catchUpUntil = undefined;
    if (state !== 'CLOSING') this.#isCut = false;
  }
}
