import type { Backoff } from '../../shared/contract.ts';

export type { Backoff, BackoffStrategy } from '../../shared/contract.ts';

/** Past this many doublings every delay is at its maximum; more would overflow. */
const DOUBLINGS_MAX = 52;

/** @param attempt counted from 1. @param chance in [0, 1). @returns milliseconds. */
export function backoffMs(backoff: Backoff, attempt: number, chance: number): number {
  if (backoff.strategy === 'immediate') return 0;
  const doublings = backoff.strategy === 'fixed' ? 0 : Math.min(attempt - 1, DOUBLINGS_MAX);
  const delay = Math.min(backoff.delayMs * 2 ** doublings, backoff.maxMs);
  return delay * (1 - backoff.jitter * chance);
}
