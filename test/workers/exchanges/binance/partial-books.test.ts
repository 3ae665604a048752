import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BookSide } from '../../../../src/shared/book/book-side.ts';
import { Level } from '../../../../src/shared/book/level.ts';
import { OrderBook } from '../../../../src/shared/book/order-book.ts';
import { BOOK_STATE } from '../../../../src/shared/counters/symbol-counters.ts';
import { formatDecimal } from '../../../../src/shared/decimal/decimals.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { Random } from '../../../support/random.ts';
import { BinanceHarness, book } from './codec-harness.ts';

const SYMBOLS = ['BNBBTC', 'BNBUSDT'];
const BNB = 0 as InstrumentId;
const DEPTH = 5;

type Pairs = readonly (readonly [price: string, qty: string])[];

const message = (id: number, bids: Pairs, asks: Pairs, symbol = 'bnbbtc'): string =>
  `{"stream":"${symbol}@depth${DEPTH}@100ms","data":${JSON.stringify({ lastUpdateId: id, bids, asks })}}`;
const BIDS: Pairs = [
  ['0.0024', '10'],
  ['0.0023', '20'],
];
const ASKS: Pairs = [['0.0026', '100']];

/** Both paths are to say the same. */
const onBothPaths = (play: (harness: BinanceHarness) => void): void => {
  for (const hot of [true, false]) {
    const harness = new BinanceHarness(SYMBOLS, { hot });
    play(harness.subscribed(book(0, DEPTH)));
    // All codecs of a thread keep their books in the same memory.
    harness.codec.unsubscribe([book(0, DEPTH), book(1, DEPTH)]);
  }
};

/** What a strategy's book shows of one side, as the exchange wrote it. */
function shown(side: BookSide): string[][] {
  const level = new Level();
  return Array.from({ length: side.size }, (_, n) => {
    side.read(n, level);
    return [formatDecimal(level.price, level.priceDecimals), formatDecimal(level.qty, level.qtyDecimals)];
  });
}

test('the first message is a snapshot, and of each that follows what changed is told', () =>
  onBothPaths((harness) => {
    harness.read(
      message(160, BIDS, ASKS),
      message(163, [['0.0025', '1'], ...BIDS.slice(0, 1)], ASKS),
      message(164, [['0.0025', '1.0'], ...BIDS.slice(0, 1)], []),
      message(165, [['0.0025', '1.0'], ...BIDS.slice(0, 1)], []),
    );
    assert.deepEqual(harness.sink.log, [
      'status live of 0',
      'book snapshot of 0: 2 bids, 1 asks',
      'book live book 0',
      'book update of 0: 2 bids, 0 asks',
      'book update of 0: 1 bids, 1 asks',
      'book update of 0: 0 bids, 0 asks',
    ]);
    const books = harness.sink.named('book');
    assert.deepEqual(books[1]!.bids, [
      [0.0025, 1, 4, 0],
      [0.0023, 0, 4, 0],
    ]);
    assert.deepEqual(
      books.map(({ values }) => [values['sequence'], values['depth']]),
      [160, 163, 164, 165].map((id) => [id, DEPTH]),
    );
  }));

test('a strategy’s book is what was sent, after every message', () =>
  onBothPaths((harness) => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed);
      harness.codec.reset();
      harness.books.reset();
      harness.sink.clear();
      harness.subscribed(book(0, DEPTH));
      const own = new OrderBook();
      for (let id = 1; id <= 200; id++) {
        const side = (best: number, step: number): Pairs => {
          const levels: (readonly [string, string])[] = [];
          for (let price = best; levels.length < DEPTH && random.percent(95); price += step)
            if (random.percent(70))
              levels.push([
                formatDecimal(price / 100, 2),
                formatDecimal(1 + random.below(3), random.below(2)),
              ]);
          return levels;
        };
        const middle = 1000 + random.below(5);
        const bids = side(middle - 1, -1);
        const asks = side(middle, 1);
        harness.read(message(id, bids, asks));
        const { bytes } = harness.sink.records.at(-1)!;
        own.applyRecord(new DataView(bytes.buffer, bytes.byteOffset), 0);
        assert.deepEqual([shown(own.bids), shown(own.asks)], [bids, asks], `seed ${seed}, message ${id}`);
      }
    }
  }));

