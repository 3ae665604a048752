import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import { FAULTS } from '../../../../src/shared/faults/fault-catalogue.ts';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { BinanceHarness, book } from './codec-harness.ts';

const SYMBOLS = ['BNBBTC', 'BNBUSDT'];
const BNB = 0 as InstrumentId;

const depth = (first: number, last: number, symbol = 'BNBBTC'): string =>
  `{"e":"depthUpdate","E":1672515782136,"s":"${symbol}","U":${first},"u":${last},"b":[["0.0024","${last}"]],"a":[["0.0026","100"]]}`;
const snapshot = (id: number): string =>
  `{"lastUpdateId":${id},"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}`;

/** Both paths are to say the same. */
const onBothPaths = (play: (harness: BinanceHarness) => void): void => {
  for (const hot of [true, false]) play(new BinanceHarness(SYMBOLS, { hot }));
};

const numbers = (harness: BinanceHarness, ...fields: string[]): unknown =>
  fields.map((field) => harness.sink.records.at(-1)!.values[field]);

// Messages as the documentation prints them.
const TRADE =
  '{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","T":1672515782135,"m":true,"M":true}';
const TICKER =
  '{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"-0.0015","P":"250.00","w":"0.0018","x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100","o":"0.0010","h":"0.0027","l":"0.0011","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151}';
const KLINE =
  '{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}';

test('a trade has the side of the taker: who sold where the buyer was there before', () =>
  onBothPaths((harness) => {
    harness.read(TRADE);
    assert.deepEqual(
      numbers(harness, 'instrument', 'sequence', 'price', 'priceDecimals', 'qty', 'side', 'exchangeAtUs'),
      [0, 12345, 0.001, 3, 100, SIDE.sell, 1672515782135000],
    );
    harness.read(TRADE.replace('"m":true', '"m":false').replace('12345', '12346'));
    assert.deepEqual(numbers(harness, 'side'), [SIDE.buy]);
  }));

const AGGREGATE =
  '{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.001","q":"100","f":100,"l":105,"T":1672515782135,"m":true,"M":true}';

test('times are read in milliseconds and in microseconds, whichever message they come with', () =>
  onBothPaths((harness) => {
    const micros = (message: string): string => message.replace(/"([ETt])":(1672515\d{6})/g, '"$1":$2042');
    for (const [message, at] of [
      [TRADE, 1672515782135],
      [AGGREGATE, 1672515782135],
      [TICKER, 1672515782136],
      [KLINE, 1672515782136],
    ] as const) {
      harness.read(message);
      assert.deepEqual(numbers(harness, 'exchangeAtUs'), [at * 1000]);
      harness.read(micros(message));
      assert.deepEqual(numbers(harness, 'exchangeAtUs'), [at * 1000 + 42]);
    }
    assert.deepEqual(numbers(harness, 'beginUs'), [1672515780000042]);
    harness.subscribed(book(0)).read(depth(157, 160)).answer(snapshot(160));
    harness.read(depth(161, 161), micros(depth(162, 162)));
    assert.deepEqual(
      harness.sink.named('book').map(({ values }) => values['exchangeAtUs']),
      [-1, 1672515782136000, 1672515782136042],
    );
  }));

test('an aggregated trade has a number of its own, by which one that is missing is found', () =>
  onBothPaths((harness) => {
    const trade = (id: number): string => AGGREGATE.replace('12345', String(id));
    harness.read(trade(10), trade(11), trade(13));
    assert.deepEqual(numbers(harness, 'instrument', 'sequence', 'price', 'qty', 'side', 'exchangeAtUs'), [
      0,
      13,
      0.001,
      100,
      SIDE.sell,
      1672515782135000,
    ]);
    assert.deepEqual(harness.sink.log.slice(-2), ['status fault of 0 SEQUENCE_GAP', 'trade of 0']);
    assert.equal(harness.codec.newestTrade(BNB), 13);
    // Whoever changes from single trades to these begins anew.
    const aggregated: Subscription = { channel: 'trade', instrument: BNB, aggregated: true };
    assert.deepEqual(harness.codec.unsubscribe([aggregated]), [
      '{"method":"UNSUBSCRIBE","params":["bnbbtc@aggTrade"],"id":1}',
    ]);
    harness.read('{"result":null,"id":1}', trade(5));
    assert.equal(harness.sink.log.at(-2), 'unsubscribed trade 0');
  }));

test('trades that were left out, or come again, are told before the trade', () =>
  onBothPaths((harness) => {
    const trade = (id: number): string => TRADE.replace('12345', String(id));
    harness.read(trade(10), trade(11), trade(14), trade(14), trade(15));
    assert.deepEqual(harness.sink.log, [
      'trade of 0',
      'trade of 0',
      'status fault of 0 SEQUENCE_GAP',
      'trade of 0',
      'status fault of 0 SEQUENCE_GAP',
      'trade of 0',
      'trade of 0',
    ]);
    assert.equal(harness.codec.newestTrade(BNB), 15);
  }));

