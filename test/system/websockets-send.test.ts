import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { connect } from '../../src/main/websockets/connect.ts';
import type { Message } from '../../src/main/websockets/transport.ts';
import { MisuseError } from '../../src/shared/invariant.ts';
import {
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../src/shared/protocol/errors/connection-closed.ts';
import { ConcurrencyError, ProtocolError } from '../../src/shared/protocol/errors/websocket-exception.ts';
import { State } from '../../src/shared/protocol/protocol.ts';
import { clientPair, codeOf, shown } from '../support/client-pair.ts';
import type { RawPeer } from '../support/raw-server.ts';
import { close, text, wireFrame } from '../support/wire-frame.ts';

/** The frames the server got up to the first with this opcode, as text. */
async function framesUpTo(peer: RawPeer, opcode: number): Promise<string[]> {
  await peer.frame(opcode);
  return peer.frames.map(({ opcode: code, payload }) => `${code} ${payload.toString('latin1')}`);
}

async function* slowly<T>(parts: readonly T[]): AsyncGenerator<T> {
  for (const part of parts) {
    await new Promise((resolve) => setImmediate(resolve));
    yield part;
  }
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const messages: readonly {
  readonly title: string;
  readonly message: () => Message | Iterable<Message> | AsyncIterable<Message>;
  readonly text?: boolean;
  readonly frames: readonly string[];
}[] = [
  { title: 'a text', message: () => 'wörld', frames: ['1 wÃ¶rld'] },
  { title: 'an empty text', message: () => '', frames: ['1 '] },
  { title: 'half a surrogate pair', message: () => '\ud800', frames: ['1 ï¿½'] },
  { title: 'bytes', message: () => bytes(1, 2), frames: ['2 \x01\x02'] },
  { title: 'a Buffer', message: () => Buffer.from('pool'), frames: ['2 pool'] },
  { title: 'shared memory', message: () => new Uint8Array(new SharedArrayBuffer(1)), frames: ['2 \0'] },
  { title: 'bytes as text', message: () => bytes(65), text: true, frames: ['1 A'] },
  { title: 'text as bytes', message: () => 'A', text: false, frames: ['2 A'] },
  { title: 'a list of texts', message: () => ['a', 'b'], frames: ['1 a', '0 b', '0 '] },
  { title: 'a list of bytes', message: () => [bytes(65), bytes(66)], frames: ['2 A', '0 B', '0 '] },
  { title: 'a list of bytes as text', message: () => [bytes(65)], text: true, frames: ['1 A', '0 '] },
  { title: 'a set', message: () => new Set(['a']), frames: ['1 a', '0 '] },
  {
    title: 'parts that come slowly',
    message: () => slowly(['a', 'b', 'c']),
    frames: ['1 a', '0 b', '0 c', '0 '],
  },
  { title: 'an empty list', message: () => [], frames: [] },
  { title: 'no parts that come slowly', message: () => slowly([]), frames: [] },
];

for (const { title, message, text: asText, frames } of messages) {
  test(`sends ${title}`, async () => {
    await using pair = await clientPair();
    await pair.ws.send(message(), { text: asText });
    await pair.ws.pong();
    assert.deepEqual(await framesUpTo(pair.peer, 10), [...frames, '10 ']);
  });
}

test('what is no message is refused and nothing of it sent', async () => {
  await using pair = await clientPair();
  for (const wrong of [{ a: 1 }, 5, null, undefined, true, new ArrayBuffer(1), [1], new Map([['a', 'b']])])
    await assert.rejects(pair.ws.send(wrong as unknown as string), MisuseError);
  await pair.ws.pong();
  assert.deepEqual(await framesUpTo(pair.peer, 10), ['10 ']);
});

for (const [title, parts] of [
  ['texts and bytes mixed', ['a', bytes(1)]],
  ['bytes and texts mixed', slowly([bytes(97), 'b'])],
  ['a part that is none', ['a', 5]],
  [
    'an error between parts',
    (function* (): Generator<string> {
      yield 'a';
      throw new MisuseError('of the caller');
    })(),
  ],
] as const) {
  test(`${title} fail the connection with 1011, since half a message has gone out`, async () => {
    await using pair = await clientPair({ closeTimeout: 0.2 });
    await assert.rejects(pair.ws.send(parts as Iterable<string>), MisuseError);
    assert.equal(codeOf(await pair.peer.frame(8)), 1011);
    await assert.rejects(pair.ws.recv(), {
      message: 'sent 1011 (internal error) error in fragmented message; no close frame received',
    });
  });
}

test('no other message comes between the parts of one', async () => {
  await using pair = await clientPair();
  const parts = pair.ws.send(slowly(['a', 'b']));
  await Promise.all([pair.ws.send('x'), pair.ws.send(['y']), parts]);
  await pair.ws.pong();
  assert.deepEqual(await framesUpTo(pair.peer, 10), ['1 a', '0 b', '0 ', '1 x', '1 y', '0 ', '10 ']);
});

test('closing between the parts of a message fails the connection with 1011', async () => {
  await using pair = await clientPair({ closeTimeout: 0.2 });
  let begun: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const sent = pair.ws.send(
    (async function* () {
      yield 'a';
      begun();
      await pair.ws.waitClosed();
      yield 'b';
    })(),
  );
  const failed = assert.rejects(sent, ConnectionClosedError);
  await first;
  await pair.ws.close();
  await failed;
  assert.equal(codeOf(await pair.peer.frame(8)), 1011);
});

test('sending, pinging and ponging after the end throw how it ended', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  await peer.write(close(1000));
  peer.socket.end();
  await ws.waitClosed();
  for (const call of [ws.send('a'), ws.send(['a']), ws.ping(), ws.pong(), ws.recv()])
    await assert.rejects(call, ConnectionClosedOK);
  assert.equal(ws.state, State.CLOSED);
});

test('a message is sent as it was when it was given', async () => {
  await using pair = await clientPair();
  for (const length of [10, 100_000]) {
    const message = new Uint8Array(length).fill(1);
    const sent = pair.ws.send(message);
    message.fill(2);
    await sent;
    assert.equal(message.length, length);
  }
  await pair.ws.pong();
  await pair.peer.frame(10);
  for (const { opcode, payload } of pair.peer.frames)
    if (opcode === 2) assert.ok(payload.every((byte) => byte === 1));
});

test('sending waits while the server takes nothing, and goes on when it does', async () => {
  await using pair = await clientPair({ writeLimit: 64 * 1024, pingInterval: null });
  const { ws, peer } = pair;
  peer.socket.pause();
  const chunk = new Uint8Array(1024 * 1024);
  let sent = 0;
  const flood = (async () => {
    for (; sent < 64; sent++) await ws.send(chunk);
  })();
  for (let before = -1; before !== sent; await new Promise((resolve) => setTimeout(resolve, 200)))
    before = sent;
  assert.ok(sent < 64, 'the sender is held up');
  peer.socket.resume();
  await flood;
  assert.equal(ws.state, State.OPEN);
});

test('sending ends with the connection, where the server takes nothing', async () => {
  await using pair = await clientPair({ writeLimit: 0, pingInterval: null });
  pair.peer.socket.pause();
  const flood = (async () => {
    for (;;) await pair.ws.send(new Uint8Array(1024 * 1024));
  })();
  setTimeout(() => pair.peer.socket.resetAndDestroy(), 100);
  await assert.rejects(flood, ConnectionClosedError);
});

// ---- Pings.

test('a ping tells how long its pong took, and so does the connection', async () => {
  await using pair = await clientPair();
  assert.equal(pair.ws.latency, 0);
  const ping = pair.ws.ping('x');
  assert.equal((await pair.peer.frame(9))?.payload.toString(), 'x');
  await pair.peer.write(wireFrame(10, 'x'));
  const latency = await ping;
  assert.ok(latency > 0 && latency < 60);
  assert.equal(pair.ws.latency, latency);
});

test('a pong acknowledges all earlier pings and no later one', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  const answers: string[] = [];
  const pings = ['a', 'b', 'c'].map((data) => ws.ping(data).then(() => answers.push(data)));
  await ws.pong();
  await peer.frame(10);
  await peer.write(Buffer.concat([wireFrame(10, 'nobody asked'), wireFrame(10, 'b'), text('mark')]));
  await ws.recv();
  await Promise.all(pings.slice(0, 2));
  assert.deepEqual(answers, ['a', 'b']);
  await peer.write(wireFrame(10, 'c'));
  await pings[2];
});

