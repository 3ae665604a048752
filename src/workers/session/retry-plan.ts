import type { SessionTimes } from '../../shared/contract.ts';
import type { AttemptLimit } from '../../shared/session/attempt-window.ts';
import { durationMs, elapsed, later, type MonotonicNs } from '../../shared/units.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import type { ConnectionEnd } from '../feed-events.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { leastDelay } from './least-delay.ts';
import { RollingLimit } from './rolling-limit.ts';
import type { Chance } from './seeded-random.ts';

/** What is added at most to a least delay, as a share of it, so that feeds told to wait do not return together. */
const SPREAD = 0.25;

/**
 * Longest time that is added by chance to a wait for a window that is shared, ms: enough to keep a thousand
 * feeds apart, and little beside any window.
 */
const SHARED_SPREAD_MS_MAX = 5_000;

export interface RetryOptions {
  readonly times: SessionTimes;
  readonly limits: VenueLimits;
  readonly backoff: Backoff;
  /** Longest wait before the first retry after a stable connection; undefined: it waits like any other. */
  readonly quickMs: number | undefined;
  /** The venue's window where it is shared with other feeds; one of its own, by the limits, where left out. */
  readonly attempts?: AttemptLimit | undefined;
}

export interface Retry {
  readonly at: MonotonicNs;
  /** For people. */
  readonly why: string;
  /** True where it is the venue's window that is waited for. */
  readonly isHeld: boolean;
}

/**
 * When to connect again. Counts the retries since a connection was last stable, and holds back for what the
 * server asked for and for what the venue allows.
 *
 *   lost after a stable life         the first retry nearly at once, then backing off
 *   lost before it was stable        backing off from where the last loss left it, so that a server that
 *                                    accepts and drops at once is not hammered
 */
export class RetryPlan {
  readonly #options: RetryOptions;
  readonly #chance: Chance;
  readonly #attempts: AttemptLimit;
  /** Longest time by which a wait for the window is drawn out, ms. */
  readonly #sharedSpreadMs: number;
  /** Retries in a row since the last stable connection. */
  #retries = 0;
  /** True where these retries began with the loss of a stable connection. */
  #beganStable = false;
  #openedAt: MonotonicNs | undefined;
  #notBefore = Number.NEGATIVE_INFINITY as MonotonicNs;
  #notBeforeWhy = '';

  constructor(options: RetryOptions, chance: Chance) {
    this.#options = options;
    this.#chance = chance;
    const { attempts, attemptsWindowMs } = options.limits;
    this.#attempts = options.attempts ?? new RollingLimit(attempts, durationMs(attemptsWindowMs));
    this.#sharedSpreadMs =
      options.attempts === undefined ? 0 : Math.min(attemptsWindowMs / attempts, SHARED_SPREAD_MS_MAX);
  }

  get retries(): number {
    return this.#retries;
  }

  /** The next retry is the first one again. */
  forgetRetries(): void {
    this.#retries = 0;
    this.#beganStable = false;
  }

  /** @returns false where the venue does not allow another attempt yet. */
  tryAttempt(now: MonotonicNs): boolean {
    return this.#attempts.tryTake(now);
  }

  opened(now: MonotonicNs): void {
    this.#openedAt = now;
  }

  /** A connection, or an attempt, is over. @param condition the venue's last word about itself. */
  ended(end: ConnectionEnd, condition: string, now: MonotonicNs): void {
    const { times } = this.#options;
    if (this.#openedAt !== undefined && elapsed(this.#openedAt, now) >= durationMs(times.stableAfterMs)) {
      this.#retries = 0;
      this.#beganStable = true;
    }
    this.#openedAt = undefined;
    const least = leastDelay(end, condition, times);
    this.#notBefore = later(now, durationMs(least.ms * (1 + SPREAD * this.#chance())));
    this.#notBeforeWhy = least.why;
  }

  /** The next retry, which counts as one; undefined where there were as many as are allowed. */
  next(now: MonotonicNs): Retry | undefined {
    const { times, backoff, quickMs } = this.#options;
    if (this.#retries >= times.attemptsMax) return undefined;
    this.#retries++;
    const quick = this.#beganStable && quickMs !== undefined;
    if (quick && this.#retries === 1)
      return this.after(Math.min(quickMs, times.backoffMaxMs) * this.#chance(), 'at once', now);
    const attempt = quick ? this.#retries - 1 : this.#retries;
    return this.after(backoffMs(backoff, attempt, this.#chance()), `retry ${this.#retries}`, now);
  }

  /**
   * Connecting in `delayMs`, or later where that is too soon for the server or for the venue.
   *
   * Feeds that wait for the same window are told the same time at which it lets one through, so each adds
   * some chance of its own. Whoever comes too late for what became free asks again: nobody is served twice
   * before all have been, as long as connections last, and what is free is idle for one spread at most.
   */
  after(delayMs: number, why: string, now: MonotonicNs): Retry {
    let retry: Retry = { at: later(now, durationMs(Math.max(0, delayMs))), why, isHeld: false };
    if (retry.at < this.#notBefore) retry = { at: this.#notBefore, why: this.#notBeforeWhy, isHeld: false };
    const allowedAt = this.#attempts.readyAt();
    if (retry.at >= allowedAt) return retry;
    const spread = this.#sharedSpreadMs === 0 ? 0 : this.#sharedSpreadMs * this.#chance();
    return {
      at: later(allowedAt, durationMs(spread)),
      why: 'the venue allows no more attempts before',
      isHeld: true,
    };
  }
}
