import { HANDSHAKE_LIMITS, type HandshakeLimits } from '../../shared/protocol/handshake/handshake-limits.ts';

/** Variables of the environment, named as those of Python's websockets are behind `WEBSOCKETS_`. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that is no number of the kind is passed over. */
function numberOf(
  env: Environment,
  name: string,
  otherwise: number,
  isFit: (value: number) => boolean,
): number {
  const text = env[`RINGFEED_${name}`]?.trim();
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return isFit(value) ? value : otherwise;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
const isSeconds = (value: number): boolean => value >= 0 && Number.isFinite(value);

/** What a peer may send in a handshake. */
export const handshakeLimits = (env: Environment): HandshakeLimits => ({
  maxLineLength: numberOf(env, 'MAX_LINE_LENGTH', HANDSHAKE_LIMITS.maxLineLength, isCount),
  maxHeaders: numberOf(env, 'MAX_NUM_HEADERS', HANDSHAKE_LIMITS.maxHeaders, isCount),
  maxBodySize: numberOf(env, 'MAX_BODY_SIZE', HANDSHAKE_LIMITS.maxBodySize, isCount),
});

const REDIRECTS_MAX = 10;

/** Redirects that are followed for one connection. */
export const redirectsMax = (env: Environment): number =>
  numberOf(env, 'MAX_REDIRECTS', REDIRECTS_MAX, (value) => value === 0 || isCount(value));

/** How long is waited between attempts, seconds. */
export interface BackoffTimes {
  /** The first wait is as long at the most. */
  readonly initial: number;
  /** The second. Each that follows is `factor` times the one before, and at the most `max`. */
  readonly min: number;
  readonly factor: number;
  readonly max: number;
}

export const backoffTimes = (env: Environment): BackoffTimes => ({
  initial: numberOf(env, 'BACKOFF_INITIAL_DELAY', 5, isSeconds),
  min: numberOf(env, 'BACKOFF_MIN_DELAY', 3.1, isSeconds),
  factor: numberOf(env, 'BACKOFF_FACTOR', 1.618, (value) => value >= 1 && Number.isFinite(value)),
  max: numberOf(env, 'BACKOFF_MAX_DELAY', 90, isSeconds),
});
