import type { SessionPlan, SessionTimes } from '../../shared/contract.ts';
import { isLoopback } from '../../shared/text/endpoint-rule.ts';
import { limitsOf } from '../../shared/venues/feed-limits.ts';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import type { ReconnectOptions } from '../options/connection-options.ts';
import { ownRestUrl } from '../options/endpoint-options.ts';
import { DEFAULT_SOCKET, DEFAULT_TIMES, type FeedOption } from '../options/open-options.ts';
import { attemptMemory } from './attempt-windows.ts';
import type { FeedSettings } from './feed.ts';

/** Share of a delay that is left to chance unless told. */
const JITTER = 0.5;

/**
 * The margin of a rotation of our own, as a share of the connection's age: it begins between one and two
 * margins before that age.
 */
const ROTATION_MARGIN = 0.05;

/** What every connection of a feed option is made with. */
export type ConnectionSettings = Pick<
  FeedSettings,
  'exchange' | 'url' | 'restUrl' | 'overflow' | 'times' | 'plan' | 'limits' | 'lines' | 'attempts' | 'socket'
>;

/** Puts together what a feed option says, what its venue says and what holds where neither says anything. */
export function connectionSettings(option: FeedOption): ConnectionSettings {
  const { exchange, reconnect = {} } = option;
  const venue = VENUES[exchange];
  const url = option.url ?? venue.url;
  const limits = rotationLimits(limitsOf(venue.limits, option.limits), option);
  const { pingIntervalMs = DEFAULT_TIMES.pingIntervalMs } = venue;
  const times = retryTimes({ ...DEFAULT_TIMES, pingIntervalMs, ...given(option.times) }, reconnect);
  return {
    exchange,
    url,
    ...restSettings(option, url),
    overflow: option.overflow ?? 'conflate',
    times,
    plan: retryPlan(times, reconnect),
    limits,
    lines: option.lines ?? 1,
    attempts: attemptMemory(url, limits),
    socket: { ...DEFAULT_SOCKET, ...given(option.socket) },
  };
}

/** Where a venue has a REST interface that is asked. */
function restSettings(option: FeedOption, url: string): Pick<FeedSettings, 'restUrl'> {
  const { rest } = VENUES[option.exchange];
  if (rest === undefined) return {};
  const own = isLoopback(new URL(url)) ? ownRestUrl(url) : rest.url;
  return { restUrl: (option.restUrl ?? own).replace(/\/+$/, '') };
}

function retryTimes(times: SessionTimes, { attempts }: ReconnectOptions): SessionTimes {
  return attempts === undefined ? times : { ...times, attemptsMax: attempts };
}

function retryPlan(times: SessionTimes, reconnect: ReconnectOptions): SessionPlan {
  const { strategy, delay, max, jitter, auto = true } = reconnect;
  const isTold = [strategy, delay, max, jitter].some((each) => each !== undefined);
  if (!isTold) return { autoReconnect: auto };
  const delayMs = delay === undefined ? times.backoffMs : 1000 * delay;
  return {
    autoReconnect: auto,
    backoff: {
      strategy: strategy ?? 'exponential',
      delayMs,
      maxMs: max === undefined ? Math.max(delayMs, times.backoffMaxMs) : 1000 * max,
      jitter: jitter ?? JITTER,
    },
    // Whoever says how long to wait is not surprised by a shorter wait.
    quickMs: null,
  };
}

/** A connection is replaced because of its age, whether the venue would end it then or we want it so. */
function rotationLimits(
  limits: VenueLimits,
  { connectionLimit, disconnectMargin, rotateEveryMs }: FeedOption,
): VenueLimits {
  const ended: VenueLimits = {
    ...limits,
    connectionLifeMs: Math.min(
      limits.connectionLifeMs,
      connectionLimit === undefined ? Number.POSITIVE_INFINITY : 1000 * connectionLimit,
    ),
    connectionMarginMs: disconnectMargin === undefined ? limits.connectionMarginMs : 1000 * disconnectMargin,
  };
  if (rotateEveryMs === undefined || rotateEveryMs >= ended.connectionLifeMs) return ended;
  return {
    ...ended,
    connectionLifeMs: rotateEveryMs,
    connectionMarginMs: ROTATION_MARGIN * rotateEveryMs,
  };
}

/** Leaves out what was given as undefined, so that a default stays. */
function given<T extends object>(options: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(options ?? {}).filter(([, value]) => value !== undefined),
  ) as never;
}
