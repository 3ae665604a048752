/** Arrivals are read late and in bunches at times, so a window counts as over this part before its end … */
const TOLERANCE = 0.05;
/** … and never more than this. */
const TOLERANCE_MS_MAX = 50;

/** Tells when more than so many arrivals lie in any window of one length. */
export class RateWindow {
  readonly #arrivals: number[] = [];
  readonly #count: number;
  readonly #windowMs: number;
  #next = 0;

  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs - Math.min(TOLERANCE_MS_MAX, windowMs * TOLERANCE);
  }

  /** Takes an arrival, whether it is let through or not. @returns false where it is one too many. */
  take(nowMs: number): boolean {
    // The arrival `count` before this one, where there were so many.
    const before = this.#arrivals[this.#next];
    this.#arrivals[this.#next] = nowMs;
    this.#next = (this.#next + 1) % this.#count;
    return before === undefined || nowMs - before >= this.#windowMs;
  }
}
