import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ServeOptions } from '../../../../src/main/options/serve-options.ts';
import type { ServerConnection } from '../../../../src/main/websockets/server/server-connection.ts';
import { MisuseError } from '../../../../src/shared/invariant.ts';
import {
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../../../src/shared/protocol/errors/connection-closed.ts';
import {
  ConcurrencyError,
  EOFError,
  PayloadTooBig,
  ProtocolError,
  WebSocketTimeout,
} from '../../../../src/shared/protocol/errors/websocket-exception.ts';
import { State } from '../../../../src/shared/protocol/protocol.ts';
import { BareClient, serving, upgradeRequest, Visitors, visit } from '../../../support/serving.ts';
import { wireFrame } from '../../../support/wire-frame.ts';

const LIMIT = { timeout: 20_000 };
const quiet: ServeOptions = { pingInterval: null };

const masked = (opcode: number, payload: string | Uint8Array = '', fin = true): Buffer =>
  wireFrame(opcode, payload, { masked: true, fin });
const closing = (code: number, reason = ''): Buffer =>
  masked(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

/** Both ends of a connection: a client of ws, and what the handler has. */
async function both(t: TestContext, options: ServeOptions = quiet, client: object = {}) {
  const visitors = new Visitors();
  const { url } = await serving(t, visitors.handler, options);
  const visitor = await visit(url, [], client);
  t.after(() => visitor.ws.terminate());
  return { ...visitor, connection: await visitors.next() };
}

/** Both ends of a connection: bytes, and what the handler has. */
async function bare(t: TestContext, options: ServeOptions = quiet, headers: readonly string[] = []) {
  const visitors = new Visitors();
  const { port, server } = await serving(t, visitors.handler, options);
  const client = await new BareClient(port, upgradeRequest(headers)).opened();
  t.after(() => client.socket.destroy());
  return { client, socket: client.socket, connection: await visitors.next(), server };
}

// ---- Receiving.

test('messages are received in their order, as they were sent or as they are asked for', LIMIT, async (t) => {
  const { ws, connection } = await both(t);
  for (const data of ['text', 'übertext 😀', '', Buffer.from('bytes'), 'as bytes', Buffer.from('as text')])
    ws.send(data);
  assert.equal(await connection.recv(), 'text');
  assert.equal(await connection.recv(), 'übertext 😀');
  assert.equal(await connection.recv(), '');
  assert.deepEqual(await connection.recv(), new Uint8Array(Buffer.from('bytes')));
  assert.deepEqual(await connection.recv({ decode: false }), new Uint8Array(Buffer.from('as bytes')));
  assert.equal(await connection.recv({ decode: true }), 'as text');
});

test('a timeout loses nothing', LIMIT, async (t) => {
  const { ws, connection } = await both(t);
  await assert.rejects(connection.recv({ timeout: 0 }), WebSocketTimeout);
  await assert.rejects(connection.recv({ timeout: 0.01 }), /timed out in 0.01s/);
  ws.send('a', { fin: false });
  await assert.rejects(connection.recv({ timeout: 0.05 }), WebSocketTimeout);
  ws.send('b');
  assert.equal(await connection.recv({ timeout: 10 }), 'ab');
});

test('two cannot receive at the same time', LIMIT, async (t) => {
  const { ws, connection } = await both(t);
  const first = connection.recv();
  await assert.rejects(connection.recv(), ConcurrencyError);
  ws.send('once');
  assert.equal(await first, 'once');
});

test('a message is streamed as one part', LIMIT, async (t) => {
  const { ws, connection } = await both(t);
  ws.send('a', { fin: false });
  ws.send('b');
  ws.send('next');
  const parts: unknown[] = [];
  for await (const part of connection.recvStreaming()) parts.push(part);
  assert.deepEqual(parts, ['ab']);
  assert.equal(await connection.recv(), 'next');
});

test('what came before the end is still received, and iteration ends in order', LIMIT, async (t) => {
  const { connection, socket } = await bare(t);
  socket.write(Buffer.concat([masked(1, 'one'), masked(1, 'two'), closing(1001, 'bye')]));
  await connection.waitClosed();
  const all: unknown[] = [];
  for await (const message of connection) all.push(message);
  assert.deepEqual(all, ['one', 'two']);
  assert.ok(connection.closeInfo instanceof ConnectionClosedOK);
  await assert.rejects(connection.recv(), connection.closeInfo);
});

test('iteration throws where the connection did not end in order', LIMIT, async (t) => {
  const { connection, socket } = await bare(t);
  socket.write(Buffer.concat([masked(1, 'one'), closing(4000, 'why')]));
  const all: unknown[] = [];
  await assert.rejects(async () => {
    for await (const message of connection) all.push(message);
  }, ConnectionClosedError);
  assert.deepEqual(all, ['one']);
});

test('reading stops above the high water mark and goes on at the low one', LIMIT, async (t) => {
  const { ws, connection } = await both(t, { ...quiet, maxQueue: [4, 1] });
  const payload = Buffer.alloc(256 * 1024);
  for (let i = 0; i < 64; i++) ws.send(payload.fill(i));
  // 16 MiB are more than the kernels take, so that the rest waits at the client.
  const left = async (): Promise<number> => {
    let before: number;
    let now = ws.bufferedAmount;
    do {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
      now = ws.bufferedAmount;
    } while (now !== before);
    return now;
  };
  assert.ok((await left()) > 0);
  for (let i = 0; i < 64; i++) assert.equal(((await connection.recv()) as Uint8Array)[0], i);
  assert.equal(ws.bufferedAmount, 0);
});

test('messages of one read come in whole, however many they are', LIMIT, async (t) => {
  const { connection, socket } = await bare(t, { ...quiet, maxQueue: 1 });
  socket.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => masked(1, String(i)))));
  for (let i = 0; i < 500; i++) assert.equal(await connection.recv(), String(i));
});

