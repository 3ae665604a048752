import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import {
  type CreateConnectionOptions,
  createConnection,
  createConnectionAsync,
} from '../../src/main/websocket-client/create-connection.ts';
import { enableTrace } from '../../src/main/websocket-client/logging.ts';
import { WebSocket } from '../../src/main/websocket-client/websocket.ts';
import { ABNF } from '../../src/shared/websocket-client/abnf.ts';
import {
  ValueError,
  WebSocketConnectionClosedException,
  WebSocketPayloadException,
  WebSocketProtocolException,
  WebSocketTimeoutException,
} from '../../src/shared/websocket-client/exceptions.ts';
import { peerThread } from '../support/peer-thread.ts';
import { type RawPeer, type RawServer, rawServer } from '../support/raw-server.ts';
import { close, ping, text, wireFrame } from '../support/wire-frame.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A server that accepts and then does as it is told. */
const accepting = (script: (peer: RawPeer) => void | Promise<void>): Promise<RawServer> =>
  rawServer({
    script: async (peer) => {
      await peer.write(peer.accept());
      await script(peer);
    },
  });

/** A connection to a server that writes these bytes. */
async function receiving(t: TestContext, written: Uint8Array, options: CreateConnectionOptions = {}) {
  const server = await accepting((peer) => peer.write(written));
  t.after(() => server.close());
  const ws = await createConnectionAsync(server.url, { timeout: 20, ...options });
  t.after(() => ws.shutdown());
  return ws;
}

const CLOSED = { name: 'WebSocketConnectionClosedException', message: 'socket is already closed.' };
const LOST = { name: 'WebSocketConnectionClosedException', message: 'Connection to remote host was lost.' };

// ---- Frames.

test('frames go out masked with the given key, and with a random one otherwise', async () => {
  const sent: Buffer[] = [];
  let done = (): void => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  await using server = await accepting((peer) => {
    peer.socket.on('data', (chunk: Buffer) => {
      sent.push(chunk);
      if (Buffer.concat(sent).length >= 11 + 10 + 8 + 6 + 9) done();
    });
  });
  const ws = await createConnectionAsync(server.url, { getMaskKey: () => 'abcd' });
  assert.equal(ws.send('Hello'), 11);
  assert.equal(ws.sendFrame(new ABNF({ fin: 0, opcode: ABNF.OPCODE_BINARY, data: ascii('frag') })), 10);
  ws.ping('hi');
  ws.pong();
  ws.setMaskKey(null);
  assert.equal(await ws.sendAsync(bytes(1, 2, 3), ABNF.OPCODE_BINARY), 9);
  await all;
  const wire = Buffer.concat(sent);
  assert.equal(wire.toString('hex', 0, 11), '818561626364' + '29070f080e');
  assert.equal(wire.toString('hex', 11, 21), '028461626364' + '07100203');
  assert.equal(wire.toString('hex', 21, 29), '898261626364' + '090b');
  assert.equal(wire.toString('hex', 29, 35), '8a8061626364');
  assert.equal(wire.toString('hex', 35, 37), '8283');
  assert.notEqual(wire.toString('hex', 37, 41), '61626364');
  ws.setMaskKey(() => 'abc');
  assert.throws(() => ws.send('a'), ValueError);
  assert.equal(ws.connected, true);
  // Nothing it could say goodbye with, so it ends without.
  ws.close();
});

const FRAGMENTS = Buffer.concat([
  text('ab', { fin: false }),
  ping('?'),
  wireFrame(0, 'cd', { fin: false }),
  wireFrame(0, 'ef'),
  wireFrame(2, bytes(7)),
  close(1001, 'bye'),
]);

test('fragments are joined, and control frames are left out unless they are asked for', async (t) => {
  const plain = await receiving(t, FRAGMENTS);
  assert.equal(await plain.recvAsync(), 'abcdef');
  assert.deepEqual(await plain.recvAsync(), bytes(7));
  assert.equal(await plain.recvAsync(), '');
  await assert.rejects(plain.recvAsync(), LOST);
  await assert.rejects(plain.recvAsync(), CLOSED);

  const controls = await receiving(t, FRAGMENTS);
  assert.deepEqual(await controls.recvDataAsync(true), [9, ascii('?')]);
  const [opcode, frame] = await controls.recvDataFrameAsync(true);
  assert.equal(opcode, ABNF.OPCODE_TEXT);
  assert.equal(String(frame), "fin=1 opcode=0 data=b'abcdef'");
  assert.deepEqual(await controls.recvDataAsync(), [2, bytes(7)]);
  assert.deepEqual(await controls.recvDataAsync(), [8, new Uint8Array([0x03, 0xe9, ...ascii('bye')])]);
});

