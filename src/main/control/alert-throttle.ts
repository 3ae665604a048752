/**
 * Lets one alert through at most once per interval, with how many there were since the last one that was let
 * through, itself included.
 */
export class AlertThrottle {
  readonly #intervalMs: number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #held = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** @returns how many this one stands for; 0 where it is held back. */
  count(nowMs: number): number {
    this.#held++;
    if (nowMs - this.#lastMs < this.#intervalMs) return 0;
    this.#lastMs = nowMs;
    const count = this.#held;
    this.#held = 0;
    return count;
  }
}
