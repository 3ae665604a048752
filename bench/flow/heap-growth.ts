/**
 *   server process ══ loopback ══▶ worker: socket ─▶ codec ─▶ books ═ ring ═▶ main thread: callbacks
 *                     gate          heap looked at                            heap looked at
 *
 * How much more is alive in either thread after millions of messages than after a warm-up. The server stops
 * at a gate after the warm-up, so that both looks are at threads that have nothing to do. What is measured is
 * what grows with messages: a thing kept for each, however small, would show.
 */
import { messagesOf } from '../support/flood-plan.ts';
import { count, kilobytes, perSecond } from '../support/format.ts';
import type { Part } from '../support/part.ts';
import { receiveWhole } from '../support/receive.ts';
import { RecordTally } from '../support/tally.ts';
import { BenchFeed } from './bench-feed.ts';
import { type HeapUse, heapUse } from './heap-use.ts';

const WARM_UP_SHARE = 0.05;
const WARM_UP_MAX = 500_000;
/** From the gate until what was sent before it is through both threads. */
const SETTLE_MS = 200;

interface Uses {
  readonly main: HeapUse;
  readonly worker: HeapUse;
}

const less = (after: HeapUse, before: HeapUse): HeapUse => ({
  heap: after.heap - before.heap,
  outside: after.outside - before.outside,
});

export const heapGrowth: Part = {
  name: 'heap',
  async run({ server, scale, progress }) {
    const warmUp = Math.ceil(Math.min(scale.heapMessages * WARM_UP_SHARE, WARM_UP_MAX));
    const messages = warmUp + scale.heapMessages;
    const run = server.run({ market: 'kraken', messages, gateAt: warmUp });
    const tally = new RecordTally(messagesOf(run.plan), 0);
    let before: Uses | undefined;
    let after: Uses | undefined;
    progress(`heap: ${count(messages)} messages`);
    const { seconds } = await receiveWhole('ringfeed', run, tally, async ({ url, plan }, strategy, stop) => {
      const feed = new BenchFeed(plan.market, url, 'lane');
      const look = async (): Promise<Uses> => ({ worker: await feed.heapUse(), main: heapUse() });
      const atGate = run.gate.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        before = await look();
        run.go();
      });
      try {
        await feed.run(strategy, stop);
        await atGate;
        await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
        after = await look();
      } finally {
        await feed.close();
      }
    });
    if (before === undefined || after === undefined) throw new Error('both heaps are looked at twice');
    const growth = { main: less(after.main, before.main), worker: less(after.worker, before.worker) };
    return {
      tables: [
        {
          title: `Heap growth over ${count(scale.heapMessages)} messages`,
          head: [
            'thread',
            'alive before',
            'growth',
            'growth per million messages',
            'growth outside the heap',
          ],
          rows: (['main', 'worker'] as const).map((thread) => [
            thread,
            kilobytes(before![thread].heap),
            kilobytes(growth[thread].heap),
            kilobytes((growth[thread].heap * 1e6) / scale.heapMessages),
            kilobytes(growth[thread].outside),
          ]),
          notes: [
            `After ${count(warmUp)} messages of warm-up, garbage collected before each look; ${perSecond(messages / seconds)} with the pause at the gate.`,
            "The worker is one of the benchmark's own with ringfeed's classes in it, because a worker's heap can only be looked at from within.",
          ],
        },
      ],
      samples: { messages: scale.heapMessages, before, after, growth },
    };
  },
};
