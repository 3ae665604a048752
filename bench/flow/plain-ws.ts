/**
 *   server process ══ loopback ══▶ main thread: ws ─▶ JSON.parse ─▶ callbacks
 *
 * What people write today, and the baseline of everything else: no checksum, no second thread.
 */
import { WebSocket } from 'ws';
import { MARKETS } from '../support/flood-plan.ts';
import type { FloodRun } from '../support/flood-server-process.ts';
import { aborted } from '../support/receive.ts';
import type { ObjectTally } from '../support/tally.ts';
import type { V1Message, V2Message } from '../support/wire-numbers.ts';

export const throughPlainWs = async (run: FloodRun, tally: ObjectTally, stop: AbortSignal): Promise<void> => {
  const { exchange } = run.plan;
  const ws = new WebSocket(run.url);
  ws.on('open', () => {
    for (const request of MARKETS[exchange].requests) ws.send(request);
  });
  if (exchange === 'kraken')
    ws.on('message', (data) => {
      if (tally.probe !== undefined) tally.receivedUs = performance.now() * 1000;
      tally.takeV2(JSON.parse(data.toString()) as V2Message);
    });
  else ws.on('message', (data) => tally.takeV1(JSON.parse(data.toString()) as V1Message));
  await Promise.race([
    aborted(stop),
    new Promise<void>((_, reject) => {
      ws.on('error', reject);
    }),
  ]);
  ws.close();
};
