import type { ChannelName, ExchangeName } from '../../src/shared/venues/venue.ts';

/** What one connection is to be sent. It travels in the query of the URL. */
export interface FloodPlan {
  /** Names the run in what the server reports. */
  readonly run: number;
  readonly exchange: ExchangeName;
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

/** Lets the connection of a run go on after its gate. */
export interface ToServer {
  readonly type: 'go';
  readonly run: number;
}

/** What is subscribed at each exchange, and the requests in which a plain client asks for it. */
export interface FloodMarket {
  readonly symbols: readonly string[];
  readonly channels: readonly { readonly name: ChannelName; readonly depth?: number }[];
  readonly requests: readonly string[];
}

const SYMBOLS = ['BTC/USD', 'ETH/USD', 'DOGE/USD', 'SOL/USD', 'XRP/USD'];

const v2Request = (params: object): string =>
  JSON.stringify({ method: 'subscribe', params: { ...params, symbol: SYMBOLS } });

export const MARKETS: Readonly<Record<ExchangeName, FloodMarket>> = {
  kraken: {
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book', depth: 10 }, { name: 'ticker' }],
    requests: [
      v2Request({ channel: 'trade' }),
      v2Request({ channel: 'book', depth: 10 }),
      v2Request({ channel: 'ticker' }),
    ],
  },
  'kraken-v1': {
    symbols: ['BTC/USD'],
    channels: [{ name: 'book', depth: 1000 }],
    requests: [
      JSON.stringify({
        event: 'subscribe',
        pair: ['XBT/USD'],
        subscription: { name: 'book', depth: 1000 },
      }),
    ],
  },
  binance: {
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
  },
  poloniex: {
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
  gemini: {
    symbols: SYMBOLS,
    channels: [{ name: 'trade' }, { name: 'book' }],
    requests: [
      JSON.stringify({
        type: 'subscribe',
        subscriptions: [{ name: 'l2', symbols: SYMBOLS.map((symbol) => symbol.replace('/', '')) }],
      }),
    ],
  },
};

/** Messages that a client of this plan counts: one snapshot for each book comes first. */
export const messagesOf = (plan: FloodPlan): number => plan.messages + MARKETS[plan.exchange].symbols.length;

export const planToQuery = (plan: FloodPlan): string =>
  new URLSearchParams(
    Object.entries(plan).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();

export function planFromQuery(query: URLSearchParams): FloodPlan {
  const number = (key: keyof FloodPlan): number => Number(query.get(key));
  return {
    run: number('run'),
    exchange: query.get('exchange') === 'kraken-v1' ? 'kraken-v1' : 'kraken',
    messages: number('messages'),
    rate: number('rate'),
    stamp: query.get('stamp') === 'true',
    pingEveryMs: number('pingEveryMs'),
    gateAt: number('gateAt'),
  };
}
