/**
 *   server process: 5,000 messages/s, each with its time ══ loopback ══▶ client: receive time
 *                   pings                                                main thread: blocked 50 of every 100 ms
 *
 * How wrong the receive time is that a strategy sees when it blocks its own thread. On one thread the time is
 * taken when the event loop comes to the message; in a worker it is taken when the bytes are read.
 */
import { messagesOf } from '../support/flood-plan.ts';
import { count, duration, times } from '../support/format.ts';
import type { Part, PartContext } from '../support/part.ts';
import { type Receive, receiveWhole } from '../support/receive.ts';
import { interleave } from '../support/rounds.ts';
import { median, medianRatio, type Percentiles, percentiles } from '../support/statistics.ts';
import { ObjectTally, type Probe, RecordTally, type Tally } from '../support/tally.ts';
import type { WallClock } from '../support/wall-clock.ts';
import { throughPlainWs } from './plain-ws.ts';
import { throughRingfeed } from './ringfeed-feeds.ts';

const RATE = 5_000;
const BLOCK_EVERY_MS = 100;
const BLOCK_FOR_MS = 50;
const PING_EVERY_MS = 20;
/** Of `scale.seconds`; a run must hold a good number of blocks. */
const LENGTH = 2;
const ROUNDS_MAX = 3;
const WARM_UP_SHARE = 0.25;
/** Of each run, while the worker that has just been started warms up. */
const UNMEASURED_SHARE = 0.2;

interface Sample {
  /** Receive time minus time of sending, less the smallest of the run, µs. */
  readonly errorUs: Percentiles;
  readonly pongDelayUs: Percentiles;
  readonly pings: number;
  readonly messages: number;
}

class Errors implements Probe {
  readonly #originUs: number;
  readonly #errorsUs: Float64Array;
  #count = 0;
  #least = Number.POSITIVE_INFINITY;

  constructor(clock: WallClock, messages: number) {
    this.#originUs = clock.originUs;
    this.#errorsUs = new Float64Array(messages);
  }

  sample(sentUs: number, receivedUs: number): void {
    const errorUs = this.#originUs + receivedUs - sentUs;
    if (errorUs < this.#least) this.#least = errorUs;
    this.#errorsUs[this.#count++] = errorUs;
  }

  percentiles(): Percentiles {
    return percentiles(this.#errorsUs.subarray(0, this.#count).map((us) => us - this.#least));
  }
}

function block(): void {
  const until = performance.now() + BLOCK_FOR_MS;
  while (performance.now() < until);
}

async function measure<T extends Tally & { probe: Probe | undefined }>(
  { server, scale }: PartContext,
  name: string,
  share: number,
  tallyOf: (messages: number) => T,
  receive: Receive<T>,
): Promise<Sample> {
  const run = server.run({
    market: 'kraken',
    messages: Math.ceil(RATE * scale.seconds * LENGTH * share),
    rate: RATE,
    stamp: true,
    pingEveryMs: PING_EVERY_MS,
  });
  const tally = tallyOf(messagesOf(run.plan));
  const errors = new Errors(server.clock, run.plan.messages);
  tally.probe = errors;
  const blocker = setInterval(block, BLOCK_EVERY_MS);
  try {
    const { messages, ended } = await receiveWhole(name, run, tally, receive);
    const { pings, pongDelaysUs } = ended;
    if (pongDelaysUs.length !== pings)
      throw new Error(`${name}: ${pongDelaysUs.length} of ${pings} pings were answered`);
    return { errorUs: errors.percentiles(), pongDelayUs: percentiles(pongDelaysUs), pings, messages };
  } finally {
    clearInterval(blocker);
  }
}

const WAYS = [
  {
    name: 'ws, JSON.parse on the main thread',
    measure: (context: PartContext, name: string, share: number) =>
      measure(
        context,
        name,
        share,
        (messages) => new ObjectTally(messages, UNMEASURED_SHARE),
        throughPlainWs,
      ),
  },
  {
    name: 'ringfeed (record.received)',
    measure: (context: PartContext, name: string, share: number) =>
      measure(
        context,
        name,
        share,
        (messages) => new RecordTally(messages, UNMEASURED_SHARE),
        throughRingfeed(),
      ),
  },
];

export const receiveTime: Part = {
  name: 'receive-time',
  async run(context) {
    const variants = WAYS.map((way) => ({
      name: way.name,
      run: (isWarmUp: boolean) => way.measure(context, way.name, isWarmUp ? WARM_UP_SHARE : 1),
    }));
    const samples = await interleave(variants, Math.min(context.scale.rounds, ROUNDS_MAX), context.progress);
    const p99 = samples.map((rounds) => rounds.map(({ errorUs }) => errorUs.p99));
    return {
      tables: [
        {
          title: `Error of the receive time while the strategy blocks ${BLOCK_FOR_MS} of every ${BLOCK_EVERY_MS} ms, at ${count(RATE)} messages/s`,
          head: [
            'way',
            'error p50',
            'error p99',
            'p99, × baseline',
            'ping answered p99',
            'messages',
            'lost',
            'pings',
          ],
          rows: WAYS.map(({ name }, n) => {
            const of = (value: (sample: Sample) => number): number => median(samples[n]!.map(value));
            return [
              name,
              duration(of(({ errorUs }) => errorUs.p50) * 1000),
              duration(of(({ errorUs }) => errorUs.p99) * 1000),
              times(medianRatio(p99[n]!, p99[0]!)),
              duration(of(({ pongDelayUs }) => pongDelayUs.p99) * 1000),
              count(of(({ messages }) => messages)),
              '0',
              `${count(of(({ pings }) => pings))}, all answered`,
            ];
          }),
          notes: [
            'The error is the receive time minus the time of sending, less the smallest of the run.',
            'The run fails where a message is lost or a ping is not answered.',
          ],
        },
      ],
      samples: WAYS.map(({ name }, n) => ({ name, rounds: samples[n]! })),
    };
  },
};
