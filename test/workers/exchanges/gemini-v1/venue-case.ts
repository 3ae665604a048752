import { GEMINI_V1 } from '../../../../src/shared/venues/gemini-v1.ts';
import { GeminiV1Codec } from '../../../../src/workers/exchanges/gemini-v1/gemini-v1-codec.ts';
import { Random } from '../../../support/random.ts';
import type { Statement, TextLevel, VenueCase } from '../../../support/venue-kit/venue-case.ts';
import { MessageGenerator } from './messages.ts';

interface WireEvent {
  readonly type: string;
  readonly symbol: string;
  readonly reason: string;
  readonly side: 'bid' | 'ask';
  readonly price: string;
  readonly remaining: string;
  readonly amount: string;
}

interface WireMessage {
  readonly eventId?: number;
  readonly socket_sequence?: number;
  readonly events?: readonly WireEvent[];
}

/** Source: docs.gemini.com/websocket/archived/multi-market-data. A message has the events of one symbol or of several. */
function statementsOf(text: string): Statement[] {
  const { eventId = Number.NaN, events = [] } = JSON.parse(text) as WireMessage;
  const symbols = [...new Set(events.map(({ symbol }) => symbol))];
  const books = symbols.flatMap((symbol): Statement[] => {
    const changes = events.filter((event) => event.type === 'change' && event.symbol === symbol);
    if (changes.length === 0) return [];
    const side = (name: string): TextLevel[] =>
      changes.flatMap((change) => (change.side === name ? [[change.price, change.remaining] as const] : []));
    const snapshot = changes.some(({ reason }) => reason === 'initial');
    return [{ kind: 'book', symbol, snapshot, bids: side('bid'), asks: side('ask'), id: eventId }];
  });
  const trades = events.flatMap(({ type, symbol, price, amount }): Statement[] =>
    type === 'trade' ? [{ kind: 'trade', symbol, price, qty: amount }] : [],
  );
  return [...books, ...trades];
}

const MADE_SYMBOLS = ['BTCUSD', 'ETHUSD', 'SOLUSD'] as const;
const CHANNELS = [{ channel: 'book' }, { channel: 'trade' }] as const;

export const GEMINI_V1_CASE: VenueCase = {
  name: 'gemini-v1',
  venue: GEMINI_V1,
  createCodec: (context) => new GeminiV1Codec(context),
  createReader: () => ({
    message: statementsOf,
    count: (text) => (JSON.parse(text) as WireMessage).socket_sequence,
  }),
  books: {
    beforeSnapshot: 'is left out',
    sequence: 'every message of the connection',
    checksum: { none: 'Gemini sends none' },
  },
  recordings: {
    none: 'what was recorded are a few messages of the top of a book alone, which is not asked for',
  },
  made: [
    {
      name: 'made-up messages',
      channels: CHANNELS,
      make() {
        const generator = new MessageGenerator(new Random(1), ...MADE_SYMBOLS);
        const steps = Array.from({ length: 500 }, () => ({ text: generator.next() }));
        return { symbols: MADE_SYMBOLS, steps };
      },
      isCold: (text) => text.length > 10_000,
    },
  ],
  simulator: { exchange: 'gemini-v1', channels: CHANNELS, refuses: [] },
  isCold: (text) => /initial|heartbeat|auction|^\{"result"/.test(text),
  readRequest: { none: 'Gemini v1 takes no requests: the address of a connection says what it carries' },
  answers: { none: 'Gemini v1 takes no requests, and answers none' },
  garbage: [
    '{"type":"update","eventId":1,"events":[]}',
    '{"type":"update","eventId":1,"socket_sequence":"x","events":[]}',
  ],
};