test('a ping with the payload of one that waits is refused, and of one that was answered is not', async () => {
  await using pair = await clientPair();
  const first = pair.ws.ping('x');
  await assert.rejects(pair.ws.ping('x'), ConcurrencyError);
  // A pong that comes before its ping was sent answers nothing.
  await pair.peer.frame(9);
  await pair.peer.write(wireFrame(10, 'x'));
  await first;
  const again = pair.ws.ping('x');
  await pair.ws.pong();
  await pair.peer.frame(10);
  await pair.peer.write(wireFrame(10, 'x'));
  await again;
});

test('pings without data are told apart, and one that is too long is refused', async () => {
  await using pair = await clientPair();
  const pings = [pair.ws.ping(), pair.ws.ping()].map((ping) => assert.rejects(ping, ConnectionClosed));
  await assert.rejects(pair.ws.ping('x'.repeat(126)), MisuseError);
  await assert.rejects(pair.ws.ping(5 as unknown as string), MisuseError);
  await assert.rejects(pair.ws.pong('x'.repeat(126)), MisuseError);
  await pair.ws.pong('y');
  assert.equal((await pair.peer.frame(10))?.payload.toString(), 'y');
  const sent = pair.peer.frames.filter(({ opcode }) => opcode === 9).map(({ payload }) => payload);
  assert.deepEqual(
    sent.map(({ length }) => length),
    [4, 4],
  );
  assert.notDeepEqual(sent[0], sent[1]);
  pair.peer.socket.destroy();
  await Promise.all(pings);
});

