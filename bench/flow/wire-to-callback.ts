/**
 * From the wire to the strategy's callback, one connection, in all the ways there are:
 *
 *   ws, JSON.parse               server ══▶ main: ws, JSON.parse, callbacks
 *   … in a worker                server ══▶ worker: ws, JSON.parse ── postMessage ──▶ main: callbacks
 *   … in batches                 server ══▶ worker: ws, JSON.parse ── 256 at once ──▶ main: callbacks
 *   ws in a worker, codec, ring  server ══▶ worker: ws, codec, books ═════ ring ════▶ main: callbacks
 *   ringfeed                     server ══▶ worker: socket, codec, books ═ ring ════▶ main: callbacks
 *   frames only                  server ══▶ main: socket
 *
 * Messages are Kraken v2's: updates of books of depth 10, trades and tickers of five symbols. The server is
 * a process of its own and writes as fast as it is read; then all run once more at a rate that each can do,
 * because what a message costs the main thread under a flood depends on how it rests between messages.
 */
import type { FloodPlan } from '../support/flood-plan.ts';
import { messagesOf } from '../support/flood-plan.ts';
import { count, duration, perSecond, share, times } from '../support/format.ts';
import type { MainThreadCost } from '../support/main-thread-cost.ts';
import type { Part, PartContext, Table } from '../support/part.ts';
import { type Receive, receiveWhole } from '../support/receive.ts';
import { interleave, type Variant } from '../support/rounds.ts';
import { median, medianRatio } from '../support/statistics.ts';
import { ObjectTally, RecordTally, type Tally } from '../support/tally.ts';
import { throughBenchFeed } from './bench-feed.ts';
import { FrameTally, throughFramesOnly } from './frames-only.ts';
import { throughPlainWs } from './plain-ws.ts';
import { throughPostedObjects } from './posted-objects.ts';
import { throughRingfeed } from './ringfeed-feeds.ts';

interface Sample {
  readonly messages: number;
  readonly seconds: number;
  readonly cost: MainThreadCost;
  readonly bytesPerMessage: number;
}

interface Way {
  readonly name: string;
  /** Messages of one flood, as a multiple of those of the slowest ways, so that all take about as long. */
  readonly share: number;
  /** Runs one plan and checks it. */
  run(context: PartContext, plan: Partial<FloodPlan> & { readonly messages: number }): Promise<Sample>;
}

function way<T extends Tally>(
  name: string,
  share: number,
  tallyOf: (plan: FloodPlan) => T,
  receive: Receive<T>,
): Way {
  return {
    name,
    share,
    async run({ server }, plan) {
      const run = server.run({ ...plan, market: 'kraken' });
      const { messages, seconds, cost, sent } = await receiveWhole(name, run, tallyOf(run.plan), receive);
      return { messages, seconds, cost, bytesPerMessage: sent.bytes / sent.frames };
    },
  };
}

/** Of each run, while a thread that has just been started warms up. */
const UNMEASURED_SHARE = 0.2;

const objects = (plan: FloodPlan): ObjectTally => new ObjectTally(messagesOf(plan), UNMEASURED_SHARE);
const records = (plan: FloodPlan): RecordTally => new RecordTally(messagesOf(plan), UNMEASURED_SHARE);

const BASELINE = 'ws, JSON.parse on the main thread';
const RINGFEED = 'ringfeed';
const FRAMES = 'frames only, nothing parsed';

const WAYS: readonly Way[] = [
  way(BASELINE, 2, objects, throughPlainWs),
  way('ws, JSON.parse in a worker, postMessage each', 1, objects, throughPostedObjects(1)),
  way('ws, JSON.parse in a worker, postMessage by 256', 1.5, objects, throughPostedObjects(256)),
  way('ws in a worker, codec, ring', 5, records, throughBenchFeed('ws')),
  way(RINGFEED, 10, records, throughRingfeed()),
  way(FRAMES, 20, (plan) => new FrameTally(plan, UNMEASURED_SHARE), throughFramesOnly),
];

const PACED_RATE = 50_000;
const PACED_ROUNDS_MAX = 3;
/** Of a flood or of a run at a rate, for a warm-up. */
const WARM_UP_SHARE = 0.25;

