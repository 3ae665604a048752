/**
 * Two ways to wake a main thread that sleeps, one chosen and one not:
 *
 *   worker: store number, time ── Atomics.notify ─▶ Atomics.waitAsync ─▶ main thread: look, drain
 *   worker: store number, time ── postMessage(0) ─▶ 'message' ─────────▶ main thread: look, drain
 *
 * and how a timer of 10 ms fares beside each while the worker publishes without a pause. A message for every
 * record, which is what one does without thinking, is shown there as well.
 */
import { Worker } from 'node:worker_threads';
import { Doorbell } from '../../src/shared/ring/doorbell.ts';
import { LINE_BYTES } from '../../src/shared/ring/ring-layout.ts';
import { duration, perSecond, share } from '../support/format.ts';
import type { Part, PartContext } from '../support/part.ts';
import { interleave } from '../support/rounds.ts';
import { median, medianPercentiles, type Percentiles, percentiles } from '../support/statistics.ts';
import { type BellKind, PUBLISHED, type RingerData, STOP } from './doorbell-ringer.ts';
import { PostMessageDoorbell, postMessageDoorbellMemory } from './post-message-doorbell.ts';

/** What the reader does with a bell, whichever it is. */
interface WaitingBell {
  arm(): void;
  disarm(): void;
  waitAsync(): Promise<void> | undefined;
}

const PACES = [
  { name: 'idle: one a millisecond', perSecond: 1_000 },
  { name: 'under load: 10,000 a second', perSecond: 10_000 },
] as const;

/** Published that the reader may lag behind before their times are overwritten. */
const CIRCLE = 1 << 16;
const TIMER_MS = 10;
const ROUNDS_MAX = 3;
/** Of the wakes of a run, not counted while the code warms up. */
const UNCOUNTED_SHARE = 0.1;
const WARM_UP_SHARE = 0.25;

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Stage {
  readonly words: Int32Array;
  readonly times: Float64Array;
  readonly bell: WaitingBell;
}

async function withRinger<T>(
  kind: BellKind,
  pace: Pick<RingerData, 'gapMs' | 'count'>,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const data: RingerData = {
    kind,
    bell: kind === 'waitAsync' ? Doorbell.memory() : postMessageDoorbellMemory(),
    control: new SharedArrayBuffer(2 * LINE_BYTES),
    published: new SharedArrayBuffer(CIRCLE * 8),
    ...pace,
  };
  const worker = new Worker(new URL('./doorbell-ringer.js', import.meta.url), { workerData: data });
  const words = new Int32Array(data.control);
  try {
    return await play({
      words,
      times: new Float64Array(data.published),
      // A worker has the events of a port and is the one its `parentPort` is connected with.
      bell:
        kind === 'waitAsync' ? new Doorbell(data.bell) : new PostMessageDoorbell(data.bell, worker as never),
    });
  } finally {
    Atomics.store(words, STOP, 1);
    await worker.terminate();
  }
}

/** Drains as the strategy loop does: a turn for the event loop after each drain, sleep when there is nothing. */
async function drain({ words, bell }: Stage, take: (from: number, to: number) => boolean): Promise<void> {
  let seen = 0;
  for (;;) {
    const published = Atomics.load(words, PUBLISHED);
    if (published !== seen) {
      const isOver = take(seen, published);
      seen = published;
      if (isOver) return;
      await settled();
      continue;
    }
    bell.arm();
    if (Atomics.load(words, PUBLISHED) === seen) await bell.waitAsync();
    bell.disarm();
  }
}

/** µs from publishing until the reader sees it. */
function wakeLatency(kind: BellKind, perSecond: number, seconds: number): Promise<Percentiles> {
  const wakes = Math.ceil(perSecond * seconds);
  return withRinger(kind, { gapMs: 1000 / perSecond, count: wakes }, async (stage) => {
    const latenciesUs = new Float64Array(wakes);
    await drain(stage, (from, to) => {
      const now = performance.now();
      for (let n = from; n < to; n++) latenciesUs[n] = (now - stage.times[n % CIRCLE]!) * 1000;
      return to === wakes;
    });
    if (latenciesUs.some((us) => !(us > -1))) throw new Error(`${kind}: seen before it was published`);
    return percentiles(latenciesUs.subarray(Math.floor(wakes * UNCOUNTED_SHARE)));
  });
}

