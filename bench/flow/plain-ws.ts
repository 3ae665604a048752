/**
 *   server process ══ loopback ══▶ main thread: ws ─▶ JSON.parse ─▶ callbacks
 *
 * What people write today, and the baseline of everything else: no checksum, no second thread.
 */
import { WebSocket } from 'ws';
import { MARKETS } from '../support/flood-plan.ts';
import type { FloodRun } from '../support/flood-server-process.ts';
import { MESSAGES } from '../support/messages/message-catalogue.ts';
import { aborted } from '../support/receive.ts';
import type { ObjectTally } from '../support/tally.ts';

export const throughPlainWs = async (run: FloodRun, tally: ObjectTally, stop: AbortSignal): Promise<void> => {
  const { exchange, requests, snapshots = [] } = MARKETS[run.plan.market];
  const reader = MESSAGES[exchange];
  const ws = new WebSocket(run.url);
  const failed = new Promise<void>((_, reject) => {
    ws.on('error', reject);
    ws.on('open', () => {
      for (const request of requests) ws.send(request);
      askSnapshots(
        snapshots.map((path) => run.restUrl + path),
        (message) => reader.take(message, tally),
      ).catch(reject);
    });
  });
  ws.on('message', (data) => {
    if (tally.probe !== undefined) tally.receivedUs = performance.now() * 1000;
    reader.take(JSON.parse(data.toString()), tally);
  });
  await Promise.race([aborted(stop), failed]);
  ws.close();
};

async function askSnapshots(urls: readonly string[], take: (message: unknown) => void): Promise<void> {
  for (const url of urls) take(await (await fetch(url)).json());
}
