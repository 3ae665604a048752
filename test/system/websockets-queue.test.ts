import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectOptions } from '../../src/main/options/connect-options.ts';
import { connect } from '../../src/main/websockets/connect.ts';
import {
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../src/shared/protocol/errors/connection-closed.ts';
import { clientPair, received, shown } from '../support/client-pair.ts';
import { peerThread } from '../support/peer-thread.ts';
import { binary, close, text, wireFrame } from '../support/wire-frame.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Blocks this thread, as a strategy that computes does. */
const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Bytes in which none is where another one is by mistake. */
function patterned(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 7 + (i >> 8) * 13 + (i >> 16)) & 0xff;
  return bytes;
}

for (const length of [1, 125, 126, 65_535, 65_536, 64 * KIB - 48, MIB - 1, MIB, MIB + 1, 5 * MIB, 64 * MIB]) {
  test(`a message of ${length} bytes comes as it was sent, through a ring of 1 MiB`, async () => {
    await using pair = await clientPair({ maxSize: null });
    const bytes = patterned(length);
    void pair.peer.write(Buffer.concat([text('before'), binary(bytes), text('after')]));
    assert.equal(await pair.ws.recv(), 'before');
    assert.ok(bytes.equals((await pair.ws.recv()) as Uint8Array));
    assert.equal(await pair.ws.recv(), 'after');
  });
}

for (const shift of [0, 1, 2, 3]) {
  test(`long text is whole wherever its characters are split (${shift})`, async () => {
    await using pair = await clientPair({ maxSize: null });
    const long = 'x'.repeat(shift) + '€🙂é'.repeat(400_000);
    void pair.peer.write(text(long));
    assert.equal(await pair.ws.recv(), long);
    void pair.peer.write(text(long));
    let joined = '';
    for await (const part of pair.ws.recvStreaming()) joined += shown(part);
    assert.equal(joined, long);
  });
}

test('a message in fragments of one byte is joined', async () => {
  await using pair = await clientPair({ maxSize: null });
  const bytes = patterned(100_000);
  const frames = [...bytes].map((byte, i) =>
    wireFrame(i === 0 ? 2 : 0, Buffer.of(byte), { fin: i === bytes.length - 1 }),
  );
  void pair.peer.write(Buffer.concat(frames));
  assert.ok(bytes.equals((await pair.ws.recv()) as Uint8Array));
});

test('plain messages that find the ring full are kept as they are', async () => {
  // Each is less than a chunk of the socket, and none is like another.
  await using pair = await clientPair({ maxSize: null, maxQueue: null });
  const messages = Array.from({ length: 600 }, (_, i) => String(i).padEnd(9_000 + i, String(i)));
  void pair.peer.write(Buffer.concat(messages.map((message) => text(message))));
  await sleep(200);
  for (const message of messages) assert.equal(await pair.ws.recv(), message);
});

const queues: readonly {
  readonly title: string;
  readonly count: number;
  readonly options: ConnectOptions;
}[] = [
  { title: 'as it is by default', count: 100000, options: {} },
  { title: 'of none', count: 3000, options: { maxQueue: 0 } },
  { title: 'of one', count: 3000, options: { maxQueue: 1 } },
  { title: 'with high and low water', count: 100000, options: { maxQueue: [100, 90] } },
  { title: 'that ends only where the ring does', count: 100000, options: { maxQueue: null } },
];

for (const { title, count, options } of queues) {
  test(`a burst of ${count} messages while nobody reads: nothing is lost with a queue ${title}`, async () => {
    await using peer = await peerThread();
    const ws = await connect(peer.url(`flood?count=${count}&end=close`), { proxy: null, ...options });
    block(300);
    let next = 0;
    for await (const message of ws) assert.equal(Number.parseInt(message as string, 10), next++);
    assert.equal(next, count);
    assert.equal(ws.closeCode, 1000);
  });
}

test('beyond its queue a connection is not read, and the server waits until it is', async () => {
  await using peer = await peerThread();
  const ws = await connect(peer.url('flood?count=4000&bytes=10000&each=1&end=close'), {
    proxy: null,
    maxQueue: [8, 2],
  });
  block(1500);
  let count = 0;
  for await (const message of ws) {
    assert.equal((message as string).length, 10_000);
    count++;
  }
  assert.equal(count, 4000);
  assert.ok(
    Number(await peer.noted('longestMs')) > 500,
    'the server was held up while this thread was blocked',
  );
});

for (const end of ['close', 'fin', 'reset'] as const) {
  test(`what was received before the end (${end}) is delivered after it, however much it is`, async () => {
    await using peer = await peerThread();
    const ws = await connect(peer.url(`flood?count=3000&bytes=200&end=${end}`), { proxy: null });
    block(600);
    const heard: string[] = [];
    const iterated = (async () => {
      for await (const message of ws) heard.push(message as string);
    })();
    if (end === 'close') await iterated;
    else await assert.rejects(iterated, ConnectionClosedError);
    assert.equal(heard.length, 3000);
    assert.equal(ws.closeCode, end === 'close' ? 1000 : 1006);
  });
}

test('a connection that ends while its messages find no room delivers what had been read', async () => {
  await using pair = await clientPair({ maxQueue: 4, closeTimeout: 0.1 });
  const { ws, peer } = pair;
  const total = 200;
  await peer.write(Buffer.concat(Array.from({ length: total }, (_, i) => text(`message ${i}`))));
  await sleep(100);
  peer.socket.resetAndDestroy();
  // The reset is seen when something is written.
  while (ws.closeInfo === undefined) {
    void ws.pong().catch(() => {});
    await sleep(5);
  }
  const heard = await received(ws);
  assert.equal(heard.pop(), 'ConnectionClosedError: no close frame received or sent');
  assert.deepEqual(
    heard,
    Array.from({ length: total }, (_, i) => `message ${i}`),
  );
});

test('closing does not wait for messages that nobody takes, and those in the queue are kept', async () => {
  await using pair = await clientPair({ maxQueue: 2 });
  const { ws, peer } = pair;
  void peer.write(Buffer.concat(Array.from({ length: 5000 }, (_, i) => text(`${i} `.padEnd(1000)))));
  await sleep(100);
  const closed = ws.close();
  await peer.frame(8);
  await peer.write(close(1000));
  peer.socket.end();
  await closed;
  assert.equal(ws.closeCode, 1000);
  let next = 0;
  await assert.rejects(async () => {
    for (;;) assert.equal(Number.parseInt((await ws.recv()) as string, 10), next++);
  }, ConnectionClosedOK);
  assert.ok(next > 2);
});

test('closing passes over the rest of a message rather than leave a hole in it', async () => {
  await using pair = await clientPair({ maxQueue: 1, closeTimeout: 0.2 });
  const { ws, peer } = pair;
  await peer.write(Buffer.concat([text('a'), text('b'), text('c', { fin: false })]));
  await sleep(50);
  const closed = ws.close();
  await peer.frame(8);
  await peer.write(
    Buffer.concat([wireFrame(0, 'd', { fin: false }), wireFrame(0, 'e'), text('f'), close(1000)]),
  );
  peer.socket.end();
  await closed;
  const heard = await received(ws);
  assert.ok(['a,b', 'a,b,cde', 'a,b,cde,f'].includes(heard.slice(0, -1).join()), heard.join());
});
