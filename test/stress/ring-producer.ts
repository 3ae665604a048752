/** Runs on: a worker. Writes numbered records as fast as there is room, and sleeps when there is none. */
import { workerData } from 'node:worker_threads';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { RING_FULL, RingWriter } from '../../src/shared/ring/ring-writer.ts';
import { fillRecord } from '../support/ring-records.ts';
import { type RingStressData, recordBytes, scramble, WAIT_MS_MAX } from './ring-stream.ts';

const { ring, filled, freed, records } = workerData as RingStressData;
const writer = new RingWriter(ring);
const filledBell = new Doorbell(filled);
const freedBell = new Doorbell(freed);

function publish(): void {
  if (writer.publish()) filledBell.ring();
}

function claim(bytes: number): number {
  for (;;) {
    const at = writer.tryClaim(bytes);
    if (at !== RING_FULL) return at;
    publish();
    freedBell.arm();
    const found = writer.tryClaim(bytes);
    if (found !== RING_FULL) {
      freedBell.disarm();
      return found;
    }
    if (!freedBell.waitSync(WAIT_MS_MAX) && writer.tryClaim(bytes) !== RING_FULL) {
      throw new Error('a wake-up of the producer was lost');
    }
  }
}

let untilPublish = 1;
for (let number = 0; number < records; number++) {
  const bytes = recordBytes(number, writer.recordBytesMax);
  const random = scramble(~number);
  if (random % 16 === 0) {
    // A message that turns out to be unreadable after its first record.
    const mark = writer.mark();
    const at = writer.tryClaim(bytes);
    if (at !== RING_FULL) {
      fillRecord(writer.view, at, bytes, -1);
      writer.commit(bytes);
    }
    writer.rollback(mark);
  }
  // Some are claimed longer than they turn out.
  const at = claim(random % 8 === 0 ? Math.min(bytes + 256, writer.recordBytesMax) : bytes);
  fillRecord(writer.view, at, bytes, number);
  writer.commit(bytes);
  if (--untilPublish === 0) {
    publish();
    untilPublish = 1 + ((random >>> 8) % 64);
  }
}
publish();