async function measure(
  context: PartContext,
  ways: readonly Way[],
  rounds: number,
  planOf: (way: Way, share: number) => Partial<FloodPlan> & { readonly messages: number },
): Promise<Sample[][]> {
  const variants = ways.map(
    (way): Variant<Sample> => ({
      name: way.name,
      run: (isWarmUp) => way.run(context, planOf(way, isWarmUp ? WARM_UP_SHARE : 1)),
    }),
  );
  return interleave(variants, rounds, context.progress);
}

const rate = ({ messages, seconds }: Sample): number => messages / seconds;
const busy = ({ messages, cost }: Sample): number => cost.busyNs / messages;
const cpu = ({ messages, cost }: Sample): number => cost.cpuNs / messages;
const busyShare = ({ seconds, cost }: Sample): number => cost.busyNs / (seconds * 1e9);

function columns(samples: readonly Sample[], baseline: readonly Sample[]) {
  const of = (value: (sample: Sample) => number): number => median(samples.map(value));
  const ratio = (value: (sample: Sample) => number): number =>
    medianRatio(samples.map(value), baseline.map(value));
  return { of, ratio };
}

function floodTable(samples: readonly Sample[][]): Table {
  const bytes = median(samples[0]!.map(({ bytesPerMessage }) => bytesPerMessage));
  return {
    title: 'Wire to callback: as fast as it goes',
    head: [
      'way',
      'messages/s',
      'rate, × baseline',
      'main busy / message',
      'main CPU / message',
      'messages per round',
    ],
    rows: WAYS.map(({ name }, n) => {
      const { of, ratio } = columns(samples[n]!, samples[0]!);
      return [
        name,
        perSecond(of(rate)),
        times(ratio(rate)),
        duration(of(busy)),
        duration(of(cpu)),
        count(of(({ messages }) => messages)),
      ];
    }),
    notes: [
      `One connection, Kraken v2: 45 % trades, 45 % updates of books of depth 10 (five in six of one level), 10 % tickers, five symbols, ${bytes.toFixed(0)} bytes a message on average.`,
      'ringfeed and "codec, ring" verify the checksum of every book; the others check nothing.',
      'The first fifth of each run is not measured, because the workers have just been started.',
      'Busy is time in which the event loop does not wait for something to do, even where it waits for a core; CPU is time on a processor.',
    ],
  };
}

function pacedTable(ways: readonly Way[], samples: readonly Sample[][]): Table {
  return {
    title: `Cost on the main thread at ${count(PACED_RATE)} messages/s`,
    head: [
      'way',
      'main busy / message',
      'busy, × baseline',
      'main CPU / message',
      'CPU, × baseline',
      'main busy',
    ],
    rows: ways.map(({ name }, n) => {
      const { of, ratio } = columns(samples[n]!, samples[0]!);
      return [
        name,
        duration(of(busy)),
        times(ratio(busy)),
        duration(of(cpu)),
        times(ratio(cpu)),
        share(of(busyShare)),
      ];
    }),
    notes: [
      'The server sends what is due once a millisecond. The callbacks are part of the cost.',
      'Waking the main thread costs as much for one record as for a thousand, so behind a ring a message costs the less the more of them come at once.',
    ],
  };
}

export const wireToCallback: Part = {
  name: 'flow',
  async run(context) {
    const { messages, seconds, rounds } = context.scale;
    const flood = await measure(context, WAYS, rounds, (way, part) => ({
      messages: Math.ceil(messages * way.share * part),
    }));
    const paced = WAYS.filter(({ name }) => name !== FRAMES);
    const steady = await measure(context, paced, Math.min(rounds, PACED_ROUNDS_MAX), (_, part) => ({
      messages: Math.ceil(PACED_RATE * seconds * part),
      rate: PACED_RATE,
    }));
    return {
      tables: [floodTable(flood), pacedTable(paced, steady)],
      samples: {
        flood: WAYS.map(({ name }, n) => ({ name, rounds: flood[n]! })),
        paced: paced.map(({ name }, n) => ({ name, rounds: steady[n]! })),
      },
    };
  },
};
