import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OrphanNotices } from '../../../src/main/feeds/orphan-notices.ts';
import {
  FeedCounterReader,
  FeedCounterWriter,
  feedCounterMemory,
} from '../../../src/shared/counters/counter-block.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../../src/shared/counters/feed-counters.ts';
import { FAULTS } from '../../../src/shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../src/shared/faults/status-catalogue.ts';
import { GAP } from '../../../src/shared/records/gap.ts';
import { HEADER } from '../../../src/shared/records/header.ts';
import { STATUS } from '../../../src/shared/records/status.ts';
import { createRing } from '../../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../../src/shared/ring/ring-reader.ts';
import { RING_FULL, RingWriter } from '../../../src/shared/ring/ring-writer.ts';
import { type FeedId, NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { fillRecord } from '../../support/ring-records.ts';

const FAULT = FAULTS.WORKER_FAILED.id;

/** What a lost worker left behind, after `before` has written to its ring. */
function orphan(before: (writer: RingWriter) => void = () => undefined) {
  const ring = createRing(4096);
  before(new RingWriter(ring));
  const memory = feedCounterMemory();
  const lost = new FeedCounterWriter(memory);
  lost.local[FEED.epoch] = 4;
  lost.local[FEED.messages] = 99;
  lost.publish();
  const words = new Float64Array(FEED_COUNTER_WORDS);
  return {
    reader: new RingReader(ring),
    notices: new OrphanNotices(ring, new FeedCounterWriter(memory), 2 as FeedId),
    counters: () => {
      new FeedCounterReader(memory).read(words);
      return words;
    },
  };
}

const isSettled = (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);

test('a gap and a status are whole records of the lost worker, and are counted', async () => {
  const { notices, reader, counters } = orphan();
  notices.gap(FAULT);
  notices.status(STATUSES.disconnected.id, FAULT, 'the worker ended: Zoë ☃');
  assert.ok(reader.isEmpty());
  notices.write();
  assert.ok(await isSettled(notices.written));

  let at = reader.next();
  const gap = GAP.decode(reader.view, at);
  assert.deepEqual(
    [gap.typeId, gap.bytes, gap.feed, gap.epoch, gap.fault, gap.instrument],
    [GAP.typeId, GAP.size, 2, 4, FAULT, NO_INSTRUMENT],
  );
  assert.ok(Number.isNaN(gap.missed));
  at = reader.next();
  const status = STATUS.decode(reader.view, at);
  assert.deepEqual(
    [status.code, status.fault, status.epoch, status.detailBytes],
    [STATUSES.disconnected.id, FAULT, 4, 26],
  );
  assert.equal(status.bytes, STATUS.size + 32);
  const detail = Buffer.from(
    Uint8Array.from({ length: 32 }, (_, n) => reader.view.getUint8(at + STATUS.size + n)),
  );
  assert.equal(detail.toString('utf8'), 'the worker ended: Zoë ☃\0\0\0\0\0\0');
  assert.equal(reader.next(), -1);

  const words = counters();
  assert.deepEqual([words[FEED.gaps], words[FEED.committed], words[FEED.messages]], [1, 2, 99]);
});

test('a long detail is cut between characters', () => {
  const { notices, reader } = orphan();
  notices.status(STATUSES.closed.id, FAULT, 'x' + 'é'.repeat(1000));
  notices.write();
  const status = STATUS.decode(reader.view, reader.next());
  assert.deepEqual([status.detailBytes, status.bytes], [511, STATUS.size + 512]);
});

test('in a full ring the notices wait for their room, in order', async () => {
  let number = 0;
  const { notices, reader } = orphan((writer) => {
    for (let at = writer.tryClaim(1024); at !== RING_FULL; at = writer.tryClaim(1024)) {
      fillRecord(writer.view, at, 1024, number++);
      writer.commit(1024);
    }
    writer.publish();
  });
  notices.gap(FAULT);
  notices.status(STATUSES.disconnected.id, FAULT, '');
  notices.write();
  const types: number[] = [];
  while (types.length < number + 2) {
    assert.equal(await isSettled(notices.written), types.length > 0);
    types.push(HEADER.field.typeId.get(reader.view, reader.next()));
    reader.release();
    notices.write();
  }
  assert.deepEqual(types.slice(number), [GAP.typeId, STATUS.typeId]);
});
