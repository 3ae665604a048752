/**
 * What the simulated exchange allows its clients, and how a person writes it down.
 */

/** Limits of one venue, named as in `VenueLimits`. What is left out or infinite is not limited. */
export interface SimulatorLimits {
  /** Connection attempts in `attemptsWindowMs`, refused ones included. */
  readonly attempts?: number;
  readonly attemptsWindowMs?: number;
  /** Connections open at once. */
  readonly connections?: number;
  /** Requests per second on one connection. */
  readonly requestsPerSecond?: number;
  /** Symbols in one request. */
  readonly symbolsPerRequest?: number;
  /** Streams subscribed at the same time on one connection: each symbol counts once per channel. */
  readonly subscriptionsPerConnection?: number;
  /** The server ends a connection that is this old. */
  readonly connectionLifeMs?: number;
  /** How it ends one that is too old: a close code, 1001 where left out; 1006 is FIN without a close frame. */
  readonly connectionEndCode?: number;
}

export interface SimulatorLimitEntry {
  /** How it is written for `ringfeed simulate --limit`. */
  readonly option: string;
  readonly example: string;
  readonly meaning: string;
  /** What the server does about it where limits are enforced. */
  readonly consequence: string;
}

/** Everything a client can do too much of; violations are counted under these names. */
export const SIMULATOR_LIMITS = {
  attempts: {
    option: 'attempts',
    example: 'attempts=150/10m',
    meaning: 'connection attempts on one venue in any window of this length',
    consequence: 'HTTP 429',
  },
  connections: {
    option: 'connections',
    example: 'connections=50',
    meaning: 'connections to one venue open at once',
    consequence: 'HTTP 429',
  },
  requestsPerSecond: {
    option: 'requests-per-second',
    example: 'requests-per-second=20',
    meaning: 'requests on one connection in any second',
    consequence: 'closed with 1008',
  },
  symbolsPerRequest: {
    option: 'symbols-per-request',
    example: 'symbols-per-request=100',
    meaning: 'symbols in one request',
    consequence: 'all of them are refused',
  },
  subscriptionsPerConnection: {
    option: 'subscriptions-per-connection',
    example: 'subscriptions-per-connection=200',
    meaning: 'streams on one connection: each symbol counts once per channel',
    consequence: 'those beyond it are refused',
  },
  connectionLifeMs: {
    option: 'connection-life',
    example: 'connection-life=20s/1012',
    meaning: 'how long a connection may stay open; behind the stroke a close code, 1001 unless told',
    consequence: 'ended by the server',
  },
} as const satisfies Readonly<Record<string, SimulatorLimitEntry>>;

export type SimulatorLimitName = keyof typeof SIMULATOR_LIMITS;

export const SIMULATOR_LIMIT_NAMES = Object.keys(SIMULATOR_LIMITS) as readonly SimulatorLimitName[];

/** As written on the command line. */
export const SIMULATOR_LIMIT_OPTIONS: readonly string[] = SIMULATOR_LIMIT_NAMES.map(
  (name) => SIMULATOR_LIMITS[name].option,
);

export type ParsedLimit =
  | { readonly ok: true; readonly limits: SimulatorLimits }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The name as given where it is no limit's name, so that the nearest one can be suggested. */
      readonly unknownName?: string;
    };

const COUNT_MAX = 100_000;
const TIME_MS_MAX = 2 ** 31 - 1;
const END_CODES: ReadonlySet<number> = new Set([1000, 1001, 1006, 1008, 1011, 1012, 1013]);

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Reads `subscriptions-per-connection=200`, `attempts=150/10m`, `connection-life=20s`, `connection-life=20s/1012`. */
export function parseLimit(text: string): ParsedLimit {
  const [given = '', value = '', ...rest] = text.trim().split('=');
  const name = SIMULATOR_LIMIT_NAMES.find((each) => SIMULATOR_LIMITS[each].option === given);
  if (name === undefined)
    return { ok: false, reason: `there is no limit named "${given}"`, unknownName: given };
  const limits = rest.length > 0 ? undefined : limitsOf(name, value.split('/'));
  if (limits === undefined || limitsFlaw(limits) !== undefined)
    return {
      ok: false,
      reason: `"${text}" is no limit, expected a form like ${SIMULATOR_LIMITS[name].example}`,
    };
  return { ok: true, limits };
}

function limitsOf(
  name: SimulatorLimitName,
  [first = '', second, ...rest]: readonly string[],
): SimulatorLimits | undefined {
  if (rest.length > 0) return undefined;
  if (name === 'attempts') return { attempts: numberOf(first), attemptsWindowMs: timeMsOf(second ?? '') };
  if (name !== 'connectionLifeMs') return second === undefined ? { [name]: numberOf(first) } : undefined;
  const connectionLifeMs = timeMsOf(first);
  return second === undefined
    ? { connectionLifeMs }
    : { connectionLifeMs, connectionEndCode: numberOf(second) };
}

const numberOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);

function timeMsOf(text: string): number {
  const match = /^(\d{1,7}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * UNIT_MS.get(match[2]!)!;
}

/** Why limits cannot be kept to, or undefined where they can. */
export function limitsFlaw(limits: SimulatorLimits): string | undefined {
  const { attempts, attemptsWindowMs, connectionLifeMs, connectionEndCode } = limits;
  const isNone = (value: number | undefined): boolean =>
    value === undefined || value === Number.POSITIVE_INFINITY;
  const isTime = (value: number | undefined): boolean =>
    isNone(value) || (value! >= 1 && value! <= TIME_MS_MAX);
  for (const name of [
    'attempts',
    'connections',
    'requestsPerSecond',
    'symbolsPerRequest',
    'subscriptionsPerConnection',
  ] as const) {
    const value = limits[name];
    if (!isNone(value) && !(Number.isInteger(value) && value! >= 1 && value! <= COUNT_MAX))
      return `${name} is a whole number from 1 to ${COUNT_MAX}`;
  }
  if (!isTime(attemptsWindowMs)) return 'attemptsWindowMs is 1 or more milliseconds';
  if (!isNone(attempts) && isNone(attemptsWindowMs)) return 'attempts are limited within attemptsWindowMs';
  if (!isTime(connectionLifeMs)) return 'connectionLifeMs is 1 or more milliseconds';
  if (connectionEndCode !== undefined && !END_CODES.has(connectionEndCode))
    return `connectionEndCode is one of ${[...END_CODES].join(', ')}`;
  return undefined;
}