test('tickers, quotes and candles keep the decimals they were written with', () =>
  onBothPaths((harness) => {
    harness.read(TICKER);
    assert.deepEqual(
      numbers(
        harness,
        'bid',
        'bidQty',
        'ask',
        'askQty',
        'last',
        'volume',
        'vwap',
        'low',
        'high',
        'change',
        'changePct',
        'turnover',
      ),
      [0.0024, 10, 0.0026, 100, 0.0025, 10000, 0.0018, 0.0011, 0.0027, -0.0015, 250, 18],
    );
    assert.deepEqual(numbers(harness, 'changeDecimals', 'changePctDecimals'), [4, 2]);
    harness.read('{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21","a":"25.36520000","A":"40.66"}');
    assert.deepEqual(
      numbers(
        harness,
        'instrument',
        'sequence',
        'bid',
        'bidQty',
        'ask',
        'askQty',
        'bidDecimals',
        'exchangeAtUs',
      ),
      [1, 400900217, 25.3519, 31.21, 25.3652, 40.66, 8, -1],
    );
    harness.read(KLINE);
    assert.deepEqual(
      numbers(
        harness,
        'beginUs',
        'open',
        'high',
        'low',
        'close',
        'volume',
        'trades',
        'intervalMinutes',
        'vwap',
      ),
      [1672515780000000, 0.001, 0.0025, 0.0015, 0.002, 1000, 100, 1, Number.NaN],
    );
  }));

test('a message in the envelope of a combined stream means what it means without', () =>
  onBothPaths((harness) => {
    harness.read(`{"stream":"bnbbtc@trade","data":${TRADE}}`);
    assert.deepEqual(harness.sink.log, ['trade of 0']);
  }));

test('a server that is about to end the connection says so, in either form', () =>
  onBothPaths((harness) => {
    const notice = '{"e":"serverShutdown","E":1770123456789}';
    harness.read(notice, `{"stream":"!serverShutdown","data":${notice}}`);
    assert.deepEqual(harness.sink.log, ['going away', 'going away']);
  }));

test('requests name streams in lowercase, and an answer means all of its request', () =>
  onBothPaths((harness) => {
    const subscriptions: Subscription[] = [
      { channel: 'trade', instrument: BNB },
      { channel: 'book', instrument: BNB },
      { channel: 'ticker', instrument: BNB },
      { channel: 'quote', instrument: BNB },
      { channel: 'candle', instrument: BNB, interval: 60 },
    ];
    assert.deepEqual(harness.codec.subscribe(subscriptions), [
      '{"method":"SUBSCRIBE","params":["bnbbtc@trade","bnbbtc@depth@100ms","bnbbtc@ticker","bnbbtc@bookTicker","bnbbtc@kline_1h"],"id":1}',
    ]);
    assert.deepEqual(harness.codec.unsubscribe(subscriptions.slice(0, 1)), [
      '{"method":"UNSUBSCRIBE","params":["bnbbtc@trade"],"id":2}',
    ]);
    harness.read('{"result":null,"id":1}', '{"result":null,"id":2}', '{"result":null,"id":2}');
    assert.deepEqual(harness.sink.log, [
      'subscribed trade 0',
      'subscribed book 0',
      'book awaited book 0',
      'subscribed ticker 0',
      'subscribed quote 0',
      'subscribed candle 0',
      'unsubscribed trade 0',
      'MESSAGE_UNKNOWN an acknowledgement of nothing we asked for: {"result":null,"id":2}',
    ]);
  }));

test('refusals are told with the subscription where they say which', () =>
  onBothPaths((harness) => {
    harness
      .subscribed({ channel: 'trade', instrument: BNB })
      .subscribed({ channel: 'ticker', instrument: BNB });
    harness.read(
      '{"code":2,"msg":"Invalid request: too many parameters","id":1}',
      '{"error":{"code":2,"msg":"no"},"id":2}',
      '{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}',
    );
    assert.deepEqual(harness.sink.log, [
      'refused trade 0: Invalid request: too many parameters',
      'refused ticker 0: no',
      'refused something: Invalid JSON: expected value at line 1 column 1',
    ]);
  }));

test('updates wait for the snapshot; those it has are left out, and the others follow it', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read(depth(157, 160), depth(161, 161));
    assert.deepEqual(
      harness.asked.map(({ path }) => path),
      ['/api/v3/depth?symbol=BNBBTC&limit=1000'],
    );
    harness.read(depth(162, 165)).answer(snapshot(161)).read(depth(166, 166));
    assert.deepEqual(harness.sink.log, [
      'status live of 0',
      'book snapshot of 0: 1 bids, 1 asks',
      'book live book 0',
      'book update of 0: 1 bids, 1 asks',
      'book update of 0: 1 bids, 1 asks',
    ]);
    assert.deepEqual(
      harness.sink.named('book').map(({ values }) => values['sequence']),
      [161, 165, 166],
    );
  }));

