import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import { BTC, book, candle, ETH, GeminiHarness, trade } from './codec-harness.ts';
import { BOOK, first, HEARTBEAT, type PastTrade, tradeText, update } from './messages.ts';

const PATHS = [{ hot: true }, { hot: false }] as const;
const PAST: readonly PastTrade[] = [{ id: 30 }, { id: 10, side: 'sell' }, { id: 20 }];

const request = (type: string, name: string, ...symbols: string[]): string =>
  JSON.stringify({ type, subscriptions: [{ name, symbols }] });

const tradeIds = (harness: GeminiHarness): number[] =>
  harness.sink.named('trade').map(({ values }) => values['sequence']!);

for (const { hot } of PATHS) {
  const path = hot ? 'hot' : 'cold';

  test(`${path}: the first message of a stream answers for the book and the trades of its symbol`, () => {
    const harness = new GeminiHarness({ hot });
    assert.deepEqual(harness.codec.subscribe([book(BTC), book(ETH), trade(BTC)]), [
      request('subscribe', 'l2', 'BTCUSD', 'ETHUSD'),
    ]);
    assert.deepEqual(harness.news(), []);
    harness.read(first('BTCUSD', BOOK, PAST), HEARTBEAT);
    assert.deepEqual(harness.news(), [
      'subscribed book 0',
      'subscribed trade 0',
      'status live of 0',
      'book snapshot of 0: 2 bids, 2 asks',
      'book live book 0',
      ...new Array<string>(3).fill('trade of 0'),
    ]);
    assert.deepEqual(tradeIds(harness), [10, 20, 30], 'the past is in the order of the ids');
    assert.ok(
      harness.sink.named('trade').every(({ values }) => values['flags'] === 1),
      'and flagged as such',
    );
  });

  test(`${path}: changes and trades are records with the numbers as they were written`, () => {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), trade(BTC));
    harness.read(first('BTCUSD', BOOK));
    harness.sink.clear();
    harness.read(
      update('BTCUSD', ['sell', '101.00', '0'], ['buy', '100.0', '7.250'], ['sell', '101.5', '12']),
    );
    harness.read(tradeText('BTCUSD', { id: 45_465_818_387, price: '100.50', side: 'sell' }));
    const [change] = harness.sink.named('book');
    assert.deepEqual(
      [change!.bids, change!.asks],
      [
        [[100, 7.25, 1, 3]],
        [
          [101, 0, 2, 0],
          [101.5, 12, 1, 0],
        ],
      ],
    );
    const { values } = harness.sink.named('trade')[0]!;
    assert.deepEqual(
      ['price', 'qty', 'priceDecimals', 'qtyDecimals', 'side', 'sequence', 'exchangeAtUs', 'flags'].map(
        (name) => values[name],
      ),
      [100.5, 0.5, 2, 4, SIDE.sell, 45_465_818_387, 1_624_493_670_759_000, 0],
    );
  });

  test(`${path}: of a stream that serves one of the two, the other is left out without a word`, () => {
    const trades = new GeminiHarness({ hot }).subscribed(trade(BTC));
    trades.read(
      first('BTCUSD', BOOK, PAST),
      update('BTCUSD', ['buy', '100.00', '1']),
      tradeText('BTCUSD', { id: 31 }),
    );
    assert.deepEqual(trades.news(), ['subscribed trade 0', ...new Array<string>(4).fill('trade of 0')]);
    const books = new GeminiHarness({ hot }).subscribed(book(BTC));
    books.read(first('BTCUSD', BOOK, PAST), tradeText('BTCUSD', { id: 31 }));
    assert.deepEqual(books.news(), [
      'subscribed book 0',
      'status live of 0',
      'book snapshot of 0: 2 bids, 2 asks',
      'book live book 0',
    ]);
  });

  test(`${path}: changes before the first message are no answer and no book`, () => {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), trade(BTC));
    harness.read(update('BTCUSD', ['buy', '100.00', '1']), tradeText('BTCUSD', { id: 5 }));
    assert.deepEqual(harness.news(), ['discard 1 book of 0: BOOK_INVALID']);
  });

  test(`${path}: a book that crosses is stale, and is mended alone while the trades go on`, () => {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), trade(BTC), book(ETH));
    harness.read(first('BTCUSD', BOOK, PAST), first('ETHUSD', BOOK));
    harness.news();
    harness.read(update('BTCUSD', ['buy', '101.00', '1']));
    assert.deepEqual(harness.news(), [
      'status stale of 0 BOOK_INVALID',
      'discard 1 book of 0: BOOK_INVALID',
      'book stale book 0 BOOK_INVALID',
    ]);
    assert.deepEqual(harness.codec.unsubscribe([book(BTC)]), [], 'the trades are wanted');
    assert.deepEqual(harness.codec.subscribe([book(BTC)]), [
      request('unsubscribe', 'l2', 'BTCUSD'),
      request('subscribe', 'l2', 'BTCUSD'),
    ]);
    harness.read(tradeText('BTCUSD', { id: 35 }), update('BTCUSD', ['buy', '100.00', '1']));
    harness.read(first('BTCUSD', BOOK, [{ id: 40 }, { id: 35 }, { id: 30 }]));
    assert.deepEqual(harness.news(), [
      'unsubscribed book 0',
      'trade of 0',
      'discard 1 book of 0: BOOK_INVALID',
      'subscribed book 0',
      'status live of 0',
      'book snapshot of 0: 2 bids, 2 asks',
      'book live book 0',
      'trade of 0',
    ]);
    assert.deepEqual(tradeIds(harness), [10, 20, 30, 35, 40], 'each trade once');
    assert.equal(harness.sink.named('trade').at(-1)!.values['flags'], 0, 'what was missed is no history');
    assert.equal(harness.books.state(ETH), 1);
  });

  test(`${path}: a past that does not reach back to the last trade tells of a hole`, () => {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), trade(BTC));
    harness.read(first('BTCUSD', BOOK, PAST));
    harness.codec.unsubscribe([book(BTC)]);
    harness.codec.subscribe([book(BTC)]);
    harness.news();
    harness.read(first('BTCUSD', BOOK, [{ id: 99 }]));
    assert.deepEqual(harness.news().slice(-2), ['status fault of 0 SEQUENCE_GAP', 'trade of 0']);
  });

  test(`${path}: what is unsubscribed is silent, whatever still comes of it`, () => {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), trade(BTC));
    harness.read(first('BTCUSD', BOOK, PAST));
    harness.news();
    assert.deepEqual(harness.codec.unsubscribe([trade(BTC)]), []);
    assert.deepEqual(harness.codec.unsubscribe([book(BTC)]), [request('unsubscribe', 'l2', 'BTCUSD')]);
    harness.read(update('BTCUSD', ['buy', '100.00', '1']), tradeText('BTCUSD', { id: 31 }));
    assert.deepEqual(harness.news(), ['unsubscribed trade 0', 'unsubscribed book 0']);
  });
}

