import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { FeedRig, lines } from './feed-rig.ts';

const RING_BYTES = 4096;
/** Trades that fill the ring to the last byte. */
const TRADES = RING_BYTES / 64;

function filled(): FeedRig {
  const rig = new FeedRig('conflate', RING_BYTES);
  rig.live(1, new Map([[10, 1]]));
  rig.live(2, new Map([[20, 2]]));
  // Brings the ring to a multiple of a trade's length, so that trades fill it without padding.
  rig.raw(9, 0);
  rig.publisher.publish();
  rig.take();
  for (let n = 0; n < TRADES; n++) message(rig, () => rig.record('trade', 9));
  rig.publisher.publish();
  return rig;
}

function message(rig: FeedRig, write: () => void): void {
  rig.begin();
  write();
  rig.publisher.endMessage();
}

/** Everything that comes out from here on, with the ring emptied as often as it takes. */
function drained(rig: FeedRig): string[] {
  const records = rig.take();
  while (rig.publisher.degraded) {
    rig.publisher.publish();
    records.push(...rig.take());
  }
  return lines(records);
}

/** What happens while the ring is full of trades, and what follows those once the strategy reads again. */
const CASES: readonly (readonly [
  title: string,
  happens: (rig: FeedRig) => void,
  expected: readonly string[],
])[] = [
  [
    'trades and candles are dropped, and one gap says how many',
    (rig) => {
      message(rig, () => {
        rig.record('trade', 1);
        rig.record('trade', 1);
      });
      message(rig, () => rig.record('candle', 1));
      message(rig, () => rig.record('instrument', 1));
      message(rig, () => rig.raw(1, 8));
    },
    ['gap RING_FULL droppedTrades 2 droppedCandles 1 droppedOther 2'],
  ],
  [
    'tickers and quotes are folded into the latest of each instrument',
    (rig) => {
      for (let n = 0; n < 5; n++) message(rig, () => rig.record('ticker', 1));
      message(rig, () => rig.record('quote', 1));
      message(rig, () => rig.record('ticker', 2));
      message(rig, () => rig.record('ticker', 1));
    },
    ['gap RING_FULL conflated 8', 'ticker 1 #6 refreshed', 'quote 1 #1 refreshed', 'ticker 2 #1 refreshed'],
  ],
  [
    'book updates are folded into one snapshot of each book they touched',
    (rig) => {
      message(rig, () => rig.book(2, 21, 1));
      message(rig, () => rig.book(2, 22, 1));
    },
    ['gap RING_FULL conflated 2', 'book 2 #3 snapshot refreshed'],
  ],
  [
    'notices are kept in order and come after the gap',
    (rig) => {
      rig.status('disconnected', NO_INSTRUMENT, 'CONNECTION_RESET', 'reset by peer');
      message(rig, () => rig.record('trade', 1));
      rig.status('connected', NO_INSTRUMENT);
    },
    ['gap RING_FULL droppedTrades 1', 'disconnected CONNECTION_RESET: reset by peer', 'connected'],
  ],
  [
    'notices without a loss come without a gap',
    (rig) => rig.status('venue', NO_INSTRUMENT, 'NONE', 'online'),
    ['venue: online'],
  ],
  [
    'a book that went stale meanwhile is not refreshed',
    (rig) => {
      message(rig, () => rig.book(1, 11, 1));
      message(rig, () => rig.stale(1));
      message(rig, () => rig.discard('book', 1, 2));
    },
    ['gap RING_FULL conflated 1', 'stale 1 CHECKSUM_MISMATCH'],
  ],
  [
    'a book that went stale and live meanwhile is announced as both and refreshed once',
    (rig) => {
      message(rig, () => rig.stale(1));
      message(rig, () => rig.discard('book', 1, 2));
      message(rig, () => rig.live(1, new Map([[7, 7]])));
      message(rig, () => rig.book(1, 8, 8));
    },
    [
      'gap RING_FULL conflated 2',
      'stale 1 CHECKSUM_MISMATCH',
      'gap 1 CHECKSUM_MISMATCH droppedOther 2',
      'live 1',
      'book 1 #5 snapshot refreshed',
    ],
  ],
  [
    'a message that is taken back neither opens a hole nor counts',
    (rig) => {
      rig.begin();
      rig.record('trade', 1);
      rig.record('ticker', 1);
      rig.book(1, 11, 1);
      rig.rollback();
      rig.publisher.endMessage();
    },
    [],
  ],
];

for (const [title, happens, expected] of CASES) {
  test(title, () => {
    const rig = filled();
    happens(rig);
    for (const name of ['trade', 'book', 'ticker', 'quote', 'candle', 'instrument', 'raw'] as const)
      rig.counts(name);
    assert.deepEqual(drained(rig), [`trade 9 #1-${TRADES}`, ...expected]);
    message(rig, () => rig.record('trade', 8));
    message(rig, () => rig.book(2, 5, 5));
    rig.publisher.publish();
    assert.equal(rig.take().length, 2, 'records flow again');
  });
}

