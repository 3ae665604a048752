import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { Connection } from '../../../../src/main/websockets/connection.ts';
import { serve, unixServe } from '../../../../src/main/websockets/server/serve.ts';
import type { Handler } from '../../../../src/main/websockets/server/server.ts';
import { MisuseError } from '../../../../src/shared/invariant.ts';
import { ProtocolError } from '../../../../src/shared/protocol/errors/websocket-exception.ts';
import { AUTHORITY, ISSUED } from '../../../support/private-authority.ts';
import {
  BareClient,
  echoing,
  ListLog,
  serving,
  upgradeRequest,
  Visitors,
  visit,
} from '../../../support/serving.ts';
import { text } from '../../../support/wire-frame.ts';

const LIMIT = { timeout: 20_000 };

const endings: readonly {
  readonly what: string;
  readonly handler: Handler;
  readonly ends: readonly [number, string];
  readonly complaints: readonly string[];
}[] = [
  { what: 'returns', handler: () => {}, ends: [1000, ''], complaints: [] },
  { what: 'resolves', handler: async () => {}, ends: [1000, ''], complaints: [] },
  {
    what: 'throws',
    handler: () => {
      throw new Error('oops');
    },
    ends: [1011, ''],
    complaints: ['error: connection handler failed (oops)'],
  },
  {
    what: 'rejects',
    handler: () => Promise.reject(new Error('alas')),
    ends: [1011, ''],
    complaints: ['error: connection handler failed (alas)'],
  },
  { what: 'closes by itself', handler: (c) => c.close(4000, 'own'), ends: [4000, 'own'], complaints: [] },
];

for (const { what, handler, ends, complaints } of endings)
  test(`a handler that ${what} closes its connection with ${ends[0]}`, LIMIT, async (t) => {
    const { url, server, log } = await serving(t, handler);
    const { ended } = await visit(url);
    assert.deepEqual(await ended, ends);
    await server.close();
    assert.deepEqual(log.complaints, complaints);
    assert.equal(server.connections.size, 0);
  });

test('a handler that stumbles over the end of its connection is nothing to complain of', LIMIT, async (t) => {
  const { url, server, log } = await serving(t, async (connection) => {
    for (;;) await connection.recv();
  });
  const { ws, ended } = await visit(url);
  ws.close(4001);
  await ended;
  const gone = await visit(url);
  gone.ws.terminate();
  for (const connection of server.connections) await connection.waitClosed();
  await server.close();
  assert.deepEqual(log.complaints, []);
  assert.match(log.lines.join('\n'), /connection ended under its handler \(received 4001 \(private use\)/);
  assert.match(
    log.lines.join('\n'),
    /connection ended under its handler \(no close frame received or sent\)/,
  );
});

test('a closing server closes its connections with 1001 and waits for their handlers', LIMIT, async (t) => {
  const steps: string[] = [];
  const { url, server } = await serving(t, async (connection) => {
    for await (const message of connection) steps.push(String(message));
    await new Promise((resolve) => setImmediate(resolve));
    steps.push('cleaned up');
  });
  const { ended } = await visit(url);
  assert.equal(server.connections.size, 1);
  const first = server.close({ reason: 'night' });
  await Promise.all([first, server.close({ code: 4999 }), server.waitClosed(), server.serveForever()]);
  assert.deepEqual(steps, ['cleaned up']);
  assert.deepEqual(await ended, [1001, 'night']);
  assert.equal(server.connections.size, 0);
  await assert.rejects(visit(url));
});

test('a code that no close frame has does not begin to close a server', LIMIT, async (t) => {
  const { url, server } = await serving(t, echoing);
  await assert.rejects(server.close({ code: 1005 }), ProtocolError);
  const { ws } = await visit(url);
  ws.close();
});

test('a closing server refuses clients with 503 until its handlers are done', LIMIT, async (t) => {
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const { url, port, server } = await serving(t, () => finished);
  const stays = await visit(url);
  const closing = server.close({ closeConnections: false });
  const refused = await new BareClient(port, upgradeRequest()).said();
  assert.match(refused.head, /^HTTP\/1\.1 503 .*server is shutting down\.\n$/s);
  assert.equal(stays.ws.readyState, WebSocket.OPEN);
  finish();
  await closing;
  assert.deepEqual(await stays.ended, [1000, '']);
  assert.equal((await new BareClient(port, upgradeRequest()).said()).head, '');
});

test('a client that has not finished its handshake holds up no end', LIMIT, async (t) => {
  const { port, server } = await serving(t, echoing, { openTimeout: null });
  const idle = new BareClient(port, 'GET / HTTP/1.1\r\n');
  while (server.connections.size === 0 && idle.socket.connecting)
    await new Promise((resolve) => idle.socket.once('connect', resolve));
  await (await visit(`ws://127.0.0.1:${port}`)).ws.close();
  await server.close();
  assert.equal((await idle.said()).head, '');
});

test('a server serves until a signal', LIMIT, async (t) => {
  const { url, server } = await serving(t, echoing);
  const stop = new AbortController();
  const { ended } = await visit(url);
  const served = server.serveForever({ signal: stop.signal });
  stop.abort();
  await served;
  assert.deepEqual(await ended, [1001, '']);
});

test('a server that is disposed of is closed', LIMIT, async () => {
  const server = await serve(echoing, '127.0.0.1', 0);
  await server[Symbol.asyncDispose]();
  await server.waitClosed();
});

test('the handler is given a connection with the facts of its handshake', LIMIT, async (t) => {
  const visitors = new Visitors();
  const { url, server, port } = await serving(t, visitors.handler);
  const { ws } = await visit(`${url}chat?a=b`);
  const connection = await visitors.next();
  assert.ok(connection instanceof Connection);
  assert.ok(server.connections.has(connection));
  assert.equal(connection.request.path, '/chat?a=b');
  assert.equal(connection.request.headers.get('host'), `127.0.0.1:${port}`);
  assert.equal(connection.response.statusCode, 101);
  assert.match(connection.response.headers.get('server')!, /^ringfeed\/\d/);
  assert.deepEqual(connection.localAddress, ['127.0.0.1', port]);
  assert.equal(connection.remoteAddress![0], '127.0.0.1');
  assert.deepEqual((server.address() as AddressInfo).port, port);
  ws.close();
});

test('a name is served at all its addresses', LIMIT, async (t) => {
  const server = await serve(echoing, 'localhost', 0, { logger: new ListLog() });
  t.after(() => server.close());
  const { ws, message } = await visit(`ws://localhost:${server.port}`);
  ws.send('hi');
  assert.equal(await message(), 'hi');
  ws.close();
});

test('a port that is taken is the error of the network', LIMIT, async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.on('listening', resolve));
  t.after(() => taken.close());
  await assert.rejects(serve(echoing, '127.0.0.1', (taken.address() as AddressInfo).port), {
    code: 'EADDRINUSE',
  });
});

