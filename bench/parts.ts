import { doorbell } from './alternatives/doorbell.ts';
import { clients } from './flow/clients.ts';
import { deepBook } from './flow/deep-book.ts';
import { heapGrowth } from './flow/heap-growth.ts';
import { latency } from './flow/latency.ts';
import { lines } from './flow/lines.ts';
import { receiveTime } from './flow/receive-time.ts';
import { rotation } from './flow/rotation.ts';
import { venues } from './flow/venues.ts';
import { wireToCallback } from './flow/wire-to-callback.ts';
import { micro } from './micro/micro.ts';
import type { Part } from './support/part.ts';

/** Everything that is measured, in the order in which it runs. */
export const PARTS: readonly Part[] = [
  wireToCallback,
  venues,
  clients,
  deepBook,
  latency,
  receiveTime,
  rotation,
  lines,
  heapGrowth,
  micro,
  doorbell,
];
