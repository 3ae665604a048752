import { type DurationNs, later, type MonotonicNs } from '../../shared/units.ts';

const LONG_AGO = Number.NEGATIVE_INFINITY as MonotonicNs;

/**
 * At most `count` of something in any span of `window`. It remembers the last `count` times, so the limit
 * holds over every span and not only over spans that begin at a tick of some clock.
 */
export class RollingLimit {
  /** Times of the last takings, as a circle; empty where there is no limit. */
  readonly #taken: Float64Array;
  readonly #window: DurationNs;
  #oldest = 0;

  constructor(count: number, window: DurationNs) {
    this.#taken = new Float64Array(Number.isFinite(count) ? Math.max(1, Math.floor(count)) : 0).fill(
      LONG_AGO,
    );
    this.#window = window;
  }

  /** When the next one may be taken; long ago where it may be at any time. */
  readyAt(): MonotonicNs {
    const oldest = this.#taken[this.#oldest];
    return oldest === undefined ? LONG_AGO : later(oldest as MonotonicNs, this.#window);
  }

  /** @returns false, and takes none, where one more would be too many. */
  tryTake(now: MonotonicNs): boolean {
    if (now < this.readyAt()) return false;
    if (this.#taken.length > 0) {
      this.#taken[this.#oldest] = now;
      this.#oldest = (this.#oldest + 1) % this.#taken.length;
    }
    return true;
  }
}
