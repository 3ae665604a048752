import type { Clock } from './clock.ts';

interface Waiter {
  readonly holds: () => boolean;
  readonly settle: (held: boolean) => void;
}

/** Promises that settle when something comes to hold. Whoever changes what they ask about calls `check`. */
export class Waiters {
  readonly #clock: Clock;
  readonly #waiters = new Set<Waiter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves with true as soon as it holds, at once where it does, and with false when the time is over. */
  until(holds: () => boolean, timeoutMs = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (held: boolean): void => {
        cancel();
        this.#waiters.delete(waiter);
        resolve(held);
      };
      const waiter = { holds, settle };
      this.#waiters.add(waiter);
      const cancel = this.#clock.setTimer(() => settle(false), timeoutMs);
    });
  }

  check(): void {
    for (const waiter of [...this.#waiters]) if (waiter.holds()) waiter.settle(true);
  }
}