test('trades that are wanted while the stream flows are accepted at once, a book begins the stream anew', () => {
  const harness = new GeminiHarness().subscribed(book(BTC));
  harness.read(first('BTCUSD', BOOK, PAST));
  harness.news();
  assert.deepEqual(harness.codec.subscribe([trade(BTC)]), []);
  assert.deepEqual(harness.news(), ['subscribed trade 0']);
  const other = new GeminiHarness().subscribed(trade(BTC));
  other.read(first('BTCUSD', BOOK, PAST));
  assert.deepEqual(other.codec.subscribe([book(BTC)]), [
    request('unsubscribe', 'l2', 'BTCUSD'),
    request('subscribe', 'l2', 'BTCUSD'),
  ]);
});

test('a request that is repeated is sent again, once for both', () => {
  const { codec } = new GeminiHarness();
  assert.deepEqual(codec.subscribe([book(BTC)]), [request('subscribe', 'l2', 'BTCUSD')]);
  assert.deepEqual(codec.subscribe([trade(BTC)]), [], 'the same stream is on its way');
  assert.deepEqual(codec.subscribe([book(BTC)]), [request('subscribe', 'l2', 'BTCUSD')]);
  assert.deepEqual(codec.subscribe([trade(BTC)]), []);
});

test('what is documented but was not recorded is read as well', () => {
  // Source: docs.gemini.com/websocket/market-data/v2/level-2-data.
  const documented = [
    '{"type":"l2_updates","symbol":"BTCUSD","changes":[["buy","9122.04","0.00121425"],["sell","9122.07","0.98942292"]],"trades":[{"type":"trade","symbol":"BTCUSD","eventid":169841458,"timestamp":1560976400428,"price":"9122.04","quantity":"0.0073173","side":"sell","tid":2840140800042677}]}',
    '{"type":"l2_updates","symbol":"BTCUSD","changes":[["sell","9160.20","0.1921229751"]]}',
    '{"type":"trade","symbol":"BTCUSD","event_id":3575573053,"timestamp":151231241,"price":"9004.21000000","quantity":"0.09110000","side":"buy","tid":2840140800042677}',
  ];
  const harness = new GeminiHarness().subscribed(book(BTC), trade(BTC)).read(...documented);
  assert.deepEqual(tradeIds(harness), [169_841_458, 3_575_573_053]);
  assert.equal(harness.cold, 1, 'only the first message is not hot');
  assert.equal(harness.books.state(BTC), 1);
});

