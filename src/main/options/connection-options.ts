import * as v from 'valibot';
import type { BackoffStrategy } from '../../shared/contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import type { DisconnectReason } from '../../shared/session/disconnect-reason.ts';
import type { FeedLimits } from '../../shared/venues/feed-limits.ts';
import { LimitsSchema } from './limit-options.ts';
import { expected, flag, numberWithin, objectOf, oneOf } from './option-rules.ts';

export const STRATEGIES = ['immediate', 'fixed', 'exponential'] as const satisfies readonly BackoffStrategy[];

/** How a lost connection comes back. Times in seconds. */
export interface ReconnectOptions {
  /** How long to wait: not at all, always `delay`, or twice as long each time; `exponential` where left out. */
  readonly strategy?: BackoffStrategy | undefined;
  /** First wait; `times.backoffMs` where left out. */
  readonly delay?: number | undefined;
  /** Longest wait; `times.backoffMaxMs` where left out. */
  readonly max?: number | undefined;
  /** Share of each wait that is left to chance, 0 to 1; 0.5 where left out. */
  readonly jitter?: number | undefined;
  /** Retries in a row before the connection is given up; `times.attemptsMax` where left out. */
  readonly attempts?: number | undefined;
  /** False to rest after a loss until `control().connect()`; true where left out. */
  readonly auto?: boolean | undefined;
}

/** When the connections of a feed go down and come back. Each callback is given the connection's name. */
export interface ConnectionOptions {
  /** Limits that differ from the venue's own. */
  readonly limits?: FeedLimits | undefined;
  /** Where left out, waits by `times`, and the first one short after a connection that was stable. */
  readonly reconnect?: ReconnectOptions | undefined;
  /** Whether now is a good moment to disconnect. Asked every `disconnectCheckInterval` while connected. */
  readonly shouldDisconnect?: ((connection: string) => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Whether to connect again, asked every `reconnectCheckInterval` after a disconnect that we wanted: true for
   * now, a number for in that many seconds.
   */
  readonly shouldReconnect?:
    | ((connection: string) => boolean | number | PromiseLike<boolean | number>)
    | undefined;
  /** Told of each connection that opened. The worker subscribes meanwhile, and does not wait. */
  readonly onConnect?: ((connection: string) => unknown) | undefined;
  readonly onDisconnect?: ((reason: DisconnectReason, connection: string) => unknown) | undefined;
  /** Seconds; 5 where left out. */
  readonly disconnectCheckInterval?: number | undefined;
  /** Seconds; 5 where left out. */
  readonly reconnectCheckInterval?: number | undefined;
  /** Seconds after which the platform ends a connection; the nearer of this and `limits.connectionLifeMs` holds. */
  readonly connectionLimit?: number | undefined;
  /** Seconds before that end by which a connection is replaced; `limits.connectionMarginMs` where left out. */
  readonly disconnectMargin?: number | undefined;
  /**
   * Replaces each connection by a new one without a gap at this age at the latest, and up to a tenth of it
   * earlier, so that connections that were opened together are not replaced together.
   */
  readonly rotateEveryMs?: number | undefined;
  /** Connections subscribed to the same at a time, of which the first to say something is heard; 1 where left out. */
  readonly lines?: 1 | 2 | undefined;
}

const DAY_S = 86_400;

const callback = v.optional(v.custom<object>((input) => typeof input === 'function', expected('a function')));
const wait = v.optional(numberWithin(0, DAY_S, false));
/** A check at every moment would leave the event loop no other. */
const interval = v.optional(numberWithin(0.01, DAY_S, false));

const ReconnectSchema = objectOf({
  strategy: v.optional(oneOf(STRATEGIES)),
  delay: wait,
  max: wait,
  jitter: v.optional(numberWithin(0, 1, false)),
  attempts: v.optional(numberWithin(0, Number.POSITIVE_INFINITY)),
  auto: v.optional(flag),
});

/** The schema's part of a feed. */
export const connectionRules = {
  limits: v.optional(LimitsSchema),
  reconnect: v.optional(ReconnectSchema),
  shouldDisconnect: callback,
  shouldReconnect: callback,
  onConnect: callback,
  onDisconnect: callback,
  disconnectCheckInterval: interval,
  reconnectCheckInterval: interval,
  // A life of less than a second would be over before all is subscribed.
  connectionLimit: v.optional(numberWithin(1, Number.POSITIVE_INFINITY, false)),
  disconnectMargin: v.optional(numberWithin(0, DAY_S, false)),
  rotateEveryMs: v.optional(numberWithin(1_000, Number.POSITIVE_INFINITY)),
  lines: v.optional(v.custom<1 | 2>((input) => input === 1 || input === 2, expected('1 or 2'))),
} as const;

/** @throws MisuseError for options that are right one by one and contradict each other. */
export function checkConnectionOptions({ reconnect }: ConnectionOptions, where: string): void {
  const { delay, max } = reconnect ?? {};
  if (delay !== undefined && max !== undefined && max < delay)
    throw new MisuseError(
      `Condition failed: ${where}.reconnect.max is ${max}, allowed: reconnect.delay, which is ${delay}, or more`,
    );
}
