import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';
import { NaiveClient } from './naive-client.ts';
import { shapeOf } from './wire-shape.ts';

/** Source: docs.kraken.com/api/docs/websocket-v1, read 2026-05-27; systemStatus and acknowledgements as recorded. */
const DOCUMENTED = [
  '{"connectionID":8628615390848610000,"event":"systemStatus","status":"online","version":"1.9.1"}',
  '{"event":"heartbeat"}',
  '{"event":"pong","reqid":42}',
  '{"channelID":10001,"channelName":"ticker","event":"subscriptionStatus","pair":"XBT/EUR","status":"subscribed","subscription":{"name":"ticker"}}',
  '{"channelID":1664,"channelName":"book-1000","event":"subscriptionStatus","pair":"WAVES/EUR","status":"subscribed","subscription":{"depth":1000,"name":"book"}}',
  '{"channelID":343,"channelName":"ohlc-1","event":"subscriptionStatus","pair":"XBT/USD","reqid":0,"status":"subscribed","subscription":{"interval":1,"name":"ohlc"}}',
  '[0,{"a":["5525.40000",1,"1.000"],"b":["5525.10000",1,"1.000"],"c":["5525.10000","0.00398963"],"v":["2634.11501494","3591.17907851"],"p":["5631.44067","5653.78939"],"t":[11493,16267],"l":["5505.00000","5505.00000"],"h":["5783.00000","5783.00000"],"o":["5760.70000","5763.40000"]},"ticker","XBT/USD"]',
  '[42,["1542057314.748456","1542057360.435743","3586.70000","3586.70000","3586.60000","3586.60000","3586.68894","0.03373000",2],"ohlc-5","XBT/USD"]',
  '[993,[["354.04000000","0.28245396","1618678150.826417","s","m",""],["353.81000000","1.71754604","1618678150.827816","s","m",""]],"trade","XMR/USD"]',
  '[0,["5698.40000","5700.00000","1542057299.545897","1.01234567","0.98765432"],"spread","XBT/USD"]',
  '[0,{"as":[["5541.30000","2.50700000","1534614248.123678"]],"bs":[["5541.20000","1.52900000","1534614248.765567"]]},"book-100","XBT/USD"]',
  '[1234,{"a":[["5541.30000","2.50700000","1534614248.456738"],["5542.50000","0.40100000","1534614248.456738"]],"c":"974942666"},"book-10","XBT/USD"]',
  '[1234,{"b":[["5541.30000","0.00000000","1534614335.345903"]],"c":"974942666"},"book-10","XBT/USD"]',
  '[1920,{"a":[["0.042990","364630.28272081","1618678145.920470"]]},{"b":[["0.042990","0.00000000","1618678145.920708"]],"c":"4105471083"},"book-1000","SC/EUR"]',
  '[270,{"b":[["11260.50000","0.00000000","1596221402.104952"],["11228.70000","2.60111463","1596221103.546084","r"]],"c":"1281654047"},"book-100","XBT/USD"]',
];

/** Rows may be republished or not, in any mix: a mark takes no part in the comparison. */
const shape = (text: string): string => shapeOf(text.replaceAll(',"r"]', ']'));

async function playSession(): Promise<string[]> {
  const exchange = new SimulatedExchange({ rate: 0, mix: { candle: 0.1, ticker: 0.1, quote: 0.1 } });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls['kraken-v1']);
    const pair = ['XBT/USD', 'XDG/USD'];
    for (const name of ['book', 'ticker', 'trade', 'spread'])
      client.send({ event: 'subscribe', pair, subscription: { name } });
    client.send({ event: 'subscribe', pair, subscription: { name: 'ohlc' }, reqid: 3 });
    await client.settled('kraken-v1');
    exchange.step(3000);
    await client.text((text) => text === '{"event":"heartbeat"}', 'a heartbeat after a quiet second');
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

test('v1 messages have the form of the documented ones', async () => {
  const documented = new Map(DOCUMENTED.map((text) => [shape(text), text]));
  const seen = new Set<string>();
  let republished = 0;
  for (const text of await session()) {
    assert.ok(
      documented.has(shape(text)),
      `${text.slice(0, 600)}\nhas the shape ${shape(text).slice(0, 600)}`,
    );
    seen.add(shape(text));
    if (text.includes(',"r"]')) republished++;
  }
  assert.deepEqual(
    [...documented].filter(([each]) => !seen.has(each)).map(([, text]) => text),
    [],
  );
  assert.ok(republished > 0);
});

test('v1 prints more decimals than v2 where the venue does, and its own names', async () => {
  const texts = await session();
  const update = texts.find((text) => text.startsWith('[') && text.includes('"book-10","XBT/USD"'))!;
  assert.match(update, /\["\d+\.\d0000","\d+\.\d{8}","\d{10}\.\d{6}"/);
  assert.ok(texts.some((text) => text.endsWith('"book-10","XDG/USD"]')));
});

test('v1 messages have the shapes of recorded ones', async (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const names = ['v1-book1000-10pairs-20210417', 'v1-trade-10pairs-20210417', 'v1-ticker-10pairs-20210417'];
  const recorded = new Set(
    [...names, 'v1-spread-ohlc-excerpts'].flatMap((name) =>
      recordedMessages(folder, `kraken/${name}.jsonl`).map(shape),
    ),
  );
  for (const text of await session())
    if (!text.includes('"pong"')) assert.ok(recorded.has(shape(text)), text.slice(0, 400));
});
