import * as v from 'valibot';
import type { LogOptions, Overflow, SessionTimes, SocketOptions } from '../../shared/contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { CHANNELS, type ChannelName, EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { didYouMean } from './nearest.ts';

/** A channel, by ringfeed's name or the venue's own (`candle` or `ohlc`, `quote` or `spread`). */
export type ChannelOption =
  | ChannelName
  | 'ohlc'
  | 'spread'
  | {
      readonly name: ChannelName | 'ohlc' | 'spread';
      /** Levels per side; books only. */
      readonly depth?: number | undefined;
      /** Minutes; candles only. */
      readonly interval?: number | undefined;
      /** What makes a ticker be sent: trades (the default) or any change of the best bid or ask. Kraken v2 only. */
      readonly trigger?: 'trades' | 'bbo' | undefined;
      /** Whether history or state is sent first; the venue's default where left out. */
      readonly snapshot?: boolean | undefined;
    };

/** One feed: one connection to one exchange. */
export interface FeedOption {
  readonly exchange: ExchangeName;
  /** Symbols in the one form (`BTC/USD`) or the venue's own (`XBT/USD`). */
  readonly symbols: readonly string[];
  readonly channels: readonly ChannelOption[];
  /** Another endpoint than the venue's own. */
  readonly url?: string | undefined;
  /** What happens when the strategy falls behind: `conflate` (default) or `backpressure`. */
  readonly overflow?: Overflow | undefined;
  /** Times of the connection's life; each has a default. */
  readonly times?: { readonly [K in keyof SessionTimes]?: number | undefined } | undefined;
  readonly socket?: { readonly [K in keyof SocketOptions]?: SocketOptions[K] | undefined } | undefined;
}

export interface OpenOptions {
  readonly feeds: readonly FeedOption[];
  readonly ring?:
    | {
        /** Bytes of each feed's ring, a power of two; 8 MiB where left out. */
        readonly bytes?: number | undefined;
      }
    | undefined;
  /** Workers to share among the feeds; one for each where left out. */
  readonly threads?: number | undefined;
  /** How `run` rests: `async` sleeps until woken (default), `spin` never sleeps, `poll` looks every millisecond. */
  readonly wait?: 'async' | 'spin' | 'poll' | undefined;
  /** How long `run` may work before the event loop gets its turn. */
  readonly slice?: { readonly records?: number | undefined; readonly ms?: number | undefined } | undefined;
  readonly log?: Partial<LogOptions> | undefined;
  /** Seed of the jitter in reconnect delays; chosen at random where left out. */
  readonly seed?: number | undefined;
}

export const DEFAULT_TIMES: SessionTimes = {
  connectTimeoutMs: 10_000,
  ackTimeoutMs: 10_000,
  ackAttempts: 3,
  silentAfterMs: 15_000,
  pingIntervalMs: 20_000,
  pongTimeoutMs: 10_000,
  closeTimeoutMs: 1_000,
  backoffMs: 500,
  backoffMaxMs: 60_000,
  stableAfterMs: 60_000,
  unavailableDelayMs: 30_000,
  attemptsMax: Number.POSITIVE_INFINITY,
};

export const DEFAULT_SOCKET: SocketOptions = { maxPayload: 16 * 1024 * 1024, compression: false };

export const DEFAULT_RING_BYTES = 8 * 1024 * 1024;
export const DEFAULT_SLICE = { records: 8192, ms: 5 } as const;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What a person reads of a wrong value: short, and never a whole object graph. */
const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? text.slice(0, 57) + '...' : text;
};

const oneOf = <const T extends readonly string[]>(allowed: T) =>
  v.picklist(allowed, (issue) => {
    const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
    return `is ${shown(issue.input)}, allowed: ${allowed.join(', ')}${hint}`;
  });

