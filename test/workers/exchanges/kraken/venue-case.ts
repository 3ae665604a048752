import type { InstrumentId } from '../../../../src/shared/units.ts';
import { KRAKEN } from '../../../../src/shared/venues/kraken.ts';
import { KrakenCodec } from '../../../../src/workers/exchanges/kraken/kraken-codec.ts';
import { Random } from '../../../support/random.ts';
import { recordedMessages } from '../../../support/recordings.ts';
import { topTenChecksum } from '../../../support/venue-kit/top-ten-checksum.ts';
import type {
  RecordedSession,
  Statement,
  TextLevel,
  VenueCase,
} from '../../../support/venue-kit/venue-case.ts';
import { SYMBOLS as MADE_SYMBOLS, MessageGenerator } from './message-generator.ts';

interface WireLevel {
  readonly price: string;
  readonly qty: string;
}

interface WireEntry extends WireLevel {
  readonly symbol: string;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
  readonly checksum: string;
}

interface WireMessage {
  readonly channel?: string;
  readonly type?: string;
  readonly data?: readonly WireEntry[];
}

/** Numbers as texts: a checksum is made of their digits, and the zeros at their ends count. */
const withDigits = (text: string): unknown =>
  JSON.parse(text.replace(/([:,[])(-?\d[\d.eE+-]*)(?=[,}\]])/g, '$1"$2"'));

const levels = (list: readonly WireLevel[]): TextLevel[] => list.map(({ price, qty }) => [price, qty]);

/** Source: docs.kraken.com/api/docs/websocket-v2/book, trade, ticker, ohlc. */
function statementsOf(text: string): Statement[] {
  const { channel, type, data = [] } = withDigits(text) as WireMessage;
  return data.flatMap((entry): Statement[] => {
    const { symbol, price, qty, bids, asks, checksum } = entry;
    const snapshot = type === 'snapshot';
    if (channel === 'book')
      return [
        {
          kind: 'book',
          symbol,
          snapshot,
          bids: levels(bids),
          asks: levels(asks),
          checksum: Number(checksum),
        },
      ];
    if (channel === 'trade') return [{ kind: 'trade', symbol, price, qty }];
    if (channel === 'ticker') return [{ kind: 'ticker', symbol }];
    return channel === 'ohlc' ? [{ kind: 'candle', symbol }] : [];
  });
}

const recorded = (
  name: string,
  symbols: readonly string[],
  expected: RecordedSession['expected'],
  broken?: string,
): RecordedSession => ({
  name,
  channels: [{ channel: 'book', depth: 10 }, { channel: 'trade' }],
  load: (folder) => ({
    symbols,
    steps: recordedMessages(folder, `kraken/${name}.jsonl`).map((text) => ({ text })),
  }),
  expected,
  ...(broken === undefined ? {} : { broken }),
});

export const KRAKEN_CASE: VenueCase = {
  name: 'kraken',
  venue: KRAKEN,
  createCodec: (context) => new KrakenCodec(context),
  createReader: () => ({ message: statementsOf }),
  books: {
    beforeSnapshot: 'is left out',
    sequence: { none: 'Kraken v2 counts no messages: what shows is the checksum of the ten best levels' },
    checksum: topTenChecksum,
  },
  recordings: [
    recorded('v2-book10-btcusd-ethusd-20260802-part', ['BTC/USD', 'ETH/USD'], { updates: 66, snapshots: 2 }),
    recorded('v2-book-excerpts', ['ETH/BTC', 'BTC/USD', 'ALGO/USD', 'ETH/USD'], { updates: 3, snapshots: 4 }),
    recorded(
      'v2-book10-btcusd-20260720-sample',
      ['BTC/USD', 'ETH/USD'],
      { updates: 57, snapshots: 1 },
      'about five minutes are missing in it',
    ),
  ],
  made: [
    {
      name: 'made-up messages',
      channels: [{ channel: 'book', depth: 10 }, { channel: 'trade' }, { channel: 'ticker' }],
      make() {
        const generator = new MessageGenerator(new Random(1));
        const steps = Array.from({ length: 700 }, () => ({ text: generator.next() }));
        return { symbols: MADE_SYMBOLS, steps };
      },
      // Trade ids jump now and then, and such a message is left to the cold path.
      isCold: (text) => text.startsWith('{"channel":"trade"'),
    },
  ],
  simulator: {
    exchange: 'kraken',
    channels: [
      { channel: 'book', depth: 10 },
      { channel: 'trade' },
      { channel: 'ticker' },
      { channel: 'candle', interval: 5 },
    ],
    refuses: ['book', 'trade', 'ticker', 'candle'],
  },
  // Two snapshots were captured without their timestamps.
  isCold: (text) =>
    text.startsWith('{"method"') ||
    /^\{"channel":"(?:status|ohlc)"/.test(text) ||
    (text.startsWith('{"channel":"book","type":"snapshot"') && !text.includes('"timestamp"')),
  readRequest(text) {
    const { method, params } = JSON.parse(text) as {
      method: 'subscribe' | 'unsubscribe';
      params: { symbol: string[] };
    };
    return { kind: method, symbols: params.symbol };
  },
  answers: [
    {
      title: 'each symbol of a request has an answer of its own, refusals with their reason',
      symbols: ['BTC/USD', 'XBT/USDT'],
      subscriptions: [0, 1].map((id) => ({ channel: 'trade', instrument: id as InstrumentId })),
      texts: [
        '{"method":"subscribe","result":{"channel":"trade","snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2026-08-02T05:43:30.758130Z","time_out":"2026-08-02T05:43:30.758187Z","req_id":1}',
        '{"error":"Currency pair not supported XBT/USDT","method":"subscribe","success":false,"symbol":"XBT/USDT","time_in":"2026-08-02T05:43:30.758130Z","time_out":"2026-08-02T05:43:30.758187Z","req_id":1}',
      ],
      log: ['subscribed trade 0', 'refused trade 1: Currency pair not supported XBT/USDT'],
    },
  ],
  pieces: ['"price":1.5,', '"symbol":"ETH/USD",', '"bids":[],', '"timestamp":"2024-01-01T00:00:00Z",'],
  garbage: [
    '{"channel":"book","type":"update","data":[{"symbol":"NONE/SUCH","bids":[],"asks":[],"checksum":1,"timestamp":"2026-08-02T05:43:30.758130Z"}]}',
    '{"channel":"book","type":"update","data":"none"}',
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"up","price":1,"qty":1,"ord_type":"limit","trade_id":1,"timestamp":"2026-08-02T05:43:30.758130Z"}]}',
    '{"channel":"none","type":"update","data":[]}',
  ],
};
