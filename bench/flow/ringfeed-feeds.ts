/**
 *   server process ══ loopback ══▶ worker: socket ─▶ codec ─▶ books ═ ring ═▶ main thread: callbacks
 *
 * ringfeed as its users open it, with nothing taken away: every checksum, or whatever the venue has in its place, is verified.
 */
import { type OpenOptions, openFeeds } from '../../src/main/index.ts';
import { MARKETS } from '../support/flood-plan.ts';
import type { Receive } from '../support/receive.ts';
import type { RecordTally } from '../support/tally.ts';

/** Answers to requests are read on the slow path; of market messages none is. */
const COLD_MAX = 64;

export const throughRingfeed =
  (wait: NonNullable<OpenOptions['wait']> = 'async'): Receive<RecordTally> =>
  async (run, tally, stop) => {
    const { exchange, symbols, channels } = MARKETS[run.plan.market];
    await using feeds = await openFeeds({
      feeds: [
        {
          exchange,
          symbols,
          channels,
          url: run.url,
          restUrl: run.restUrl,
          checkSymbols: false,
          overflow: 'backpressure',
        },
      ],
      wait,
      log: { level: 'warn' },
    });
    await feeds.run(tally, { signal: stop });
    const { received, delivered, dropped, conflated, gaps, malformed, reconnects, checksums, cold } =
      feeds.stats().feeds[0]!;
    const wrong = { dropped, conflated, gaps, malformed, reconnects, failedChecksums: checksums.failed };
    for (const [what, count] of Object.entries(wrong))
      if (count !== 0) throw new Error(`ringfeed: ${count} ${what}`);
    if (cold > COLD_MAX)
      throw new Error(`ringfeed: ${cold} messages took the slow path, so they are no benchmark`);
    if (received !== delivered) throw new Error(`ringfeed: delivered ${delivered} of ${received}`);
  };