// ---- Sending.

test('texts, bytes and parts are sent as what they are, or as what is said', LIMIT, async (t) => {
  const { connection, client } = await bare(t);
  await connection.send('text');
  await connection.send(Uint8Array.of(65));
  await connection.send('text', { text: false });
  await connection.send(Uint8Array.of(65), { text: true });
  await connection.send(['a', 'b']);
  await connection.send([]);
  await connection.send('');
  const { frames } = await client.said(({ frames }) => frames.length === 8);
  assert.deepEqual(frames, ['1:text', '2:A', '2:text', '1:A', '1+:a', '0+:b', '0:', '1:']);
});

test('parts of two kinds fail the connection with 1011', LIMIT, async (t) => {
  const { connection, client } = await bare(t);
  await assert.rejects(connection.send(['a', Uint8Array.of(1)]), MisuseError);
  const { frames } = await client.said(({ frames }) => frames.length === 2);
  assert.deepEqual(frames, ['1+:a', '8:1011 error in fragmented message']);
});

test('what is not open sends nothing', LIMIT, async (t) => {
  const { connection, ws } = await both(t);
  ws.close(4321);
  await connection.waitClosed();
  for (const act of [connection.send('late'), connection.ping(), connection.pong()])
    await assert.rejects(act, connection.closeInfo);
});

