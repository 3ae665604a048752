import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLine } from '../../src/main/websockets/client-host.ts';
import { connect } from '../../src/main/websockets/connect.ts';
import { connectSync } from '../../src/main/websockets/sync-connection.ts';
import type { Message } from '../../src/main/websockets/transport.ts';
import { MisuseError } from '../../src/shared/invariant.ts';
import {
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../src/shared/protocol/errors/connection-closed.ts';
import {
  ConcurrencyError,
  ProtocolError,
  WebSocketTimeout,
} from '../../src/shared/protocol/errors/websocket-exception.ts';
import { State } from '../../src/shared/protocol/protocol.ts';
import { peerThread } from '../support/peer-thread.ts';

test('a blocking connection sends, receives, pings, and is closed by using', async () => {
  await using peer = await peerThread();
  let code: number | undefined;
  {
    using ws = connectSync(peer.url('echo'), { proxy: null });
    ws.send('hello');
    assert.equal(ws.recv(), 'hello');
    ws.send(Uint8Array.of(1, 2));
    assert.deepEqual(ws.recv(), Uint8Array.of(1, 2));
    ws.send('text', { text: false });
    assert.deepEqual(ws.recv(), new Uint8Array(Buffer.from('text')));
    ws.send('€');
    assert.deepEqual(ws.recv({ decode: false }), new Uint8Array(Buffer.from('€')));
    assert.ok(ws.ping() > 0);
    assert.ok(ws.latency > 0);
    ws.pong('unasked');
    assert.equal(ws.state, State.OPEN);
    assert.equal(ws.closeCode, undefined);
    assert.equal(ws.response.statusCode, 101);
    queueMicrotask(() => {
      code = ws.closeCode;
    });
  }
  await Promise.resolve();
  assert.equal(code, 1000);
  assert.equal(await peer.noted('close'), 1000);
  assert.equal(await peer.noted('pong'), 'unasked');
});

test('a blocking receive has a timeout that loses nothing, and sees the end', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('halves?ms=300'), { proxy: null });
  assert.throws(() => ws.recv({ timeout: 0 }), { name: 'WebSocketTimeout', message: 'timed out in 0s' });
  assert.throws(() => ws.recv({ timeout: 0.05 }), { message: 'timed out in 0.05s' });
  assert.throws(() => ws.recv({ timeout: Number.NaN }), MisuseError);
  assert.equal(ws.recv({ timeout: 20 }), 'first second');
  ws.close(1001, 'bye');
  assert.throws(() => ws.recv(), ConnectionClosedOK);
  assert.throws(() => ws.send('a'), ConnectionClosedOK);
  assert.throws(() => ws.ping(), ConnectionClosedOK);
  assert.throws(() => ws.pong(), ConnectionClosedOK);
  ws.close();
  assert.equal(ws.closeInfo?.message, 'sent 1001 (going away) bye; then received 1001 (going away) bye');
});

test('fragments are received one by one while the thread is blocked', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('halves?ms=100'), { proxy: null });
  const parts = ws.recvStreaming();
  assert.equal(parts.next().value, 'first ');
  assert.throws(() => ws.recv(), ConcurrencyError);
  assert.throws(() => ws.recvStreaming().next(), ConcurrencyError);
  assert.deepEqual([...parts], ['second']);
  ws.close();
});

for (const end of ['close', 'fin', 'reset']) {
  test(`a blocking loop takes all that was sent before the end (${end})`, async () => {
    await using peer = await peerThread();
    const ws = connectSync(peer.url(`flood?count=5000&bytes=300&end=${end}`), { proxy: null });
    let next = 0;
    const loop = (): void => {
      for (const message of ws) assert.equal(Number.parseInt(message as string, 10), next++);
    };
    if (end === 'close') loop();
    else assert.throws(loop, ConnectionClosedError);
    assert.equal(next, 5000);
    assert.equal(ws.closeCode, end === 'close' ? 1000 : 1006);
  });
}

test('a program that polls and never waits sees the end', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('flood?count=3&end=close'), { proxy: null });
  const heard: string[] = [];
  for (const until = performance.now() + 20_000; performance.now() < until && heard.length < 4; )
    try {
      heard.push((ws.recv({ timeout: 0 }) as string).trim());
    } catch (error) {
      if (!(error instanceof WebSocketTimeout)) heard.push((error as Error).name);
    }
  assert.deepEqual(heard, ['0.......', '1.......', '2.......', 'ConnectionClosedOK']);
  assert.equal(ws.state, State.CLOSED);
});

test('parts are sent as fragments; a wrong part fails the connection with 1011', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('echo'), { proxy: null, closeTimeout: 0.2 });
  ws.send(['a', 'b']);
  assert.equal(ws.recv(), 'ab');
  ws.send([]);
  assert.throws(() => ws.send({} as unknown as Message), MisuseError);
  assert.throws(() => ws.send(['a', Uint8Array.of(1)]), MisuseError);
  assert.throws(() => ws.recv(), {
    name: 'ConnectionClosedError',
    message: /^sent 1011 \(internal error\) error in fragmented message/,
  });
});

test('while parts are being sent nothing else is, and closing fails the connection with 1011', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('silent'), { proxy: null, closeTimeout: 0.1 });
  ws.send(
    (function* () {
      yield 'a';
      assert.throws(() => ws.send('x'), ConcurrencyError);
      yield 'b';
    })(),
  );
  const closes = (function* (): Generator<string> {
    yield 'a';
    ws.close();
    yield 'b';
  })();
  assert.throws(() => ws.send(closes), ConnectionClosedError);
  assert.equal(
    ws.closeInfo?.message,
    'sent 1011 (internal error) close during fragmented message; no close frame received',
  );
});

