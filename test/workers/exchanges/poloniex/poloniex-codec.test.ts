import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimal } from '../../../../src/shared/decimal/decimals.ts';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import { BCH, BTC, BTC_USDC, book, PoloniexHarness, trade } from './codec-harness.ts';

// Source: api-docs.poloniex.com/spot/websocket/market-data; a recorded session of 2022-08-21.
const TRADE =
  '{"channel":"trades","data":[{"symbol":"BTC_USDT","amount":"248.3516391","quantity":"0.01149","takerSide":"sell","createTime":1661123520381,"price":"21614.59","id":"60184114","ts":1661123520386}]}';
const TICKER =
  '{"channel":"ticker","data":[{"symbol":"BTC_USDC","startTime":1694382780000,"open":"25866.3","high":"26008.47","low":"24923.65","close":"25153.02","quantity":"1626.444884","amount":"41496808.63699303","tradeCount":37124,"dailyChange":"-0.0276","markPrice":"25154.9","closeTime":1694469183664,"ts":1694469187081}]}';
const CANDLE =
  '{"channel":"candles_minute_5","data":[{"symbol":"BTC_USDT","open":"25143.19","high":"25148.58","low":"25138.76","close":"25144.55","quantity":"0.860454","amount":"21635.20983974","tradeCount":20,"startTime":1694469000000,"closeTime":1694469299999,"ts":1694469049867}]}';
const WHOLE_BOOK =
  '{"channel":"book","data":[{"symbol":"BTC_USDC","createTime":1694469187686,"asks":[["25157.24","0.444294"],["25157.25","0.024357"]],"bids":[["25148.8","0.00692"],["25148.61","0.021581"]],"id":598273384,"ts":1694469187733}]}';

const change = (
  action: 'snapshot' | 'update',
  lastId: number,
  id: number,
  { asks = '', bids = '', symbol = 'BTC_USDT' } = {},
): string =>
  `{"channel":"book_lv2","data":[{"symbol":"${symbol}","createTime":1661123517832,"asks":[${asks}],"bids":[${bids}],"lastId":${lastId},"id":${id},"ts":1661123517837}],"action":"${action}"}`;
const SNAPSHOT = change('snapshot', 9, 10, {
  asks: '["21617.15","0.34"]',
  bids: '["21610","1"],["21609.5","2"]',
});

