import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BOOK_STATE } from '../../../../src/shared/counters/symbol-counters.ts';
import { SIDE } from '../../../../src/shared/records/trade.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { BTC, book, ETH, Harness, SOL, trade } from './harness.ts';
import * as say from './messages.ts';

const states = ({ books }: Harness): readonly number[] => [BTC, ETH].map((id) => books.state(id));

/** What is said of instruments and the connection, without the records. */
const said = (harness: Harness): string[] =>
  harness.news().filter((line) => !/^(?:book|trade) \d/.test(line));

test('a connection of one symbol begins with its book, and that is the answer to what is subscribed', () => {
  const harness = new Harness().connected(book(BTC), trade(BTC)).read(say.first(...say.whole()));
  const [record] = harness.sink.named('book');
  assert.deepEqual(
    record!.bids!.map(([price, qty]) => [price, qty]),
    [
      [100, 1.5],
      [99.5, 2],
    ],
  );
  assert.deepEqual(
    record!.asks!.map(([price, qty]) => [price, qty]),
    [
      [101, 0.00000001],
      [102, 3],
    ],
  );
  assert.deepEqual([record!.values['exchangeAtUs'], record!.values['sequence']], [-1, 5375461993]);
  assert.deepEqual(
    said(harness).filter((line) => /^subscribed|^book live/.test(line)),
    ['subscribed trade 0', 'subscribed book 0', 'book live book 0'],
  );
});

test('a book that has nothing in it is whole, where the address names one symbol', () => {
  const harness = new Harness().connected(book(BTC)).read(say.first());
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.absent]);
});

test('a change says what remains, and none remaining takes the level away', () => {
  const harness = new Harness()
    .connected(book(BTC))
    .read(
      say.first(...say.whole()),
      say.update(1, say.change(['bid', '100.00', '0']), say.change(['ask', '100.90', '7'])),
    );
  const record = harness.sink.named('book')[1]!;
  assert.deepEqual(
    record.bids!.map(([price, qty]) => [price, qty]),
    [[100, 0]],
  );
  assert.deepEqual(
    record.asks!.map(([price, qty]) => [price, qty]),
    [[100.9, 7]],
  );
  assert.deepEqual(
    [record.values['exchangeAtUs'], record.values['sequence']],
    [1547759964051000, 5375503737],
    'its sequence is the venue’s own count, which is the same on every connection',
  );
});

for (const [makerSide, side] of [
  ['ask', SIDE.buy],
  ['bid', SIDE.sell],
  ['auction', SIDE.unknown],
] as const)
  test(`a trade with a maker on the side ${makerSide} has the taker’s`, () => {
    for (const hot of [true, false]) {
      const harness = new Harness(hot)
        .connected(trade(BTC))
        .read(say.first(), say.update(1, say.trade({ tid: 7, makerSide })));
      const [record] = harness.sink.named('trade');
      assert.equal(record!.values['side'], side);
      assert.deepEqual(
        ['price', 'qty', 'sequence', 'exchangeAtUs'].map((name) => record!.values[name]),
        [100.5, 0.5, 7, 1547759964051000],
      );
      assert.equal(harness.codec.newestTrade(BTC), 7);
    }
  });

test('of one event the trade comes before what it does to the book', () => {
  const harness = new Harness()
    .connected(book(BTC), trade(BTC))
    .read(
      say.first(...say.whole()),
      say.update(
        1,
        say.trade({ tid: 7 }),
        say.change(['ask', '101.00', '0'], undefined, { reason: 'trade' }),
      ),
    );
  assert.deepEqual(
    harness.sink.records.slice(-2).map(({ name }) => name),
    ['trade', 'book'],
  );
});

test('a connection of several symbols begins with all their books in one message', () => {
  const harness = new Harness()
    .connected(book(BTC), book(ETH), trade(ETH))
    .read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD')));
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.live]);
  harness.read(
    say.update(1, say.change(['bid', '98.00', '1'], 'ETHUSD'), say.change(['bid', '97.00', '1'], 'BTCUSD')),
  );
  assert.deepEqual(
    harness.sink
      .named('book')
      .slice(2)
      .map(({ values }) => values['instrument']),
    [ETH, BTC],
  );
});

