import type { InstrumentId } from '../../../../src/shared/units.ts';
import { POLONIEX } from '../../../../src/shared/venues/poloniex.ts';
import { PoloniexCodec } from '../../../../src/workers/exchanges/poloniex/poloniex-codec.ts';
import { Random } from '../../../support/random.ts';
import { recordedMessages } from '../../../support/recordings.ts';
import type { Statement, TextLevel, VenueCase } from '../../../support/venue-kit/venue-case.ts';
import { SYMBOLS as MADE_SYMBOLS, MessageGenerator } from './message-generator.ts';

interface BookEntry {
  readonly symbol: string;
  readonly asks: readonly TextLevel[];
  readonly bids: readonly TextLevel[];
  readonly lastId: number;
  readonly id: number;
}

interface TradeEntry {
  readonly symbol: string;
  readonly price: string;
  readonly quantity: string;
}

interface WireMessage {
  readonly channel?: string;
  readonly action?: string;
  readonly data?: readonly unknown[];
}

/** Source: api-docs.poloniex.com/spot/websocket/market-data. */
function statementsOf(text: string): Statement[] {
  const { channel = '', action, data = [] } = JSON.parse(text) as WireMessage;
  switch (channel) {
    case 'book_lv2':
      return (data as BookEntry[]).map(({ symbol, asks, bids, lastId, id }) => {
        const snapshot = action === 'snapshot';
        return { kind: 'book', symbol, snapshot, asks, bids, id, ...(snapshot ? {} : { follows: lastId }) };
      });
    case 'book':
      return (data as BookEntry[]).map(({ symbol, asks, bids, id }) => ({
        kind: 'book',
        symbol,
        snapshot: true,
        asks,
        bids,
        id,
      }));
    case 'trades':
      return (data as TradeEntry[]).map(({ symbol, price, quantity }) => ({
        kind: 'trade',
        symbol,
        price,
        qty: quantity,
      }));
    case 'ticker':
      return (data as TradeEntry[]).map(({ symbol }) => ({ kind: 'ticker', symbol }));
    default:
      return channel.startsWith('candles_')
        ? (data as TradeEntry[]).map(({ symbol }) => ({ kind: 'candle', symbol }))
        : [];
  }
}

export const POLONIEX_CASE: VenueCase = {
  name: 'poloniex',
  venue: POLONIEX,
  createCodec: (context) => new PoloniexCodec(context),
  createReader: () => ({ message: statementsOf }),
  books: {
    beforeSnapshot: 'is a gap',
    sequence: 'every update',
    checksum: { none: 'Poloniex sends none' },
  },
  recordings: [
    {
      name: 'v2-trades-booklv2-10pairs-20220821a',
      channels: [{ channel: 'book', depth: 20 }, { channel: 'trade' }],
      load(folder) {
        const texts = recordedMessages(folder, 'poloniex/v2-trades-booklv2-10pairs-20220821a.jsonl');
        const { symbols } = JSON.parse(texts[0]!) as { symbols: string[] };
        return { symbols, steps: texts.map((text) => ({ text })) };
      },
      expected: { updates: 67, snapshots: 10 },
    },
  ],
  made: [
    {
      name: 'made-up messages',
      channels: [{ channel: 'book', depth: 20 }, { channel: 'trade' }, { channel: 'ticker' }],
      make() {
        const generator = new MessageGenerator(new Random(1));
        const steps = Array.from({ length: 700 }, () => ({ text: generator.next() }));
        return { symbols: MADE_SYMBOLS, steps };
      },
    },
  ],
  simulator: {
    exchange: 'poloniex',
    channels: [
      { channel: 'book', depth: 20 },
      { channel: 'trade' },
      { channel: 'ticker' },
      { channel: 'candle', interval: 5 },
    ],
    others: [{ name: 'a simulated session of whole books', channels: [{ channel: 'book', depth: 5 }] }],
    refuses: ['book', 'trade', 'ticker', 'candle'],
  },
  isCold: (text) =>
    text.startsWith('{"event"') ||
    text.startsWith('{"channel":"candles') ||
    text.startsWith('{"channel":"book",') ||
    text.startsWith('{"channel":"exchange'),
  readRequest(text) {
    const { event, symbols } = JSON.parse(text) as { event: 'subscribe' | 'unsubscribe'; symbols: string[] };
    return { kind: event, symbols };
  },
  answers: [
    {
      title: 'an acknowledgement is for each symbol it names, and a refusal for those its sentence names',
      symbols: ['BTC_USDT', 'NONE_SUCH'],
      subscriptions: [0, 1].map((id) => ({ channel: 'trade', instrument: id as InstrumentId })),
      texts: [
        '{"event":"subscribe","channel":"trades","symbols":["BTC_USDT"]}',
        '{"event":"error","message":"Invalid symbol NONE_SUCH"}',
        '{"event":"pong"}',
      ],
      log: ['subscribed trade 0', 'refused trade 1: Invalid symbol NONE_SUCH', 'pong'],
    },
  ],
  pieces: ['"symbol":"BCH_USDT",', '"bids":[],', '"lastId":5,'],
  garbage: [
    '{"channel":"book_lv2","data":[{"symbol":"NONE_SUCH","createTime":1,"asks":[],"bids":[],"id":2,"ts":3}],"action":"update"}',
    '{"channel":"book_lv2","data":"none","action":"update"}',
    '{"channel":"trades","data":[{"symbol":"BTC_USD","takerSide":"buy","price":"-1","quantity":"1"}]}',
    '{"event":"subscribe","channel":"trades","symbols":["NONE_SUCH"]}',
  ],
};