const PATHS = [{ hot: true }, { hot: false }];
for (const path of PATHS) {
  const on = path.hot ? 'hot' : 'cold';

  test(`${on}: a trade has the taker’s side, the time it was made and its digits`, () => {
    const { sink } = new PoloniexHarness(path).read(TRADE);
    const { values } = sink.records[0]!;
    assert.equal(values['side'], SIDE.sell);
    assert.equal(values['sequence'], 60184114);
    assert.equal(values['exchangeAtUs'], 1661123520381000);
    assert.equal(formatDecimal(values['price']!, values['priceDecimals']!), '21614.59');
    assert.equal(formatDecimal(values['qty']!, values['qtyDecimals']!), '0.01149');
    assert.equal(values['instrument'], BTC);
  });

  test(`${on}: a ticker’s change is given in percent, what is not sent is no number`, () => {
    const { sink } = new PoloniexHarness(path).read(TICKER);
    const { values } = sink.records[0]!;
    const shown = (name: string): string => formatDecimal(values[name]!, values[`${name}Decimals`]!);
    assert.deepEqual(
      ['last', 'low', 'high', 'volume', 'turnover', 'changePct', 'bid', 'ask', 'vwap', 'change'].map(shown),
      [
        '25153.02',
        '24923.65',
        '26008.47',
        '1626.444884',
        '41496808.63699303',
        '-2.76',
        'NaN',
        'NaN',
        'NaN',
        'NaN',
      ],
    );
    assert.equal(values['exchangeAtUs'], 1694469187081000);
  });

  for (const [fraction, percent] of [
    ['0', '0'],
    ['1', '100'],
    ['0.5', '50'],
    ['0.29', '29'],
    ['-0.0007', '-0.07'],
    ['12.345678901234567890', '1234.567890123456789000'],
  ] as const)
    test(`${on}: a daily change of ${fraction} is ${percent} percent`, () => {
      const { sink } = new PoloniexHarness(path).read(TICKER.replace('-0.0276', fraction));
      const { values } = sink.records[0]!;
      const text = formatDecimal(values['changePct']!, values['changePctDecimals']!);
      if (fraction.length < 10) assert.equal(text, percent);
      // More digits than a float64 holds: marked so, and as near as one multiplication comes.
      else assert.ok(Math.abs(Number(text) - Number(percent)) < 1e-12 * Number(percent));
    });

  test(`${on}: a candle has the length its channel names`, () => {
    const { sink } = new PoloniexHarness(path).read(
      CANDLE,
      CANDLE.replace('minute_5', 'hour_4'),
      CANDLE.replace('minute_5', 'week_1'),
    );
    assert.deepEqual(
      sink.named('candle').map(({ values }) => values['intervalMinutes']),
      [5, 240, 10080],
    );
    const { values } = sink.records[0]!;
    assert.equal(values['beginUs'], 1694469000000000);
    assert.equal(values['trades'], 20);
    assert.equal(formatDecimal(values['volume']!, values['volumeDecimals']!), '0.860454');
    assert.ok(Number.isNaN(values['vwap']));
  });

  test(`${on}: changes follow a snapshot, however far apart their ids are`, () => {
    const { sink } = new PoloniexHarness(path)
      .subscribed(book(BTC))
      .read(
        SNAPSHOT,
        change('update', 10, 25, { asks: '["21617.15","0"],["21618","0.5"]' }),
        change('update', 25, 26, { bids: '["21611.10","3"]' }),
      );
    assert.deepEqual(sink.log, [
      'status live of 0',
      'book snapshot of 0: 2 bids, 1 asks',
      'book live book 0',
      'book update of 0: 0 bids, 2 asks',
      'book update of 0: 1 bids, 0 asks',
    ]);
    const last = sink.records.at(-1)!;
    assert.equal(last.values['sequence'], 26);
    assert.equal(last.values['exchangeAtUs'], 1661123517832000);
    assert.deepEqual(last.bids, [[21611.1, 3, 2, 0]]);
  });

  test(`${on}: a gap makes that book stale until a snapshot, and no other`, () => {
    const harness = new PoloniexHarness(path)
      .subscribed(book(BTC), book(BCH))
      .read(SNAPSHOT, SNAPSHOT.replace('BTC_USDT', 'BCH_USDT'));
    harness.sink.clear();
    harness.read(
      change('update', 11, 12, { bids: '["21611","3"]' }),
      change('update', 12, 13, { bids: '["21612","3"]' }),
      change('update', 10, 11, { symbol: 'BCH_USDT' }),
      change('snapshot', 13, 14, { bids: '["21612","3"]' }),
      change('update', 14, 15, { bids: '["21612","4"]' }),
    );
    assert.deepEqual(harness.sink.log, [
      'status stale of 0 SEQUENCE_GAP',
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
      'book update of 1: 0 bids, 0 asks',
      'status live of 0',
      'book snapshot of 0: 1 bids, 0 asks',
      'book live book 0',
      'book update of 0: 1 bids, 0 asks',
    ]);
    assert.equal(harness.sink.records[0]!.text, 'update 12 follows 11, the one before was 10');
  });

  test(`${on}: an update before any snapshot tells that the snapshot was lost`, () => {
    const { sink } = new PoloniexHarness(path).subscribed(book(BTC)).read(change('update', 10, 11));
    assert.deepEqual(sink.log, [
      'status stale of 0 SEQUENCE_GAP',
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
    ]);
  });

  test(`${on}: what still comes of a book that was given up is discarded and asks for nothing`, () => {
    const harness = new PoloniexHarness(path).subscribed(book(BTC)).read(SNAPSHOT);
    harness.codec.unsubscribe([book(BTC)]);
    harness.sink.clear();
    harness.read(change('update', 10, 11), change('update', 15, 16));
    assert.deepEqual(harness.sink.log, [
      'discard 1 book of 0: BOOK_INVALID',
      'discard 1 book of 0: BOOK_INVALID',
    ]);
  });

  test(`${on}: a book of five or ten levels is a snapshot each time`, () => {
    const { sink } = new PoloniexHarness(path).subscribed(book(BTC_USDC, 5)).read(WHOLE_BOOK, WHOLE_BOOK);
    assert.deepEqual(sink.log.slice(1), [
      'book snapshot of 2: 2 bids, 2 asks',
      'book live book 2',
      'book snapshot of 2: 2 bids, 2 asks',
    ]);
    assert.equal(sink.records[1]!.values['sequence'], 598273384);
  });

  test(`${on}: a book takes nothing of the channel it is not subscribed on`, () => {
    const whole = new PoloniexHarness(path).subscribed(book(BTC, 5)).read(SNAPSHOT);
    assert.deepEqual(whole.sink.log, ['discard 1 book of 0: BOOK_INVALID']);
    const changes = new PoloniexHarness(path).subscribed(book(BTC_USDC)).read(WHOLE_BOOK);
    assert.deepEqual(changes.sink.log, ['discard 1 book of 2: BOOK_INVALID']);
  });

  test(`${on}: a change that cannot be read makes its book stale`, () => {
    const { sink } = new PoloniexHarness(path)
      .subscribed(book(BTC))
      .read(SNAPSHOT, change('update', 10, 11, { asks: '["21617.15"]' }));
    assert.deepEqual(sink.log.slice(3, 5), [
      'status stale of 0 MESSAGE_MALFORMED',
      'book stale book 0 MESSAGE_MALFORMED',
    ]);
  });
}

