/**
 * How long to wait before the n-th try. `immediate` not at all, `fixed` always the same, `exponential`
 * twice as long each time.
 */
export type BackoffStrategy = 'immediate' | 'fixed' | 'exponential';

export interface Backoff {
  readonly strategy: BackoffStrategy;
  readonly delayMs: number;
  readonly maxMs: number;
  /**
   * Share of the delay that is left to chance, 0 to 1, so that feeds that were lost together do not come
   * back together: 0 none, 0.5 between half and all of it, 1 anything up to all of it.
   */
  readonly jitter: number;
}

/** Past this many doublings every delay is at its maximum; more would overflow. */
const DOUBLINGS_MAX = 52;

/** @param attempt counted from 1. @param chance in [0, 1). @returns milliseconds. */
export function backoffMs(backoff: Backoff, attempt: number, chance: number): number {
  if (backoff.strategy === 'immediate') return 0;
  const doublings = backoff.strategy === 'fixed' ? 0 : Math.min(attempt - 1, DOUBLINGS_MAX);
  const delay = Math.min(backoff.delayMs * 2 ** doublings, backoff.maxMs);
  return delay * (1 - backoff.jitter * chance);
}