test('history is left out where it is not wanted', () => {
  const harness = new GeminiHarness().subscribed(trade(BTC, false));
  harness.read(first('BTCUSD', BOOK, PAST), tradeText('BTCUSD', { id: 31 }));
  assert.deepEqual(tradeIds(harness), [31]);
});

const CANDLES =
  '{"type":"candles_15m_updates","symbol":"BTCUSD","changes":[[1561054500000,9350.18,9358.35,9350.18,9355.51,2.07],[1561053600000,9357.33,9357.33,9350.18,9350.18,1.5900161]]}';

test('candles: history oldest first, then the running one, with the digits they were sent with', () => {
  const harness = new GeminiHarness();
  assert.deepEqual(harness.codec.subscribe([candle(BTC, 15), candle(BTC, 60), candle(ETH, 15)]), [
    request('subscribe', 'candles_15m', 'BTCUSD', 'ETHUSD'),
    request('subscribe', 'candles_1h', 'BTCUSD'),
  ]);
  harness.read(CANDLES, CANDLES.replace(/,\[15610536.*?\]/, ''));
  assert.deepEqual(harness.news(), ['subscribed candle 0', ...new Array<string>(3).fill('candle of 0')]);
  const of = (...names: string[]): unknown[] =>
    harness.sink.named('candle').map(({ values }) => names.map((name) => values[name]));
  assert.deepEqual(of('beginUs', 'intervalMinutes', 'volume', 'volumeDecimals', 'flags'), [
    [1_561_053_600_000_000, 15, 1.5900161, 7, 1],
    [1_561_054_500_000_000, 15, 2.07, 2, 1],
    [1_561_054_500_000_000, 15, 2.07, 2, 0],
  ]);
  assert.deepEqual(harness.codec.unsubscribe([candle(BTC, 15)]), [
    request('unsubscribe', 'candles_15m', 'BTCUSD'),
  ]);
  harness.read(CANDLES);
  assert.deepEqual(harness.news(), ['unsubscribed candle 0']);
});

test('a refusal concerns what waits for the symbol that it names, else nothing in particular', () => {
  const harness = new GeminiHarness().subscribed(book(BTC), trade(BTC), book(ETH));
  harness.read(first('ETHUSD', BOOK));
  harness.news();
  harness.read(
    '{"result":"error","reason":"InvalidSymbol","message":"\'btcusd\' is no symbol"}',
    '{"result":"error","reason":"InvalidJson"}',
    '{"result":"error","reason":"ETHUSD is slow"}',
  );
  assert.deepEqual(harness.news(), [
    "refused book 0: InvalidSymbol: 'btcusd' is no symbol",
    "refused trade 0: InvalidSymbol: 'btcusd' is no symbol",
    'refused something: InvalidJson',
    'refused something: ETHUSD is slow',
  ]);
});

test('garbage is counted and changes nothing but the book it may have belonged to', () => {
  for (const { hot } of PATHS) {
    const harness = new GeminiHarness({ hot }).subscribed(book(BTC), book(ETH));
    harness.read(first('BTCUSD', BOOK), first('ETHUSD', BOOK));
    harness.news();
    harness.read(
      'nonsense',
      '[]',
      '{}',
      '{"type":"news"}',
      update('NOSUCH', ['buy', '1', '1']),
      '{"type":"auction_result","symbol":"BTCUSD"}',
      Uint8Array.of(0xff, 0xfe),
      update('BTCUSD', ['buy', '-1', '1']),
    );
    assert.deepEqual(
      harness.news().map((line) => line.split(' ').slice(0, 4).join(' ')),
      [
        'MESSAGE_MALFORMED not JSON: nonsense',
        'MESSAGE_MALFORMED no JSON object:',
        'MESSAGE_UNKNOWN a message without',
        'MESSAGE_UNKNOWN a type this',
        'MESSAGE_MALFORMED l2_updates: a symbol',
        'MESSAGE_MALFORMED 2 bytes that',
        'status stale of 0',
        'book stale book 0',
        'MESSAGE_MALFORMED l2_updates: price of',
      ],
    );
    assert.equal(harness.books.state(ETH), 1);
  }
});

test('a new connection begins with nothing subscribed', () => {
  const harness = new GeminiHarness().subscribed(book(BTC), trade(BTC));
  harness.read(first('BTCUSD', BOOK, PAST));
  harness.codec.reset();
  assert.deepEqual(harness.codec.subscribe([book(BTC), trade(BTC)]), [request('subscribe', 'l2', 'BTCUSD')]);
});