test('fireContFrame gives each fragment with its own opcode', async (t) => {
  const ws = await receiving(t, FRAGMENTS, { fireContFrame: true });
  const taken: unknown[] = [];
  for (let i = 0; i < 5; i++) {
    const [opcode, data] = await ws.recvDataAsync(true);
    taken.push([opcode, Buffer.from(data).toString()]);
  }
  assert.deepEqual(taken, [
    [1, 'ab'],
    [9, '?'],
    [0, 'cd'],
    [0, 'ef'],
    [2, '\x07'],
  ]);
});

test('recvFrame gives frames one by one as they are', async (t) => {
  const ws = await receiving(t, FRAGMENTS);
  const frames: string[] = [];
  for (let i = 0; i < 6; i++) frames.push(String(await ws.recvFrameAsync()));
  assert.deepEqual(frames, [
    "fin=0 opcode=1 data=b'ab'",
    "fin=1 opcode=9 data=b'?'",
    "fin=0 opcode=0 data=b'cd'",
    "fin=1 opcode=0 data=b'ef'",
    "fin=1 opcode=2 data=b'\\x07'",
    "fin=1 opcode=8 data=b'\\x03\\xe9bye'",
  ]);
});

test('for await takes messages up to the close frame, and throws where there was none', async (t) => {
  const ws = await receiving(t, FRAGMENTS);
  const taken: unknown[] = [];
  for await (const message of ws) taken.push(message);
  assert.deepEqual(taken, ['abcdef', bytes(7)]);
  await using server = await accepting(async (peer) => {
    await peer.write(text('last'));
    peer.socket.destroy();
  });
  const cut = await createConnectionAsync(server.url);
  await assert.rejects(async () => {
    for await (const message of cut) taken.push(message);
  }, LOST);
  assert.equal(taken.at(-1), 'last');
  await assert.rejects(cut.recvAsync(), CLOSED);
  assert.throws(() => cut.send('a'), CLOSED);
});

test('what breaks the rules is an exception of its kind, once', async (t) => {
  for (const [written, expected] of [
    [text('a', { rsv: 4 }), WebSocketProtocolException],
    [wireFrame(0, 'a'), WebSocketProtocolException],
    [wireFrame(3), WebSocketProtocolException],
    [wireFrame(9, new Uint8Array(126)), WebSocketProtocolException],
    [text(bytes(0xff)), WebSocketPayloadException],
    [text('x'.repeat(11)), WebSocketPayloadException],
  ] as const) {
    const ws = await receiving(t, written, { maxSize: 10 });
    await assert.rejects(ws.recvAsync(), expected);
    await assert.rejects(ws.recvAsync(), CLOSED);
  }
});

test('text that is not checked comes as it is: bytes where it is no UTF-8', async (t) => {
  const ws = await receiving(t, Buffer.concat([text('é'), text(bytes(0xff))]), { skipUtf8Validation: true });
  assert.equal(await ws.recvAsync(), 'é');
  assert.deepEqual(await ws.recvAsync(), bytes(0xff));
});

test('a timeout in the middle of a message loses nothing', async () => {
  let go = (): void => {};
  await using server = await accepting(async (peer) => {
    await peer.write(text('first ', { fin: false }));
    await peer.write(wireFrame(0, 'second', { fin: false }).subarray(0, 4));
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    await peer.write(wireFrame(0, 'second', { fin: false }).subarray(4));
    await peer.write(wireFrame(0, ' third'));
  });
  const ws = await createConnectionAsync(server.url, { timeout: 0.05 });
  await assert.rejects(ws.recvAsync(), { name: 'WebSocketTimeoutException', message: 'timed out' });
  assert.throws(() => ws.recv(), WebSocketTimeoutException);
  ws.settimeout(0);
  assert.throws(() => ws.recv(), WebSocketTimeoutException);
  await assert.rejects(ws.recvAsync(), WebSocketTimeoutException);
  go();
  ws.timeout = null;
  assert.equal(ws.gettimeout(), null);
  assert.equal(await ws.recvAsync(), 'first second third');
  ws.shutdown();
});

// ---- The end.

