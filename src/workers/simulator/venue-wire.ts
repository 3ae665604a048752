import type { ChannelName } from '../../shared/venues/venue.ts';
import type { Candles } from './candles.ts';
import type { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import type { Window } from './simulated-book.ts';

/** What a subscription asks for beside its channel and symbol. */
export interface TopicParameters {
  readonly channel: ChannelName;
  /** Levels of a book, minutes of a candle, 1 for trades that are aggregated; 0 elsewhere. */
  readonly size: number;
  /** Whether the state or the past is sent first. */
  readonly snapshot: boolean;
  /** What makes a ticker be sent; empty elsewhere. */
  readonly trigger: string;
}

/** How one connection asked to be spoken to. */
export interface ConnectionForm {
  /** Each message comes in an envelope with the name of its stream. */
  combined: boolean;
  readonly microseconds: boolean;
}

/** What the address of a connection asks for. */
export interface ConnectionAsked {
  readonly form?: ConnectionForm;
  readonly request: ClientRequest;
  /**
   * Makes each message of the venue this connection's own: counts it, say. What it was given back already it gives
   * back as it is, and empty what this connection is not sent.
   */
  readonly own?: (text: string) => string;
}

/** What a client asked, read from its text. */
export type ClientRequest =
  | { readonly kind: 'ping'; readonly requestId: number | undefined }
  | {
      readonly kind: 'subscribe' | 'unsubscribe';
      readonly requestId: number | undefined;
      readonly symbols: readonly string[];
      readonly topic: TopicParameters;
      /** What the client calls it; repeated with each message on a connection that is combined. */
      readonly name?: string;
      /** True where one word stands for all symbols of the venue. */
      readonly namesAll?: boolean;
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
  /** A question about the connection, or a change of how it is spoken to. `names` are those of its streams. */
  | {
      readonly kind: 'about-connection';
      readonly answer: (form: ConnectionForm, names: readonly string[]) => string;
    }
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
  /** Sent every second for each symbol that a connection subscribes to; left out where the venue has none. */
  productHeartbeat?(symbol: MarketSymbol, timeUs: number): string;
  /** True where every trade is a message of its own. */
  readonly sendsTradesApart?: boolean;
  /** True where it is sent to those who subscribe to nothing as well. */
  readonly beatsAlways?: boolean;
  /** True where one message tells of trades and of what they change in the book. */
  readonly joinsTrades?: boolean;
  /** True where the updates of a book are counted and the count only goes up, so that none may be sent again. */
  readonly countsUpdates?: boolean;
  /** What a connection asks for by the address it was made to; left out where that says nothing. */
  connected?(path: string, query: URLSearchParams): ConnectionAsked;
  /** A message of the market as a connection of this form is sent it. @param name of its stream. */
  addressed?(text: string, name: string, form: ConnectionForm): string;
  /** Names what may be subscribed once per connection. */
  topicKey(topic: TopicParameters, venueSymbol: string): string;
  read(text: string): ClientRequest;
  /** The same request by the symbols it means; left out where requests say these. */
  resolved?(request: ClientRequest, market: Market): ClientRequest;
  status(condition: string, connectionId: string): string;
  pong(requestId: number | undefined, timeUs: number): string;
  malformed(timeUs: number): string;
  /** The answer to all symbols of a request at once; left out where each has an answer of its own. */
  acknowledged?(request: AnsweredRequest, symbols: readonly MarketSymbol[], timeUs: number): string;
  subscribed(request: AnsweredRequest, symbol: MarketSymbol | undefined, timeUs: number): string;
  unsubscribed(request: AnsweredRequest, symbol: MarketSymbol | undefined, timeUs: number): string;
  refused(request: AnsweredRequest, venueSymbol: string, reason: string, timeUs: number): string;
  bookSnapshot(symbol: MarketSymbol, depth: number, timeUs: number): string;
  /** @param trades In the same message, where the venue joins them. */
  bookUpdate(
    symbol: MarketSymbol,
    window: Window,
    checksum: number,
    timeUs: number,
    trades?: readonly Trade[],
  ): string;
  /** The same message with a checksum that is wrong, or what the venue has in its place. */
  corrupted(bookUpdate: string): string;
  trades(symbol: MarketSymbol, trades: readonly Trade[], isSnapshot: boolean): string;
  /** Trades of one taker at one price as one; left out where the venue sends none. */
  aggregateTrade?(symbol: MarketSymbol, trade: Trade): string;
  ticker(symbol: MarketSymbol, isSnapshot: boolean, timeUs: number): string;
  candles(symbol: MarketSymbol, candles: Candles, isSnapshot: boolean, timeUs: number): string;
  /** Best bid and ask. */
  quote(symbol: MarketSymbol, timeUs: number): string;
  instruments(market: Market): string;
  /** Answers over HTTP; undefined where nothing lies at this path. */
  rest?(path: string, query: URLSearchParams, market: Market): RestText | undefined;
}
