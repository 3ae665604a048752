import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { FeedRig, lines } from './feed-rig.ts';

const RING_BYTES = 4096;
const TRADES = RING_BYTES / 64;

function drained(rig: FeedRig): string[] {
  rig.publisher.publish();
  const records = rig.take();
  while (rig.publisher.degraded) {
    rig.publisher.publish();
    records.push(...rig.take());
  }
  return lines(records);
}

test('what finds no room waits in order, and the socket is asked to pause until all of it is in the ring', () => {
  const rig = new FeedRig('backpressure', RING_BYTES);
  rig.begin();
  for (let n = 0; n < TRADES + 3; n++) rig.record('trade', 1);
  rig.record('ticker', 1);
  rig.publisher.endMessage();
  assert.equal(rig.publisher.wantsPause, true);
  rig.status('connected', NO_INSTRUMENT);
  rig.discard('trade', 1, 2);
  rig.publisher.publish();
  assert.deepEqual(rig.counts('trade'), {
    received: TRADES + 2,
    delivered: TRADES,
    dropped: 2,
    conflated: 0,
  });
  const first = rig.take(2);
  rig.publisher.recover();
  assert.equal(rig.publisher.wantsPause, true);
  rig.publisher.publish();
  const second = rig.take();
  rig.publisher.recover();
  assert.equal(rig.publisher.wantsPause, false);
  rig.publisher.publish();
  assert.deepEqual(lines([...first, ...second, ...rig.take()]), [
    `trade 1 #1-${TRADES + 3}`,
    'ticker 1 #1',
    'connected',
    'gap 1 CHECKSUM_MISMATCH droppedTrades 2',
  ]);
  assert.deepEqual(rig.counts('trade'), {
    received: TRADES + 5,
    delivered: TRADES + 3,
    dropped: 2,
    conflated: 0,
  });
});

test('a message that is taken back leaves nothing in the backlog', () => {
  const rig = new FeedRig('backpressure', RING_BYTES);
  rig.begin();
  for (let n = 0; n < TRADES + 3; n++) rig.record('trade', 1);
  rig.rollback();
  assert.equal(rig.publisher.wantsPause, false);
  rig.record('trade', 1);
  assert.deepEqual(drained(rig), ['trade 1 #1']);
});

test('beyond its bound the backlog drops, counts and announces, and keeps notices all the same', () => {
  const rig = new FeedRig('backpressure', RING_BYTES, 64 * 8);
  const trades = (count: number): void => {
    for (let n = 0; n < count; n++) {
      rig.begin();
      rig.record('trade', 1);
      rig.publisher.endMessage();
    }
  };
  trades(TRADES + 8 + 5);
  rig.status('venue', NO_INSTRUMENT, 'NONE', 'online');
  rig.publisher.publish();
  const before = rig.take(TRADES);
  rig.publisher.publish();
  trades(1);
  const out = [...lines(before), ...drained(rig)];
  assert.deepEqual(out, [
    `trade 1 #1-${TRADES}`,
    `trade 1 #${TRADES + 1}-${TRADES + 8}`,
    'gap RING_FULL droppedTrades 5',
    'venue: online',
    `trade 1 #${TRADES + 14}`,
  ]);
  assert.equal(rig.counts('trade').dropped, 5);
});

test('a hole at the end of the backlog is announced even if nothing follows', () => {
  const rig = new FeedRig('backpressure', RING_BYTES, 64 * 8);
  rig.begin();
  for (let n = 0; n < TRADES + 8 + 5; n++) rig.record('trade', 1);
  assert.deepEqual(drained(rig), [`trade 1 #1-${TRADES + 8}`, 'gap RING_FULL droppedTrades 5']);
});

test('a book that lost an update beyond the bound is stale until a snapshot gets through', () => {
  const rig = new FeedRig('backpressure', RING_BYTES, 64 * 8);
  rig.live(1, new Map());
  // Brings the ring to a multiple of a trade's length, so that trades fill it without padding.
  rig.raw(9, 32);
  drained(rig);
  rig.begin();
  for (let n = 0; n < TRADES + 8; n++) rig.record('trade', 1);
  rig.book(1, 1, 1);
  rig.book(1, 2, 1);
  rig.publisher.endMessage();
  assert.deepEqual(drained(rig).slice(-2), [
    'gap RING_FULL droppedOther 1',
    'stale 1 RING_FULL: an update found no room, even in the worker',
  ]);
  rig.book(1, 3, 1);
  rig.live(1, new Map());
  assert.deepEqual(drained(rig), ['gap 1 RING_FULL droppedOther 2', 'live 1', 'book 1 #5 snapshot']);
});
