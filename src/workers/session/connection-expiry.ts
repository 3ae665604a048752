import { durationMs, later, type MonotonicNs } from '../../shared/units.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import type { Chance } from './seeded-random.ts';

const NEVER = Number.POSITIVE_INFINITY as MonotonicNs;

/** The largest part of a connection's life that the margin may be: twice it still leaves half of the life. */
const MARGIN_MAX = 1 / 4;

/**
 * When a connection is due for replacement because its venue ends it at a known age.
 *
 *   opened ─────────────────────────────────┬─────── margin ───────┬─────── margin ───────▶ the venue's end
 *                                           └── due somewhere here ┘
 *
 * Somewhere, by chance: connections that were opened together are not replaced together.
 */
export class ConnectionExpiry {
  readonly #lifeMs: number;
  readonly #marginMs: number;
  readonly #chance: Chance;
  #dueAt = NEVER;

  constructor(limits: VenueLimits, chance: Chance) {
    this.#lifeMs = limits.connectionLifeMs;
    this.#marginMs = Math.min(limits.connectionMarginMs, limits.connectionLifeMs * MARGIN_MAX);
    this.#chance = chance;
  }

  opened(now: MonotonicNs): void {
    // No dice are thrown where nothing depends on them, so that the delays of a seed stay what they are.
    this.#dueAt = Number.isFinite(this.#lifeMs)
      ? later(now, durationMs(this.#lifeMs - this.#marginMs * (1 + this.#chance())))
      : NEVER;
  }

  nextDeadline(): MonotonicNs {
    return this.#dueAt;
  }

  /** True once for each connection. */
  isDue(now: MonotonicNs): boolean {
    if (now < this.#dueAt) return false;
    this.#dueAt = NEVER;
    return true;
  }
}