test('books that begin with a message each are whole one after the other', () => {
  const harness = new Harness().connected(book(BTC), book(ETH)).read(say.first(...say.whole('BTCUSD')));
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.absent]);
  harness.read(say.update(1, ...say.whole('ETHUSD')));
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.live]);
});

test('where there are no books the first message accepts every subscription', () => {
  const harness = new Harness().connected(trade(BTC), trade(ETH)).read(say.first());
  assert.deepEqual(harness.news(), ['subscribed trade 0', 'subscribed trade 1']);
});

for (const hot of [true, false])
  test(`a number that is not one more than the last gives up every book of the connection (${hot ? 'hot' : 'cold'})`, () => {
    for (const [number, detail] of [
      [3, '1 messages of the connection are missing before 3'],
      [1, 'message 1 of the connection came after 1'],
    ] as const) {
      const harness = new Harness(hot)
        .connected(book(BTC), book(ETH), trade(ETH))
        .read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD')))
        .read(say.update(1, say.change(['bid', '98.00', '1'], 'ETHUSD')));
      harness.news();
      harness.read(say.update(number, say.change(['bid', '97.00', '1'], 'ETHUSD')));
      assert.deepEqual(states(harness), [BOOK_STATE.stale, BOOK_STATE.stale]);
      const statuses = harness.sink.named('status').slice(-3);
      assert.deepEqual(
        statuses.map(({ text }) => text),
        [detail, detail, detail],
        'both books, and the trades of one',
      );
    }
  });

test('heartbeats are counted too', () => {
  const harness = new Harness().connected(book(BTC)).read(say.first(...say.whole()), say.heartbeat(1));
  harness.read(say.update(2, say.change(['bid', '98.00', '1'])));
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.absent]);
  harness.read(say.heartbeat(4));
  assert.deepEqual(states(harness), [BOOK_STATE.stale, BOOK_STATE.absent]);
});

test('a hole in the trades is told once until another trade comes', () => {
  const harness = new Harness().connected(trade(BTC)).read(say.first());
  const holes = (): number => harness.sink.named('status').length;
  harness.read(say.heartbeat(2), say.heartbeat(4));
  assert.equal(holes(), 1);
  harness.read(say.update(5, say.trade({ tid: 7 })), say.heartbeat(7));
  assert.equal(holes(), 2);
});

test('an event that cannot be read costs its message and every book of the connection', () => {
  for (const broken of [
    say.change(['bid', '1,3', '1'], 'BTCUSD'),
    say.change(['bid', '98.00', '-1'], 'BTCUSD'),
    say.change(['bid', '98.00', '1']),
    say.trade({ tid: 7, makerSide: 'buy' }, 'BTCUSD'),
    '7',
    '{"side":"bid"}',
  ]) {
    const harness = new Harness()
      .connected(book(BTC), book(ETH), trade(BTC))
      .read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD')));
    harness.read(say.update(1, say.trade({ tid: 6 }, 'BTCUSD'), broken));
    assert.deepEqual(states(harness), [BOOK_STATE.stale, BOOK_STATE.stale], broken);
    assert.equal(harness.sink.named('trade').length, 0, broken);
    assert.equal(harness.malformed, 1, broken);
  }
});

test('what has no record, is of a later version, or was not asked for, leaves the rest as it is', () => {
  const harness = new Harness()
    .connected(book(BTC), book(ETH), trade(BTC))
    .read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD')));
  harness.read(
    say.update(
      1,
      '{"type":"block_trade","tid":1,"price":"1","amount":"1000"}',
      say.trade({ tid: 6 }, 'BTCUSD'),
    ),
    say.update(2, '{"type":"auction_open","auction_open_ms":1486591200000}'),
    say.update(3, '{"type":"funding"}', say.trade({ tid: 7 }, 'BTCUSD')),
    say.update(4, say.trade({ tid: 8 }, 'SOLUSD'), say.trade({ tid: 9 }, 'BTCUSD')),
  );
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.live]);
  assert.deepEqual(
    harness.sink.named('trade').map(({ values }) => values['sequence']),
    [6, 7, 9],
  );
  assert.equal(harness.malformed, 2);
});

test('garbage is told and has no number that would be missing', () => {
  const harness = new Harness().connected(book(BTC)).read(say.first(...say.whole()));
  harness.read('{"type":', '[]', '7', '{}', new Uint8Array([0xff, 0xfe]), '{"type":"update"}');
  harness.read(say.update(1, say.change(['bid', '98.00', '1'])));
  assert.equal(harness.malformed, 6);
  assert.deepEqual(states(harness), [BOOK_STATE.live, BOOK_STATE.absent]);
});

