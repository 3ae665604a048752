import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import { type Change, SimulatedBook } from '../../../src/workers/simulator/simulated-book.ts';

/** Bids at 100, 99, 98 …, one lot each. */
function bookOfBids(levels: number): SimulatedBook {
  const book = new SimulatedBook('');
  for (let n = 0; n < levels; n++) book.bids.set(100 - n, 1, 0);
  return book;
}

const bid = (tick: number, lots: number): Change => ({ side: 'bids', tick, lots, time: 1 });

/** `tick=lots`, with `r` for a level that came back into the window. */
const sent = (book: SimulatedBook, changes: readonly Change[], depth: number): string =>
  book
    .update(changes, [depth])
    .windows[0]!.levels.map(({ tick, lots, republished }) => `${tick}=${lots}${republished ? 'r' : ''}`)
    .join(' ');

const WINDOWS: readonly [title: string, changes: readonly Change[], sent: string][] = [
  ['a change inside the window is sent', [bid(99, 5)], '99=5'],
  ['a change below it is not', [bid(97, 5)], ''],
  ['a level that falls out is not deleted', [bid(101, 5)], '101=5'],
  ['a level that comes into the window is sent as republished', [bid(99, 0)], '99=0 97=1r'],
  ['a removal below the window is not sent', [bid(97, 0)], ''],
  ['a level that fell out and comes back is sent again', [bid(101, 5), bid(100, 0)], '101=5 100=0 98=1r'],
  [
    'a level that fell out in the same message is deleted, as a client may still hold it',
    [bid(101, 5), bid(98, 0), bid(100, 0)],
    '101=5 98=0 100=0 97=1r',
  ],
  ['a change that changes nothing is not sent', [bid(99, 1)], ''],
];

for (const [title, changes, expected] of WINDOWS)
  test(title, () => assert.equal(sent(bookOfBids(6), changes, 3), expected));

test('undoing an update brings the book back', () => {
  const book = bookOfBids(20);
  const before = book.checksum();
  const update = book.update([bid(99, 5), bid(99, 0), bid(101, 7), bid(95, 0)], [10]);
  assert.notEqual(book.checksum(), before);
  book.update(update.undo, [10]);
  assert.equal(book.checksum(), before);
});

test('the checksum is Kraken’s, by its published vector', () => {
  const book = new SimulatedBook('');
  for (let n = 0; n < 10; n++) book.asks.set(5005 + 5 * n, 500, 0);
  for (const tick of [5000, 4995, 4990, 4980, 4975, 4970, 4965, 4960, 4955, 4950])
    book.bids.set(tick, 500, 0);
  assert.equal(book.checksum(), 974_947_235);
  assert.equal(crc32('123456789'), 0xcbf4_3926);
});

test('only changes among the ten best levels touch the checksum', () => {
  const book = bookOfBids(20);
  assert.equal(book.update([bid(91, 3)], [25]).touchesTop, true);
  assert.equal(book.update([bid(90, 3)], [25]).touchesTop, false);
});