test('a send waits while more waits to be written than should', LIMIT, async (t) => {
  const { connection, ws } = await both(t, { ...quiet, writeLimit: 1024 * 1024 });
  ws.pause();
  let sent = 0;
  const sending = (async () => {
    for (; sent < 64; sent++) await connection.send(new Uint8Array(1024 * 1024));
  })();
  let before: number;
  do {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (sent !== before);
  assert.ok(sent < 64);
  ws.resume();
  await sending;
});

test('a send that waits is ended by the end', LIMIT, async (t) => {
  const { connection, ws } = await both(t, { ...quiet, writeLimit: 0 });
  ws.pause();
  const sending = connection.send(new Uint8Array(64 * 1024 * 1024));
  await new Promise((resolve) => setTimeout(resolve, 50));
  ws.terminate();
  await sending;
  await assert.rejects(connection.send('more'), ConnectionClosedError);
});

// ---- Compression.

test('messages are compressed where both agree', LIMIT, async (t) => {
  const { connection, ws, message } = await both(t, quiet, { perMessageDeflate: true });
  assert.equal(ws.extensions, 'permessage-deflate');
  assert.equal(
    connection.response.headers.get('sec-websocket-extensions'),
    'permessage-deflate; server_no_context_takeover',
  );
  const long = 'again and again '.repeat(1000);
  ws.send(long);
  assert.equal(await connection.recv(), long);
  await connection.send(long);
  await connection.send(['short', 'ened']);
  assert.equal(await message(), long);
  assert.equal(await message(), 'shortened');
});

test('compression can be left out', LIMIT, async (t) => {
  const { ws } = await both(t, { ...quiet, compression: null }, { perMessageDeflate: true });
  assert.equal(ws.extensions, '');
});

// ---- Pings.

test('pings are answered, all of those that come in one read', LIMIT, async (t) => {
  const { client, socket } = await bare(t);
  socket.write(Buffer.concat(Array.from({ length: 1000 }, (_, i) => masked(9, `ping ${i}`))));
  const { frames } = await client.said(({ frames }) => frames.length === 1000);
  assert.deepEqual(
    frames,
    Array.from({ length: 1000 }, (_, i) => `10:ping ${i}`),
  );
});

test('a client that pings and does not read has its newest ping answered, and not all', LIMIT, async (t) => {
  const { ws } = await both(t);
  const count = 150_000;
  const padding = 'x'.repeat(100);
  let pongs = 0;
  const last = new Promise<void>((resolve) =>
    ws.on('pong', (payload) => {
      pongs++;
      if (payload.toString() === `${padding}${count}`) resolve();
    }),
  );
  ws.pause();
  for (let i = 1; i <= count; i++) ws.ping(`${padding}${i}`);
  while (ws.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  ws.resume();
  await last;
  assert.ok(pongs < count, `${pongs} pongs`);
});

test('a pong answers its ping and all before it, and tells the latency', LIMIT, async (t) => {
  const { connection, client, socket } = await bare(t);
  assert.equal(connection.latency, 0);
  const pings = ['a', 'b', 'c'].map((payload) => connection.ping(payload));
  await assert.rejects(connection.ping('b'), ConcurrencyError);
  await client.said(({ frames }) => frames.length === 3);
  socket.write(Buffer.concat([masked(10, 'unknown'), masked(10, 'b')]));
  const latencies = await Promise.all(pings.slice(0, 2));
  assert.ok(latencies.every((latency) => latency > 0));
  assert.equal(connection.latency, latencies[1]);
  const last = assert.rejects(pings[2]!, ConnectionClosedError);
  socket.destroy();
  await last;
});

test('a pong that nobody asked for is sent', LIMIT, async (t) => {
  const { connection, client } = await bare(t);
  await connection.pong('here');
  assert.deepEqual((await client.said(({ frames }) => frames.length === 1)).frames, ['10:here']);
});

test('a client that answers no ping of the keepalive is failed with 1011', LIMIT, async (t) => {
  const { connection, client } = await bare(t, { pingInterval: 0.02, pingTimeout: 0.02, closeTimeout: 0.02 });
  await assert.rejects(connection.recv(), {
    name: 'ConnectionClosedError',
    message: 'sent 1011 (internal error) keepalive ping timeout; no close frame received',
  });
  const { frames } = await client.said();
  assert.equal(frames.at(-1), '8:1011 keepalive ping timeout');
  assert.equal(frames.length, 2);
  assert.equal(connection.closeCode, 1006);
});

test('a client that answers is kept, and its latency measured', LIMIT, async (t) => {
  const { connection, ws } = await both(t, { pingInterval: 0.02, pingTimeout: 5 });
  let pings = 0;
  await new Promise<void>((resolve) => ws.on('ping', () => ++pings === 4 && resolve()));
  assert.ok(connection.latency > 0);
  assert.equal(connection.state, State.OPEN);
});

test('a client whose pong may wait behind messages that nobody takes is not failed', LIMIT, async (t) => {
  const { connection, ws } = await both(t, { pingInterval: 0.05, pingTimeout: 0.05, maxQueue: 1 });
  for (let i = 0; i < 8; i++) ws.send(Buffer.alloc(128 * 1024));
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(connection.state, State.OPEN);
  for (let i = 0; i < 8; i++) await connection.recv();
});

// ---- The end.

type End = (connection: ServerConnection, client: BareClient) => unknown;

const ends: readonly {
  readonly what: string;
  readonly end: End;
  readonly closeInfo: string;
  readonly code: number;
  readonly cause?: new (...args: never[]) => Error;
  readonly frames: readonly string[];
}[] = [
  {
    what: 'the client closes',
    end: (_, { socket }) => socket.write(closing(1000, 'bye')),
    closeInfo: 'ConnectionClosedOK: received 1000 (OK) bye; then sent 1000 (OK) bye',
    code: 1000,
    frames: ['8:1000 bye'],
  },
  {
    what: 'the client closes without a code',
    end: (_, { socket }) => socket.write(masked(8)),
    closeInfo:
      'ConnectionClosedOK: received 1005 (no status received [internal]); then sent 1005 (no status received [internal])',
    code: 1005,
    frames: ['8:'],
  },
  {
    what: 'the client closes with an error',
    end: (_, { socket }) => socket.write(closing(1008, 'no')),
    closeInfo:
      'ConnectionClosedError: received 1008 (policy violation) no; then sent 1008 (policy violation) no',
    code: 1008,
    frames: ['8:1008 no'],
  },
  {
    what: 'the server closes',
    end: async (connection, client) => {
      void connection.close(1001, 'enough');
      await client.said(({ frames }) => frames.length === 1);
      client.socket.write(closing(1001, 'enough'));
    },
    closeInfo: 'ConnectionClosedOK: sent 1001 (going away) enough; then received 1001 (going away) enough',
    code: 1001,
    frames: ['8:1001 enough'],
  },
  {
    what: 'the server closes and the client says nothing',
    end: (connection) => void connection.close(),
    closeInfo: 'ConnectionClosedError: sent 1000 (OK); no close frame received',
    code: 1006,
    cause: EOFError,
    frames: ['8:1000'],
  },
  {
    what: 'the server fails the connection and the client answers',
    end: async (connection, client) => {
      await connection.send(['a', Uint8Array.of(1)]).catch(() => undefined);
      await client.said(({ frames }) => frames.length === 2);
      client.socket.write(closing(1011));
    },
    closeInfo:
      'ConnectionClosedError: sent 1011 (internal error) error in fragmented message; no close frame received',
    code: 1006,
    frames: ['1+:a', '8:1011 error in fragmented message'],
  },
  {
    what: 'the client leaves without a word',
    end: (_, { socket }) => socket.end(),
    closeInfo: 'ConnectionClosedError: no close frame received or sent',
    code: 1006,
    cause: EOFError,
    frames: [],
  },
  {
    what: 'the client resets the connection',
    end: (_, { socket }) => socket.resetAndDestroy(),
    closeInfo: 'ConnectionClosedError: no close frame received or sent',
    code: 1006,
    cause: Error,
    frames: [],
  },
  {
    what: 'a frame is not masked',
    end: (_, { socket }) => socket.write(wireFrame(1, 'bare')),
    closeInfo: 'ConnectionClosedError: sent 1002 (protocol error); no close frame received',
    code: 1006,
    cause: ProtocolError,
    frames: ['8:1002'],
  },
  {
    what: 'a text is no UTF-8',
    end: (_, { socket }) => socket.write(masked(1, Uint8Array.of(0xff))),
    closeInfo: 'ConnectionClosedError: sent 1007 (invalid frame payload data); no close frame received',
    code: 1006,
    cause: Error,
    frames: ['8:1007'],
  },
  {
    what: 'a message is announced that is too long',
    end: (_, { socket }) => socket.write(wireFrame(2, '', { masked: true, announced: 1025n })),
    closeInfo:
      'ConnectionClosedError: sent 1009 (message too big) frame exceeds limit of 1024 bytes; no close frame received',
    code: 1006,
    cause: PayloadTooBig,
    frames: ['8:1009 frame exceeds limit of 1024 bytes'],
  },
];

for (const { what, end, closeInfo, code, cause, frames } of ends)
  test(`where ${what}, the connection ended so: ${closeInfo}`, LIMIT, async (t) => {
    const { connection, client } = await bare(t, { ...quiet, maxSize: 1024, closeTimeout: 0.1 });
    await end(connection, client);
    await connection.waitClosed();
    assert.equal(String(connection.closeInfo), closeInfo);
    assert.equal(connection.closeCode, code);
    assert.equal(connection.state, State.CLOSED);
    if (cause !== undefined) assert.ok(connection.closeInfo!.cause instanceof cause);
    else assert.equal(connection.closeInfo!.cause, undefined);
    assert.deepEqual((await client.said()).frames, frames);
  });

test('a message of exactly the greatest length is received, and one byte more is not', LIMIT, async (t) => {
  const { connection, ws, ended } = await both(t, { ...quiet, maxSize: 1000 });
  ws.send('x'.repeat(1000));
  assert.equal(((await connection.recv()) as string).length, 1000);
  ws.send('x'.repeat(600), { fin: false });
  ws.send('x'.repeat(401));
  assert.deepEqual(await ended, [1009, 'frame exceeds limit of 1000 bytes']);
});

test('messages that come after we have begun to close are passed over', LIMIT, async (t) => {
  const { connection, socket, client } = await bare(t, { ...quiet, maxQueue: 1 });
  socket.write(Buffer.concat(Array.from({ length: 8 }, () => masked(1, 'before'))));
  assert.equal(await connection.recv(), 'before');
  const ended = connection.close();
  await client.said(({ frames }) => frames.includes('8:1000'));
  socket.write(Buffer.concat([masked(1, 'after'), closing(1000)]));
  await ended;
  const left: unknown[] = [];
  for await (const message of connection) left.push(message);
  assert.deepEqual(new Set(left), new Set(['before']));
});

test('closing in the middle of a message of parts fails the connection', LIMIT, async (t) => {
  const { connection, client, socket } = await bare(t);
  const sending = connection.send(
    (async function* () {
      yield 'begun';
      await connection.close();
      yield 'never sent';
    })(),
  );
  await client.said(({ frames }) => frames.length === 2);
  socket.destroy();
  await assert.rejects(sending, ConnectionClosedError);
  assert.equal(
    connection.closeInfo!.message,
    'sent 1011 (internal error) close during fragmented message; no close frame received',
  );
});
