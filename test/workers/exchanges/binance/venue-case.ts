import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { BINANCE } from '../../../../src/shared/venues/binance.ts';
import { BinanceCodec } from '../../../../src/workers/exchanges/binance/binance-codec.ts';
import type {
  RecordedSession,
  SessionText,
  Statement,
  TextLevel,
  VenueCase,
} from '../../../support/venue-kit/venue-case.ts';
import { PIECES } from './message-generator.ts';

interface WireMessage {
  readonly data?: WireMessage;
  readonly e?: string;
  readonly s?: string;
  readonly U?: number;
  readonly u?: number;
  readonly b?: unknown;
  readonly a?: unknown;
  readonly p?: string;
  readonly q?: string;
}

interface WireSnapshot {
  readonly lastUpdateId: number;
  readonly bids: readonly TextLevel[];
  readonly asks: readonly TextLevel[];
}

/** Source: github.com/binance/binance-spot-api-docs, web-socket-streams.md. */
function statementsOf(text: string): Statement[] {
  const message = JSON.parse(text) as WireMessage;
  const { e: event, s: symbol, U: first, u: last, b, a, p, q } = message.data ?? message;
  if (symbol === undefined) return [];
  switch (event) {
    case 'depthUpdate': {
      const [bids, asks] = [b, a] as TextLevel[][];
      return [
        { kind: 'book', symbol, snapshot: false, bids: bids!, asks: asks!, id: last!, follows: first! - 1 },
      ];
    }
    case 'trade':
    case 'aggTrade':
      return [{ kind: 'trade', symbol, price: p!, qty: q! }];
    case '24hrTicker':
      return [{ kind: 'ticker', symbol }];
    case 'kline':
      return [{ kind: 'candle', symbol }];
    default:
      return event === undefined && last !== undefined ? [{ kind: 'quote', symbol }] : [];
  }
}

const symbolOf = (path: string): string => new URLSearchParams(path.split('?')[1]).get('symbol') ?? '';

/** Source: the same repository, rest-api.md. */
function snapshotOf(path: string, text: string): Statement[] {
  const { lastUpdateId, bids, asks } = JSON.parse(text) as WireSnapshot;
  return [{ kind: 'book', symbol: symbolOf(path), snapshot: true, bids, asks, id: lastUpdateId }];
}

interface Line {
  readonly t: number;
  readonly raw: string;
  readonly url?: string;
}

const linesOf = (folder: string, file: string): Line[] =>
  readFileSync(join(folder, 'binance', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

const recorded = (name: string, updates: number, snapshots: number): RecordedSession => ({
  name,
  channels: [
    { channel: 'book' },
    { channel: 'quote' },
    { channel: 'trade', aggregated: true },
    { channel: 'candle', interval: 1 },
  ],
  load(folder) {
    const answers = linesOf(folder, `${name}.rest.jsonl`).map((line) => {
      const { pathname, search } = new URL(line.url!);
      return { ...line, path: pathname + search };
    });
    const steps = [...linesOf(folder, `${name}.jsonl`), ...answers]
      .sort((a, b) => a.t - b.t)
      .map(
        (line): SessionText =>
          'path' in line ? { path: String(line.path), text: line.raw } : { text: line.raw },
      );
    return { symbols: answers.map(({ path }) => symbolOf(path)), steps };
  },
  // The first update of a symbol follows none: 604 and 173 follow one.
  expected: { updates: updates + snapshots, snapshots },
});

export const BINANCE_CASE: VenueCase = {
  name: 'binance',
  venue: BINANCE,
  createCodec: (context) => new BinanceCodec(context),
  createReader: () => ({ message: statementsOf, rest: snapshotOf }),
  books: {
    beforeSnapshot: 'is kept',
    sequence: 'every update',
    checksum: { none: 'Binance sends none' },
  },
  recordings: [recorded('spot-cf-20210417', 604, 10), recorded('spot-cf-20211012', 173, 4)],
  simulator: {
    exchange: 'binance',
    channels: [
      { channel: 'book' },
      { channel: 'trade' },
      { channel: 'ticker' },
      { channel: 'candle', interval: 1 },
      { channel: 'quote' },
    ],
    // Every stream is accepted; that there is no such symbol shows when its book is asked for.
    refuses: ['book'],
  },
  isCold: (text) => /^\{"(?:result|code|error)|"e":"(?:kline|aggTrade)"/.test(text),
  readRequest(text) {
    const { method, params } = JSON.parse(text) as { method: string; params: string[] };
    return {
      kind: method === 'SUBSCRIBE' ? 'subscribe' : 'unsubscribe',
      symbols: params.map((stream) => stream.split('@')[0]!.toUpperCase()),
    };
  },
  answers: [
    {
      title: 'the answer to a request is for all its streams, a refusal too',
      symbols: ['BTCUSDT', 'ETHBTC'],
      subscriptions: [0, 1].map((id) => ({ channel: 'trade', instrument: id as InstrumentId })),
      texts: ['{"result":null,"id":1}', '{"code":2,"msg":"Invalid request"}'],
      log: ['subscribed trade 0', 'subscribed trade 1', 'refused something: Invalid request'],
    },
  ],
  pieces: PIECES,
  garbage: [
    '{"e":"depthUpdate","E":1,"s":"NONESUCH","U":1,"u":2,"b":[],"a":[]}',
    '{"stream":"btcusdt@trade","data":{"e":"trade","E":1,"s":"BTCUSD","t":1,"p":"-1","q":"1","T":1,"m":true,"M":true}}',
    '{"stream":"btcusdt@trade","data":null}',
    '{"result":null,"id":4711}',
  ],
  brief({ path, text }) {
    if (path === undefined) return text;
    const { lastUpdateId, bids, asks } = JSON.parse(text) as WireSnapshot;
    return JSON.stringify({ lastUpdateId, bids: bids.slice(0, 20), asks: asks.slice(0, 20) });
  },
  restKey: symbolOf,
};
