import type { InstrumentId } from '../../../../src/shared/units.ts';
import { KRAKEN_V1 } from '../../../../src/shared/venues/kraken.ts';
import { KrakenV1Codec } from '../../../../src/workers/exchanges/kraken-v1/kraken-v1-codec.ts';
import { recordedMessages } from '../../../support/recordings.ts';
import { topTenChecksum } from '../../../support/venue-kit/top-ten-checksum.ts';
import type {
  RecordedSession,
  Statement,
  TextLevel,
  VenueCase,
} from '../../../support/venue-kit/venue-case.ts';

type Rows = readonly (readonly [price: string, qty: string, ...rest: readonly string[]])[];

interface BookPayload {
  readonly as?: Rows;
  readonly bs?: Rows;
  readonly a?: Rows;
  readonly b?: Rows;
  readonly c?: string;
}

/** Source: docs.kraken.com/api/docs/websocket-v1: book, trade, ticker, ohlc, spread. */
function statementsOf(text: string): Statement[] {
  const message: unknown = JSON.parse(text);
  if (!Array.isArray(message)) return [];
  const payloads: readonly unknown[] = message.slice(1, -2);
  const [channel, symbol] = message.slice(-2) as [string, string];
  switch (channel.split('-')[0]) {
    case 'book':
      return [bookOf(symbol, payloads as readonly BookPayload[])];
    case 'trade':
      return (payloads[0] as Rows).map(([price, qty]) => ({ kind: 'trade', symbol, price, qty }));
    case 'ticker':
      return [{ kind: 'ticker', symbol }];
    case 'spread':
      return [{ kind: 'quote', symbol }];
    case 'ohlc':
      return [{ kind: 'candle', symbol }];
    default:
      return [];
  }
}

/** A message holds one object or two, one for each side. */
function bookOf(symbol: string, payloads: readonly BookPayload[]): Statement {
  const rows = (list: Rows = []): TextLevel[] => list.map(([price, qty]) => [price, qty]);
  const checksum = payloads.find(({ c }) => c !== undefined)?.c;
  return {
    kind: 'book',
    symbol,
    snapshot: payloads.some((payload) => payload.as !== undefined || payload.bs !== undefined),
    bids: payloads.flatMap(({ bs, b }) => rows(bs ?? b)),
    asks: payloads.flatMap((payload) => rows(payload.as ?? payload.a)),
    ...(checksum === undefined ? {} : { checksum: Number(checksum) }),
  };
}

const recorded = (
  name: string,
  channels: RecordedSession['channels'],
  expected: RecordedSession['expected'] = { updates: 0, snapshots: 0 },
): RecordedSession => ({
  name,
  channels,
  load(folder) {
    const texts = recordedMessages(folder, `kraken/${name}.jsonl`);
    const pairs = texts.flatMap((text) => {
      const message = JSON.parse(text) as { pair?: string } | unknown[];
      const pair = Array.isArray(message) ? message.at(-1) : message.pair;
      return typeof pair === 'string' ? [pair] : [];
    });
    return { symbols: [...new Set(pairs)], steps: texts.map((text) => ({ text })) };
  },
  expected,
});

export const KRAKEN_V1_CASE: VenueCase = {
  name: 'kraken-v1',
  venue: KRAKEN_V1,
  createCodec: (context) => new KrakenV1Codec(context),
  createReader: () => ({ message: statementsOf }),
  books: {
    beforeSnapshot: 'is left out',
    sequence: { none: 'Kraken v1 counts no messages: what shows is the checksum of the ten best levels' },
    checksum: topTenChecksum,
  },
  recordings: [
    recorded('v1-book1000-10pairs-20210417', [{ channel: 'book', depth: 1000 }], {
      updates: 4269,
      snapshots: 10,
    }),
    recorded('v1-trade-10pairs-20210417', [{ channel: 'trade' }]),
    recorded('v1-ticker-10pairs-20210417', [{ channel: 'ticker' }]),
    recorded('v1-spread-ohlc-excerpts', [
      { channel: 'quote' },
      { channel: 'candle', interval: 1 },
      { channel: 'trade' },
      { channel: 'ticker' },
    ]),
  ],
  simulator: {
    exchange: 'kraken-v1',
    channels: [
      { channel: 'book', depth: 10 },
      { channel: 'trade' },
      { channel: 'ticker' },
      { channel: 'candle', interval: 5 },
      { channel: 'quote' },
    ],
    refuses: ['book', 'trade', 'ticker', 'candle', 'quote'],
  },
  isCold: (text) => text.startsWith('{'),
  pieces: [
    '},{"b":[',
    '{"as":[',
    ',"r"',
    '"],["',
    '],"c":"',
    '"book-25"',
    '"0.00000000"',
    '1534614248.12367',
  ],
  readRequest(text) {
    const { event, pair } = JSON.parse(text) as { event: 'subscribe' | 'unsubscribe'; pair: string[] };
    return { kind: event, symbols: pair };
  },
  answers: [
    {
      title: 'each pair of a request has an answer of its own, refusals with their reason',
      symbols: ['XBT/USD', 'NONE/SUCH'],
      subscriptions: [0, 1].map((id) => ({ channel: 'trade', instrument: id as InstrumentId })),
      texts: [
        '{"channelID":337,"channelName":"trade","event":"subscriptionStatus","pair":"XBT/USD","reqid":1,"status":"subscribed","subscription":{"name":"trade"}}',
        '{"errorMessage":"Currency pair not supported NONE/SUCH","event":"subscriptionStatus","pair":"NONE/SUCH","reqid":1,"status":"error","subscription":{"name":"trade"}}',
      ],
      log: ['subscribed trade 0', 'refused trade 1: Currency pair not supported NONE/SUCH'],
    },
  ],
  garbage: [
    '[1,{"a":[["1","1","1"]],"c":"1"},"book-10","NONE/SUCH"]',
    '[1,{"a":[["5541.30000","2.50700000","1534614248.456738"]],"c":"974942666"},"book-17","XBT/USD"]',
    '[1,[["5541.20000","0.15850568","1534614057.321597","up","l",""]],"trade","XBT/USD"]',
    '[1,{},"none","XBT/USD"]',
  ],
};
