import { MisuseError } from '../../shared/invariant.ts';

/** Longest time a timer of Node takes, ms: nearly 25 days. A longer one would be over at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** Seconds as a timer takes them, ms; undefined where they are no limit, or one that no timer has. */
export function timerMs(seconds: number | null | undefined): number | undefined {
  if (seconds === undefined || seconds === null) return undefined;
  const ms = seconds * 1000;
  return ms > TIMER_MAX_MS ? undefined : Math.max(0, ms);
}

/** The same for the `timeout` of a call. @throws MisuseError where it is no number. */
export function timeoutMs(timeout: number | null | undefined): number | undefined {
  if (timeout === undefined || timeout === null) return undefined;
  if (typeof timeout !== 'number' || Number.isNaN(timeout))
    throw new MisuseError(`Condition failed: timeout is ${String(timeout)}, expected seconds`);
  return timerMs(timeout);
}