test('a close frame that cannot be sent is refused', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('echo'), { proxy: null });
  assert.throws(() => ws.close(1006), ProtocolError);
  assert.throws(() => ws.close(1000, 'x'.repeat(124)), ProtocolError);
  ws.send('still');
  assert.equal(ws.recv(), 'still');
  ws.close();
});

test('what keeps a connection from being opened is thrown', async () => {
  await using peer = await peerThread();
  assert.throws(() => connectSync('ws://127.0.0.1:1/', { proxy: null }), { code: 'ECONNREFUSED' });
  assert.throws(() => connectSync(peer.url('echo?answerMs=2000'), { proxy: null, openTimeout: 0.1 }), {
    name: 'WebSocketTimeout',
    message: 'timed out during opening handshake',
  });
  assert.throws(() => connectSync('ws://127.0.0.1/', { compression: 'gzip' as 'deflate' }), MisuseError);
});

test('a server that is silent has the close timeout', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('silent'), { proxy: null, closeTimeout: 0.1 });
  ws.close();
  assert.equal(ws.closeCode, 1006);
  assert.throws(() => ws.recv(), { message: 'sent 1000 (OK); no close frame received' });
});

test('pings are answered, and given up on, while nothing else runs', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('silent'), {
    proxy: null,
    pingInterval: 0.05,
    pingTimeout: 0.05,
    closeTimeout: 0.05,
  });
  assert.throws(() => ws.recv(), {
    message: 'sent 1011 (internal error) keepalive ping timeout; no close frame received',
  });
  const timed = connectSync(peer.url('silent'), { proxy: null, pingInterval: null, closeTimeout: 0 });
  assert.throws(() => timed.ping('x', { timeout: 0.05 }), WebSocketTimeout);
  assert.throws(() => timed.ping('x'), ConcurrencyError);
  timed.close();
});

// ---- Processes.

interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

/** Runs a program of `sync-program.ts`, and does something once it has said its first line. */
async function run(name: string, uri: string, then: (child: ChildProcess) => void = () => {}): Promise<Ran> {
  const program = fileURLToPath(new URL('../support/sync-program.js', import.meta.url));
  const child = spawn(process.execPath, [program, name, uri], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (said === '') then(child);
    said += chunk.toString();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, said: said.trim() };
}

test('an interrupt ends a process that waits for a message', { timeout: 20_000 }, async () => {
  await using peer = await peerThread();
  const ended = await run('waits', peer.url('silent'), (child) => child.kill('SIGINT'));
  assert.deepEqual(ended, { code: null, signal: 'SIGINT', said: 'open' });
});

for (const [name, path, code, said] of [
  ['leaves', 'silent', 0, 'open'],
  ['closes', 'echo', 0, 'a'],
  ...Array.from({ length: 8 }, () => ['iterates', 'echo', 0, 'over'] as const),
  ['refused', 'echo', 0, 'ECONNREFUSED'],
  ['exits', 'silent', 3, 'open'],
  ['threaded', 'echo', 0, 'from a worker\nclosed 1000'],
  ['forever', 'echo', 0, 'a'],
] as const) {
  test(`a process ends by itself when its work is done: ${name}`, { timeout: 20_000 }, async () => {
    await using peer = await peerThread();
    assert.deepEqual(await run(name, peer.url(path)), { code, signal: null, said });
    if (name !== 'refused') await peer.noted('gone');
  });
}

// ---- The thread of the connections.

/** A command that is none: what happens to it is what happens to any error that nobody expected. */
const crash = (): void => void openLine(undefined as never, () => {});

test('the end of the thread is told to every connection, and the next one has a new thread', async () => {
  await using peer = await peerThread();
  const ws = await connect(peer.url('flood?count=10&end=open'), { proxy: null });
  const waiting = await connect(peer.url('silent'), { proxy: null });
  const opening = connect(peer.url('silent?answerMs=5000'), { proxy: null });
  const lost = Promise.all([
    assert.rejects(waiting.recv(), (error: Error) => {
      assert.ok(error instanceof ConnectionClosedError);
      assert.match(String(error.cause), /the thread of the connections ended/);
      return true;
    }),
    assert.rejects(waiting.ping(), ConnectionClosedError),
    assert.rejects(opening, /the thread of the connections ended/),
  ]);
  assert.equal(Number.parseInt((await ws.recv()) as string, 10), 0);
  crash();
  await lost;
  for (let i = 1; i < 10; i++) assert.equal(Number.parseInt((await ws.recv()) as string, 10), i);
  await assert.rejects(ws.recv(), ConnectionClosedError);
  await ws.close();
  const again = await connect(peer.url('echo'), { proxy: null });
  await again.send('again');
  assert.equal(await again.recv(), 'again');
  await again.close();
});

test('the end of the thread is told to whoever is blocked', async () => {
  await using peer = await peerThread();
  const ws = connectSync(peer.url('silent'), { proxy: null });
  crash();
  assert.throws(
    () => ws.recv(),
    (error: Error) => {
      assert.ok(error instanceof ConnectionClosedError);
      assert.match(String(error.cause), /the thread of the connections ended/);
      return true;
    },
  );
  assert.throws(() => ws.send('a'), ConnectionClosedError);
});
