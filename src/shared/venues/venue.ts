/**
 * What both threads know of a venue: its names, endpoint, channels and limits. The main thread checks
 * options with it, the worker builds requests with it. No I/O, no parsing.
 */

/** Channel names of ringfeed, the same for every venue. */
export const CHANNELS = ['trade', 'ticker', 'book', 'candle', 'quote', 'instrument'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** What venues call their channels, where that differs from ringfeed's names. Options take these words as well. */
export const VENUE_CHANNELS = [
  'ohlc',
  'spread',
  'depth',
  'bookTicker',
  '24hrTicker',
  'kline',
  'aggTrade',
  'trades',
  'book_lv2',
  'candles',
  'l2',
  'matches',
  'level2_batch',
] as const;

/** A channel by ringfeed's name or a venue's own. */
export type ChannelWord = ChannelName | (typeof VENUE_CHANNELS)[number];

export interface ChannelRules {
  /** What the venue calls it; accepted in options too. */
  readonly venueName: ChannelWord;
  /**
   * What the venue calls it where trades of one taker at one price come as one; left out where they do not.
   * Such a subscription is `aggregated`.
   */
  readonly aggregatedName?: ChannelWord;
  /** Depths a book may be subscribed with; the first is the default, unless `fullBook` says otherwise. */
  readonly depths?: readonly number[];
  /** True where a book that no depth is given for has every level. */
  readonly fullBook?: boolean;
  /** Minutes a candle may span; the first is the default. */
  readonly intervals?: readonly number[];
  /** True where one subscription concerns the whole venue, without symbols. */
  readonly wholeVenue?: boolean;
}

export interface Venue {
  readonly name: ExchangeName;
  /** Where the venue's public feed lives. */
  readonly url: string;
  readonly channels: ReadonlyMap<ChannelName, ChannelRules>;
  /** The one form (`BTC/USD`) of a symbol given in either form; undefined where it is no symbol. */
  toSymbol(given: string): string | undefined;
  /** The venue's own form of a symbol in the one form. */
  toVenueSymbol(symbol: string): string;
  readonly limits: VenueLimits;
  /**
   * True where the ids of an instrument's trades grow but are not counted one by one, so that a jump between
   * two of them tells of no trade in between.
   */
  readonly sparseTradeIds?: boolean;
  /** True where an update of a book has neither a time nor a number nor a checksum. */
  readonly bareBooks?: boolean;
  /** True where the number of each update of a book is greater than that of the one before, on whatever connection. */
  readonly numberedBooks?: boolean;
  /**
   * Time between our pings unless told otherwise, ms: for a venue that says nothing by itself, so that a quiet
   * market is no silent feed.
   */
  readonly pingIntervalMs?: number;
  /** Left out where nothing is asked over REST. */
  readonly rest?: VenueRest;
  /**
   * Root of the REST interface that lists the venue's instruments, without a slash at the end. Left out where
   * the venue itself has none any more, and only servers of one's own do.
   */
  readonly instrumentsUrl?: string;
}

/** The REST interface of a venue. */
export interface VenueRest {
  /** Its root, without a slash at the end. */
  readonly url: string;
  /** Requests that one connection may make per second. */
  readonly requestsPerSecond: number;
}

/** What a venue allows. Where it names no limit the number is Infinity, or a careful one of ours that says so. */
export interface VenueLimits {
  /** Symbols in one subscribe message. */
  readonly symbolsPerRequest: number;
  /** Requests that may be sent per second on one connection. */
  readonly requestsPerSecond: number;
  /** Subscriptions, one symbol's one channel each, on one connection. */
  readonly subscriptionsPerConnection: number;
  /** Connections that may be open at once, from one address. */
  readonly connections: number;
  /** How long after its opening the venue ends a connection, ms. */
  readonly connectionLifeMs: number;
  /** How long before that end a connection is replaced at the latest, ms. Ours to choose; not a venue's fact. */
  readonly connectionMarginMs: number;
  /** Connection attempts in `attemptsWindowMs`, from one address. */
  readonly attempts: number;
  readonly attemptsWindowMs: number;
}

export const EXCHANGES = [
  'kraken',
  'kraken-v1',
  'binance',
  'poloniex',
  'poloniex-legacy',
  'gemini',
  'gemini-v1',
  'coinbase',
] as const;
export type ExchangeName = (typeof EXCHANGES)[number];
