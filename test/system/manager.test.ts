import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BroadcastChannel } from 'node:worker_threads';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ManagerOptions } from '../../src/main/manager/manager-options.ts';
import { openRawConnection } from '../../src/main/manager/raw-connection.ts';
import { type ManagerParts, WebSocketManager } from '../../src/main/manager/websocket-manager.ts';
import { CRASH_CHANNEL, type Crash, crashingWorker } from '../support/crashing-worker.ts';

/** A server that echoes, and a manager with a worker and a socket of its own. */
async function echo(
  t: TestContext,
  options: ManagerOptions = {},
  parts: ManagerParts = {},
): Promise<{
  readonly server: WebSocketServer;
  readonly manager: WebSocketManager;
  readonly told: string[];
}> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer, isBinary) => socket.send(data, { binary: isBinary })),
  );
  const told: string[] = [];
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const given: ManagerOptions = {
    config: false,
    reconnectDelay: 0.02,
    log: { level: 'silent' },
    onDisconnect: (reason) => void told.push(reason),
    ...options,
  };
  const manager = new WebSocketManager(url, given, parts);
  t.after(async () => {
    await manager.shutdown();
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { server, manager, told };
}

const clientOf = (server: WebSocketServer): WebSocket => [...server.clients].at(-1)!;

test('messages go both ways over a real connection, each in its kind', async (t) => {
  const { manager } = await echo(t);
  await manager.connect();
  await manager.send({ a: 'é' });
  await manager.send(new Uint8Array([1, 2, 3]));
  assert.deepEqual(await manager.receive(10), { a: 'é' });
  assert.deepEqual(await manager.receive(10), new Uint8Array([1, 2, 3]));
  assert.deepEqual([manager.stats.bytesSent, manager.stats.bytesReceived], [13, 13]);
});

/** How the server ends a connection, and what it is told as. */
const ENDS: readonly (readonly [string, (client: WebSocket) => void, string])[] = [
  ['a close frame with 1000', (client) => client.close(1000), 'SERVER_CLOSED'],
  ['a close frame without a code', (client) => client.close(), 'SERVER_CLOSED'],
  ['no close frame', (client) => client.terminate(), 'NETWORK_ERROR'],
  ['a reset', (client) => rawSocket(client).resetAndDestroy(), 'NETWORK_ERROR'],
  [
    'a frame that no protocol has',
    (client) => rawSocket(client).write(Buffer.from([0xff, 0])),
    'PROTOCOL_ERROR',
  ],
];

const rawSocket = (client: WebSocket) =>
  (client as unknown as { _socket: { resetAndDestroy(): void; write(bytes: Buffer): void } })._socket;

for (const [how, end, reason] of ENDS)
  test(`an end with ${how} is told as ${reason}, and the subscriptions are made again`, async (t) => {
    const { server, manager, told } = await echo(t, { subscriptions: ['hello'] });
    await manager.connect();
    assert.equal(await manager.receive(10), 'hello');
    end(clientOf(server));
    assert.equal(await manager.receive(10), 'hello');
    assert.deepEqual(told, [reason]);
    assert.deepEqual([manager.stats.connects, manager.stats.reactiveDisconnects], [2, 1]);
  });

test('what arrived before the end of a connection is handed over before its stream ends', async (t) => {
  const { server, manager } = await echo(t);
  await manager.connect();
  const client = clientOf(server);
  for (let i = 0; i < 500; i++) client.send(String(i));
  const got: unknown[] = [];
  const reading = (async () => {
    for await (const message of manager.stream()) if (got.push(message) === 100) void manager.close();
  })();
  await reading;
  assert.deepEqual(
    got,
    got.map((_, i) => i),
  );
  assert.ok(got.length >= 100);
});

test('forceClose says so in its close frame', async (t) => {
  const { server, manager } = await echo(t);
  await manager.connect();
  const closed = once(clientOf(server), 'close');
  await manager.forceClose();
  const [code, reason] = (await closed) as [number, Buffer];
  assert.deepEqual([code, String(reason)], [1000, 'Force close']);
});

/** A manager whose worker ends by accident on demand. */
async function crashing(t: TestContext, way: Crash, options: ManagerOptions = {}) {
  const rig = await echo(t, options, {
    open: (opening, taker) => openRawConnection(opening, taker, crashingWorker(way)),
  });
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  t.after(() => channel.close());
  return { ...rig, crash: () => channel.postMessage('crash') };
}

for (const way of ['throw', 'exit'] as const)
  test(`a worker that ends by accident (${way}) under a manager is followed by another one`, async (t) => {
    const { manager, told, crash } = await crashing(t, way, { subscriptions: ['hello'] });
    await manager.connect();
    assert.equal(await manager.receive(10), 'hello');
    crash();
    assert.equal(await manager.receive(10), 'hello');
    assert.deepEqual(told, ['NETWORK_ERROR']);
    const { connects, disconnects, proactiveDisconnects, reactiveDisconnects } = manager.stats;
    assert.deepEqual([connects, disconnects, proactiveDisconnects, reactiveDisconnects], [2, 1, 0, 1]);
  });

test('without autoReconnect a manager whose worker ended rests, and connects again as soon as it is told to', async (t) => {
  const { manager, told, crash } = await crashing(t, 'exit', { autoReconnect: false });
  await manager.connect();
  crash();
  assert.ok(await manager.waitDisconnected(10));
  assert.deepEqual([manager.state, manager.isRecoverable], ['DISCONNECTED', true]);
  // The worker is being started anew, and cannot be told yet.
  await manager.connect();
  await manager.send('still there');
  assert.equal(await manager.receive(10), 'still there');
  assert.deepEqual([told, manager.stats.connects], [['NETWORK_ERROR'], 2]);
});

for (const method of ['close', 'disconnect', 'forceClose', 'shutdown'])
  test(`a process whose manager was told to ${method} ends by itself`, async (t) => {
    const { server } = await echo(t);
    const { port } = server.address() as AddressInfo;
    const program = `
      import { WebSocketManager } from 'ringfeed/manager';
      const ws = new WebSocketManager('ws://127.0.0.1:${port}/', { subscriptions: ['x'], config: false });
      await ws.connect();
      await ws.${method}();
      console.log(ws.state);`;
    const args = ['--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    assert.equal(stdout.trim(), method === 'close' || method === 'disconnect' ? 'DISCONNECTED' : 'CLOSED');
  });
