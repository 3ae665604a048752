import type { SessionTimes } from '../../shared/contract.ts';
import { type DurationNs, durationMs, later, type MonotonicNs } from '../../shared/units.ts';

const NEVER = Number.POSITIVE_INFINITY as MonotonicNs;

/** Zero and Infinity both mean: not at all. */
const span = (ms: number): DurationNs => (ms > 0 ? durationMs(ms) : NEVER) as DurationNs;

/** What is to be done about an open connection: nothing, ask it, or cut it. */
export type Verdict = 'alive' | 'ping' | 'silent' | 'ping-timeout';

/**
 * Whether an open connection still lives.
 *
 * Silence: nothing arrived for too long although something is subscribed. Ping: no pong came in time, and
 * nothing else came since the ping either. A connection that delivers is never cut for a missing pong: the
 * ping asks whether the link is alive, and data says that it is.
 */
export class Liveness {
  readonly #silentAfter: DurationNs;
  readonly #pingInterval: DurationNs;
  readonly #pongTimeout: DurationNs;
  #heardAt = 0 as MonotonicNs;
  /** Silence before this time means nothing: nothing was subscribed. */
  #expectedFrom = 0 as MonotonicNs;
  #pingAt = NEVER;
  /** When the ping that is not yet answered was sent. */
  #pingedAt: MonotonicNs | undefined;
  #paused = false;

  constructor(times: SessionTimes) {
    this.#silentAfter = span(times.silentAfterMs);
    this.#pingInterval = span(times.pingIntervalMs);
    this.#pongTimeout = span(times.pongTimeoutMs);
  }

  opened(now: MonotonicNs): void {
    this.#paused = false;
    this.#pingedAt = undefined;
    this.#heardAt = now;
    this.#expectedFrom = now;
    this.#pingAt = later(now, this.#pingInterval);
  }

  /** Something is subscribed again after a time when nothing was. */
  expectFrom(now: MonotonicNs): void {
    this.#expectedFrom = now;
  }

  /** Once per socket chunk: allocates nothing. */
  heard(now: MonotonicNs): void {
    this.#heardAt = now;
  }

  pong(): void {
    this.#pingedAt = undefined;
  }

  /** While we do not read we cannot hear, so nothing is held against the connection. */
  paused(): void {
    this.#paused = true;
  }

  resumed(now: MonotonicNs): void {
    this.#paused = false;
    this.#expectedFrom = now;
    if (this.#pingedAt !== undefined) this.#pingedAt = now;
  }

  nextDeadline(): number {
    const ask = this.#pingedAt === undefined ? this.#pingAt : later(this.#pingedAt, this.#pongTimeout);
    if (this.#paused) return this.#pingedAt === undefined ? ask : NEVER;
    return Math.min(ask, this.#silentAt());
  }

  /** @param expected false while nothing is subscribed, when a venue may well have nothing to say. */
  judge(now: MonotonicNs, expected: boolean): Verdict {
    if (!this.#paused) {
      if (now >= this.#silentAt()) {
        if (expected) return 'silent';
        this.#expectedFrom = now;
      }
      if (this.#pingedAt !== undefined && now >= later(this.#pingedAt, this.#pongTimeout)) {
        if (this.#heardAt <= this.#pingedAt) return 'ping-timeout';
        this.#pingedAt = undefined;
      }
    }
    if (this.#pingedAt !== undefined || now < this.#pingAt) return 'alive';
    this.#pingedAt = now;
    this.#pingAt = later(now, this.#pingInterval);
    return 'ping';
  }

  #silentAt(): number {
    return Math.max(this.#heardAt, this.#expectedFrom) + this.#silentAfter;
  }
}
