/**
 *   server process ══ loopback ══▶ worker: socket ─▶ codec ─▶ book of 2 × 1000 levels, checksum ═ ring ═▶ main: callbacks
 *
 * A Kraken v1 book of depth 1000 on one connection. Every update is applied and its checksum verified before
 * the strategy sees it. The baseline parses the same messages and does neither.
 */
import { messagesOf } from '../support/flood-plan.ts';
import { duration, perSecond, times } from '../support/format.ts';
import type { Part, PartContext } from '../support/part.ts';
import { type Received, receiveWhole } from '../support/receive.ts';
import { interleave } from '../support/rounds.ts';
import { median, medianRatio } from '../support/statistics.ts';
import { ObjectTally, RecordTally } from '../support/tally.ts';
import { throughPlainWs } from './plain-ws.ts';
import { throughRingfeed } from './ringfeed-feeds.ts';

const WARM_UP_SHARE = 0.25;
/** Of each run, while the worker that has just been started warms up. */
const UNMEASURED_SHARE = 0.2;
/** Messages of ringfeed's flood for each of the baseline's. */
const RINGFEED_SHARE = 4;

const throughBaseline = (name: string, { server, scale }: PartContext, share: number): Promise<Received> => {
  const run = server.run({ market: 'kraken-v1-deep', messages: Math.ceil(scale.messages * share) });
  return receiveWhole(name, run, new ObjectTally(messagesOf(run.plan), UNMEASURED_SHARE), throughPlainWs);
};

const throughOurs = (name: string, { server, scale }: PartContext, share: number): Promise<Received> => {
  const messages = Math.ceil(scale.messages * RINGFEED_SHARE * share);
  const run = server.run({ market: 'kraken-v1-deep', messages });
  return receiveWhole(name, run, new RecordTally(messagesOf(run.plan), UNMEASURED_SHARE), throughRingfeed());
};

export const deepBook: Part = {
  name: 'deep-book',
  async run(context) {
    const variants = [
      { name: 'ws, JSON.parse on the main thread: no book, no checksum', receive: throughBaseline },
      { name: 'ringfeed: book kept, checksum verified on every update', receive: throughOurs },
    ].map(({ name, receive }) => ({
      name,
      run: (isWarmUp: boolean) => receive(name, context, isWarmUp ? WARM_UP_SHARE : 1),
    }));
    const samples = await interleave(variants, context.scale.rounds, context.progress);
    const rates = samples.map((rounds) => rounds.map(({ messages, seconds }) => messages / seconds));
    return {
      tables: [
        {
          title: 'Kraken v1 book of depth 1000: updates per second on one connection',
          head: ['way', 'updates/s', '× baseline', 'main CPU / update'],
          rows: variants.map(({ name }, n) => [
            name,
            perSecond(median(rates[n]!)),
            times(medianRatio(rates[n]!, rates[0]!)),
            duration(median(samples[n]!.map(({ cost, messages }) => cost.cpuNs / messages))),
          ]),
          notes: ['All checksums held: the run fails where one does not.'],
        },
      ],
      samples: variants.map(({ name }, n) => ({
        name,
        rounds: samples[n]!.map(({ messages, seconds, cost }) => ({ messages, seconds, cost })),
      })),
    };
  },
};