test('sendClose says it and waits for nothing; the answer is received', async () => {
  let said: Buffer | undefined;
  await using server = await accepting(async (peer) => {
    said = (await peer.frame(8))?.payload;
    await peer.write(text('before'));
    peer.socket.end(close(1000, 'yes'));
  });
  const ws = await createConnectionAsync(server.url);
  assert.throws(() => ws.sendClose(65536), { name: 'ValueError', message: 'code is invalid range' });
  assert.throws(() => ws.close({ status: -1 }), ValueError);
  assert.equal(ws.connected, true);
  ws.sendClose(0, 'why');
  assert.equal(ws.connected, false);
  assert.throws(() => ws.send('a'), CLOSED);
  assert.equal(await ws.recvAsync(), 'before');
  assert.deepEqual(await ws.recvDataAsync(), [8, new Uint8Array([0x03, 0xe8, ...ascii('yes')])]);
  // Any status may be tried on a server, also one that no server may say.
  assert.equal(said?.toString('latin1'), '\0\0why');
  await ws.closeAsync();
});

test('closeAsync waits for the close frame and passes over what comes before it', async () => {
  let received: number | undefined;
  await using server = await accepting(async (peer) => {
    const frame = await peer.frame(8);
    received = frame?.payload.readUInt16BE();
    for (let i = 0; i < 10_000; i++) peer.socket.write(text('late'));
    await peer.write(close(1000));
  });
  const ws = await createConnectionAsync(server.url);
  const rejected = assert.rejects(async () => {
    for (;;) await ws.recvAsync();
  }, WebSocketConnectionClosedException);
  await ws.closeAsync({ status: 4000, timeout: null });
  assert.equal(received, 4000);
  ws.shutdown();
  await rejected;
  await ws.closeAsync();
  ws.close();
  assert.throws(() => ws.recv(), CLOSED);
});

for (const end of ['abort', 'shutdown', 'close', 'closeAsync'] as const) {
  test(`${end} wakes whoever waits`, async () => {
    await using server = await accepting(() => {});
    const ws = await createConnectionAsync(server.url);
    const waiting = [ws.recvAsync(), ws.recvDataAsync(true), ws.recvFrameAsync()];
    const woken = Promise.all(waiting.map((one) => assert.rejects(one, WebSocketConnectionClosedException)));
    if (end === 'close' || end === 'closeAsync') await ws[end]({ timeout: 0.05 });
    else ws[end]();
    await woken;
    assert.equal(ws.connected, false);
    ws.shutdown();
  });
}

test('one object connects again after its end, and not before', async () => {
  await using server = await accepting((peer) => peer.write(text('hello')));
  const ws = new WebSocket();
  for (let i = 0; i < 2; i++) {
    await ws.connectAsync(server.url);
    await assert.rejects(ws.connectAsync(server.url), { message: 'socket is already opened' });
    assert.equal(await ws.recvAsync(), 'hello');
    ws.shutdown();
  }
});

// ---- A thread that is blocked.

test('a blocked thread sends, receives and closes', async () => {
  await using peer = await peerThread();
  const lengths: number[] = [];
  {
    using ws = createConnection(peer.url('echo'), { timeout: 20 });
    lengths.push(ws.send('twelve bytes'));
    lengths.push(ws.sendBinary(bytes(1, 2, 3)), ws.sendText('x'.repeat(126)));
    lengths.push(ws.sendBytes(new Uint8Array(70_000)));
    assert.equal(ws.recv(), 'twelve bytes');
    assert.deepEqual(ws.recvData(), [2, bytes(1, 2, 3)]);
    assert.equal((ws.recvDataFrame()[1].data as Uint8Array).length, 126);
    assert.equal((ws.recvFrame().data as Uint8Array).length, 70_000);
    ws.ping('there?');
    assert.deepEqual(ws.recvData(true), [10, ascii('there?')]);
    ws.pong('unasked');
    ws.send('next');
    assert.equal(ws.next(), 'next');
  }
  assert.deepEqual(lengths, [18, 9, 134, 70_014]);
  assert.equal(await peer.noted('close'), 1000);
  assert.equal(await peer.noted('pong'), 'unasked');
});

test('a blocked thread times out in the middle of a message and loses nothing', async () => {
  await using peer = await peerThread();
  const ws = createConnection(peer.url('halves?ms=300'), { timeout: 0.02 });
  assert.throws(() => ws.recv(), { name: 'WebSocketTimeoutException', message: 'timed out' });
  ws.timeout = 0;
  assert.throws(() => ws.recv(), WebSocketTimeoutException);
  ws.timeout = null;
  assert.equal(ws.recv(), 'first second');
  ws.close();
});

test('a loop of a blocked thread takes all messages, and the server’s pings are answered meanwhile', async () => {
  await using peer = await peerThread();
  const ws = createConnection(peer.url('flood?count=5000&bytes=300&end=close'));
  let next = 0;
  for (const message of ws) assert.equal(Number.parseInt(message as string, 10), next++);
  assert.equal(next, 5000);
  ws.close();
  const pinged = createConnection(peer.url('pings?ms=20'));
  // Does nothing at all for a while.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  pinged.shutdown();
  assert.ok(Number(await peer.noted('pongs')) > 2);
});

