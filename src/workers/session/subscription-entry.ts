import type { SessionTimes, Subscription } from '../../shared/contract.ts';
import { durationMs, later, type MonotonicNs } from '../../shared/units.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import type { Chance } from './seeded-random.ts';

export const NEVER = Number.POSITIVE_INFINITY as MonotonicNs;
export const LONG_AGO = Number.NEGATIVE_INFINITY as MonotonicNs;

/**
 * Where one subscription is on this connection. With `attempts` 0 the request is yet to be sent, otherwise
 * its answer is awaited.
 *
 *   subscribing ──accepted──▶ subscribed ──stale, unwanted──▶ unsubscribing ──answered──▶ subscribing, or gone
 *        └──refused, unanswered──▶ given-up
 */
export type Phase = 'subscribing' | 'subscribed' | 'unsubscribing' | 'given-up';

/** One subscription: what the user wants of it and what the exchange was asked and said. */
export class SubscriptionEntry {
  readonly subscription: Subscription;
  wanted = true;
  phase: Phase = 'subscribing';
  /** When the next step is due: a request, the end of a wait, or `NEVER`. */
  dueAt: MonotonicNs;
  /** Requests of this phase that were sent. */
  attempts = 0;
  /** Subscribe requests sent on this connection that no answer came to yet. */
  unanswered = 0;
  /** True where the exchange said no; else it was given up because no answer came. */
  refused = false;
  /** True while its book cannot be trusted, and from the start until it is whole. False for other channels. */
  stale: boolean;
  /** True while it is unsubscribed and subscribed again behind the strategy's back, to mend a stale book. */
  mending = false;
  /** When it may be subscribed again. */
  resumeAt = LONG_AGO;
  /** Failures in a row; see `strike`. */
  #strikes = 0;

  constructor(subscription: Subscription, now: MonotonicNs) {
    this.subscription = subscription;
    this.dueAt = now;
    this.stale = this.isBook;
  }

  get isBook(): boolean {
    return this.subscription.channel === 'book';
  }

  enter(phase: Phase, dueAt: MonotonicNs): void {
    this.phase = phase;
    this.dueAt = dueAt;
    this.attempts = 0;
  }

  /** True where the exchange may be sending it, or about to. */
  get expectsData(): boolean {
    return (
      this.phase === 'subscribed' ||
      this.phase === 'unsubscribing' ||
      (this.phase === 'subscribing' && this.attempts > 0)
    );
  }

  /** True once nothing more is to be waited for: it is there and whole, or it was given up. */
  get isSettled(): boolean {
    return this.phase === 'given-up' || (this.phase === 'subscribed' && !this.stale);
  }

  /** True while a step is due unless the exchange says something first: an answer, or the snapshot of a book. */
  get awaitsWord(): boolean {
    return this.dueAt !== NEVER && (this.phase === 'subscribed' || this.attempts > 0);
  }

  /**
   * It failed: its book went stale, or the exchange ended it. The first failure is mended at once, and each
   * further one later than the one before, so that a symbol that fails again and again leaves the venue and
   * the other symbols alone. A symbol that stayed well for `stableAfterMs` begins anew.
   */
  strike(now: MonotonicNs, times: SessionTimes, chance: Chance): void {
    if (now >= later(this.resumeAt, durationMs(times.stableAfterMs))) this.#strikes = 0;
    this.#strikes++;
    const delayMs = this.#strikes === 1 ? 0 : backoffMs(mendingBackoff(times), this.#strikes - 1, chance());
    this.resumeAt = later(now, durationMs(delayMs));
  }

  /** The connection is gone, and with it whatever was asked on it. */
  forgetConnection(): void {
    if (!this.refused) this.enter('subscribing', LONG_AGO);
    this.unanswered = 0;
    this.stale = this.isBook;
    this.mending = false;
  }
}

const mendingBackoff = (times: SessionTimes): Backoff => ({
  strategy: 'exponential',
  delayMs: times.backoffMs,
  maxMs: times.backoffMaxMs,
  jitter: 0.5,
});