test('a symbol that is refused by name is given up alone', () => {
  const harness = new Harness().connected(book(BTC), trade(BTC), book(ETH));
  harness.read('{"result":"error","reason":"InvalidSymbol","message":"no such thing: BTCUSD"}');
  const reason = 'InvalidSymbol: no such thing: BTCUSD';
  assert.deepEqual(harness.news(), [`refused book 0: ${reason}`, `refused trade 0: ${reason}`]);
  harness.read('{"result":"error","reason":"RateLimited"}');
  assert.deepEqual(harness.news(), ['refused something: RateLimited']);
});

test('what the address has not, and a book that has to begin anew, want another connection', () => {
  const begun = (): Harness => {
    const harness = new Harness().connected(book(BTC), book(ETH));
    harness.read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD'))).news();
    return harness;
  };
  const cases: readonly [string, (harness: Harness) => void, readonly string[]][] = [
    ['another symbol', ({ codec }) => codec.subscribe([book(SOL)]), ['outdated']],
    ['trades where there are only books', ({ codec }) => codec.subscribe([trade(BTC)]), ['outdated']],
    ['a book that is there', ({ codec }) => codec.subscribe([book(BTC)]), ['outdated']],
    ['one symbol less', ({ codec }) => codec.unsubscribe([book(BTC)]), ['unsubscribed book 0', 'outdated']],
    [
      'nothing any more, for which there is no address',
      ({ codec }) => codec.unsubscribe([book(BTC), book(ETH)]),
      ['unsubscribed book 0', 'unsubscribed book 1'],
    ],
  ];
  for (const [title, act, expected] of cases) {
    const harness = begun();
    act(harness);
    assert.deepEqual(harness.news(), expected, title);
  }
});

test('trades that the address has already are accepted at once, and come from then on', () => {
  const harness = new Harness().connected(book(BTC), trade(ETH)).read(say.first(...say.whole('BTCUSD')));
  harness.news();
  harness.codec.subscribe([trade(BTC)]);
  assert.deepEqual(harness.news(), ['subscribed trade 0']);
  harness.read(say.update(1, say.trade({ tid: 7 }, 'BTCUSD')));
  assert.equal(harness.sink.named('trade').length, 1);
});

test('what is unsubscribed is left out, although it goes on being sent', () => {
  const harness = new Harness()
    .connected(book(BTC), trade(BTC), book(ETH))
    .read(say.first(...say.whole('BTCUSD'), ...say.whole('ETHUSD')));
  harness.codec.unsubscribe([book(BTC), trade(BTC)]);
  harness.clear();
  harness.read(say.update(1, say.trade({ tid: 7 }, 'BTCUSD'), say.change(['bid', '98.00', '1'], 'BTCUSD')));
  assert.deepEqual([harness.sink.records.length, harness.malformed], [0, 0]);
});

test('a loss before a book has begun wants another connection, because it may have been the book', () => {
  const harness = new Harness().connected(book(BTC), book(ETH)).read(say.heartbeat(1));
  assert.deepEqual(harness.news(), ['outdated']);
});

test('a new connection counts from 0 again and knows nothing of the last', () => {
  const harness = new Harness().connected(book(BTC)).read(say.first(...say.whole()), say.heartbeat(1));
  harness.books.reset();
  harness.connected(book(BTC)).clear();
  harness.read(say.update(0, say.change(['bid', '98.00', '1'])));
  assert.equal(harness.books.state(BTC), BOOK_STATE.live, 'the first message of one symbol is its book');
  assert.equal(harness.malformed, 0);
});

test('recorded messages are read, and their numbers hold', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  for (const file of ['20190706', '20200203'])
    for (const hot of [true, false]) {
      const harness = new Harness(hot).connected(book(BTC));
      for (const message of recordedMessages(folder, `gemini/v1-topofbook-btcusd-${file}-excerpt.jsonl`))
        harness.read(message);
      assert.equal(harness.malformed, 0);
      assert.equal(harness.books.state(BTC), BOOK_STATE.live);
      assert.equal(harness.sink.named('book').length, 5);
    }
});
