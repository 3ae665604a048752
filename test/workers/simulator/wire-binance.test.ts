import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Market } from '../../../src/workers/simulator/market.ts';
import { WIRE_BINANCE } from '../../../src/workers/simulator/wire-binance.ts';
import { shapeOf } from './wire-shape.ts';

const AT = 1_672_515_782_136_000;
const market = new Market({ exchange: 'binance', pairs: 4, seed: 3, levels: 20, now: () => AT });
const btc = market.find('BTCUSD')!;

/** Messages as the documentation prints them; ours have the same keys in the same order. */
const PRINTED: readonly (readonly [ours: string, printed: string])[] = [
  [
    WIRE_BINANCE.trades(btc, [btc.touch()], false),
    '{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782136,"m":true,"M":true}',
  ],
  [
    WIRE_BINANCE.aggregateTrade!(btc, btc.touch()),
    '{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1672515782136,"m":true,"M":true}',
  ],
  [
    WIRE_BINANCE.bookSnapshot(btc, 5, AT),
    `{"lastUpdateId":160,"bids":[${Array(5).fill('["0.0024","10"]')}],"asks":[${Array(5).fill('["0.0026","100"]')}]}`,
  ],
  [
    WIRE_BINANCE.quote(btc, AT),
    '{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}',
  ],
  [
    WIRE_BINANCE.ticker(btc, false, AT),
    '{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151}',
  ],
  [
    WIRE_BINANCE.candles(btc, btc.candles(1), false, AT),
    '{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}',
  ],
];

test('messages have the keys of the documentation, in its order', () => {
  for (const [ours, printed] of PRINTED) assert.deepEqual(shapeOf(ours), shapeOf(printed));
});

test('every update counts on from the one before it, and from the snapshot over REST', () => {
  const ids: number[] = [];
  const snapshot = WIRE_BINANCE.rest!('/api/v3/depth', new URLSearchParams('symbol=BTCUSD&limit=5'), market)!;
  const { lastUpdateId, bids, asks } = JSON.parse(snapshot.text) as Record<string, never[]> & {
    lastUpdateId: number;
  };
  assert.deepEqual([snapshot.status, bids!.length, asks!.length], [200, 5, 5]);
  for (let n = 0; n < 3; n++) {
    const { windows } = btc.book.update(
      [{ side: 'bids', tick: btc.bestBid, lots: 10 + n, time: AT }],
      [1_000_000],
    );
    btc.book.showAs(btc.book.id + 1);
    const update = JSON.parse(WIRE_BINANCE.bookUpdate(btc, windows[0]!, 0, AT)) as { U: number; u: number };
    ids.push(update.U, update.u);
  }
  assert.deepEqual(
    ids,
    [1, 1, 2, 2, 3, 3].map((n) => lastUpdateId + n),
  );
});

test('what is not listed has no book, and what is asked elsewhere no answer', () => {
  assert.deepEqual(WIRE_BINANCE.rest!('/api/v3/depth', new URLSearchParams('symbol=NOSUCH'), market), {
    status: 400,
    text: '{"code":-1121,"msg":"Invalid symbol."}',
  });
  assert.equal(WIRE_BINANCE.rest!('/', new URLSearchParams(), market), undefined);
});

test('a request for several streams is as many requests and one answer', () => {
  const read = WIRE_BINANCE.read(
    '{"method":"SUBSCRIBE","params":["btcusd@trade","btcusd@nosuch","ethusd@kline_1h"],"id":7}',
  );
  assert.equal(read.kind, 'several');
  assert.deepEqual(
    read.kind === 'several' &&
      read.requests.map((request) => [request.kind, 'topic' in request && request.topic?.channel]),
    [
      ['subscribe', 'trade'],
      ['subscribe', 'candle'],
      ['answered', false],
    ],
  );
  for (const text of ['', '{}', '{"method":"SUBSCRIBE"}', '{"method":"SUBSCRIB","params":["a"]}'])
    assert.equal(WIRE_BINANCE.read(text).kind, 'malformed');
});

const SETTINGS = [
  ['/ws', '', false, false, []],
  ['/ws/btcusd@trade', '', false, false, ['btcusd@trade']],
  [
    '/ws/btcusd@depth5/ethusd@aggTrade',
    'timeUnit=microsecond',
    false,
    true,
    ['btcusd@depth5', 'ethusd@aggTrade'],
  ],
  ['/stream', '', true, false, []],
  [
    '/stream',
    'streams=btcusd@depth20@100ms/btcusd@nosuch&timeUnit=MICROSECOND',
    true,
    true,
    ['btcusd@depth20@100ms'],
  ],
] as const;

for (const [path, query, combined, microseconds, streams] of SETTINGS)
  test(`a connection to ${path}?${query} is one of ${streams.length} streams`, () => {
    const { form, request } = WIRE_BINANCE.connected!(path, new URLSearchParams(query));
    assert.deepEqual(form, { combined, microseconds });
    assert.equal(request.kind, 'several');
    const requests = request.kind === 'several' ? request.requests : [];
    assert.deepEqual(
      requests.map((one) => one.kind === 'subscribe' && one.name),
      streams,
    );
  });

test('times are written as microseconds, ids and prices as ever', () => {
  const form = { combined: true, microseconds: true };
  const trade = PRINTED[0]![1];
  assert.equal(
    WIRE_BINANCE.addressed!(PRINTED.at(-1)![1], 'x@kline_1m', form),
    '{"stream":"x@kline_1m","data":{"e":"kline","E":1672515782136000,"s":"BNBBTC","k":{"t":1672515780000000,"T":1672515839999000,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}}',
  );
  assert.equal(WIRE_BINANCE.addressed!(trade, '', { combined: false, microseconds: false }), trade);
});

test('what a connection is asked about itself is answered with the id of the question', () => {
  const form = { combined: false, microseconds: false };
  const ask = (method: string, ...params: unknown[]): unknown => {
    const request = WIRE_BINANCE.read(JSON.stringify({ method, params, id: 5 }));
    if (request.kind === 'answered') return request.text;
    return request.kind === 'about-connection' ? request.answer(form, ['a@trade']) : request.kind;
  };
  assert.equal(ask('LIST_SUBSCRIPTIONS'), '{"result":["a@trade"],"id":5}');
  assert.equal(ask('GET_PROPERTY', 'combined'), '{"result":false,"id":5}');
  assert.equal(ask('SET_PROPERTY', 'combined', true), '{"result":null,"id":5}');
  assert.equal(ask('GET_PROPERTY', 'combined'), '{"result":true,"id":5}');
  assert.equal(ask('SET_PROPERTY', 'combined', 1), '{"code":1,"msg":"Invalid value type: expected Boolean"}');
  assert.equal(ask('SET_PROPERTY', 'nosuch', true), '{"code":0,"msg":"Unknown property","id":5}');
});
