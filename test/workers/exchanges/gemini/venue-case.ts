import { GEMINI } from '../../../../src/shared/venues/gemini.ts';
import { GeminiCodec } from '../../../../src/workers/exchanges/gemini/gemini-codec.ts';
import { Random } from '../../../support/random.ts';
import { recordedMessages } from '../../../support/recordings.ts';
import type { Statement, TextLevel, VenueCase } from '../../../support/venue-kit/venue-case.ts';
import { SYMBOLS as MADE_SYMBOLS, MessageGenerator } from './messages.ts';

interface WireTrade {
  readonly price: string;
  readonly quantity: string;
}

interface WireMessage extends WireTrade {
  readonly type: string;
  readonly symbol: string;
  readonly changes?: readonly (readonly [side: string, price: string, qty: string])[];
  readonly trades?: readonly WireTrade[];
}

/** Source: docs.gemini.com/websocket/archived/v2. */
function statementsOf(text: string): Statement[] {
  const { type, symbol, changes = [], trades, price, quantity } = JSON.parse(text) as WireMessage;
  const trade = (said: WireTrade): Statement => ({
    kind: 'trade',
    symbol,
    price: said.price,
    qty: said.quantity,
  });
  switch (type) {
    case 'l2_updates': {
      const side = (name: string): TextLevel[] =>
        changes.flatMap(([each, at, qty]) => (each === name ? [[at, qty] as const] : []));
      // The past comes with the first message of a stream, and with it alone.
      const snapshot = trades !== undefined;
      return [
        { kind: 'book', symbol, snapshot, bids: side('buy'), asks: side('sell') },
        ...(trades ?? []).map(trade),
      ];
    }
    case 'trade':
      return [trade({ price, quantity })];
    default:
      return type.startsWith('candles_') ? changes.map(() => ({ kind: 'candle', symbol })) : [];
  }
}

export const GEMINI_CASE: VenueCase = {
  name: 'gemini',
  venue: GEMINI,
  createCodec: (context) => new GeminiCodec(context),
  createReader: () => ({ message: statementsOf }),
  books: {
    beforeSnapshot: 'is left out',
    sequence: {
      none: 'Gemini v2 counts no messages: what shows is a best bid that is not below the best ask',
    },
    checksum: { none: 'Gemini sends none' },
  },
  recordings: [
    {
      name: 'v2-l2-10pairs-20210624',
      channels: [{ channel: 'book' }, { channel: 'trade' }],
      load(folder) {
        const sent = recordedMessages(folder, 'gemini/v2-l2-10pairs-20210624.sent.jsonl').join('');
        const { subscriptions } = JSON.parse(sent) as { subscriptions: [{ symbols: string[] }] };
        const texts = recordedMessages(folder, 'gemini/v2-l2-10pairs-20210624.jsonl');
        return { symbols: subscriptions[0].symbols, steps: texts.map((text) => ({ text })) };
      },
      expected: { updates: 645, snapshots: 10 },
    },
  ],
  made: [
    {
      name: 'made-up messages',
      channels: [{ channel: 'book' }, { channel: 'trade' }],
      make() {
        const generator = new MessageGenerator(new Random(1));
        const steps = Array.from({ length: 700 }, () => ({ text: generator.next() }));
        return { symbols: MADE_SYMBOLS, steps };
      },
      // More changes than the scanner has room for.
      isCold: (text) => text.length > 10_000,
    },
  ],
  simulator: {
    exchange: 'gemini',
    channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'candle', interval: 1 }],
    refuses: ['book', 'trade', 'candle'],
  },
  isCold: (text) => /"auction_events"|^\{"type":"candles|^\{"result"/.test(text),
  readRequest(text) {
    const { type, subscriptions } = JSON.parse(text) as {
      type: 'subscribe' | 'unsubscribe';
      subscriptions: { symbols: string[] }[];
    };
    return { kind: type, symbols: subscriptions.flatMap(({ symbols }) => symbols) };
  },
  answers: {
    none: 'Gemini v2 acknowledges nothing, and what it says to a refused request is not documented',
  },
  pieces: ['"buy"', '1e3'],
  garbage: [
    '{"type":"l2_updates","symbol":"NONESUCH","changes":[["buy","1","1"]]}',
    '{"type":"l2_updates","symbol":"NONESUCH","changes":"none"}',
    '{"type":"trade","symbol":"BTCUSD","event_id":"x","timestamp":1,"price":"1","quantity":"1","side":"buy"}',
  ],
};