test('an update may begin before the end of the snapshot', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read(depth(157, 160)).answer(snapshot(158)).read(depth(161, 163));
    assert.equal(harness.sink.named('book').length, 3);
    assert.equal(harness.sink.log.filter((line) => line.includes('stale')).length, 0);
  }));

test('a snapshot older than the first update is asked for again, and not for ever', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read(depth(157, 160));
    for (let n = 0; n < 4; n++) {
      harness.answer(snapshot(155));
      assert.deepEqual([harness.asked.length, harness.sink.log.length], [1, 0]);
    }
    harness.answer(snapshot(155));
    assert.deepEqual(harness.sink.log, [
      'status stale of 0 SEQUENCE_GAP',
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
    ]);
  }));

test('a quiet book is whole with its snapshot, and a later update that does not follow it is a gap', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read('{"result":null,"id":1}').answer(snapshot(160));
    assert.equal(harness.sink.log.at(-1), 'book live book 0');
    harness.read(depth(163, 164));
    assert.deepEqual(harness.sink.log.slice(-2), [
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
    ]);
  }));

test('a book that broke is whole again after it was subscribed anew, and the other one goes on', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0), book(1));
    harness
      .read(depth(10, 10), depth(20, 20, 'BNBUSDT'))
      .answer(snapshot(10))
      .answer(snapshot(20));
    harness.read(depth(12, 12), depth(13, 13), depth(21, 21, 'BNBUSDT'));
    assert.deepEqual(harness.sink.log.slice(-5), [
      'status stale of 0 SEQUENCE_GAP',
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
      'book update of 1: 1 bids, 1 asks',
    ]);
    harness.codec.unsubscribe([book(0)]);
    harness.subscribed(book(0)).read(depth(14, 14)).answer(snapshot(14)).read(depth(15, 15));
    assert.equal(harness.sink.log.at(-1), 'book update of 0: 1 bids, 1 asks');
  }));

test('an update that cannot be read breaks its book, because a change was missed', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read(depth(10, 10)).answer(snapshot(10));
    harness.read(depth(11, 11).replace('"100"', '"1x"'));
    assert.ok(harness.sink.log.includes('book stale book 0 MESSAGE_MALFORMED'));
  }));

for (const [what, fault, expected] of [
  ['no answer', FAULTS.REST_FAILED.id, ['book stale book 0 REST_FAILED', 'discard 1 book of 0: REST_FAILED']],
  ['a refusal', FAULTS.REST_REFUSED.id, ['refused book 0: words']],
] as const)
  test(`where ${what} is all that comes for a snapshot, the book is given up`, () =>
    onBothPaths((harness) => {
      harness.subscribed(book(0)).read(depth(10, 10)).failAnswer(fault, 'words');
      assert.deepEqual(harness.sink.log.slice(-expected.length), expected);
    }));

for (const text of [
  '',
  '[]',
  '{"lastUpdateId":"x","bids":[],"asks":[]}',
  '{"lastUpdateId":1,"bids":[]}',
  '{"lastUpdateId":1,"bids":[["1"]],"asks":[]}',
])
  test(`a snapshot that is ${text === '' ? 'empty' : text} breaks its book and is told`, () =>
    onBothPaths((harness) => {
      harness.subscribed(book(0)).read(depth(10, 10)).answer(text);
      assert.ok(harness.sink.log.includes('book stale book 0 MESSAGE_MALFORMED'));
      assert.match(harness.sink.log.at(-1)!, /^MESSAGE_MALFORMED answer to \/api\/v3\/depth/);
    }));

test('answers to what was asked on an earlier connection change nothing', () =>
  onBothPaths((harness) => {
    harness.subscribed(book(0)).read(depth(10, 10));
    harness.codec.reset();
    harness.books.reset();
    harness.answer(snapshot(10));
    assert.deepEqual(harness.sink.log, []);
  }));

test('what cannot be read is counted and said, never thrown', () =>
  onBothPaths((harness) => {
    const garbage = [
      '',
      '[1]',
      '{"a":1}',
      '{"e":"avgPrice","s":"BNBBTC"}',
      TRADE.replace('BNBBTC', 'NOSUCH'),
      TRADE.replace('"0.001"', '"-1"'),
    ];
    harness.read(...garbage, Uint8Array.of(0xff, 0xfe));
    assert.equal(harness.sink.records.length, 0);
    assert.deepEqual(
      harness.sink.log.map((line) => line.split(' ')[0]),
      [
        'MESSAGE_MALFORMED',
        'MESSAGE_MALFORMED',
        'MESSAGE_UNKNOWN',
        'MESSAGE_UNKNOWN',
        'MESSAGE_MALFORMED',
        'MESSAGE_MALFORMED',
        'MESSAGE_MALFORMED',
      ],
    );
  }));