test('a ping of the server is answered with its payload', async () => {
  await using pair = await clientPair();
  await pair.peer.write(wireFrame(9, 'payload'));
  assert.equal((await pair.peer.frame(10))?.payload.toString(), 'payload');
});

// ---- The end.

test('closing says so, waits for the end, and may be called again', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  assert.equal(ws.state, State.OPEN);
  assert.equal(ws.closeCode, undefined);
  const closed = Promise.all([ws.close(4000, 'bye'), ws.close(), ws.waitClosed()]);
  assert.equal((await peer.frame(8))?.payload.subarray(2).toString(), 'bye');
  assert.equal(ws.state, State.CLOSING);
  await peer.write(close(4000, 'bye'));
  peer.socket.end();
  await closed;
  await ws.close();
  assert.equal(peer.frames.length, 1);
  assert.equal(ws.state, State.CLOSED);
  assert.deepEqual([ws.closeCode, ws.closeReason], [4000, 'bye']);
  assert.equal(ws.closeInfo?.message, 'sent 4000 (private use) bye; then received 4000 (private use) bye');
});

test('messages that came before the end can be received after it', async () => {
  await using pair = await clientPair();
  const { ws, peer } = pair;
  await peer.write(Buffer.concat([text('a'), text('b')]));
  const closed = ws.close();
  await peer.frame(8);
  await peer.write(Buffer.concat([text('c'), close(1000)]));
  peer.socket.end();
  await closed;
  assert.deepEqual([await ws.recv(), await ws.recv(), await ws.recv()], ['a', 'b', 'c']);
  await assert.rejects(ws.recv(), ConnectionClosedOK);
});

test('a silent server has the close timeout, and then the connection is lost', async () => {
  await using pair = await clientPair({ closeTimeout: 0.1 });
  await pair.ws.close();
  assert.equal(pair.ws.closeCode, 1006);
  assert.equal(pair.ws.closeInfo?.message, 'sent 1000 (OK); no close frame received');
});

test('a server that ends its half and takes nothing more has the close timeout as well', async () => {
  await using pair = await clientPair({ closeTimeout: 0.1, writeLimit: 2 ** 30, pingInterval: null });
  const { ws, peer } = pair;
  peer.socket.pause();
  for (let sent = 0; sent < 32; sent++) await ws.send(new Uint8Array(1024 * 1024));
  peer.socket.end();
  await ws.waitClosed();
  assert.equal(ws.closeCode, 1006);
});

test('a close frame that cannot be sent is refused, and the connection goes on', async () => {
  await using pair = await clientPair();
  const { ws } = pair;
  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2000, 5000, 1000.5, Number.NaN])
    await assert.rejects(ws.close(code), ProtocolError, String(code));
  await assert.rejects(ws.close(1000, 'x'.repeat(124)), ProtocolError);
  await assert.rejects(ws.close(1000, 5 as unknown as string), MisuseError);
  await ws.send('still');
  assert.equal((await pair.peer.frame(1))?.payload.toString(), 'still');
});

test('the ws package hears what is sent, compressed and in fragments', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  t.after(() => server.close());
  server.on('connection', (peer) =>
    peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary })),
  );
  await new Promise<void>((resolve) => server.on('listening', resolve));
  const { port } = server.address() as { port: number };
  for (const compression of ['deflate', null] as const) {
    const ws = await connect(`ws://127.0.0.1:${port}/`, { compression, proxy: null, maxSize: null });
    assert.equal(ws.response.headers.has('Sec-WebSocket-Extensions'), compression !== null);
    const long = 'wörld '.repeat(100_000);
    for (const [message, echo] of [
      ['a', 'a'],
      [long, long],
      [['a', '', long], `a${long}`],
      [bytes(1, 2), '<0102>'],
      [[bytes(1), bytes(2, 3)], '<010203>'],
    ] as const) {
      await ws.send(message);
      assert.equal(shown(await ws.recv()), echo);
    }
    await ws.close();
    assert.equal(ws.closeCode, 1000);
  }
});
