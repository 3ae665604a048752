import type { ChannelName, ExchangeName } from '../../src/shared/venues/venue.ts';

/** Gemini v1 is not among them: it counts the messages of a connection, so that none is made before there is one. */
export type FloodExchange = Exclude<ExchangeName, 'gemini-v1'>;

/** One for each exchange, and Kraken v1 once more with its deepest book. */
export type FloodMarketName = FloodExchange | 'kraken-v1-deep';

/** What one connection is to be sent. It travels in the query of the URL. */
export interface FloodPlan {
  /** Names the run in what the server reports. */
  readonly run: number;
  readonly market: FloodMarketName;
  /** Messages after the snapshots of the books. */
  readonly messages: number;
  /** Messages per second, in bursts once a millisecond; 0 for as fast as they are read. */
  readonly rate: number;
  /** Whether each message carries the time at which it was sent. */
  readonly stamp: boolean;
  /** Time between pings of the server; 0 for none. */
  readonly pingEveryMs: number;
  /** Messages after which the server waits to be told to go on; 0 for not at all. */
  readonly gateAt: number;
}

/** What was sent on a connection, told when the last message has left. */
export interface Sent {
  readonly run: number;
  /** Market messages, snapshots included. */
  readonly messages: number;
  /** The numbers of all market messages (see `Tally`), added up in the order in which they were sent. */
  readonly sum: number;
  /** All text frames, answers to requests included, and the bytes of their payloads. */
  readonly frames: number;
  readonly bytes: number;
}

/** Told when a connection has ended. */
export interface Ended {
  readonly run: number;
  readonly pings: number;
  /** From a ping until its pong, µs, one for each pong. */
  readonly pongDelaysUs: readonly number[];
}

export type FromServer =
  | { readonly type: 'ready'; readonly port: number }
  | ({ readonly type: 'gate' } & { readonly run: number })
  | ({ readonly type: 'sent' } & Sent)
  | ({ readonly type: 'ended' } & Ended);

/** Lets the connection of a run begin, where it waits for the client to have its books, or go on after its gate. */
export interface ToServer {
  readonly type: 'go';
  readonly run: number;
}

/** What is subscribed, and the requests in which a plain client asks for it. */
export interface FloodMarket {
  readonly exchange: FloodExchange;
  readonly symbols: readonly string[];
  readonly channels: readonly { readonly name: ChannelName; readonly depth?: number }[];
  readonly requests: readonly string[];
  /**
   * Paths at which the books are asked for over REST, one by one, where they do not come by themselves. The
   * flood then waits until the client has them.
   */
  readonly snapshots?: readonly string[];
}

const SYMBOLS = ['BTC/USD', 'ETH/USD', 'DOGE/USD', 'SOL/USD', 'XRP/USD'];

const v2Request = (params: object): string =>
  JSON.stringify({ method: 'subscribe', params: { ...params, symbol: SYMBOLS } });

const v1Request = (pair: readonly string[], subscription: object): string =>
  JSON.stringify({ event: 'subscribe', pair, subscription });

const V1_PAIRS = ['XBT/USD', 'ETH/USD', 'XDG/USD', 'SOL/USD', 'XRP/USD'];

export const MARKETS: Readonly<Record<FloodMarketName, FloodMarket>> = {
  kraken: {
    exchange: 'kraken',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book', depth: 10 }, { name: 'ticker' }],
    requests: [
      v2Request({ channel: 'trade' }),
      v2Request({ channel: 'book', depth: 10 }),
      v2Request({ channel: 'ticker' }),
    ],
  },
  'kraken-v1': {
    exchange: 'kraken-v1',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book', depth: 10 }, { name: 'ticker' }],
    requests: [
      v1Request(V1_PAIRS, { name: 'trade' }),
      v1Request(V1_PAIRS, { name: 'book', depth: 10 }),
      v1Request(V1_PAIRS, { name: 'ticker' }),
    ],
  },
  'kraken-v1-deep': {
    exchange: 'kraken-v1',
    symbols: ['BTC/USD'],
    channels: [{ name: 'book', depth: 1000 }],
    requests: [v1Request(['XBT/USD'], { name: 'book', depth: 1000 })],
  },
  binance: {
    exchange: 'binance',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book' }, { name: 'quote' }, { name: 'ticker' }],
    requests: [
      JSON.stringify({
        method: 'SUBSCRIBE',
        params: SYMBOLS.flatMap((symbol) =>
          ['trade', 'depth@100ms', 'bookTicker', 'ticker'].map(
            (stream) => `${symbol.replace('/', '').toLowerCase()}@${stream}`,
          ),
        ),
        id: 1,
      }),
    ],
    snapshots: SYMBOLS.map((symbol) => `/api/v3/depth?symbol=${symbol.replace('/', '')}&limit=1000`),
  },
  poloniex: {
    exchange: 'poloniex',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book', depth: 20 }, { name: 'ticker' }],
    requests: ['trades', 'book_lv2', 'ticker'].map((channel) =>
      JSON.stringify({
        event: 'subscribe',
        channel: [channel],
        symbols: SYMBOLS.map((symbol) => symbol.replace('/', '_')),
      }),
    ),
  },
  'poloniex-legacy': {
    exchange: 'poloniex-legacy',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book' }, { name: 'ticker' }],
    requests: [1002, ...SYMBOLS.map((symbol) => symbol.split('/').reverse().join('_'))].map((channel) =>
      JSON.stringify({ command: 'subscribe', channel }),
    ),
  },
  gemini: {
    exchange: 'gemini',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book' }],
    requests: [
      JSON.stringify({
        type: 'subscribe',
        subscriptions: [{ name: 'l2', symbols: SYMBOLS.map((symbol) => symbol.replace('/', '')) }],
      }),
    ],
  },
  coinbase: {
    exchange: 'coinbase',
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book' }, { name: 'ticker' }],
    requests: [
      JSON.stringify({
        type: 'subscribe',
        product_ids: SYMBOLS.map((symbol) => symbol.replace('/', '-')),
        channels: ['matches', 'level2_batch', 'ticker'],
      }),
    ],
  },
};

/** Messages that a client of this plan counts: one snapshot for each book comes first. */
export const messagesOf = (plan: FloodPlan): number => plan.messages + MARKETS[plan.market].symbols.length;

export const planToQuery = (plan: FloodPlan): string =>
  new URLSearchParams(
    Object.entries(plan).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

const isMarket = (name: string): name is FloodMarketName => Object.hasOwn(MARKETS, name);

/** @throws Error where there is no such market. */
export function planFromQuery(query: URLSearchParams): FloodPlan {
  const market = query.get('market') ?? '';
  if (!isMarket(market)) throw new Error(`there is no flood of "${market}"`);
  const number = (key: keyof FloodPlan): number => Number(query.get(key));
  return {
    run: number('run'),
    market,
    messages: number('messages'),
    rate: number('rate'),
    stamp: query.get('stamp') === 'true',
    pingEveryMs: number('pingEveryMs'),
    gateAt: number('gateAt'),
  };
}