const numberWithin = (least: number, most: number, whole = true) =>
  v.custom<number>(
    (input) =>
      typeof input === 'number' &&
      input >= least &&
      input <= most &&
      (!whole || Number.isInteger(input) || input === most),
    (issue) =>
      `is ${shown(issue.input)}, allowed: ${whole ? 'whole numbers' : 'numbers'} from ${least} to ${most}`,
  );

const a = (what: string) => (issue: { input: unknown }) => `is ${shown(issue.input)}, expected ${what}`;

const CHANNEL_WORDS = [...CHANNELS, 'ohlc', 'spread'] as const;

const ChannelSchema = v.union(
  [
    v.string(),
    v.strictObject({
      name: v.string(),
      depth: v.optional(v.number()),
      interval: v.optional(v.number()),
      trigger: v.optional(oneOf(['trades', 'bbo'])),
      snapshot: v.optional(v.boolean()),
    }),
  ],
  a('a channel name or { name, depth?, interval?, trigger?, snapshot? }'),
);

const UrlSchema = v.pipe(
  v.string(a('a ws:// or wss:// URL')),
  v.check((text) => /^wss?:\/\//.test(text) && URL.canParse(text), a('a ws:// or wss:// URL')),
);

const millis = numberWithin(1, 86_400_000);

const TimesSchema = v.strictObject({
  connectTimeoutMs: v.optional(millis),
  ackTimeoutMs: v.optional(millis),
  ackAttempts: v.optional(numberWithin(1, 100)),
  silentAfterMs: v.optional(millis),
  pingIntervalMs: v.optional(millis),
  pongTimeoutMs: v.optional(millis),
  closeTimeoutMs: v.optional(millis),
  backoffMs: v.optional(numberWithin(0, 86_400_000)),
  backoffMaxMs: v.optional(millis),
  stableAfterMs: v.optional(millis),
  unavailableDelayMs: v.optional(millis),
  attemptsMax: v.optional(numberWithin(0, Number.POSITIVE_INFINITY)),
});

const SocketSchema = v.strictObject({
  maxPayload: v.optional(numberWithin(1024, 1024 * 1024 * 1024)),
  compression: v.optional(v.boolean(a('true or false'))),
  ca: v.optional(v.string(a('certificates as PEM text'))),
  headers: v.optional(v.record(v.string(), v.string(a('text')))),
  allowPlain: v.optional(v.boolean(a('true or false'))),
});

const FeedSchema = v.strictObject({
  exchange: oneOf(EXCHANGES),
  symbols: v.array(v.string(a('a symbol such as "BTC/USD"')), a('a list of symbols')),
  channels: v.pipe(
    v.array(ChannelSchema, a('a list of channels')),
    v.minLength(1, 'is empty, give at least one channel'),
  ),
  url: v.optional(UrlSchema),
  overflow: v.optional(oneOf(['conflate', 'backpressure'])),
  times: v.optional(TimesSchema),
  socket: v.optional(SocketSchema),
});

const isPowerOfTwo = (n: number) => (n & (n - 1)) === 0;

const OpenSchema = v.strictObject({
  feeds: v.pipe(
    v.array(FeedSchema, a('a list of feeds')),
    v.minLength(1, 'is empty, give at least one feed'),
  ),
  ring: v.optional(
    v.strictObject({
      bytes: v.optional(
        v.custom<number>(
          (input) =>
            typeof input === 'number' &&
            input >= 65_536 &&
            input <= 2 ** 30 &&
            Number.isInteger(input) &&
            isPowerOfTwo(input),
          (issue) => `is ${shown(issue.input)}, allowed: powers of two from 65536 to 1073741824`,
        ),
      ),
    }),
  ),
  threads: v.optional(numberWithin(1, 64)),
  wait: v.optional(oneOf(['async', 'spin', 'poll'])),
  slice: v.optional(
    v.strictObject({
      records: v.optional(numberWithin(1, 10_000_000)),
      ms: v.optional(numberWithin(0.01, 60_000, false)),
    }),
  ),
  log: v.optional(v.strictObject({ level: v.optional(oneOf(LOG_LEVELS)) })),
  seed: v.optional(numberWithin(0, 0xffff_ffff)),
});

/** A channel option with its name resolved and its parameters checked against the venue. */
export interface CheckedChannel {
  readonly channel: ChannelName;
  readonly depth?: number;
  readonly interval?: number;
  readonly trigger?: 'trades' | 'bbo';
  readonly snapshot?: boolean;
}

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkOpenOptions(options: OpenOptions): OpenOptions {
  const result = v.safeParse(OpenSchema, options, { abortEarly: true });
  if (!result.success) throw new MisuseError(describe(result.issues[0]));
  return options;
}

function describe(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'options';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const keys = issue.path?.at(-1)?.key;
    return `Condition failed: option ${path} is not known${didYouMean(String(keys), KNOWN_KEYS)}`;
  }
  const message =
    issue.kind === 'schema' && issue.message.startsWith('Invalid')
      ? `is ${shown(issue.input)}, expected ${issue.expected}`
      : issue.message;
  return `Condition failed: option ${path} ${message}`;
}