for (const [message, line] of [
  ['{"event":"pong"}', 'pong'],
  ['{"event":"subscribe","channel":"trades","symbols":["BTC_USDT"]}', 'subscribed trade 0'],
  ['{"event":"unsubscribe","channel":"trades","symbols":["BTC_USDT"]}', 'unsubscribed trade 0'],
  [
    '{"event":"error","message":"Symbol not supported: BTC_USDT"}',
    'refused trade 0: Symbol not supported: BTC_USDT',
  ],
  ['{"event":"error","message":"Bad request"}', 'refused something: Bad request'],
  ['{"event":"error","message":"no BTC_USDTX"}', 'refused something: no BTC_USDTX'],
  ['{"channel":"exchange","action":"snapshot","data":[{"MM":"ON","POM":"OFF"}]}', 'venue maintenance'],
  ['{"channel":"exchange","action":"snapshot","data":[{"MM":"OFF","POM":"ON"}]}', 'venue post_only'],
  ['{"channel":"exchange","action":"snapshot","data":[{"MM":"OFF","POM":"OFF"}]}', 'venue online'],
] as const)
  test(`${message} is "${line}"`, () => {
    const { sink } = new PoloniexHarness().subscribed(trade(BTC)).read(message);
    assert.deepEqual(sink.log, [line]);
  });

for (const message of [
  '',
  'null',
  '[]',
  '{}',
  '{"channel":7}',
  '{"channel":"nothing","data":[]}',
  '{"event":"nothing"}',
  '{"event":"subscribe","channel":"trades","symbols":["BTC_USDT"]}',
  '{"event":"subscribe","channel":["trades"],"symbols":["BTC_USDT"]}',
  '{"channel":"trades"}',
  '{"channel":"trades","data":[{"symbol":"NOSUCH_USDT"}]}',
  TRADE.replace('"price":"21614.59"', '"price":21614.59'),
  TRADE.replace('sell', 'both'),
  TRADE.replace('60184114', '6x'),
  TICKER.replace('"close":"25153.02"', '"close":"-1"'),
  CANDLE.replace('minute_5', 'minute_7'),
  CANDLE.replace('"tradeCount":20', '"tradeCount":4294967296'),
  '{"channel":"exchange","data":[]}',
  '{"channel":"__proto__","data":[]}',
])
  test(`counted and passed over: ${message.slice(0, 90)}`, () => {
    const { sink } = new PoloniexHarness().read(message);
    assert.equal(sink.log.length, 1);
    assert.match(sink.log[0]!, /^MESSAGE_(MALFORMED|UNKNOWN) /);
  });

test('what can be read of a message is delivered, the rest is told once', () => {
  const entry = TRADE.slice(TRADE.indexOf('[') + 1, -2);
  const broken = entry.replace('21614.59', 'x');
  const { sink } = new PoloniexHarness().read(`{"channel":"trades","data":[${broken},${entry},${broken}]}`);
  assert.equal(sink.named('trade').length, 1);
  assert.match(
    sink.log.at(-1)!,
    /^MESSAGE_MALFORMED trades: price is no number of zero or more \(and 1 more\)/,
  );
});
