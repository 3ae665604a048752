import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { HEADER } from '../../src/shared/records/header.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';
import { checkRecord, ringAt } from '../support/ring-records.ts';
import { type RingStressData, recordBytes, WAIT_MS_MAX } from './ring-stream.ts';

/** Small, so that it wraps, fills and runs empty all the time. */
const CAPACITY = 16 * 1024;

/** Records taken before they are released together. */
const SLICE = 50;

/** Waits in a row that may end without anything having come, on a machine that is busy with other things. */
const IDLE_WAITS_MAX = 3;

/**
 * Takes all records on this thread, blocking it while there are none.
 *
 * @returns how often it slept.
 */
function consume({ ring, filled, freed, records }: RingStressData): number {
  const reader = new RingReader(ring);
  const filledBell = new Doorbell(filled);
  const freedBell = new Doorbell(freed);
  let sleeps = 0;
  let idle = 0;
  let number = 0;
  while (number < records) {
    let slice = 0;
    for (; slice < SLICE; slice++) {
      const at = reader.next();
      if (at === -1) break;
      if (checkRecord(reader.view, at) !== number) assert.fail(`record ${number} is missing or out of order`);
      if (HEADER.field.bytes.get(reader.view, at) !== recordBytes(number, CAPACITY / 2)) {
        assert.fail(`record ${number} has another length`);
      }
      number++;
    }
    reader.release();
    freedBell.ring();
    if (slice !== 0) continue;
    filledBell.arm();
    if (!reader.isEmpty()) {
      filledBell.disarm();
      continue;
    }
    sleeps++;
    if (filledBell.waitSync(WAIT_MS_MAX)) {
      idle = 0;
      continue;
    }
    assert.ok(reader.isEmpty(), 'a wake-up of the consumer was lost');
    assert.ok(++idle < IDLE_WAITS_MAX, `the producer stopped before record ${number}`);
  }
  assert.equal(reader.next(), -1, 'nothing follows the last record');
  return sleeps;
}

const RUNS: readonly { title: string; position: number; records: number }[] = [
  { title: 'across 2^31', position: 2 ** 31 - 2 ** 29, records: 10_000_000 },
  { title: 'across 2^32', position: -(2 ** 27), records: 3_000_000 },
];

for (const { title, position, records } of RUNS) {
  test(`${records} records of varying length pass between two threads whole, in order and without a lost wake-up, ${title}`, async (t) => {
    const data: RingStressData = {
      ring: ringAt(position, CAPACITY),
      filled: Doorbell.memory(),
      freed: Doorbell.memory(),
      records,
    };
    const worker = new Worker(new URL('./ring-producer.js', import.meta.url), { workerData: data });
    const ended = new Promise<unknown>((resolve) => {
      worker.once('error', resolve);
      worker.once('exit', () => resolve(undefined));
    });
    try {
      t.diagnostic(`consumer slept ${consume(data)} times`);
      assert.equal(await ended, undefined);
    } finally {
      await worker.terminate();
    }
  });
}