test('a dead link is closed within the timeout, and closing again is nothing', async () => {
  await using peer = await peerThread();
  const ws = createConnection(peer.url('silent'));
  ws.close({ timeout: 0.2 });
  ws.close({ timeout: null });
  assert.equal(ws.connected, false);
  assert.throws(() => ws.recv(), CLOSED);
  assert.throws(() => ws.send('a'), CLOSED);
  assert.throws(() => ws.ping(), CLOSED);
  assert.throws(() => ws.sendClose(), CLOSED);
  await peer.noted('gone');
});

// ---- Traces.

test('traces show the handshake and each frame, where they are enabled', async (t) => {
  let written = '';
  const write = (line: string): void => {
    written += line;
  };
  enableTrace(true, { destination: { write } });
  t.after(() => enableTrace(false));
  const ws = await receiving(t, Buffer.concat([text('Hi'), close(1000)]));
  assert.equal(await ws.recvAsync(), 'Hi');
  ws.setMaskKey(() => 'abcd');
  const lines = (): string[] =>
    written
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).msg as string);
  const request = lines().find((line) => line.startsWith('GET / HTTP/1.1\r\nUpgrade: websocket\r\n'));
  assert.match(request!, /\r\nSec-WebSocket-Key: \S{24}\r\n/);
  assert.ok(lines().includes("++Rcv raw: b'\\x81\\x02Hi'"));
  assert.ok(lines().includes("++Rcv decoded: fin=1 opcode=1 data=b'Hi'"));
  const before = lines().length;
  enableTrace(false);
  assert.equal(await ws.recvAsync(), '');
  assert.equal(lines().length, before);
});

// ---- Another implementation.

const PYTHON = '/usr/bin/python3';

const PYTHON_SERVER = `
import asyncio, sys, websockets
async def serve(connection, path="/"):
    await connection.send(["a", "b", "c"])
    async for message in connection:
        if message == "close":
            await connection.close(4001, "as asked")
        await connection.send(message)
async def main():
    async with websockets.serve(serve, "127.0.0.1", 0, max_size=None, subprotocols=["chat"]) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
asyncio.run(main())
`;

test('with a server of Python websockets', { timeout: 30_000 }, async (t) => {
  if (spawnSync(PYTHON, ['-c', 'import websockets']).status !== 0)
    return t.skip(`${PYTHON} has no websockets`);
  const child = spawn(PYTHON, ['-c', PYTHON_SERVER], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [port] = await once(child.stdout, 'data');
  const url = `ws://127.0.0.1:${Number(String(port))}/`;
  using ws = createConnection(url, { timeout: 20, subprotocols: ['Chat', 'chat'] });
  assert.equal(ws.subprotocol, 'chat');
  assert.equal(ws.recv(), 'abc');
  for (const message of ['hello', '', 'ünïcödé 😀', bytes(0, 255), 'x'.repeat(1_000_000)]) {
    if (typeof message === 'string') ws.sendText(message);
    else ws.sendBinary(message);
    assert.deepEqual(ws.recv(), message);
  }
  ws.ping('there?');
  assert.deepEqual(ws.recvData(true), [10, ascii('there?')]);
  ws.send('close');
  assert.deepEqual(ws.recvData(), [8, new Uint8Array([0x0f, 0xa1, ...ascii('as asked')])]);
  assert.throws(() => ws.recv(), WebSocketConnectionClosedException);
});

test('frames of a server that masks them are taken, in fragments and between plain ones too', async (t) => {
  const masked = { masked: true };
  const ws = await receiving(
    t,
    Buffer.concat([
      text('Hello, masked', masked),
      text('plain'),
      text('frag', { fin: false, masked: true }),
      wireFrame(9, 'ping', masked),
      wireFrame(0, 'ment', masked),
      wireFrame(2, Buffer.alloc(70_000, 7), masked),
      wireFrame(8, Buffer.of(3, 232), masked),
    ]),
  );
  assert.equal(await ws.recvAsync(), 'Hello, masked');
  assert.equal(await ws.recvAsync(), 'plain');
  assert.equal(await ws.recvAsync(), 'fragment');
  assert.deepEqual(await ws.recvAsync(), new Uint8Array(70_000).fill(7));
  const [opcode, data] = await ws.recvDataAsync();
  assert.deepEqual([opcode, Buffer.from(data)], [ABNF.OPCODE_CLOSE, Buffer.of(3, 232)]);
});
