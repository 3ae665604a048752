import type { Clock } from '../../src/main/control/clock.ts';

interface Timer {
  readonly at: number;
  readonly due: () => void;
}

/** Promises that wait for nothing but each other have run after so many turns of the event loop. */
const TURNS = 2;

/** No script needs this many timers; one that does sets them forever. */
const TIMERS_MAX = 100_000;

/** A clock that stands until it is told to go on. Between two times the promises of this thread run. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  /** @param at where it begins, as `Date.parse` takes it. */
  constructor(at = '2026-01-05T00:00:00Z') {
    this.#now = Date.parse(at);
  }

  now(): number {
    return this.#now;
  }

  /** What a program that asks for the date is told. */
  date(): Date {
    return new Date(this.#now);
  }

  setTimer(due: () => void, ms: number): () => void {
    if (ms === Number.POSITIVE_INFINITY) return () => undefined;
    const timer = { at: this.#now + Math.max(0, ms), due };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size;
  }

  async advance(seconds: number): Promise<void> {
    const until = this.#now + seconds * 1000;
    await this.settle();
    for (let fired = 0; ; fired++) {
      if (fired > TIMERS_MAX) throw new Error(`set more than ${TIMERS_MAX} timers`);
      const next = this.#next(until);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.due();
      await this.settle();
    }
    this.#now = until;
  }

  /** Lets run what waits for no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** The first timer due by then; of several at one time the one that was set first. */
  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    return next;
  }
}
