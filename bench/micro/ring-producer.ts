/** Runs on: a worker. The writing side of the ring benchmark. */
import { parentPort, workerData } from 'node:worker_threads';
import { HEADER } from '../../src/shared/records/header.ts';
import { TYPE } from '../../src/shared/records/record-catalogue.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { RING_FULL, RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { RECORD_BYTES, RECORDS_PER_PUBLISH, type RingBenchData, SPINS, VALUE_AT } from './ring.ts';

const { ring, start, filled, freed, records } = workerData as RingBenchData;
const writer = new RingWriter(ring);
const startBell = new Doorbell(start);
const filledBell = new Doorbell(filled);
const freedBell = new Doorbell(freed);

/** Looks for room for a while, then sleeps until there is some. */
function waitForRoom(): void {
  if (writer.publish()) filledBell.ring();
  for (let spins = 0; spins < SPINS; spins++) if (writer.freeBytes() >= 2 * RECORD_BYTES) return;
  freedBell.arm();
  if (writer.freeBytes() >= 2 * RECORD_BYTES) freedBell.disarm();
  else freedBell.waitSync(Number.POSITIVE_INFINITY);
}

function produce(): void {
  const { view } = writer;
  for (let number = 0; number < records; number++) {
    let at = writer.tryClaim(RECORD_BYTES);
    while (at === RING_FULL) {
      waitForRoom();
      at = writer.tryClaim(RECORD_BYTES);
    }
    HEADER.field.bytes.set(view, at, RECORD_BYTES);
    HEADER.field.typeId.set(view, at, TYPE.raw);
    HEADER.field.sequence.set(view, at, number);
    view.setFloat64(at + VALUE_AT, number, true);
    writer.commit(RECORD_BYTES);
    if (number % RECORDS_PER_PUBLISH === RECORDS_PER_PUBLISH - 1) {
      writer.publish();
      filledBell.ring();
    }
  }
  writer.publish();
  filledBell.ring();
}

startBell.arm();
parentPort?.postMessage('ready');
startBell.waitSync(Number.POSITIVE_INFINITY);
produce();
