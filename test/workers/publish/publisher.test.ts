import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeedCounterWriter, feedCounterMemory } from '../../../src/shared/counters/counter-block.ts';
import { FEED } from '../../../src/shared/counters/feed-counters.ts';
import { GAP } from '../../../src/shared/records/gap.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { type FeedId, type MonotonicNs, NO_INSTRUMENT, NONE } from '../../../src/shared/units.ts';
import { DETAIL_BYTES_MAX, Publisher } from '../../../src/workers/publish/publisher.ts';
import { FeedRig, lines } from './feed-rig.ts';

const RING_BYTES = 4096;
const POLICIES = ['conflate', 'backpressure'] as const;

/** Runs what happens under either policy and compares what the strategy reads. There is room for all of it. */
function check(title: string, happens: (rig: FeedRig) => void, expected: readonly string[]): void {
  for (const policy of POLICIES) {
    test(`${title} (${policy})`, () => {
      const rig = new FeedRig(policy, RING_BYTES);
      happens(rig);
      rig.publisher.publish();
      assert.deepEqual(lines(rig.take()), expected);
      assert.equal(rig.publisher.degraded, false);
      assert.equal(rig.publisher.wantsPause, false);
    });
  }
}

check(
  'records and notices come out in the order they went in',
  (rig) => {
    rig.status('connected', NO_INSTRUMENT);
    rig.begin();
    rig.record('trade', 1);
    rig.record('ticker', 1);
    rig.live(2, new Map([[10, 1]]));
    rig.book(2, 11, 5);
    rig.record('candle', 1);
    rig.publisher.endMessage();
    rig.begin();
    rig.record('trade', 1);
  },
  [
    'connected',
    'trade 1 #1',
    'ticker 1 #1',
    'live 2',
    'book 2 #1 snapshot',
    'book 2 #2',
    'candle 1 #1',
    'trade 1 #2',
  ],
);

check(
  'a message that is taken back leaves nothing, and may be read again',
  (rig) => {
    rig.begin();
    rig.record('trade', 1);
    rig.begin();
    rig.record('trade', 1);
    rig.record('ticker', 1);
    rig.stale(2);
    rig.discard('book', 2, 3);
    rig.record('quote', 1);
    rig.rollback();
    rig.record('candle', 1);
    rig.rollback();
    rig.record('trade', 1);
    rig.live(2, new Map());
  },
  ['trade 1 #1-2', 'live 2', 'book 2 #1 snapshot'],
);

check(
  'discarded book updates are announced by one gap before the book is live again',
  (rig) => {
    rig.begin();
    rig.stale(1);
    rig.discard('book', 1, 1);
    rig.begin();
    rig.discard('book', 1, 2);
    rig.record('trade', 1);
    rig.live(2, new Map());
    rig.begin();
    rig.live(1, new Map());
    rig.begin();
    rig.live(1, new Map());
  },
  [
    'stale 1 CHECKSUM_MISMATCH',
    'trade 1 #1',
    'live 2',
    'book 2 #1 snapshot',
    'gap 1 CHECKSUM_MISMATCH droppedOther 3',
    'live 1',
    'book 1 #4 snapshot',
    'live 1',
    'book 1 #5 snapshot',
  ],
);

check(
  'discarded records of books that never become live again are announced when the books are given up',
  (rig) => {
    rig.discard('book', 1, 1);
    rig.discard('book', 2, 2);
    rig.discard('book', 3, 3);
    rig.status('unsubscribed', 2);
    rig.status('closed', NO_INSTRUMENT);
  },
  [
    'gap 2 CHECKSUM_MISMATCH droppedOther 2',
    'unsubscribed 2',
    'gap 1 CHECKSUM_MISMATCH droppedOther 1',
    'gap 3 CHECKSUM_MISMATCH droppedOther 3',
    'closed',
  ],
);

check(
  'discarded records that are no books are announced at once',
  (rig) => {
    rig.begin();
    rig.discard('trade', 1, 2);
    rig.discard('candle', 1, 1);
    rig.discard('ticker', 1, 1);
    rig.record('trade', 1);
  },
  [
    'gap 1 CHECKSUM_MISMATCH droppedTrades 2',
    'gap 1 CHECKSUM_MISMATCH droppedCandles 1',
    'gap 1 CHECKSUM_MISMATCH droppedOther 1',
    'trade 1 #3',
  ],
);

const TOO_LONG = RING_BYTES / 2;

check(
  'a message longer than the ring can ever take is dropped, announced and explained',
  (rig) => {
    rig.record('trade', 1);
    rig.raw(1, TOO_LONG);
    rig.record('trade', 1);
    rig.raw(1, 8);
  },
  [
    'trade 1 #1',
    'gap 1 RING_FULL droppedOther 1',
    'fault 1 RING_FULL: a record of 2096 bytes; this ring takes 2048 at most',
    'trade 1 #2',
    'raw 1 #2',
  ],
);

const LEVELS = 200;
const LONG_BOOK = new Map(Array.from({ length: LEVELS }, (_, n) => [n, 1]));