test('a book that comes again says nothing new, and one of a time before is subscribed anew', () =>
  onBothPaths((harness) => {
    harness.read(message(160, BIDS, ASKS), message(160, BIDS, ASKS));
    assert.equal(harness.sink.named('book').length, 1);
    harness.read(message(159, BIDS, ASKS), message(161, BIDS, ASKS));
    assert.deepEqual(harness.sink.log.slice(3), [
      'status stale of 0 SEQUENCE_GAP',
      'book stale book 0 SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
      'discard 1 book of 0: SEQUENCE_GAP',
    ]);
    harness.codec.unsubscribe([book(0, DEPTH)]);
    harness.read(message(162, BIDS, ASKS));
    assert.equal(harness.sink.log.at(-1), 'discard 1 book of 0: BOOK_INVALID');
    harness.subscribed(book(0, DEPTH)).read(message(161, BIDS, ASKS));
    assert.equal(harness.sink.log.at(-1), 'book live book 0');
  }));

for (const [what, bids, fault] of [
  ['more levels than were asked for', [...'987654'].map((n) => [`0.000${n}`, '1']), 'MESSAGE_MALFORMED'],
  ['levels out of order', [['0.0023', '1'], ...BIDS], 'MESSAGE_MALFORMED'],
  ['the same price twice', [BIDS[0]!, BIDS[0]!], 'MESSAGE_MALFORMED'],
  ['bids above its asks', [['0.0027', '1']], 'BOOK_INVALID'],
] as const)
  test(`a book with ${what} is stale`, () =>
    onBothPaths((harness) => {
      harness.read(message(160, BIDS, ASKS), message(161, bids as unknown as Pairs, ASKS));
      assert.ok(harness.sink.log.includes(`book stale book 0 ${fault}`));
      assert.equal(harness.books.state(BNB), BOOK_STATE.stale);
      assert.equal(harness.sink.named('book').length, 1);
    }));

test('a message that cannot be read is told, and the next one says all', () =>
  onBothPaths((harness) => {
    harness.read(message(160, BIDS, ASKS), message(161, [['0.0024', 'x']], ASKS), message(162, BIDS, []));
    assert.match(harness.sink.log[3]!, /^MESSAGE_MALFORMED book: the quantity of a level/);
    assert.equal(harness.sink.log[4], 'book update of 0: 0 bids, 1 asks');
  }));

test('whose book it is is told by the name of the stream alone', () =>
  onBothPaths((harness) => {
    const { data } = JSON.parse(message(160, BIDS, ASKS)) as { data: object };
    harness.read(JSON.stringify(data), message(160, BIDS, ASKS, 'bnbusdt'));
    assert.deepEqual(
      harness.sink.log.map((line) => line.split(': ')[1]),
      Array(2).fill('a stream that was not asked for, or has no name'),
    );
  }));

test('what is still under way of the way a book was subscribed before does not touch it', () =>
  onBothPaths((harness) => {
    const update =
      '{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":161,"u":161,"b":[["0.0025","1"]],"a":[]}';
    harness.read(message(160, BIDS, ASKS), update);
    assert.equal(harness.sink.log.at(-1), 'discard 1 book of 0: BOOK_INVALID');
    // Answers may be lost, so what is given up already may be given up again.
    harness.codec.unsubscribe([book(0)]);
    assert.equal(harness.books.state(BNB), BOOK_STATE.live);
    harness.codec.unsubscribe([book(0, DEPTH)]);
    harness.subscribed(book(0)).read(update);
    harness.answer('{"lastUpdateId":161,"bids":[["0.0025","1"]],"asks":[]}');
    harness.read(message(162, BIDS, ASKS));
    assert.equal(harness.sink.log.at(-1), 'discard 1 book of 0: BOOK_INVALID');
    harness.codec.unsubscribe([book(0, DEPTH)]);
    assert.equal(harness.books.state(BNB), BOOK_STATE.live);
    harness.codec.unsubscribe([book(0)]);
  }));

test('the connection is asked for envelopes once, before the first such book', () => {
  const { codec, sink } = new BinanceHarness(SYMBOLS, { hot: false });
  assert.deepEqual(codec.subscribe([{ channel: 'trade', instrument: BNB }]), [
    '{"method":"SUBSCRIBE","params":["bnbbtc@trade"],"id":1}',
  ]);
  assert.deepEqual(codec.subscribe([book(0, 5)]), [
    '{"method":"SET_PROPERTY","params":["combined",true],"id":2}',
    '{"method":"SUBSCRIBE","params":["bnbbtc@depth5@100ms"],"id":3}',
  ]);
  assert.equal(codec.subscribe([book(1, 20)]).length, 1);
  assert.equal(codec.unsubscribe([book(1, 20)]).length, 1);
  codec.reset();
  assert.equal(codec.subscribe([book(0, 5)]).length, 2);
  assert.deepEqual(sink.log, []);
});

test('a refusal of envelopes is told as one of no subscription', () =>
  onBothPaths((harness) => {
    harness.read('{"result":null,"id":2}', '{"code":0,"msg":"Unknown property","id":1}');
    assert.deepEqual(harness.sink.log, ['subscribed book 0', 'refused something: Unknown property']);
  }));