for (const [what, begin] of [
  ['a port that is none', () => serve(echoing, '127.0.0.1', 70_000)],
  ['a handler that is none', () => serve('echo' as unknown as Handler)],
] as const)
  test(`${what} is a mistake of the caller's`, () => assert.rejects(begin(), MisuseError));

test('a Unix socket is served', LIMIT, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ringfeed-'));
  const path = join(folder, 'socket');
  const visitors = new Visitors();
  const server = await unixServe(visitors.handler, path, { logger: new ListLog() });
  try {
    assert.equal(server.address(), path);
    assert.equal(server.port, undefined);
    const { ws, ended } = await visit(`ws+unix:${path}:/`);
    const connection = await visitors.next();
    assert.equal(connection.remoteAddress, undefined);
    ws.send('hello');
    assert.equal(await connection.recv(), 'hello');
    await connection.close();
    assert.deepEqual(await ended, [1000, '']);
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});

test('TLS is served', LIMIT, async (t) => {
  const { url } = await serving(t, echoing, { tls: ISSUED });
  const { ws, message, ended } = await visit(url, [], { ca: AUTHORITY });
  ws.send('secret');
  assert.equal(await message(), 'secret');
  ws.close();
  await ended;
});

const dripping = { openTimeout: 0.2 };

test('a client that drips its request is cut off at the deadline', LIMIT, async (t) => {
  const { port } = await serving(t, echoing, dripping);
  const { socket, closed } = new BareClient(port, 'GET / HTTP/1.1\r\n');
  const drip = setInterval(() => socket.write('A: b\r\n'), 20);
  await closed;
  clearInterval(drip);
});

test('a client that drips its request through TLS is cut off at the deadline', LIMIT, async (t) => {
  const { port } = await serving(t, echoing, { ...dripping, tls: ISSUED });
  const socket = connectTls({ port, host: '127.0.0.1', ca: AUTHORITY });
  socket.on('error', () => {});
  const drip = setInterval(() => socket.write('A'), 20);
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(drip);
});

test('a client that drips its TLS handshake is cut off at the deadline', LIMIT, async (t) => {
  const { port } = await serving(t, echoing, { ...dripping, tls: ISSUED });
  // The head of a record of 16 KiB that never gets there.
  const { socket, closed } = new BareClient(port, '\x16\x03\x01\x40\x00');
  const drip = setInterval(() => socket.write('\x01'), 20);
  await closed;
  clearInterval(drip);
});

test('the deadline of the handshake ends no connection', LIMIT, async (t) => {
  for (const tls of [{}, { tls: ISSUED }]) {
    const { url } = await serving(t, echoing, { ...dripping, ...tls });
    const { ws, message, ended } = await visit(url, [], { ca: AUTHORITY });
    await new Promise((resolve) => setTimeout(resolve, 400));
    ws.send('still here');
    assert.equal(await message(), 'still here');
    ws.close();
    assert.deepEqual(await ended, [1005, '']);
  }
});

test('more TCP connections than allowed are closed at once', LIMIT, async (t) => {
  const { url, port } = await serving(t, echoing, { maxConnections: 1 });
  const { ws, ended } = await visit(url);
  await new BareClient(port).closed;
  ws.close();
  await ended;
  await (await visit(url)).ws.close();
});

test('frames that come with the request are read', LIMIT, async (t) => {
  const { port } = await serving(t, echoing);
  const client = new BareClient(port);
  client.socket.write(
    Buffer.concat([
      Buffer.from(upgradeRequest()),
      text('early', { masked: true }),
      text('bird', { masked: true }),
    ]),
  );
  const { frames } = await client.said(({ frames }) => frames.length === 2);
  assert.deepEqual(frames, ['1:early', '1:bird']);
  client.socket.destroy();
});
