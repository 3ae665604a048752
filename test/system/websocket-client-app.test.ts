/** The outcome table of the contract, row by row, on real sockets. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { WebSocketTimeoutException } from '../../src/shared/websocket-client/exceptions.ts';
import {
  app,
  closing,
  direct,
  dropping,
  LOST,
  SOON,
  scripted,
  serving,
  TIMEOUT,
} from '../support/app-servers.ts';
import { codeOf } from '../support/client-pair.ts';
import { text, wireFrame } from '../support/wire-frame.ts';

// ---- The outcome table.

test(
  'a server that closes ends the run with its code and reason, and nothing has failed',
  TIMEOUT,
  async (t) => {
    const { app: it, calls } = app(await scripted(t, closing(text('hi'))));
    assert.equal(await it.runForever(direct), false);
    assert.deepEqual(calls, ['open', 'data hi 1 true', 'message hi', 'close 1000 bye']);
    assert.equal(it.hasErrored, false);
  },
);

test('a server that closes is connected to again where that was asked for', TIMEOUT, async (t) => {
  const server = await scripted(t, closing(text('hi')), serving());
  const { app: it, calls, called } = app(server);
  const run = it.runForever({ ...direct, reconnect: SOON });
  await called('open', 2);
  await it.close();
  assert.equal(await run, false);
  assert.deepEqual(calls, ['open', 'data hi 1 true', 'message hi', 'open', 'close null null']);
});

test('a server that closes ends the run with reconnect too, where 1.8 is wanted', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, closing()));
  assert.equal(await it.runForever({ ...direct, reconnect: SOON, reconnectOnCleanClose: false }), false);
  assert.deepEqual(calls, ['open', 'close 1000 bye']);
});

test('a connection that is lost is an error', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, dropping(text('hi'))));
  assert.equal(await it.runForever(direct), true);
  assert.deepEqual(calls, ['open', 'data hi 1 true', 'message hi', LOST, 'close null null']);
  assert.equal(it.hasErrored, true);
});

test('each loss is reported, each connection opened, and the end told once', TIMEOUT, async (t) => {
  const server = await scripted(t, dropping(), dropping(), serving());
  const { app: it, calls, called } = app(server, { onReconnect: () => {} });
  const run = it.runForever({ ...direct, reconnect: SOON });
  await called('reconnect', 2);
  await it.close();
  assert.equal(await run, true);
  assert.deepEqual(calls, ['open', LOST, 'reconnect', LOST, 'reconnect', 'close null null']);
});

test('a refused connection is an error with its code, each time', TIMEOUT, async () => {
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const { port } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  const codes: unknown[] = [];
  const {
    app: it,
    calls,
    called,
  } = app(
    { url: `ws://127.0.0.1:${port}/` },
    { onError: (_, error) => codes.push((error as NodeJS.ErrnoException).code) },
  );
  const run = it.runForever({ ...direct, reconnect: SOON });
  await called('error', 3);
  await it.close();
  assert.equal(await run, true);
  assert.deepEqual(new Set(codes), new Set(['ECONNREFUSED']));
  assert.equal(calls.at(-1), 'close null null');
  assert.equal(calls.filter((call) => call.startsWith('close')).length, 1);
});

test('close while connected ends the run, in order', TIMEOUT, async (t) => {
  const server = await scripted(t, serving(text('hi')));
  const { app: it, calls, called } = app(server);
  const run = it.runForever({ ...direct, reconnect: SOON });
  await called('message');
  await it.close({ status: 1001, reason: 'leaving' });
  assert.equal(calls.at(-1), 'close null null');
  assert.equal(await run, false);
  const sent = await server.peers[0]!.frame(8);
  assert.deepEqual([codeOf(sent), sent!.payload.toString('utf8', 2)], [1001, 'leaving']);
});

test('close during the delay ends the run, and no connection is made any more', TIMEOUT, async (t) => {
  const server = await scripted(t, dropping());
  const { app: it, calls, called } = app(server);
  const run = it.runForever({ ...direct, reconnect: 3600 });
  await called('error');
  await it.close();
  assert.equal(await run, true);
  assert.deepEqual(calls, ['open', LOST, 'close null null']);
  assert.equal(server.peers.length, 1);
});

test(
  'close before a run is remembered by the next one, and by no other, whether or not one was before',
  TIMEOUT,
  async (t) => {
    const server = await scripted(t, closing());
    const { app: it, calls } = app(server);
    await it.close();
    assert.equal(await it.runForever(direct), false);
    assert.deepEqual([calls, server.peers.length], [['close null null'], 0]);
    assert.equal(await it.runForever(direct), false);
    assert.deepEqual(calls.slice(1), ['open', 'close 1000 bye']);
    void it.close();
    assert.equal(await it.runForever(direct), false);
    assert.deepEqual(calls.slice(3), ['close null null']);
  },
);

test('close while it connects ends the run without an error', TIMEOUT, async (t) => {
  let asked: () => void = () => undefined;
  const connecting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  // A server that accepts and says nothing.
  const { app: it, calls } = app(await scripted(t, async () => asked()));
  const run = it.runForever({ ...direct, reconnect: SOON });
  await connecting;
  await it.close();
  assert.equal(await run, false);
  assert.deepEqual(calls, ['close null null']);
});

test('a server that does not answer pings is lost', TIMEOUT, async (t) => {
  let error: Error | undefined;
  const server = await scripted(t, (peer) => peer.write(peer.accept()));
  const { app: it, calls } = app(server, {
    onError: (_, raised) => {
      error = raised;
    },
  });
  assert.equal(
    await it.runForever({ ...direct, pingInterval: 0.1, pingTimeout: 0.05, pingPayload: 'p' }),
    true,
  );
  assert.deepEqual(calls, [
    'open',
    'error WebSocketTimeoutException: ping/pong timed out',
    'close null null',
  ]);
  assert.ok(error instanceof WebSocketTimeoutException);
  assert.equal((await server.peers[0]!.frame(9))!.payload.toString(), 'p');
  assert.ok(it.lastPingTm > 0);
  assert.equal(it.lastPongTm, 0);
});

const BROKEN: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ['a frame of no known opcode', wireFrame(3, 'x'), /^error WebSocketProtocolException: /],
  ['a text that is no UTF-8', text(Uint8Array.of(0xff, 0xfe)), /^error WebSocketPayloadException: /],
  ['a fragment that continues nothing', wireFrame(0, 'x'), /^error WebSocketProtocolException: /],
  [
    'a fragmented text that is no UTF-8',
    Buffer.concat([text('a', { fin: false }), wireFrame(0, Uint8Array.of(0xff))]),
    /^error WebSocketPayloadException: /,
  ],
];

for (const [what, bytes, error] of BROKEN)
  test(`${what} is an error, and the server is told the rule it broke`, TIMEOUT, async (t) => {
    let code: number | undefined;
    const server = await scripted(t, async (peer) => {
      await peer.write(Buffer.concat([peer.accept(), bytes]));
      code = codeOf(await peer.frame(8));
      peer.socket.end();
    });
    const { app: it, calls } = app(server);
    assert.equal(await it.runForever(direct), true);
    assert.equal(calls.length, 3);
    assert.match(calls[1]!, error);
    assert.deepEqual([calls[0], calls[2]], ['open', 'close null null']);
    assert.ok(code === 1002 || code === 1007, String(code));
  });

test('what a callback throws goes to onError, and the run goes on', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, closing(text('a'), text('b'))), {
    onOpen: () => {
      throw new RangeError('open');
    },
    onData: () => {
      throw new RangeError('data');
    },
    onMessage: async () => {
      throw new RangeError('later');
    },
    onClose: () => {
      throw new RangeError('close');
    },
  });
  assert.equal(await it.runForever(direct), false);
  assert.deepEqual(calls.slice(0, 7), [
    'open',
    'error RangeError: open',
    'data a 1 true',
    'error RangeError: data',
    'message a',
    'data b 1 true',
    'error RangeError: data',
  ]);
  assert.deepEqual(calls.slice(-2), ['close 1000 bye', 'error RangeError: close']);
  assert.equal(calls.filter((call) => call === 'error RangeError: later').length, 2);
});

test('an onError that throws ends the run, which rejects with it', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, serving(text('a'), text('b'))), {
    onMessage: () => {
      throw new RangeError('mine');
    },
    onError: (_, error) => {
      throw error;
    },
  });
  await assert.rejects(it.runForever({ ...direct, reconnect: SOON }), {
    name: 'RangeError',
    message: 'mine',
  });
  assert.deepEqual(calls, [
    'open',
    'data a 1 true',
    'message a',
    'error RangeError: mine',
    'close null null',
  ]);
  assert.equal(it.hasErrored, true);
});

test('an onError that rejects does the same', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, dropping(), serving()), {
    onError: async (_, error) => {
      throw error;
    },
  });
  await assert.rejects(it.runForever({ ...direct, reconnect: 3600 }), {
    name: 'WebSocketConnectionClosedException',
  });
  assert.deepEqual(calls, ['open', LOST, 'close null null']);
});
