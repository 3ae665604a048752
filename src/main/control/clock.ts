/**
 * The time that the policies of the main thread go by. An argument, so that a test has hours pass at once.
 *
 * Runs on: main.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch; never goes back. */
  now(): number;
  /** Calls `due` once, after `ms`; Infinity for never. @returns what cancels it. */
  setTimer(due: () => void, ms: number): () => void;
}

/** Longest time one timer of Node holds; a longer one would be due at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** The real one. It does not follow corrections of the system's time after the process began. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  setTimer(due, ms) {
    let timer: NodeJS.Timeout | undefined;
    const wait = (left: number): void => {
      if (left === Number.POSITIVE_INFINITY) return;
      timer = setTimeout(
        () => (left > TIMER_MAX_MS ? wait(left - TIMER_MAX_MS) : due()),
        Math.min(left, TIMER_MAX_MS),
      );
    };
    wait(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
