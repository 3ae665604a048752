/** Runs on: a worker. Publishes and rings; see `doorbell.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { LINE_BYTES } from '../../src/shared/ring/ring-layout.ts';
import { PostMessageRinger } from './post-message-doorbell.ts';

/** How the reader is woken. */
export type BellKind = 'waitAsync' | 'postMessage' | 'postMessage each';

export interface RingerData {
  readonly kind: BellKind;
  readonly bell: SharedArrayBuffer;
  /** Int32: how many were published, and on another cache line whether to stop. */
  readonly control: SharedArrayBuffer;
  /** Float64: when each was published, on the clock of `performance.now()`; a circle. */
  readonly published: SharedArrayBuffer;
  /** Mean time between two, ms; 0 for without a pause. */
  readonly gapMs: number;
  /** How many; Infinity until told to stop. */
  readonly count: number;
}

export const PUBLISHED = 0;
export const STOP = LINE_BYTES / 4;

/** A flood looks at once in so many whether it is to stop. */
const LOOK_EVERY = 64;
/** Golden ratio: spreads the gaps evenly, so that they keep no step with the reader's timers. */
const SPREAD = 0.618_033_988_749_895;

function start({ kind, bell, control, published, gapMs, count }: RingerData): void {
  const words = new Int32Array(control);
  const times = new Float64Array(published);
  const port = parentPort!;
  const ringer =
    kind === 'waitAsync'
      ? new Doorbell(bell)
      : kind === 'postMessage'
        ? new PostMessageRinger(bell, port)
        : { ring: () => port.postMessage(0) };
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  let due = performance.now();
  for (let n = 0; n < count; n++) {
    if (gapMs > 0) {
      due += gapMs * (0.5 + ((n * SPREAD) % 1));
      for (let left = due - performance.now(); left > 0; left = due - performance.now())
        Atomics.wait(nobody, 0, 0, left);
    } else if (n % LOOK_EVERY === 0 && Atomics.load(words, STOP) === 1) return;
    times[n % times.length] = performance.now();
    // The time is stored before the number that makes it visible.
    Atomics.store(words, PUBLISHED, n + 1);
    ringer.ring();
  }
}

if (workerData !== null) start(workerData as RingerData);
