import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { NOTICES_MAX } from '../../../src/workers/publish/pending-notices.ts';
import { FeedRig, lines } from './feed-rig.ts';

const RING_BYTES = 1 << 20;

/** A publisher whose ring is full to the last byte with raw messages that are not read yet. */
function filled(): FeedRig {
  const rig = new FeedRig('conflate', RING_BYTES);
  for (let n = 0; n < 4; n++) rig.raw(9, RING_BYTES / 4 - 48);
  rig.publisher.publish();
  return rig;
}

function drained(rig: FeedRig): string[] {
  rig.take();
  rig.publisher.publish();
  assert.equal(rig.publisher.degraded, false);
  return lines(rig.take());
}

test('as many notices as the bound allows are all kept', () => {
  const rig = filled();
  const expected: string[] = [];
  for (let n = 0; n < NOTICES_MAX; n++) {
    rig.status('venue', NO_INSTRUMENT, 'NONE', `${n}`);
    expected.push(`venue: ${n}`);
  }
  assert.deepEqual(drained(rig), expected);
});

test('beyond the bound the last status about each book and the connection stays, and gaps add up', () => {
  const rig = filled();
  rig.status('subscribed', 1);
  rig.status('refused', 2, 'SUBSCRIBE_REFUSED');
  rig.stale(3);
  for (let n = 0; n < NOTICES_MAX / 2; n++) {
    rig.status('disconnected', NO_INSTRUMENT, 'CONNECTION_RESET');
    rig.status('connected', NO_INSTRUMENT);
    rig.stale(1);
    rig.discard('trade', 1, 2);
    rig.status('live', 1);
  }
  // Summing up comes once in so many notices, so what stays is checked without those that came after the last.
  const out = drained(rig);
  assert.ok(out.length <= NOTICES_MAX);
  assert.equal(out[0], 'subscribed 1');
  assert.equal(out[1], 'refused 2 SUBSCRIBE_REFUSED');
  assert.equal(out[2], 'stale 3 CHECKSUM_MISMATCH');
  assert.deepEqual(out.slice(-2), ['gap 1 CHECKSUM_MISMATCH droppedTrades 2', 'live 1']);
  const missing = out.map((line) => Number(/droppedTrades (\d+)/.exec(line)?.[1] ?? 0));
  assert.equal(
    missing.reduce((sum, count) => sum + count),
    NOTICES_MAX,
    'no count is lost with the gaps that were merged',
  );
});

test('notices about that many different things are all kept, beyond the bound as well', () => {
  const rig = filled();
  const instruments = Array.from({ length: NOTICES_MAX * 3 }, (_, n) => n);
  for (const instrument of instruments) rig.stale(instrument);
  assert.deepEqual(
    drained(rig),
    instruments.map((instrument) => `stale ${instrument} CHECKSUM_MISMATCH`),
  );
});