interface FloodSample {
  /** Of the ticks that a timer of 10 ms should have had. */
  readonly ticked: number;
  readonly perSecond: number;
}

function timerUnderFlood(kind: BellKind, seconds: number): Promise<FloodSample> {
  return withRinger(kind, { gapMs: 0, count: Number.POSITIVE_INFINITY }, async (stage) => {
    let ticks = 0;
    let last = 0;
    const timer = setInterval(() => {
      ticks++;
    }, TIMER_MS);
    const began = performance.now();
    await drain(stage, (from, to) => {
      if (to <= from) throw new Error(`${kind}: numbers only grow`);
      last = to;
      return performance.now() - began >= seconds * 1000;
    });
    clearInterval(timer);
    const elapsedMs = performance.now() - began;
    return { ticked: (ticks * TIMER_MS) / elapsedMs, perSecond: (last / elapsedMs) * 1000 };
  });
}

const CHOSEN_AND_NOT: readonly BellKind[] = ['waitAsync', 'postMessage'];
const FLOODED: readonly BellKind[] = [...CHOSEN_AND_NOT, 'postMessage each'];
const NAMES: Readonly<Record<BellKind, string>> = {
  waitAsync: 'Atomics.waitAsync (chosen)',
  postMessage: 'postMessage, at most one in flight',
  'postMessage each': 'postMessage for every record',
};

const measure = <S>(
  { scale, progress }: PartContext,
  kinds: readonly BellKind[],
  what: string,
  run: (kind: BellKind, seconds: number) => Promise<S>,
): Promise<S[][]> =>
  interleave(
    kinds.map((kind) => ({
      name: `${what}, ${NAMES[kind]}`,
      run: (isWarmUp: boolean) => run(kind, scale.seconds * (isWarmUp ? WARM_UP_SHARE : 1)),
    })),
    Math.min(scale.rounds, ROUNDS_MAX),
    progress,
  );

export const doorbell: Part = {
  name: 'doorbell',
  async run(context) {
    const paced = [];
    for (const pace of PACES)
      paced.push({
        pace: pace.name,
        samples: await measure(context, CHOSEN_AND_NOT, pace.name, (kind, seconds) =>
          wakeLatency(kind, pace.perSecond, seconds),
        ),
      });
    const flood = await measure(context, FLOODED, 'flood', timerUnderFlood);
    return {
      tables: [
        {
          title: 'Doorbell: from publishing in the worker until the main thread sees it',
          head: ['pace', 'woken by', 'p50', 'p99', 'p99.9'],
          rows: paced.flatMap(({ pace, samples }) =>
            CHOSEN_AND_NOT.map((kind, n) => {
              const { p50, p99, p999 } = medianPercentiles(samples[n]!);
              return [pace, NAMES[kind], ...[p50, p99, p999].map((us) => duration(us * 1000))];
            }),
          ),
          notes: ['Either wakes a reader only if it sleeps.'],
        },
        {
          title: `Doorbell: a timer of ${TIMER_MS} ms while the worker publishes without a pause`,
          head: ['woken by', 'ticks of the timer', 'published/s'],
          rows: FLOODED.map((kind, n) => [
            NAMES[kind],
            share(median(flood[n]!.map(({ ticked }) => ticked))),
            perSecond(median(flood[n]!.map((sample) => sample.perSecond))),
          ]),
          notes: [
            `Of one tick every ${TIMER_MS} ms; the main thread drains and gives the event loop its turn, as the strategy loop does.`,
          ],
        },
      ],
      samples: {
        paced: paced.map(({ pace, samples }) => ({
          pace,
          bells: CHOSEN_AND_NOT.map((kind, n) => ({ name: NAMES[kind], roundsUs: samples[n]! })),
        })),
        flood: FLOODED.map((kind, n) => ({ name: NAMES[kind], rounds: flood[n]! })),
      },
    };
  },
};