check(
  'a book longer than the ring can ever take is stale until a snapshot gets through',
  (rig) => {
    rig.live(1, LONG_BOOK);
    rig.book(1, 1, 2);
    rig.record('trade', 1);
    rig.book(1, 2, 2);
    rig.live(1, new Map());
    rig.book(1, 3, 2);
  },
  [
    'live 1',
    'stale 1 RING_FULL: a record of 3656 bytes; this ring takes 2048 at most',
    'trade 1 #1',
    'gap 1 RING_FULL droppedOther 3',
    'live 1',
    'book 1 #4 snapshot',
    'book 1 #5',
  ],
);

const LONG_DETAIL = '€'.repeat(1000);

check(
  'the detail of a status is cut to whole characters',
  (rig) => rig.status('refused', 1, 'SUBSCRIBE_REFUSED', LONG_DETAIL),
  [`refused 1 SUBSCRIBE_REFUSED: ${'€'.repeat(Math.floor(DETAIL_BYTES_MAX / 3))}`],
);

for (const policy of POLICIES) {
  test(`every record is stamped with feed, epoch and the time its message was received (${policy})`, () => {
    const rig = new FeedRig(policy, RING_BYTES);
    rig.begin();
    rig.record('trade', 1);
    rig.publisher.epoch = 8;
    rig.begin();
    rig.record('trade', 1);
    rig.publisher.endMessage();
    rig.publisher.nowNs = 50 as MonotonicNs;
    rig.status('disconnected', NO_INSTRUMENT);
    rig.publisher.publish();
    const stamps = rig.take().map(({ values }) => [values['feed'], values['epoch'], values['receivedAtNs']]);
    assert.deepEqual(stamps, [
      [3, 7, 1],
      [3, 8, 2],
      [3, 8, 50],
    ]);
  });

  test(`counts are right after every step, and shown to the main thread by publish (${policy})`, () => {
    const rig = new FeedRig(policy, RING_BYTES);
    rig.begin();
    rig.record('trade', 1);
    rig.record('trade', 1);
    assert.deepEqual(rig.counts('trade'), { received: 2, delivered: 2, dropped: 0, conflated: 0 });
    rig.rollback();
    assert.deepEqual(rig.counts('trade'), { received: 0, delivered: 0, dropped: 0, conflated: 0 });
    rig.record('trade', 1);
    rig.discard('trade', 1, 4);
    rig.publisher.endMessage();
    assert.deepEqual(rig.counts('trade'), { received: 5, delivered: 1, dropped: 4, conflated: 0 });
    assert.equal(rig.counts('trade', rig.published()).received, 0);
    assert.equal(rig.publisher.publish(), true);
    assert.deepEqual(rig.counts('trade', rig.published()), rig.counts('trade'));
    assert.equal(rig.feedCount('gaps'), 1);
    assert.equal(rig.feedCount('committed'), 2);
    assert.equal(rig.publisher.publish(), false);
  });
}

test('a worker that is started anew goes on counting', () => {
  const ring = createRing(RING_BYTES);
  const memory = feedCounterMemory();
  const start = (): { publisher: Publisher; counters: FeedCounterWriter } => {
    const counters = new FeedCounterWriter(memory);
    const writer = new RingWriter(ring);
    const publisher = new Publisher({ writer, counters, feed: 0 as FeedId, overflow: 'conflate', epoch: 0 });
    publisher.status(1, NO_INSTRUMENT, 0, 0, '');
    publisher.publish();
    return { publisher, counters };
  };
  start();
  const { counters } = start();
  assert.equal(counters.local[FEED.committed], 2);
});

test('a message of very many records is taken back whole', () => {
  const rig = new FeedRig('backpressure', 1 << 20);
  rig.begin();
  for (let n = 0; n < 1000; n++) rig.record('trade', 1);
  rig.rollback();
  assert.deepEqual(rig.counts('trade'), { received: 0, delivered: 0, dropped: 0, conflated: 0 });
  rig.publisher.publish();
  assert.deepEqual(rig.take(), []);
});

test('a claimed record holds its header with nothing said yet, whatever lay in the ring before', () => {
  const rig = new FeedRig('conflate', RING_BYTES);
  const { publisher } = rig;
  // What was read is spoiled by the rig; the gap begins where the first of it lay.
  for (let n = 0; n < RING_BYTES / 64; n++) rig.record('trade', 1);
  publisher.publish();
  rig.take();
  rig.begin();
  publisher.claim(TYPE.gap, GAP.size);
  publisher.commit(GAP.size);
  publisher.endMessage();
  publisher.publish();
  const [record] = rig.take();
  const header = Object.keys(HEADER.field).map((name) => [name, record!.values[name]]);
  assert.deepEqual(Object.fromEntries(header), {
    bytes: GAP.size,
    typeId: TYPE.gap,
    flags: 0,
    feed: 3,
    instrument: NO_INSTRUMENT,
    epoch: 7,
    receivedAtNs: 1,
    exchangeAtUs: NONE,
    sequence: NONE,
  });
});

test('notices written as plain records are counted and taken back like any other', () => {
  const rig = new FeedRig('conflate', RING_BYTES);
  rig.begin();
  rig.publisher.claim(TYPE.gap, GAP.size);
  rig.publisher.commit(GAP.size);
  assert.equal(rig.feedCount('gaps'), 1);
  rig.rollback();
  rig.publisher.publish();
  assert.equal(rig.feedCount('gaps'), 0);
  assert.equal(rig.feedCount('committed'), 0);
});
