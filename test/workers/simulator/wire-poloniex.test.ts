import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';
import { NaiveClient } from './naive-client.ts';
import { shapeOf as exactShapeOf } from './wire-shape.ts';

// Source: api-docs.poloniex.com/spot/websocket and its page market-data; book_lv2 and trades
// as recorded on 2022-08-21.
const DOCUMENTED = [
  '{"event":"pong"}',
  '{"event":"subscribe","channel":"book_lv2","symbols":["BTC_USDT","BCH_USDT"]}',
  '{"event":"error","message":"Invalid channel value [\\"ordersss\\"]"}',
  '{"channel":"exchange","action":"snapshot","data":[{"MM":"ON","POM":"OFF"}]}',
  '{"channel":"trades","data":[{"symbol":"BTC_USDT","amount":"248.3516391","quantity":"0.01149","takerSide":"sell","createTime":1661123520381,"price":"21614.59","id":"60184114","ts":1661123520386}]}',
  '{"channel":"ticker","data":[{"symbol":"BTC_USDC","startTime":1694382780000,"open":"25866.3","high":"26008.47","low":"24923.65","close":"25153.02","quantity":"1626.444884","amount":"41496808.63699303","tradeCount":37124,"dailyChange":"-0.0276","markPrice":"25154.9","closeTime":1694469183664,"ts":1694469187081}]}',
  '{"channel":"candles_minute_5","data":[{"symbol":"BTC_USDT","open":"25143.19","high":"25148.58","low":"25138.76","close":"25144.55","quantity":"0.860454","amount":"21635.20983974","tradeCount":20,"startTime":1694469000000,"closeTime":1694469299999,"ts":1694469049867}]}',
  '{"channel":"book","data":[{"symbol":"BTC_USDC","createTime":1694469187686,"asks":[["25157.24","0.444294"],["25157.25","0.024357"]],"bids":[["25148.8","0.00692"],["25148.61","0.021581"]],"id":598273384,"ts":1694469187733}]}',
  ...['["21617.15","0.34"]', ''].flatMap((asks) =>
    ['["21610.15","1"]', ''].map(
      (bids) =>
        `{"channel":"book_lv2","data":[{"symbol":"BTC_USDT","createTime":1661123517832,"asks":[${asks}],"bids":[${bids}],"lastId":4485675,"id":4485676,"ts":1661123517837}],"action":"update"}`,
    ),
  ),
];

/** However many symbols an acknowledgement names. */
const shapeOf = (text: string): string => exactShapeOf(text).replace(/\[s(?:,s)+\]\}$/, '[s]}');

const SYMBOLS = ['BTC_USD', 'BTT_USD', 'PEPE_USD', 'DOGE_USD'];

/** A session with every channel and every answer. */
async function playSession(): Promise<string[]> {
  const exchange = new SimulatedExchange({ rate: 0, mix: { candle: 0.1, ticker: 0.1 } });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.poloniex);
    const subscribe = (channel: string, more = {}): void =>
      client.send({ event: 'subscribe', channel: [channel], symbols: SYMBOLS, ...more });
    for (const channel of ['book_lv2', 'ticker', 'candles_minute_5', 'trades', 'nothing']) subscribe(channel);
    subscribe('book', { depth: 5 });
    exchange.step(0);
    client.send({ event: 'ping' });
    await client.text((text) => text.includes('"pong"'), 'a pong');
    exchange.step(3000);
    client.send({ event: 'unsubscribe', channel: ['book_lv2'], symbols: SYMBOLS });
    await client.text((text) => text.includes('"unsubscribe"'), 'an acknowledgement');
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
    [...documented]
      .filter((shape) => !seen.has(shape))
      .filter((shape) => !shape.includes('"asks":[],"bids":[]')),
    [],
  );
});

test('a request is answered as a whole, before any data', async () => {
  const texts = await session();
  const answers = texts.filter((text) => text.includes('"event":"subscribe"'));
  assert.deepEqual(
    answers.map((text) => (JSON.parse(text) as { symbols: string[] }).symbols),
    answers.map(() => SYMBOLS),
  );
  const first = (part: string): number => texts.findIndex((text) => text.includes(part));
  assert.ok(first('"event":"subscribe","channel":"book_lv2"') < first('{"channel":"book_lv2","data"'));
});

test('every change of a book says which one it follows', async () => {
  const newest = new Map<string, number>();
  let changes = 0;
  for (const text of await session()) {
    if (!text.startsWith('{"channel":"book_lv2"')) continue;
    const { action, data } = JSON.parse(text) as {
      action: string;
      data: [{ symbol: string; lastId: number; id: number }];
    };
    const [{ symbol, lastId, id }] = data;
    if (action === 'update') assert.equal(lastId, newest.get(symbol), text.slice(0, 300));
    assert.ok(id > lastId);
    newest.set(symbol, id);
    changes++;
  }
  assert.ok(changes > 500);
});

test('books and trades have the shapes of recorded ones', async (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const recorded = new Set(
    recordedMessages(folder, 'poloniex/v2-trades-booklv2-10pairs-20220821a.jsonl').map(shapeOf),
  );
  for (const text of await session())
    if (/"book_lv2"|"trades"/.test(text) && !text.includes('unsubscribe'))
      assert.ok(recorded.has(shapeOf(text)), text.slice(0, 400));
});
