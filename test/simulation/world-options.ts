import type { Overflow, SessionTimes } from '../../src/shared/contract.ts';
import { bookBytes } from '../../src/shared/records/book.ts';
import type { ExchangeName } from '../../src/shared/venues/venue.ts';
import type { Random } from '../support/random.ts';

/** The sizes of one world. */
export interface WorldOptions {
  readonly exchange: ExchangeName;
  readonly overflow: Overflow;
  /** Instruments the exchange lists. */
  readonly pairs: number;
  /** Levels per side that the exchange begins with, and those that are subscribed. */
  readonly levels: number;
  readonly depth: number;
  /** Whether messages may be missing, repeated, unreadable or in the wrong order. */
  readonly lies: boolean;
  readonly ringBytes: number;
  /** Whether the longest book record there can be fits into the ring. */
  readonly booksFit: boolean;
  /** How long the world misbehaves. */
  readonly disturbedMs: number;
  readonly disturbances: number;
  /** Mean time between events of the market. */
  readonly marketPeriodMs: number;
  readonly times: SessionTimes;
}

export function drawWorld(chance: Random): WorldOptions {
  const depth = chance.percent(10) ? 100 : chance.pick([10, 10, 25]);
  const ringBytes = chance.pick([4096, 8192, 16_384, 65_536]);
  return {
    exchange: chance.pick(['kraken', 'kraken-v1']),
    overflow: chance.pick(['conflate', 'backpressure']),
    pairs: 1 + chance.below(3) + (chance.percent(20) ? 4 : 0),
    levels: chance.pick([40, 150]),
    depth,
    // The checksum covers ten levels of a side, so that only in books of this depth no lie goes unnoticed.
    lies: depth === 10 && chance.percent(60),
    ringBytes,
    booksFit: bookBytes(2 * depth) <= ringBytes / 2,
    disturbedMs: chance.pick([4_000, 10_000, 20_000]),
    disturbances: chance.below(30),
    marketPeriodMs: chance.pick([30, 80, 200]),
    times: {
      connectTimeoutMs: chance.pick([1_000, 3_000]),
      ackTimeoutMs: chance.pick([500, 2_000]),
      ackAttempts: chance.pick([1, 3]),
      silentAfterMs: chance.pick([0, 3_000, 10_000]),
      pingIntervalMs: chance.pick([2_000, 10_000]),
      pongTimeoutMs: chance.pick([1_500, 5_000]),
      closeTimeoutMs: 1_000,
      backoffMs: chance.pick([50, 500]),
      backoffMaxMs: chance.pick([1_000, 5_000]),
      stableAfterMs: chance.pick([0, 1_000, 5_000]),
      unavailableDelayMs: 3_000,
      attemptsMax: Number.POSITIVE_INFINITY,
    },
  };
}
