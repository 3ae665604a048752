import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';
import { NaiveClient } from './naive-client.ts';
import { shapeOf } from './wire-shape.ts';

/**
 * Messages as Kraken's documentation shows them and as they were seen on the wire since (status, trades in
 * a ticker). Source: docs.kraken.com/api/docs/websocket-v2, read 2026-05-27.
 */
const DOCUMENTED = [
  '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":11278572044473960836}]}',
  '{"channel":"heartbeat"}',
  '{"method":"pong","req_id":101,"time_in":"2023-09-24T14:10:23.799685Z","time_out":"2023-09-24T14:10:23.799703Z"}',
  '{"method":"subscribe","req_id":7,"result":{"channel":"book","depth":10,"snapshot":true,"symbol":"ALGO/USD"},"success":true,"time_in":"2023-10-06T17:35:55.219022Z","time_out":"2023-10-06T17:35:55.219067Z"}',
  '{"method":"subscribe","req_id":7,"result":{"channel":"trade","snapshot":true,"symbol":"ALGO/USD"},"success":true,"time_in":"2023-10-06T17:35:55.219022Z","time_out":"2023-10-06T17:35:55.219067Z"}',
  '{"method":"subscribe","req_id":7,"result":{"channel":"ticker","event_trigger":"trades","snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2023-10-06T17:35:55.219022Z","time_out":"2023-10-06T17:35:55.219067Z"}',
  '{"method":"subscribe","req_id":7,"result":{"channel":"ohlc","interval":1,"snapshot":true,"symbol":"BTC/USDT","warnings":["timestamp is deprecated, use interval_begin"]},"success":true,"time_in":"2023-10-06T17:35:55.219022Z","time_out":"2023-10-06T17:35:55.219067Z"}',
  '{"method":"subscribe","req_id":79,"result":{"channel":"instrument","snapshot":true,"warnings":["tick_size is deprecated, use price_increment"]},"success":true,"time_in":"2023-09-26T16:49:20.962586Z","time_out":"2023-09-26T16:49:20.962630Z"}',
  '{"channel":"book","type":"snapshot","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5666,"qty":4831.75496356}],"asks":[{"price":0.5668,"qty":4410.79769741}],"checksum":2439117997,"timestamp":"2023-10-06T17:35:55.440295Z"}]}',
  '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.3947558}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}',
  '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[],"asks":[{"price":0.5657,"qty":1098.3947558}],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}',
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":77120.0,"qty":0.00048389,"ord_type":"limit","trade_id":105702534,"timestamp":"2026-08-22T17:30:53.355059Z"}]}',
  '{"channel":"ticker","type":"snapshot","data":[{"symbol":"ALGO/USD","bid":0.13099,"bid_qty":329.06250000,"ask":0.13108,"ask_qty":1771.75027615,"last":0.13110,"volume":9095630.20903971,"vwap":0.12882,"low":0.12437,"high":0.13306,"change":0.00654,"change_pct":5.25,"trades":4606,"timestamp":"2026-10-03T20:58:33.794283Z"}]}',
  '{"channel":"ohlc","type":"update","timestamp":"2023-10-04T16:26:30.524394914Z","data":[{"symbol":"MATIC/USD","open":0.5624,"high":0.5628,"low":0.5622,"close":0.5627,"trades":12,"volume":30927.68066226,"vwap":0.5626,"interval_begin":"2023-10-04T16:25:00.000000000Z","interval":5,"timestamp":"2023-10-04T16:30:00.000000Z"}]}',
  '{"channel":"instrument","type":"snapshot","data":{"assets":[{"id":"USD","status":"enabled","precision":4,"precision_display":2,"borrowable":true,"collateral_value":1.0,"margin_rate":0.015}],"pairs":[{"symbol":"MATIC/GBP","base":"MATIC","quote":"GBP","status":"online","qty_precision":8,"qty_increment":1e-08,"price_precision":4,"cost_precision":6,"marginable":false,"has_index":true,"cost_min":0.43,"tick_size":0.0001,"price_increment":0.0001,"qty_min":4.0}]}}',
];

/** A session with every channel and every answer. */
async function playSession(): Promise<string[]> {
  const exchange = new SimulatedExchange({ rate: 0, mix: { candle: 0.1, ticker: 0.1 } });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.kraken);
    const symbol = ['BTC/USD', 'BTT/USD', 'PEPE/USD', 'DOGE/USD'];
    for (const channel of ['book', 'ticker', 'ohlc', 'trade'])
      client.send({ method: 'subscribe', params: { channel, symbol, snapshot: true }, req_id: 7 });
    client.send({ method: 'subscribe', params: { channel: 'instrument' }, req_id: 8 });
    exchange.step(0);
    await client.settled('kraken');
    exchange.step(3000);
    await client.text((text) => text === '{"channel":"heartbeat"}', 'a heartbeat after a quiet second');
    await client.settled('kraken');
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

test('v2 messages have the keys, order and spacing of the documented ones', async () => {
  const documented = new Map(DOCUMENTED.map((text) => [shapeOf(text), text]));
  // Both sides in one update is documented in words only.
  const bothSides = DOCUMENTED.find((text) => text.includes('"book","type":"snapshot"'))!;
  documented.set(shapeOf(bothSides).replace('snapshot', 'update'), bothSides);
  const seen = new Set<string>();
  for (const text of await session()) {
    const shape = shapeOf(text);
    assert.ok(documented.has(shape), `${text.slice(0, 600)}\nhas the shape ${shape.slice(0, 600)}`);
    seen.add(shape);
  }
  const missing = [...documented].filter(([shape]) => !seen.has(shape)).map(([, text]) => text);
  assert.deepEqual(missing, []);
});

test('v2 prices and quantities have all their decimals, trailing zeros too', async () => {
  const decimals = new Map([
    ['BTC/USD', 1],
    ['BTT/USD', 12],
    ['PEPE/USD', 10],
    ['DOGE/USD', 7],
  ]);
  let longest = 0;
  for (const text of await session()) {
    const symbol = /"symbol":"([^"]+)"/.exec(text)?.[1];
    for (const [, price, qty] of text.matchAll(/"price":([\d.]+),"qty":([\d.]+)/g)) {
      assert.equal(price!.split('.')[1]!.length, decimals.get(symbol!), text.slice(0, 300));
      assert.equal(qty!.split('.')[1]!.length, 8);
      longest = Math.max(longest, qty!.replace('.', '').length);
    }
  }
  assert.ok(longest >= 16, 'some quantities have more digits than a double prints with toFixed');
});

test('v2 messages have the shapes of recorded ones', async (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const recorded = new Set(
    [
      'v2-book10-btcusd-ethusd-20260802-part',
      'v2-book10-btcusd-20260720-sample',
      'v2-book-excerpts',
      'v2-ohlc-ticker-trade-status-excerpts',
    ].flatMap((name) => recordedMessages(folder, `kraken/${name}.jsonl`).map(shapeOf)),
  );
  // What no recording holds.
  const unrecorded = /"instrument"|"pong"|"req_id"|"trade","type":"snapshot"|"ticker","type":"update"/;
  for (const text of await session())
    if (!unrecorded.test(text)) assert.ok(recorded.has(shapeOf(text)), text.slice(0, 400));
});