test('a hole is closed only when a quarter of the ring is free', () => {
  const rig = filled();
  message(rig, () => rig.record('trade', 1));
  rig.take(TRADES / 4 - 1);
  rig.publisher.recover();
  message(rig, () => rig.record('trade', 1));
  rig.publisher.publish();
  assert.deepEqual(rig.counts('trade'), {
    received: TRADES + 2,
    delivered: TRADES,
    dropped: 2,
    conflated: 0,
  });
  rig.take(1);
  rig.publisher.publish();
  assert.deepEqual(drained(rig), [`trade 9 #${TRADES / 4 + 1}-${TRADES}`, 'gap RING_FULL droppedTrades 2']);
});

test('the next message finds the room by itself, and its records follow the gap', () => {
  const rig = filled();
  message(rig, () => rig.record('trade', 1));
  rig.take();
  message(rig, () => rig.record('trade', 1));
  rig.publisher.publish();
  assert.deepEqual(lines(rig.take()), ['gap RING_FULL droppedTrades 1', 'trade 1 #2']);
});

test('while books are being refreshed theirs are folded and everything else flows', () => {
  const rig = filled();
  const levels = new Map(Array.from({ length: 40 }, (_, n) => [n, 1]));
  for (const instrument of [1, 2, 3, 4, 5, 6]) message(rig, () => rig.live(instrument, levels));
  rig.take();
  rig.publisher.publish();
  assert.equal(rig.publisher.degraded, true, 'there is no room for six snapshots at once');
  message(rig, () => rig.book(6, 50, 5));
  message(rig, () => rig.record('trade', 1));
  message(rig, () => rig.book(1, 50, 5));
  rig.publisher.publish();
  const out = drained(rig);
  assert.deepEqual(
    out.filter((line) => !line.startsWith('live')),
    [
      'gap RING_FULL conflated 6',
      'book 1 #2 snapshot refreshed',
      'book 2 #2 snapshot refreshed',
      'book 3 #1 snapshot refreshed',
      'book 4 #1 snapshot refreshed',
      'trade 1 #1',
      'book 1 #3',
      'book 5 #1 snapshot refreshed',
      'book 6 #2 snapshot refreshed',
    ],
  );
  assert.equal(rig.feedCount('refreshed'), 6);
  assert.equal(rig.counts('book').conflated, 7);
  assert.equal(rig.feedCount('gaps'), 1);
});

test('a book that is not as the records left it is refreshed later, and the others need not wait for it', () => {
  const rig = filled();
  for (const instrument of [1, 2]) message(rig, () => rig.live(instrument, new Map([[5, 1]])));
  message(rig, () => rig.book(1, 6, 1));
  rig.take();
  let isThere = false;
  rig.publisher.mayRefreshBook = (instrument) => isThere || instrument !== 1;
  message(rig, () => rig.book(1, 7, 1));
  message(rig, () => rig.book(2, 7, 1));
  rig.publisher.publish();
  const books = (): string[] => lines(rig.take()).filter((line) => line.startsWith('book'));
  assert.deepEqual(books(), ['book 2 #2 snapshot refreshed', 'book 2 #3']);
  assert.equal(rig.publisher.degraded, true);
  isThere = true;
  rig.publisher.publish();
  assert.deepEqual(books(), ['book 1 #4 snapshot refreshed']);
  assert.equal(rig.publisher.degraded, false);
});

test('a gap tells since when records are missing', () => {
  const rig = filled();
  rig.begin();
  const { received } = rig.counts('trade');
  rig.record('trade', 1);
  rig.publisher.endMessage();
  message(rig, () => rig.record('trade', 1));
  const records = rig.take();
  rig.publisher.publish();
  const [gap] = rig.take();
  assert.equal(gap!.values['fromNs'], records.at(-1)!.values['receivedAtNs']! + 1);
  assert.equal(gap!.values['missed'], 0);
  assert.equal(received, TRADES);
});

test('a book whose snapshot the ring can never take ends stale instead of waiting for ever', () => {
  const rig = filled();
  message(rig, () => rig.book(1, 11, 1));
  rig.source.books.set(1, new Map(Array.from({ length: 300 }, (_, n) => [n, 1])));
  message(rig, () => rig.book(1, 12, 1));
  assert.deepEqual(drained(rig).slice(1), [
    'gap RING_FULL conflated 2',
    'stale 1 RING_FULL: its snapshot is longer than the ring’s longest record',
  ]);
  message(rig, () => rig.book(1, 13, 1));
  message(rig, () => rig.live(1, new Map()));
  rig.publisher.publish();
  assert.deepEqual(lines(rig.take()), ['gap 1 RING_FULL droppedOther 1', 'live 1', 'book 1 #5 snapshot']);
});

test('a book that lost more than a refresh mends stays stale until a snapshot is received', () => {
  const rig = filled();
  message(rig, () => rig.book(1, 11, 1));
  message(rig, () => rig.live(1, new Map(Array.from({ length: 300 }, (_, n) => [n, 1]))));
  rig.source.books.set(1, new Map());
  assert.deepEqual(drained(rig).slice(1), [
    'gap RING_FULL conflated 1',
    'live 1',
    'stale 1 RING_FULL: a record of 5456 bytes; this ring takes 2048 at most',
  ]);
});
