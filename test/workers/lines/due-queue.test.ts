import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TYPE } from '../../../src/shared/records/record-catalogue.ts';
import { DUE, DueQueue, type DueStream } from '../../../src/workers/lines/due-queue.ts';
import { HeldRecords } from '../../../src/workers/lines/held-records.ts';
import { checkRecord, fillRecord } from '../../support/ring-records.ts';

const BYTES = 264;

const streamOf = (instrument: number): DueStream => ({
  typeId: TYPE.trade,
  instrument,
  queued: 0,
  takeRequest: () => true,
});

test('whatever waits comes out once and in order, however much of it, and leaves no memory held', () => {
  const held = new HeldRecords(1 << 20);
  const due = new DueQueue(held);
  const streams = [streamOf(0), streamOf(1)];
  const view = new DataView(new ArrayBuffer(BYTES));
  let added = 0;
  let taken = 0;
  const add = (): void => {
    const n = added++;
    const stream = streams[n % streams.length]!;
    if (n % 5 === 0) {
      due.addGap(stream, n % 3, n);
      return;
    }
    fillRecord(view, 0, BYTES, n);
    due.addRecord(stream, n % 3, held.hold(view, 0, true));
  };
  const take = (): void => {
    const n = taken++;
    const kind = due.take();
    assert.equal(kind, n % 5 === 0 ? DUE.gap : DUE.record, `entry ${n}`);
    assert.deepEqual([due.instrument, due.line], [n % streams.length, n % 3]);
    assert.equal(kind === DUE.gap ? due.missing : checkRecord(due.view, 0), n);
  };
  // The oldest entry is elsewhere each time the queue runs out of room.
  for (const [adds, takes] of [
    [10, 10],
    [70, 3],
    [100, 60],
    [600, 0],
  ] as const) {
    for (let n = 0; n < adds; n++) add();
    for (let n = 0; n < takes; n++) take();
  }
  while (taken < added) take();
  assert.equal(due.take(), DUE.nothing);
  assert.deepEqual([held.records, due.isEmpty, ...streams.map(({ queued }) => queued)], [0, true, 0, 0]);
});
