/**
 * How fast whole messages come out of a socket, nothing parsed: plain ws against the fast lane.
 *
 *   worker thread: floods 190-byte text messages ══ loopback TCP ══▶ this thread: counts messages and bytes
 *
 * The two take turns, and each checks its own count and sum, so a fast wrong run fails.
 */
import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';
import type { MonotonicNs } from '../../src/shared/units.ts';
import { openConnection } from '../../src/workers/socket/connection.ts';

/** As long as a usual update of Kraken's book channel. */
const PAYLOAD_BYTES = 190;
/** Messages that the server writes at once. */
const BATCH = 1_000;
const ROUNDS = 3;
const MAX_PAYLOAD = 1024 * 1024;

export interface FramingOptions {
  /** Of each round; rounded up to whole batches. */
  readonly messages: number;
}

export interface FramingResult {
  readonly wsPerSecond: number;
  readonly lanePerSecond: number;
  /** Times as many messages per second as plain ws, in the best round of each. */
  readonly ratio: number;
}

/** What one round received. */
interface Received {
  readonly messages: number;
  readonly bytes: number;
  readonly seconds: number;
}

export async function run(options: FramingOptions): Promise<FramingResult> {
  const batches = Math.ceil(options.messages / BATCH);
  const worker = new Worker(new URL(import.meta.url), { workerData: { batches } });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    const url = `ws://127.0.0.1:${port}/`;
    let wsPerSecond = 0;
    let lanePerSecond = 0;
    for (let round = 0; round < ROUNDS; round++) {
      wsPerSecond = Math.max(wsPerSecond, rate(await throughWs(url), batches));
      lanePerSecond = Math.max(lanePerSecond, rate(await throughLane(url), batches));
    }
    return { wsPerSecond, lanePerSecond, ratio: lanePerSecond / wsPerSecond };
  } finally {
    await worker.terminate();
  }
}

function rate({ messages, bytes, seconds }: Received, batches: number): number {
  assert.equal(messages, batches * BATCH, 'every message is received once');
  assert.equal(bytes, batches * BATCH * PAYLOAD_BYTES, 'and whole');
  return messages / seconds;
}

function throughWs(url: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    let messages = 0;
    let bytes = 0;
    let beganAt = 0;
    const ws = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_PAYLOAD });
    ws.on('open', () => {
      beganAt = performance.now();
    });
    ws.on('message', (message: Buffer) => {
      messages++;
      bytes += message.length;
    });
    ws.on('error', reject);
    ws.on('close', () => resolve({ messages, bytes, seconds: (performance.now() - beganAt) / 1000 }));
  });
}

function throughLane(url: string): Promise<Received> {
  return new Promise((resolve) => {
    let messages = 0;
    let bytes = 0;
    let beganAt = 0;
    openConnection({
      url,
      socket: { maxPayload: MAX_PAYLOAD, compression: false },
      connectTimeoutMs: 10_000,
      clock: () => (performance.now() * 1e6) as MonotonicNs,
      events: {
        opened() {
          beganAt = performance.now();
        },
        text(_bytes, start, end) {
          messages++;
          bytes += end - start;
          return true;
        },
        binary: () => true,
        chunkEnd() {},
        pong() {},
        closed: () => resolve({ messages, bytes, seconds: (performance.now() - beganAt) / 1000 }),
      },
    });
  });
}

/** Runs on: the worker. Answers any request with an upgrade and writes as fast as it is read. */
function flood(batches: number): void {
  const frame = Buffer.alloc(4 + PAYLOAD_BYTES, 'x');
  frame.set([0x81, 126, PAYLOAD_BYTES >> 8, PAYLOAD_BYTES & 255]);
  const batch = Buffer.concat(Array<Buffer>(BATCH).fill(frame));
  const serve = (socket: Socket): void => {
    let left = batches;
    const write = (): void => {
      while (left-- > 0) if (!socket.write(batch)) return;
      socket.end(Buffer.from([0x88, 0]));
    };
    socket.once('data', (request: Buffer) => {
      const key = /^sec-websocket-key: (.*)\r$/im.exec(request.toString())?.[1];
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
          `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.on('drain', write);
      socket.resume();
      write();
    });
    socket.on('error', () => {});
  };
  const server = createServer(serve);
  server.listen(0, '127.0.0.1', () => parentPort!.postMessage((server.address() as AddressInfo).port));
}

if (!isMainThread && typeof workerData?.batches === 'number') flood(workerData.batches);
