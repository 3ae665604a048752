import type { ChannelName } from '../../shared/venues/venue.ts';
import type { Candles } from './candles.ts';
import type { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import type { Window } from './simulated-book.ts';

/** What a subscription asks for beside its channel and symbol. */
export interface TopicParameters {
  readonly channel: ChannelName;
  /** Levels of a book, minutes of a candle; 0 elsewhere. */
  readonly size: number;
  /** Whether the state or the past is sent first. */
  readonly snapshot: boolean;
  /** What makes a ticker be sent; empty elsewhere. */
  readonly trigger: string;
}

/** What a client asked, read from its text. */
export type ClientRequest =
  | { readonly kind: 'ping'; readonly requestId: number | undefined }
  | {
      readonly kind: 'subscribe' | 'unsubscribe';
      readonly requestId: number | undefined;
      readonly symbols: readonly string[];
      readonly topic: TopicParameters;
      /** What the same stream carries besides; its past comes with the first message of `topic`. */
      readonly also?: readonly TopicParameters[];
    }
  /** The whole request is refused, for each of its symbols, in the venue's words. */
  | {
      readonly kind: 'refused';
      readonly requestId: number | undefined;
      readonly method: 'subscribe' | 'unsubscribe';
      readonly symbols: readonly string[];
      readonly topic: TopicParameters | undefined;
      readonly reason: string;
    }
  /** Several things in one message. */
  | { readonly kind: 'several'; readonly requests: readonly ClientRequest[] }
  /** The request has one answer, whatever became of its parts. */
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'malformed' };

export type AnsweredRequest = Extract<ClientRequest, { topic: unknown }>;

export const VENUE_REFUSALS = {
  unknownPair: (symbol: string): string => `Currency pair not supported ${symbol}`,
  depth: 'Subscription depth not supported',
  interval: 'Subscription ohlc interval not supported',
  channel: 'Subscription name invalid',
  duplicate: 'Already subscribed',
  absent: 'Subscription Not Found',
  // What the venue says beyond these limits is not known.
  symbolsPerRequest: 'Too many symbols in one request',
  subscriptionsPerConnection: 'Too many subscriptions on this connection',
} as const;

/** An answer over HTTP. */
export interface RestText {
  readonly status: number;
  readonly text: string;
}

/** Writes one venue's messages and reads its requests. Texts are ASCII unless a request's words are repeated. */
export interface VenueWire {
  /** Empty where the venue sends none. */
  readonly heartbeat: string;
  /** True where every trade is a message of its own. */
  readonly sendsTradesApart?: boolean;
  /** True where the updates of a book are counted and the count only goes up, so that none may be sent again. */
  readonly countsUpdates?: boolean;
  /** Names what may be subscribed once per connection. */
  topicKey(topic: TopicParameters, venueSymbol: string): string;
  read(text: string): ClientRequest;
  status(condition: string, connectionId: string): string;
  pong(requestId: number | undefined, timeUs: number): string;
  malformed(timeUs: number): string;
  /** The answer to all symbols of a request at once; left out where each has an answer of its own. */
  acknowledged?(request: AnsweredRequest, symbols: readonly MarketSymbol[], timeUs: number): string;
  subscribed(request: AnsweredRequest, symbol: MarketSymbol | undefined, timeUs: number): string;
  unsubscribed(request: AnsweredRequest, symbol: MarketSymbol | undefined, timeUs: number): string;
  refused(request: AnsweredRequest, venueSymbol: string, reason: string, timeUs: number): string;
  bookSnapshot(symbol: MarketSymbol, depth: number, timeUs: number): string;
  bookUpdate(symbol: MarketSymbol, window: Window, checksum: number, timeUs: number): string;
  /** The same message with a checksum that is wrong, or what the venue has in its place. */
  corrupted(bookUpdate: string): string;
  trades(symbol: MarketSymbol, trades: readonly Trade[], isSnapshot: boolean): string;
  ticker(symbol: MarketSymbol, isSnapshot: boolean, timeUs: number): string;
  candles(symbol: MarketSymbol, candles: Candles, isSnapshot: boolean, timeUs: number): string;
  /** Best bid and ask. */
  quote(symbol: MarketSymbol, timeUs: number): string;
  instruments(market: Market): string;
  /** Answers over HTTP; undefined where nothing lies at this path. */
  rest?(path: string, query: URLSearchParams, market: Market): RestText | undefined;
}