const KNOWN_KEYS = [
  ...Object.keys(OpenSchema.entries),
  ...Object.keys(FeedSchema.entries),
  ...Object.keys(TimesSchema.entries),
  ...Object.keys(SocketSchema.entries),
  'bytes',
  'records',
  'ms',
  'level',
  'name',
  'depth',
  'interval',
  'trigger',
  'snapshot',
];

/**
 * Resolves a channel option for a venue.
 *
 * @throws MisuseError for a channel, depth or interval the venue does not have, with the nearest that it has.
 */
export function checkChannel(exchange: ExchangeName, option: ChannelOption, where: string): CheckedChannel {
  const venue = VENUES[exchange];
  const given = typeof option === 'string' ? { name: option } : option;
  const byName = [...venue.channels].find(
    ([name, rules]) => name === given.name || rules.venueName === given.name,
  );
  if (byName === undefined) {
    const names = [...venue.channels.keys()];
    const known = (CHANNEL_WORDS as readonly string[]).includes(given.name)
      ? ''
      : didYouMean(given.name, [...names, ...[...venue.channels.values()].map((rules) => rules.venueName)]);
    throw new MisuseError(
      `Condition failed: ${where} "${given.name}" is no channel of ${exchange}, allowed: ${names.join(', ')}${known}`,
    );
  }
  const [channel, rules] = byName;
  const pick = (label: 'depth' | 'interval', allowed: readonly number[] | undefined): number | undefined => {
    const value = given[label];
    if (allowed === undefined) {
      if (value !== undefined)
        throw new MisuseError(`Condition failed: ${where} ${label} is not for ${exchange} ${channel}`);
      return undefined;
    }
    if (value === undefined) return allowed[0];
    if (!allowed.includes(value))
      throw new MisuseError(
        `Condition failed: ${where} ${label} is ${shown(value)}, allowed for ${exchange} ${channel}: ${allowed.join(', ')}`,
      );
    return value;
  };
  const depth = pick('depth', rules.depths);
  const interval = pick('interval', rules.intervals);
  if (given.trigger !== undefined && !(exchange === 'kraken' && channel === 'ticker'))
    throw new MisuseError(`Condition failed: ${where} trigger is for the ticker of kraken only`);
  return {
    channel,
    ...(depth === undefined ? {} : { depth }),
    ...(interval === undefined ? {} : { interval }),
    ...(given.trigger === undefined ? {} : { trigger: given.trigger }),
    ...(given.snapshot === undefined ? {} : { snapshot: given.snapshot }),
  };
}

/** @throws MisuseError where the text is no symbol of the venue in either form. */
export function checkSymbol(exchange: ExchangeName, given: string, where: string): string {
  const symbol = VENUES[exchange].toSymbol(given);
  if (symbol === undefined)
    throw new MisuseError(
      `Condition failed: ${where} ${shown(given)} is no symbol of ${exchange}, expected a form like "BTC/USD"`,
    );
  return symbol;
}
