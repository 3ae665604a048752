import type { SessionTimes } from '../../shared/contract.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import type { ConnectionEnd } from '../feed-events.ts';

/** A wait that no strategy may shorten, and why. */
export interface LeastDelay {
  readonly ms: number;
  readonly why: string;
}

const NO_LEAST: LeastDelay = { ms: 0, why: '' };

/** Close code of a server that is overloaded. Source: IANA WebSocket close code registry. */
const TRY_AGAIN_LATER = 1013;

/** After HTTP 429 without a Retry-After: at least one window of any per-minute limit. */
const TOO_MANY_REQUESTS_MS = 60_000;

/** After HTTP 403 or 418 without a Retry-After: address bans last minutes, and asking again prolongs them. */
const BANNED_MS = 300_000;

/** Longest Retry-After we obey; a larger one is more likely a mistake than a wish. */
const RETRY_AFTER_MAX_MS = 3_600_000;

/** Source: docs.kraken.com/api/docs/guides/spot-ws-intro, read 2026-05-27: after maintenance no faster than this. */
const MAINTENANCE_MS = 5_000;

const CONDITIONS_TO_WAIT_OUT: ReadonlySet<string> = new Set(['maintenance', 'cancel_only']);

/** The least time before the next attempt, from how the last one ended and the venue's last word. */
export function leastDelay(end: ConnectionEnd, condition: string, times: SessionTimes): LeastDelay {
  const waits: LeastDelay[] = [];
  if (end.code === TRY_AGAIN_LATER)
    waits.push({ ms: times.unavailableDelayMs, why: 'the server said to try again later' });
  if (CONDITIONS_TO_WAIT_OUT.has(condition))
    waits.push({ ms: MAINTENANCE_MS, why: `the exchange is in ${condition}` });
  // A certificate does not mend itself in seconds.
  if (end.fault === FAULTS.TLS_FAILED.id) waits.push({ ms: times.backoffMaxMs, why: 'TLS failed' });
  if (end.retryAfterS !== undefined && end.retryAfterS > 0) {
    const ms = Math.min(end.retryAfterS * 1000, RETRY_AFTER_MAX_MS);
    waits.push({ ms, why: 'the server asked to wait' });
  } else if (end.httpStatus === 429) waits.push({ ms: TOO_MANY_REQUESTS_MS, why: 'HTTP 429' });
  else if (end.httpStatus === 403 || end.httpStatus === 418)
    waits.push({ ms: BANNED_MS, why: `HTTP ${end.httpStatus}` });
  return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest), NO_LEAST);
}
