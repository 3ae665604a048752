import * as v from 'valibot';
import type { LogOptions, Overflow, SessionTimes, SocketOptions } from '../../shared/contract.ts';
import { type ChannelWord, EXCHANGES, type ExchangeName } from '../../shared/venues/venue.ts';
import { type ConnectionOptions, checkConnectionOptions, connectionRules } from './connection-options.ts';
import { checkEndpoint, checkHeaders, checkListUrl, checkRestUrl } from './endpoint-options.ts';
import { check, expected, flag, numberWithin, objectOf, oneOf, shown } from './option-rules.ts';

/** A channel, by ringfeed's name or the venue's own (`candle` or `ohlc`, `quote` or `bookTicker`). */
export type ChannelOption =
  | ChannelWord
  | {
      readonly name: ChannelWord;
      /** Levels per side; books only. */
      readonly depth?: number | undefined;
      /** Minutes; candles only. */
      readonly interval?: number | undefined;
      /** What makes a ticker be sent: trades (the default) or any change of the best bid or ask. Kraken v2 only. */
      readonly trigger?: 'trades' | 'bbo' | undefined;
      /** Whether history or state is sent first; the venue's default where left out. */
      readonly snapshot?: boolean | undefined;
    };

/** One feed: symbols of one exchange, over as many connections as the exchange's limits demand. */
export interface FeedOption extends ConnectionOptions {
  readonly exchange: ExchangeName;
  /** Symbols in the one form (`BTC/USD`) or the venue's own (`XBT/USD`). */
  readonly symbols: readonly string[];
  readonly channels: readonly ChannelOption[];
  /** Another endpoint than the venue's own. */
  readonly url?: string | undefined;
  /**
   * Another root of the venue's REST interface. For a `url` on this machine it is that machine's by default, so
   * that what is tried here stays here.
   */
  readonly restUrl?: string | undefined;
  /**
   * Whether the symbols are looked up in the venue's list of instruments while the connections are made, and
   * `openFeeds` refuses those that are not in it. Where left out, with the venue's own `url` or a `restUrl`; not
   * with a `url` alone, which may be of a server that has no list. Where the list cannot be had, the feed goes on
   * and a status record says so.
   */
  readonly checkSymbols?: boolean | undefined;
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
        /** Bytes of each connection's ring, a power of two; 8 MiB where left out. */
        readonly bytes?: number | undefined;
      }
    | undefined;
  /**
   * Workers at most, among which the connections are shared evenly. Where left out, one for each connection up
   * to the number of processors that Node may use (`os.availableParallelism()`).
   */
  readonly threads?: number | undefined;
  /** How `run` rests: `async` sleeps until woken (default), `spin` never sleeps, `poll` looks every millisecond. */
  readonly wait?: 'async' | 'spin' | 'poll' | undefined;
  /** How long `run` may work before the event loop gets its turn. */
  readonly slice?: { readonly records?: number | undefined; readonly ms?: number | undefined } | undefined;
  readonly log?: Partial<LogOptions> | undefined;
  /** Seed of the jitter in reconnect delays; chosen at random where left out. */
  readonly seed?: number | undefined;
}

