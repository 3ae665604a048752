/**
 *   server process: time of sending in each message ══ loopback ══▶ … ─▶ main thread: callback, time now
 *
 *   ws, JSON.parse     one thread: the message is parsed as soon as the event loop comes to it
 *   ringfeed, async    the worker parses, then wakes the main thread if it sleeps
 *   ringfeed, spin     the main thread never sleeps, which costs it a core
 *
 * A thread more is a wake-up more. What it buys is in `receive-time.ts` and `wire-to-callback.ts`.
 */
import { messagesOf } from '../support/flood-plan.ts';
import { count, duration } from '../support/format.ts';
import type { Part, PartContext, Table } from '../support/part.ts';
import { type Receive, receiveWhole } from '../support/receive.ts';
import { interleave } from '../support/rounds.ts';
import { medianPercentiles, type Percentiles, percentiles } from '../support/statistics.ts';
import { ObjectTally, type Probe, RecordTally, type Tally } from '../support/tally.ts';
import type { WallClock } from '../support/wall-clock.ts';
import { throughPlainWs } from './plain-ws.ts';
import { throughRingfeed } from './ringfeed-feeds.ts';

const RATES = [1_000, 10_000, 50_000];
/** Slower rates run this much longer: p99.9 wants a thousand messages at least. */
const SLOW_RATE = 5_000;
const SLOW_RUN = 2;
const ROUNDS_MAX = 3;
/**
 * Of each run. A worker that has just been started reads its first messages with code that is not optimised
 * yet; at 50,000 a second a queue forms that takes a while to go.
 */
const UNMEASURED_SHARE = 0.4;
const WARM_UP_SHARE = 0.25;

/** Time from sending to callback. */
class Delays implements Probe {
  readonly #clock: WallClock;
  readonly #delaysUs: Float64Array;
  #count = 0;

  constructor(clock: WallClock, messages: number) {
    this.#clock = clock;
    this.#delaysUs = new Float64Array(messages);
  }

  sample(sentUs: number): void {
    this.#delaysUs[this.#count++] = this.#clock.nowUs() - sentUs;
  }

  percentiles(): Percentiles {
    return percentiles(this.#delaysUs.subarray(0, this.#count));
  }
}

async function measure<T extends Tally & { probe: Probe | undefined }>(
  { server, scale }: PartContext,
  name: string,
  rate: number,
  share: number,
  tallyOf: (messages: number) => T,
  receive: Receive<T>,
): Promise<Percentiles> {
  const measured = scale.seconds * (rate < SLOW_RATE ? SLOW_RUN : 1) * share;
  const messages = Math.ceil((rate * measured) / (1 - UNMEASURED_SHARE));
  const run = server.run({ market: 'kraken', messages, rate, stamp: true });
  const tally = tallyOf(messagesOf(run.plan));
  const delays = new Delays(server.clock, messages);
  tally.probe = delays;
  await receiveWhole(name, run, tally, receive);
  return delays.percentiles();
}

type Measure = (context: PartContext, name: string, rate: number, share: number) => Promise<Percentiles>;

const objects = (messages: number): ObjectTally => new ObjectTally(messages, UNMEASURED_SHARE);
const records = (messages: number): RecordTally => new RecordTally(messages, UNMEASURED_SHARE);

const WAYS: readonly { readonly name: string; readonly measure: Measure }[] = [
  {
    name: 'ws, JSON.parse on the main thread',
    measure: (context, name, rate, share) => measure(context, name, rate, share, objects, throughPlainWs),
  },
  {
    name: "ringfeed, wait: 'async'",
    measure: (context, name, rate, share) =>
      measure(context, name, rate, share, records, throughRingfeed('async')),
  },
  {
    name: "ringfeed, wait: 'spin'",
    measure: (context, name, rate, share) =>
      measure(context, name, rate, share, records, throughRingfeed('spin')),
  },
];

function table(results: readonly { readonly rate: number; readonly samples: Percentiles[][] }[]): Table {
  return {
    title: 'Latency from the wire to the callback',
    head: ['messages/s', 'way', 'p50', 'p99', 'p99.9'],
    rows: results.flatMap(({ rate, samples }) =>
      WAYS.map(({ name }, n) => {
        const { p50, p99, p999 } = medianPercentiles(samples[n]!);
        return [count(rate), name, ...[p50, p99, p999].map((us) => duration(us * 1000))];
      }),
    ),
    notes: [
      'Messages are sent in bursts once a millisecond, each stamped as its burst is written; both processes read one clock. So the time includes the way through the kernel, and at the higher rates the wait for the messages before it in the burst.',
      'Server, worker and main thread share the cores of the machine; with two of them, the percentiles beyond the median are mostly the scheduler.',
    ],
  };
}

export const latency: Part = {
  name: 'latency',
  async run(context) {
    const results = [];
    for (const rate of RATES) {
      const variants = WAYS.map((way) => ({
        name: `${way.name}, ${count(rate)}/s`,
        run: (isWarmUp: boolean) => way.measure(context, way.name, rate, isWarmUp ? WARM_UP_SHARE : 1),
      }));
      const rounds = Math.min(context.scale.rounds, ROUNDS_MAX);
      results.push({ rate, samples: await interleave(variants, rounds, context.progress) });
    }
    return {
      tables: [table(results)],
      samples: results.map(({ rate, samples }) => ({
        rate,
        ways: WAYS.map(({ name }, n) => ({ name, roundsUs: samples[n]! })),
      })),
    };
  },
};
