import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NaiveClient } from './naive-client.ts';
import { shapeOf as exactShapeOf } from './wire-shape.ts';

// Source: docs.cdp.coinbase.com/exchange/websocket-feed/channels and /overview; keys in the order of the feed's own
// messages, see src/workers/exchanges/coinbase/wire.ts.
const DOCUMENTED = [
  '{"type":"subscriptions","channels":[{"name":"level2_50","product_ids":["BTC-USD"],"account_ids":null},{"name":"matches","product_ids":["BTC-USD"],"account_ids":null}]}',
  '{"type":"error","message":"Failed to subscribe","reason":"FOO-BAR is not a valid product"}',
  '{"type":"heartbeat","last_trade_id":9035771,"product_id":"ADA-EUR","sequence":1935971303,"time":"2022-10-25T12:27:38.227412Z"}',
  '{"type":"snapshot","product_id":"BAND-GBP","asks":[["14.8024","12.77"],["14.8069","12.49"]],"bids":[["14.7693","27.51"],["14.7659","12.48"]]}',
  '{"type":"l2update","product_id":"SKL-BTC","changes":[["sell","0.00001306","660.5"]],"time":"2021-04-17T16:43:37.075687Z"}',
  '{"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22","open_24h":"1310.79","volume_24h":"245532.79269678","low_24h":"1280.52","high_24h":"1313.8","volume_30d":"9788783.60117027","best_bid":"1285.04","best_bid_size":"0.46688654","best_ask":"1285.27","best_ask_size":"1.56637040","side":"buy","time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}',
  '{"type":"last_match","trade_id":881613,"maker_order_id":"27fff20b-af29-4f45-8744-56dd1ef57dc0","taker_order_id":"1da6ce16-c8da-4732-9f71-6049f4c6aaf8","side":"sell","size":"0.04","price":"14.7775","product_id":"BAND-GBP","sequence":333938798,"time":"2021-04-17T16:43:30.244075Z"}',
  '{"type":"match","trade_id":280232,"maker_order_id":"2a0da34e-61f7-4c36-88e5-c9dd15927b16","taker_order_id":"3c82abaa-c01e-4608-be59-6a1e69742891","side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC","sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"}',
];

/** However many products are listed; the type is part of the shape. */
function shapeOf(text: string): string {
  const [, type = ''] = /^\{"type":"(\w+)"/.exec(text) ?? [];
  return `${type} ${exactShapeOf(text.replace(/"product_ids":\[[^\]]*\]/g, '"product_ids":["X"]'))}`;
}

const PRODUCTS = ['BTC-USD', 'BTT-USD', 'PEPE-USD', 'DOGE-USD'];
const CHANNELS = ['level2_batch', 'matches', 'ticker', 'heartbeat'] as const;

const list = (name: string, product_ids = PRODUCTS): object => ({ name, product_ids });

interface Listed {
  readonly channels: readonly { readonly name: string; readonly product_ids: readonly string[] }[];
}

/** A session with every channel and every answer. */
async function playSession(): Promise<string[]> {
  const exchange = new SimulatedExchange({ rate: 0, mix: { ticker: 0.1 } });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.coinbase);
    client.send({ type: 'subscribe', channels: CHANNELS.map((name) => list(name)) });
    await client.text((text) => text.startsWith('{"type":"last_match"'), 'the newest trade');
    exchange.step(3000);
    await client.text((text) => text.startsWith('{"type":"heartbeat"'), 'a heartbeat');
    client.send({ type: 'subscribe', product_ids: ['BTC-USD', 'FOO-BAR'], channels: ['ticker'] });
    client.send({ type: 'unsubscribe', channels: [list('matches')] });
    await client.text((text) => text.startsWith('{"type":"error"'), 'a refusal');
    await client.text(
      (text) =>
        text.startsWith('{"type":"subscriptions"') && !text.includes('matches') && text.includes('ticker'),
      'a list without matches',
    );
    return client.texts;
  } finally {
    await exchange.stop();
  }
}

let played: Promise<string[]> | undefined;

/** The same session for every test. */
function session(): Promise<string[]> {
  played ??= playSession();
  return played;
}

test('messages have the keys, order and spacing of the documented ones', async () => {
  const documented = new Set(DOCUMENTED.map(shapeOf));
  const seen = new Set<string>();
  for (const text of await session()) {
    const shape = shapeOf(text);
    assert.ok(documented.has(shape), `${text.slice(0, 600)}\nhas the shape ${shape.slice(0, 600)}`);
    seen.add(shape);
  }
  assert.deepEqual(
    [...documented].filter((shape) => !seen.has(shape)),
    [],
  );
});

test('the answer to a request lists all that is subscribed on the connection', async () => {
  const lists = (await session()).filter((text) => text.startsWith('{"type":"subscriptions"'));
  const namesOf = (text: string | undefined): string[] =>
    (JSON.parse(text!) as Listed).channels.map(({ name, product_ids }) => `${name} ${product_ids.length}`);
  assert.deepEqual(namesOf(lists.at(-2)), ['level2_50 4', 'matches 4', 'ticker 4', 'heartbeat 4']);
  assert.deepEqual(namesOf(lists.at(-1)), ['level2_50 4', 'ticker 4', 'heartbeat 4']);
});

test('one invalid product has the whole request refused, once', async () => {
  const errors = (await session()).filter((text) => text.startsWith('{"type":"error"'));
  assert.deepEqual(errors, [
    '{"type":"error","message":"Failed to subscribe","reason":"FOO-BAR is not a valid product"}',
  ]);
});

test('trades of a product are counted one by one, and its heartbeat names the newest', async () => {
  const newest = new Map<string, number>();
  let beats = 0;
  for (const text of await session()) {
    const message = JSON.parse(text) as {
      readonly type: string;
      readonly product_id: string;
      readonly trade_id: number;
      readonly last_trade_id: number;
    };
    const { type, product_id: product } = message;
    if (type === 'match') assert.equal(message.trade_id, newest.get(product)! + 1);
    if (type === 'match' || type === 'last_match') newest.set(product, message.trade_id);
    if (type !== 'heartbeat') continue;
    assert.equal(message.last_trade_id, newest.get(product));
    beats++;
  }
  assert.ok(beats >= PRODUCTS.length);
});

test('a match states the maker’s side and a ticker the taker’s', async () => {
  const texts = await session();
  const sides = new Map<string, string>();
  let compared = 0;
  for (const text of texts) {
    const { type, product_id, trade_id, side } = JSON.parse(text) as Record<string, string>;
    if (type === 'match' || type === 'last_match') sides.set(`${product_id} ${trade_id}`, side!);
    const maker = sides.get(`${product_id} ${trade_id}`);
    if (type !== 'ticker' || maker === undefined) continue;
    assert.notEqual(side, maker);
    compared++;
  }
  assert.ok(compared > 10);
});