/** A change of what a feed is subscribed to. */
export interface SubscribeOptions {
  readonly symbols: readonly string[];
  readonly channels: readonly ChannelOption[];
  /** Name (`kraken#0`) or number of the feed, whichever connections it has; needed where there are several. */
  readonly feed?: string | number | undefined;
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

const ChannelObject = objectOf(
  {
    name: v.string(expected('a channel name')),
    depth: v.optional(v.number(expected('a number'))),
    interval: v.optional(v.number(expected('a number'))),
    trigger: v.optional(oneOf(['trades', 'bbo'])),
    snapshot: v.optional(flag),
  },
  'a channel name or { name, depth?, interval?, trigger?, snapshot? }',
);

/** Which channels a venue has is checked by `checkChannel`, where the venue is known. */
const ChannelSchema = v.lazy((input) => (typeof input === 'string' ? v.string() : ChannelObject));

const ChannelsSchema = v.pipe(
  v.array(ChannelSchema, expected('a list of channels')),
  v.minLength(1, 'is empty, give at least one channel'),
);

const SymbolsSchema = v.array(
  v.string(expected('a symbol such as "BTC/USD"')),
  expected('a list of symbols'),
);

const millis = numberWithin(1, 86_400_000);

const TimesSchema = objectOf({
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

function isPlainObject(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}

/** Also what `ringfeed/manager` takes. */
export const SocketSchema = objectOf({
  maxPayload: v.optional(numberWithin(1024, 1024 * 1024 * 1024)),
  compression: v.optional(flag),
  ca: v.optional(
    // TLS passes over text that is no certificate without a word.
    v.custom<string>(
      (input) => typeof input === 'string' && input.includes('-----BEGIN CERTIFICATE-----'),
      expected('certificates as PEM text'),
    ),
  ),
  headers: v.optional(
    // Anything else, a `Headers` for one, would be taken for an object without headers.
    v.custom<object>(isPlainObject, expected('a plain object of header names and texts')),
  ),
  allowPlain: v.optional(flag),
});

const FeedSchema = objectOf({
  exchange: oneOf(EXCHANGES),
  symbols: SymbolsSchema,
  channels: ChannelsSchema,
  url: v.optional(v.string(expected('a ws:// or wss:// URL'))),
  restUrl: v.optional(v.string(expected('an https:// URL'))),
  checkSymbols: v.optional(flag),
  overflow: v.optional(oneOf(['conflate', 'backpressure'])),
  times: v.optional(TimesSchema),
  socket: v.optional(SocketSchema),
  ...connectionRules,
});

/** Connections of all feeds together: each takes a ring, and its id has 16 bits in a record. */
export const CONNECTIONS_MAX = 1024;

const isPowerOfTwo = (n: number) => (n & (n - 1)) === 0;

const RingBytes = v.custom<number>(
  (input) =>
    typeof input === 'number' &&
    input >= 65_536 &&
    input <= 2 ** 30 &&
    Number.isInteger(input) &&
    isPowerOfTwo(input),
  (issue) => `is ${shown(issue.input)}, allowed: powers of two from 65536 to 1073741824`,
);

const OpenSchema = objectOf({
  feeds: v.pipe(
    v.array(FeedSchema, expected('a list of feeds')),
    v.minLength(1, 'is empty, give at least one feed'),
    v.maxLength(CONNECTIONS_MAX, `is too long, allowed: at most ${CONNECTIONS_MAX} feeds`),
  ),
  ring: v.optional(objectOf({ bytes: v.optional(RingBytes) })),
  threads: v.optional(numberWithin(1, 64)),
  wait: v.optional(oneOf(['async', 'spin', 'poll'])),
  slice: v.optional(
    objectOf({
      records: v.optional(numberWithin(1, 10_000_000)),
      ms: v.optional(numberWithin(0.01, 60_000, false)),
    }),
  ),
  log: v.optional(objectOf({ level: v.optional(oneOf(LOG_LEVELS)) })),
  seed: v.optional(numberWithin(0, 0xffff_ffff)),
});

const SubscribeSchema = objectOf({
  symbols: SymbolsSchema,
  channels: ChannelsSchema,
  feed: v.optional(v.union([v.string(), v.number()], expected('the name or number of a feed'))),
});

/** @throws MisuseError naming the option, what was given and what is allowed. */
export function checkOpenOptions(options: OpenOptions): void {
  check(OpenSchema, options, 'option ');
  for (const [n, { url, restUrl, socket }] of options.feeds.entries()) {
    if (url !== undefined) checkEndpoint(url, socket?.allowPlain === true, `option feeds.${n}.url`);
    if (restUrl !== undefined) checkRestUrl(restUrl, `option feeds.${n}.restUrl`);
    checkListUrl(options.feeds[n]!, `option feeds.${n}`);
    if (socket?.headers !== undefined) checkHeaders(socket.headers, `option feeds.${n}.socket.headers`);
    checkConnectionOptions(options.feeds[n]!, `option feeds.${n}`);
  }
}

/** @throws MisuseError as `checkOpenOptions`. */
export function checkSubscribeOptions(options: SubscribeOptions, where: string): void {
  check(SubscribeSchema, options, `${where}.`);
}
