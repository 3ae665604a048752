/**
 * Hand-off through a ring between two threads: 64-byte records, each written and read in full words.
 *
 *   worker: claim, write, commit ═══ ring ═══▶ this thread: next, read, add up, release
 *           publish every 64 records           release at the end of what was published
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HEADER } from '../../src/shared/records/header.ts';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { createRing } from '../../src/shared/ring/ring-layout.ts';
import { RingReader } from '../../src/shared/ring/ring-reader.ts';

export interface RingBenchData {
  readonly ring: SharedArrayBuffer;
  /** Rung when the clock starts. */
  readonly start: SharedArrayBuffer;
  /** Rung by the writer: there is something to read. */
  readonly filled: SharedArrayBuffer;
  /** Rung by the reader: there is room again. */
  readonly freed: SharedArrayBuffer;
  readonly records: number;
}

export const RECORD_BYTES = 64;
/** Where each record carries the value that is added up. */
export const VALUE_AT = 48;
/** About what one socket chunk brings. */
export const RECORDS_PER_PUBLISH = 64;
/** Looks at the other side's position before sleeping, so that the hand-off is measured and not the wake-up. */
export const SPINS = 2000;

const RING_BYTES = 256 * 1024;
/** Records read before they are released, so that the writer does not wait for a whole ring. */
const RECORDS_PER_RELEASE = 256;
/** A run in which nothing comes for this long has failed; its checksum tells. */
const STALLED_AFTER_MS = 5000;

export interface MicroResult {
  readonly name: string;
  readonly recordsPerSecond: number;
  readonly checksumOk: boolean;
}

/** @returns whether every record came, once and in order, by the sum of their values. */
function consume({ ring, filled, freed, records }: RingBenchData): boolean {
  const reader = new RingReader(ring);
  const filledBell = new Doorbell(filled);
  const freedBell = new Doorbell(freed);
  const { view } = reader;
  let sum = 0;
  let number = 0;
  let inOrder = true;
  let spins = 0;
  while (number < records) {
    let taken = 0;
    for (; taken < RECORDS_PER_RELEASE; taken++) {
      const at = reader.next();
      if (at === -1) break;
      if (HEADER.field.sequence.get(view, at) !== number) inOrder = false;
      sum += view.getFloat64(at + VALUE_AT, true);
      number++;
    }
    if (taken !== 0) {
      reader.release();
      freedBell.ring();
      spins = 0;
    } else if (++spins > SPINS) {
      filledBell.arm();
      if (!reader.isEmpty()) filledBell.disarm();
      else if (!filledBell.waitSync(STALLED_AFTER_MS)) return false;
    }
  }
  // Exact up to 10^8 records, where the sum comes near 2^53.
  return inOrder && sum === (records * (records - 1)) / 2;
}

export async function run({ records }: { readonly records: number }): Promise<MicroResult> {
  const data: RingBenchData = {
    ring: createRing(RING_BYTES),
    start: Doorbell.memory(),
    filled: Doorbell.memory(),
    freed: Doorbell.memory(),
    records,
  };
  const worker = new Worker(new URL('./ring-producer.js', import.meta.url), { workerData: data });
  try {
    await once(worker, 'message');
    const startedAt = performance.now();
    new Doorbell(data.start).ring();
    const checksumOk = consume(data);
    const seconds = (performance.now() - startedAt) / 1000;
    return { name: 'ring hand-off, 64-byte records', recordsPerSecond: records / seconds, checksumOk };
  } finally {
    await worker.terminate();
  }
}
