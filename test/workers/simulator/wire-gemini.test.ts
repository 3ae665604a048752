import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';
import { isHeartbeat, NaiveBook, NaiveClient } from './naive-client.ts';
import { shapeOf } from './wire-shape.ts';

/** Messages as Gemini's documentation shows them. Source: docs.gemini.com/websocket/archived/v2. */
const DOCUMENTED = [
  '{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","9122.04","0.00121425"],["sell","9122.07","0.98942292"]],"trades":[{"type":"trade","symbol":"BTCUSD","event_id":169841458,"timestamp":1560976400428,"price":"9122.04","quantity":"0.0073173","side":"sell"}],"auction_events":[]}',
  '{"type":"l2_updates","symbol":"BTCGBP","changes":[["buy","24084.23","0"],["sell","24117.80","0.91"]]}',
  '{"type":"trade","symbol":"ANKRUSD","event_id":45465818387,"timestamp":1624493670759,"price":"0.07946","quantity":"1020.482111","side":"buy"}',
  '{"type":"heartbeat","timestamp":1624493666869}',
  '{"type":"candles_15m_updates","symbol":"BTCUSD","changes":[[1561054500000,9350.18,9358.35,9350.18,9355.51,2.07]]}',
];

const subscriptions = (...streams: (readonly [name: string, ...symbols: string[]])[]): unknown =>
  streams.map(([name, ...symbols]) => ({ name, symbols }));

/** A session with every stream. */
async function playSession(): Promise<string[]> {
  const exchange = new SimulatedExchange({ rate: 0, levels: 60, mix: { candle: 0.1 } });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.gemini);
    client.send({
      type: 'subscribe',
      subscriptions: subscriptions(['l2', 'BTCUSD', 'PEPEUSD'], ['candles_15m', 'BTCUSD']),
    });
    await client.collect(3, (text) => text.includes('_updates'), 'the first message of each stream');
    exchange.step(2000);
    await client.text(isHeartbeat, 'a heartbeat after a quiet second');
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
    assert.ok(documented.has(shape), `${text.slice(0, 300)}\nhas the shape ${shape.slice(0, 300)}`);
    seen.add(shape);
  }
  assert.equal(seen.size, documented.size);
});

test('every recorded shape is sent', async (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const sent = new Set((await session()).map(shapeOf));
  for (const text of recordedMessages(folder, 'gemini/v2-l2-10pairs-20210624.jsonl'))
    assert.ok(sent.has(shapeOf(text)), text.slice(0, 300));
});

test('a stream begins with the whole book and the last trades, and goes on with changes that never cross it', async () => {
  const book = new NaiveBook(Number.POSITIVE_INFINITY);
  const ids: number[] = [];
  let isFirst = true;
  for (const text of await session()) {
    interface Message {
      readonly type: string;
      readonly symbol?: string;
      readonly event_id?: number;
      readonly changes: readonly (readonly [string, string, string])[];
      readonly trades?: readonly { readonly event_id: number }[];
    }
    const message = JSON.parse(text) as Message;
    if (message.symbol !== 'BTCUSD') continue;
    if (message.type === 'trade') ids.push(message.event_id!);
    if (message.type !== 'l2_updates') continue;
    assert.equal(message.trades !== undefined, isFirst);
    isFirst = false;
    if (message.trades !== undefined) ids.push(...message.trades.map((trade) => trade.event_id).reverse());
    const side = (name: string): { price: string; qty: string }[] =>
      message.changes.filter(([of]) => of === name).map(([, price, qty]) => ({ price, qty }));
    book.apply(side('buy'), side('sell'));
    assert.ok(!book.isCrossed, text);
  }
  assert.ok(ids.length > 60);
  assert.deepEqual(
    ids,
    Array.from(ids, (_, n) => ids[0]! + n),
    'trades are numbered one by one',
  );
});

test('what is unsubscribed ends, what is not served is refused, what is no request is an error', async () => {
  const exchange = new SimulatedExchange({ rate: 0, levels: 60 });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.gemini);
    client.send({
      type: 'subscribe',
      subscriptions: subscriptions(['l2', 'BTCUSD', 'NOSUCH'], ['l9', 'BTCUSD']),
    });
    client.send('nonsense');
    const errors = await client.collect(3, (text) => text.includes('"result":"error"'), 'errors');
    assert.ok(errors[0]!.includes('NOSUCH'));
    assert.ok(errors[2]!.includes('InvalidJson'));
    exchange.step(10);
    await client.collect(11, (text) => text.includes('BTCUSD'), 'messages of the stream');
    client.send({ type: 'unsubscribe', subscriptions: subscriptions(['l2', 'BTCUSD']) });
    client.send('nonsense again');
    await client.collect(4, (text) => text.includes('"result":"error"'), 'the answer to what came after it');
    assert.equal(exchange.step(10), 0);
  } finally {
    await exchange.stop();
  }
});
