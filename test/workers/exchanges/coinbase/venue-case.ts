import type { InstrumentId } from '../../../../src/shared/units.ts';
import { COINBASE } from '../../../../src/shared/venues/coinbase.ts';
import { CoinbaseCodec } from '../../../../src/workers/exchanges/coinbase/coinbase-codec.ts';
import { Random } from '../../../support/random.ts';
import type { Statement, TextLevel, VenueCase } from '../../../support/venue-kit/venue-case.ts';
import { MessageGenerator, PRODUCTS } from './message-generator.ts';

interface WireMessage {
  readonly type: string;
  readonly product_id: string;
  readonly price: string;
  readonly size: string;
  readonly bids: readonly TextLevel[];
  readonly asks: readonly TextLevel[];
  readonly changes: readonly (readonly [side: 'buy' | 'sell', ...level: TextLevel])[];
}

interface WireRequest {
  readonly type: 'subscribe' | 'unsubscribe';
  readonly channels: readonly { readonly name: string; readonly product_ids: readonly string[] }[];
}

/** Source: docs.cdp.coinbase.com/exchange/websocket-feed/channels. */
function statementsOf(text: string): Statement[] {
  const message = JSON.parse(text) as WireMessage;
  const { type, product_id: symbol, price, size, bids, asks, changes } = message;
  switch (type) {
    case 'match':
    case 'last_match':
      return [{ kind: 'trade', symbol, price, qty: size }];
    case 'ticker':
      return [{ kind: 'ticker', symbol }];
    case 'snapshot':
      return [{ kind: 'book', symbol, snapshot: true, bids, asks }];
    case 'l2update': {
      const levels = (side: string): TextLevel[] =>
        changes.filter(([own]) => own === side).map(([, ...level]) => level);
      return [{ kind: 'book', symbol, snapshot: false, bids: levels('buy'), asks: levels('sell') }];
    }
    default:
      return [];
  }
}

const subscription = (channel: 'trade' | 'book' | 'ticker', id: number) => ({
  channel,
  instrument: id as InstrumentId,
});

export const COINBASE_CASE: VenueCase = {
  name: 'coinbase',
  venue: COINBASE,
  createCodec: (context) => new CoinbaseCodec(context),
  createReader: () => ({ message: statementsOf }),
  books: {
    beforeSnapshot: 'is left out',
    sequence: { none: 'Coinbase counts no changes of a book' },
    checksum: { none: 'Coinbase sends none' },
  },
  recordings: { none: 'no session of Coinbase is among the recordings' },
  made: [
    {
      name: 'made-up messages',
      channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'ticker' }],
      make() {
        const generator = new MessageGenerator(new Random(1));
        const steps = Array.from({ length: 700 }, () => ({ text: generator.next() }));
        return { symbols: PRODUCTS, steps };
      },
    },
  ],
  simulator: {
    exchange: 'coinbase',
    channels: [{ channel: 'book' }, { channel: 'trade' }, { channel: 'ticker' }],
    refuses: ['book', 'trade', 'ticker'],
  },
  isCold: (text) => /^\{"type":"(?:subscriptions|error|snapshot|last_match)"/.test(text),
  readRequest(text) {
    const { type, channels } = JSON.parse(text) as WireRequest;
    return { kind: type, symbols: [...new Set(channels.flatMap(({ product_ids }) => product_ids))] };
  },
  answers: [
    {
      title: 'a list answers whatever it has, and a refusal is for the product its reason names',
      symbols: ['ETH-USD', 'FOO-BAR'],
      subscriptions: [
        subscription('book', 0),
        subscription('ticker', 0),
        subscription('trade', 1),
        subscription('trade', 0),
      ],
      texts: [
        '{"type":"subscriptions","channels":[{"name":"level2_50","product_ids":["ETH-EUR","ETH-USD"],"account_ids":null},{"name":"heartbeat","product_ids":["ETH-USD"]},{"name":"ticker","product_ids":["ETH-USD"]}]}',
        '{"type":"error","message":"Failed to subscribe","reason":"FOO-BAR is not a valid product"}',
        '{"type":"subscriptions","channels":[{"name":"matches","product_ids":["ETH-USD"]}]}',
        '{"type":"error","message":"ErrSlowConsume"}',
      ],
      log: [
        'subscribed book 0',
        'subscribed ticker 0',
        'refused trade 1: Failed to subscribe: FOO-BAR is not a valid product',
        'subscribed trade 0',
        'refused something: ErrSlowConsume',
      ],
    },
  ],
  pieces: ['"product_id":"ETH-USD",', '["buy","1","0"],', '"trade_id":5,', '"best_bid_size":"1",'],
  garbage: [
    '{"type":"l2update","product_id":"NONE-SUCH","changes":[["buy","1","1"]],"time":"2021-04-17T16:43:37.075687Z"}',
    '{"type":"snapshot","product_id":"NONE-SUCH","asks":[],"bids":[]}',
    '{"type":"match","trade_id":1,"side":"sell","size":"985","price":"-0.1","product_id":"BTC-USD"}',
    '{"type":"heartbeat","sequence":90,"last_trade_id":"20","product_id":"BTC-USD"}',
    '{"type":"ticker","product_id":"BTC-USD","price":14.5,"time":"2021-04-17T16:43:30.244075Z"}',
    '{"type":"subscriptions","channels":[{"name":"matches"}]}',
    '{"type":"status","products":[],"currencies":[]}',
  ],
};
