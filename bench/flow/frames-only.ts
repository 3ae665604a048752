/**
 *   server process ══ loopback ══▶ main thread: socket ─▶ frames, counted
 *
 * The socket stage alone. Nothing is parsed, so no client on Node that reads its messages will be faster.
 */

import { DEFAULT_SOCKET, DEFAULT_TIMES } from '../../src/main/options/open-options.ts';
import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import type { MonotonicNs } from '../../src/shared/units.ts';
import { openConnection } from '../../src/workers/socket/connection.ts';
import { type FloodPlan, MARKETS, messagesOf, type Sent } from '../support/flood-plan.ts';
import { aborted, type Receive } from '../support/receive.ts';
import { Tally } from '../support/tally.ts';

/** Counts frames, and adds up their lengths. */
export class FrameTally extends Tally {
  constructor(plan: FloodPlan, unmeasuredShare: number) {
    const { symbols, requests } = MARKETS[plan.market];
    // Every symbol of every request is answered with a frame.
    super(messagesOf(plan) + symbols.length * requests.length, unmeasuredShare);
  }

  take(bytes: number): void {
    this.sum += bytes;
    this.count();
  }

  override check(what: string, sent: Sent): void {
    super.check(what, { ...sent, messages: sent.frames, sum: sent.bytes });
  }
}

export const throughFramesOnly: Receive<FrameTally> = async (run, tally, stop) => {
  const { requests } = MARKETS[run.plan.market];
  const connection = openConnection({
    url: run.url,
    socket: DEFAULT_SOCKET,
    connectTimeoutMs: DEFAULT_TIMES.connectTimeoutMs,
    clock: () => (performance.now() * 1e6) as MonotonicNs,
    events: {
      opened: () => {
        for (const request of requests) connection.send(request);
      },
      text: (_bytes, start, end) => {
        tally.take(end - start);
        return true;
      },
      binary: () => true,
      chunkEnd: () => undefined,
      pong: () => undefined,
      closed: () => undefined,
    },
  });
  await aborted(stop);
  connection.terminate(FAULTS.NONE.id, 'the run is over');
};
