/**
 *   server process ══ loopback ══▶ worker: socket ─▶ codec ─▶ books ═ ring ═▶ main thread: callbacks
 *
 * Every venue beside what people write for it today: from the wire to the strategy's callback on one
 * connection, as fast as it goes.
 */
import { type FloodExchange, messagesOf } from '../support/flood-plan.ts';
import { duration, perSecond, times } from '../support/format.ts';
import type { Part, PartContext, Table } from '../support/part.ts';
import { type Receive, type Received, receiveWhole } from '../support/receive.ts';
import { interleave, type Variant } from '../support/rounds.ts';
import { median, medianRatio } from '../support/statistics.ts';
import { ObjectTally, RecordTally, type Tally } from '../support/tally.ts';
import { throughPlainWs } from './plain-ws.ts';
import { throughRingfeed } from './ringfeed-feeds.ts';

interface VenueRow {
  readonly exchange: FloodExchange;
  /** What ringfeed makes sure of before the strategy sees a book. */
  readonly checked: string;
}

const VENUES: readonly VenueRow[] = [
  { exchange: 'kraken', checked: 'checksum' },
  { exchange: 'kraken-v1', checked: 'checksum' },
  { exchange: 'binance', checked: 'sequence, never crossed' },
  { exchange: 'poloniex', checked: 'sequence, never crossed' },
  { exchange: 'poloniex-legacy', checked: 'sequence, never crossed' },
  { exchange: 'gemini', checked: 'never crossed' },
  { exchange: 'coinbase', checked: 'never crossed' },
];

const WARM_UP_SHARE = 0.25;
/** Of each run, while the worker that has just been started warms up. */
const UNMEASURED_SHARE = 0.2;
/**
 * Messages of a flood, as multiples of the scale's. The worker of a run is new and its code is slow for its
 * first hundreds of thousands of messages, where this thread's is warm from the run before.
 */
const SHARES = { baseline: 3, ringfeed: 25 } as const;

function variant<T extends Tally>(
  { server, scale }: PartContext,
  exchange: FloodExchange,
  way: keyof typeof SHARES,
  tallyOf: (messages: number) => T,
  receive: Receive<T>,
): Variant<Received> {
  const name = `${exchange}, ${way}`;
  return {
    name,
    run(isWarmUp) {
      const share = SHARES[way] * (isWarmUp ? WARM_UP_SHARE : 1);
      const run = server.run({ market: exchange, messages: Math.ceil(scale.messages * share) });
      return receiveWhole(name, run, tallyOf(messagesOf(run.plan)), receive);
    },
  };
}

const objects = (messages: number): ObjectTally => new ObjectTally(messages, UNMEASURED_SHARE);
const records = (messages: number): RecordTally => new RecordTally(messages, UNMEASURED_SHARE);

const rates = (rounds: readonly Received[]): number[] =>
  rounds.map(({ messages, seconds }) => messages / seconds);
const cpu = (rounds: readonly Received[]): number =>
  median(rounds.map(({ messages, cost }) => cost.cpuNs / messages));
const bytes = (rounds: readonly Received[]): number =>
  median(rounds.map(({ sent }) => sent.bytes / sent.frames));

/** What was measured of one venue. */
interface Measured extends VenueRow {
  readonly baseline: readonly Received[];
  readonly ringfeed: readonly Received[];
}

function table(measured: readonly Measured[]): Table {
  return {
    title: 'Venues: from the wire to the callback',
    head: [
      'venue',
      'checked',
      'bytes / message',
      'baseline',
      'ringfeed',
      'rate, × baseline',
      'main CPU / message, baseline',
      'ringfeed',
    ],
    rows: measured.map(({ exchange, checked, baseline, ringfeed }) => [
      exchange,
      checked,
      bytes(ringfeed).toFixed(0),
      perSecond(median(rates(baseline))),
      perSecond(median(rates(ringfeed))),
      times(medianRatio(rates(ringfeed), rates(baseline))),
      duration(cpu(baseline)),
      duration(cpu(ringfeed)),
    ]),
    notes: [
      'One connection. The baseline is ws and JSON.parse on the main thread with a switch over the kinds of message; it makes numbers of texts and checks nothing.',
      'The ratio is the median of those of the rounds.',
      'Five symbols with trades and books, and tickers and quotes where the venue has them; books of depth 10 on Kraken, of depth 20 on poloniex, whole elsewhere.',
      'The run fails where ringfeed drops, conflates or misses a message, finds one malformed, or reads market messages on the slow path.',
    ],
  };
}

export const venues: Part = {
  name: 'venues',
  async run(context) {
    const variants = VENUES.flatMap(({ exchange }): Variant<Received>[] => [
      variant(context, exchange, 'baseline', objects, throughPlainWs),
      variant(context, exchange, 'ringfeed', records, throughRingfeed()),
    ]);
    const samples = await interleave(variants, context.scale.rounds, context.progress);
    const measured = VENUES.map(
      (venue, n): Measured => ({ ...venue, baseline: samples[2 * n]!, ringfeed: samples[2 * n + 1]! }),
    );
    return {
      tables: [table(measured)],
      samples: variants.map(({ name }, n) => ({
        name,
        rounds: samples[n]!.map(({ messages, seconds, cost }) => ({ messages, seconds, cost })),
      })),
    };
  },
};
