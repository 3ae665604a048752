/** Runs on: a worker. Parses messages and posts the objects; see `posted-objects.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import type { JsonWorkerData } from './posted-objects.ts';

const { url, requests, batch } = workerData as JsonWorkerData;
const port = parentPort!;
let gathered: unknown[] = [];
let flushing = false;

function flush(): void {
  flushing = false;
  if (gathered.length === 0) return;
  port.postMessage(gathered);
  gathered = [];
}

/** A batch that does not fill up leaves at the end of the event loop's turn, so that none waits for the next message. */
function gather(message: unknown): void {
  gathered.push(message);
  if (gathered.length === batch) flush();
  else if (!flushing) {
    flushing = true;
    setImmediate(flush);
  }
}

const ws = new WebSocket(url);
ws.on('open', () => {
  for (const request of requests) ws.send(request);
});
if (batch === 1) ws.on('message', (data) => port.postMessage(JSON.parse(data.toString())));
else ws.on('message', (data) => gather(JSON.parse(data.toString())));
