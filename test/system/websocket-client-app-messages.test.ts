/** What an app is handed, what it sends, and how each of its attempts begins, on real sockets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setDefaultTimeout } from '../../src/main/websocket-client/defaults.ts';
import { enableTrace } from '../../src/main/websocket-client/logging.ts';
import {
  WebSocketConnectionClosedException,
  WebSocketException,
} from '../../src/shared/websocket-client/exceptions.ts';
import { app, closing, direct, dropping, SOON, scripted, serving, TIMEOUT } from '../support/app-servers.ts';
import { binary, close, ping, text, wireFrame } from '../support/wire-frame.ts';

// ---- What is handed over.

test(
  'data comes before its message, with the opcode of the message, and pings and pongs in their order',
  TIMEOUT,
  async (t) => {
    const frames = [
      text('é'),
      binary(Uint8Array.of(1, 2)),
      text('fr', { fin: false }),
      ping('in between'),
      wireFrame(0, 'ag', { fin: false }),
      wireFrame(0, 'ment'),
      wireFrame(10, 'unasked'),
      text(''),
    ];
    const server = await scripted(t, closing(...frames));
    const { app: it, calls } = app(server);
    await it.runForever(direct);
    assert.deepEqual(calls, [
      'open',
      'data é 1 true',
      'message é',
      'data <0102> 2 true',
      'message <0102>',
      'ping <696e206265747765656e>',
      'data fragment 1 true',
      'message fragment',
      'pong <756e61736b6564>',
      'data  1 true',
      'message ',
      'close 1000 bye',
    ]);
    assert.equal((await server.peers[0]!.frame(10))!.payload.toString(), 'in between');
  },
);

test('fragments are handed over one by one to whoever wants them so', TIMEOUT, async (t) => {
  const frames = [
    text('ab', { fin: false }),
    wireFrame(0, 'cd', { fin: false }),
    wireFrame(0, 'ef'),
    text('whole'),
    text(Uint8Array.of(0x61, 0xc3), { fin: false }),
    wireFrame(0, Uint8Array.of(0xa9)),
  ];
  const { app: it, calls } = app(await scripted(t, closing(...frames)), { onContMessage: () => {} });
  await it.runForever(direct);
  assert.deepEqual(calls, [
    'open',
    'data ab 1 false',
    'message ab',
    'data <6364> 0 false',
    'cont <6364> false',
    'data <6566> 0 true',
    'cont <6566> true',
    'data whole 1 true',
    'message whole',
    'data <61c3> 1 false',
    'message <61c3>',
    'data <a9> 0 true',
    'cont <a9> true',
    'close 1000 bye',
  ]);
});

test('text that nobody checks is handed over as bytes', TIMEOUT, async (t) => {
  const { app: it, calls } = app(
    await scripted(t, closing(text(Uint8Array.of(0xff)), text('a', { fin: false }), wireFrame(0, 'b'))),
  );
  assert.equal(await it.runForever({ ...direct, skipUtf8Validation: true }), false);
  assert.deepEqual(calls, [
    'open',
    'data <ff> 1 true',
    'message <ff>',
    'data <6162> 1 true',
    'message <6162>',
    'close 1000 bye',
  ]);
});

test('a close frame without a code tells none', TIMEOUT, async (t) => {
  const server = await scripted(t, async (peer) => {
    await peer.write(Buffer.concat([peer.accept(), wireFrame(8)]));
    await peer.frame(8);
    peer.socket.end();
  });
  const { app: it, calls } = app(server);
  assert.equal(await it.runForever(direct), false);
  assert.deepEqual(calls, ['open', 'close null null']);
});

test('nothing is handed over after close, be it from a callback', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, serving(text('1'), text('2'), text('3'))), {
    onMessage: (app) => void app.close(),
  });
  assert.equal(await it.runForever(direct), false);
  assert.deepEqual(calls, ['open', 'data 1 1 true', 'message 1', 'close null null']);
});

// ---- Sending and closing.

test(
  'texts, bytes, pings and frames of any kind are sent, with the mask that was asked for',
  TIMEOUT,
  async (t) => {
    const keys: number[] = [];
    const server = await scripted(t, serving());
    const { app: it } = app(server, {
      getMaskKey: (length) => {
        keys.push(length);
        return 'abcd';
      },
      onOpen: async (app) => {
        await app.send('text');
        await app.send('latin', 2);
        await app.sendText('é');
        await app.sendBytes(Uint8Array.of(7));
        app.sock!.ping('are you there');
        await app.close();
      },
    });
    await it.runForever(direct);
    assert.deepEqual(
      server.peers[0]!.frames.map(({ opcode, payload }) => `${opcode} ${payload.toString('latin1')}`),
      ['1 text', '2 latin', '1 Ã©', '2 \x07', '9 are you there', '8 \x03\xe8'],
    );
    assert.deepEqual(keys, [4, 4, 4, 4, 4, 4]);
  },
);

test('what cannot be sent is refused at once', TIMEOUT, async (t) => {
  const { app: it, called } = app(await scripted(t, serving()));
  const refused = (): void =>
    assert.throws(() => it.send('x'), {
      name: 'WebSocketConnectionClosedException',
      message: 'Connection is already closed.',
    });
  refused();
  assert.deepEqual([it.ready(), it.sock, it.keepRunning], [false, null, false]);
  const run = it.runForever(direct);
  await called('open');
  assert.deepEqual([it.ready(), it.sock?.status, it.keepRunning], [true, 101, true]);
  const closed = it.close();
  refused();
  await closed;
  await run;
  refused();
  assert.deepEqual([it.ready(), it.sock, it.keepRunning], [false, null, false]);
});

test('close resolves within its time on a link that is dead', TIMEOUT, async (t) => {
  // The server takes nothing off the line and never ends.
  const server = await scripted(t, async (peer) => {
    await peer.write(peer.accept());
    peer.socket.pause();
  });
  const { app: it, calls, called } = app(server);
  const run = it.runForever({ ...direct, reconnect: SOON });
  await called('open');
  await it.close({ timeout: 0.1 });
  assert.deepEqual(calls, ['open', 'close null null']);
  assert.equal(await run, false);
});

test('an impossible status is refused, and nothing is closed', TIMEOUT, async (t) => {
  const { app: it, called } = app(await scripted(t, serving()));
  const run = it.runForever(direct);
  await called('open');
  assert.throws(() => it.close({ status: 65536 }), { name: 'ValueError', message: 'code is invalid range' });
  assert.ok(it.ready());
  it.keepRunning = false;
  assert.equal(await run, false);
});

test('a server that answers pings keeps the connection, and each pong is told', TIMEOUT, async (t) => {
  const server = await scripted(t, async (peer) => {
    await peer.write(peer.accept());
    const answered = await peer.frame(9);
    await peer.write(wireFrame(10, answered!.payload));
    await peer.frame(8);
    await peer.write(close(1000));
    peer.socket.end();
  });
  const { app: it, calls } = app(server, { onPong: (app) => void app.close() });
  assert.equal(
    await it.runForever({ ...direct, pingInterval: 1, pingTimeout: 0.9, pingPayload: 'p' }),
    false,
  );
  assert.deepEqual(calls, ['open', 'pong <70>', 'close null null']);
  assert.ok(it.lastPongTm >= it.lastPingTm && it.lastPingTm > 0);
});

test('who sends more than is taken can wait until it is, or will never be', TIMEOUT, async (t) => {
  const server = await scripted(t, async (peer) => {
    await peer.write(peer.accept());
    peer.socket.pause();
  });
  const { app: it, called } = app(server);
  const run = it.runForever(direct);
  await called('open');
  let isSent = false;
  const sent = it.sendBytes(new Uint8Array(32 * 1024 * 1024)).then(() => {
    isSent = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isSent, false);
  await it.close({ timeout: 0.1 });
  await sent;
  await run;
});

// ---- Each attempt.

test('headers are made anew before every attempt, and may take their time', TIMEOUT, async (t) => {
  const server = await scripted(t, dropping(), dropping(), closing());
  let attempts = 0;
  const { app: it } = app(server, {
    header: async () => ({ 'X-Attempt': String(++attempts), 'X-None': null }),
    cookie: 'a=b',
  });
  await it.runForever({ ...direct, reconnect: SOON, reconnectOnCleanClose: false });
  assert.deepEqual(
    server.peers.map(({ request }) => /X-Attempt: (\d)/.exec(request)?.[1]),
    ['1', '2', '3'],
  );
  assert.ok(
    server.peers.every(({ request }) => request.includes('Cookie: a=b') && !request.includes('X-None')),
  );
});

test('headers that cannot be made are a failed attempt', TIMEOUT, async (t) => {
  const server = await scripted(t, closing());
  let attempts = 0;
  const { app: it, calls } = app(server, {
    header: () => {
      if (++attempts === 1) throw new RangeError('no token');
      return [];
    },
  });
  assert.equal(await it.runForever({ ...direct, reconnect: SOON, reconnectOnCleanClose: false }), true);
  assert.deepEqual(calls, ['error RangeError: no token', 'open', 'close 1000 bye']);
});

test('a server that picks no subprotocol of those offered is refused', TIMEOUT, async (t) => {
  const { app: it, calls } = app(await scripted(t, serving()), { subprotocols: ['a', 'b'] });
  assert.equal(await it.runForever(direct), true);
  assert.deepEqual(calls, ['error WebSocketException: Invalid WebSocket Header', 'close null null']);
});

test(
  'a server that never answers the handshake is waited for no longer than the default of all connections',
  TIMEOUT,
  async (t) => {
    t.after(() => setDefaultTimeout(null));
    setDefaultTimeout(0.1);
    const { app: it, calls } = app(await scripted(t, async () => {}));
    assert.equal(await it.runForever(direct), true);
    assert.match(calls[0]!, /^error WebSocketTimeoutException: /);
    assert.deepEqual(calls.slice(1), ['close null null']);
  },
);

test('what an app sends and receives is traced once that is asked for', TIMEOUT, async (t) => {
  t.after(() => enableTrace(false));
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push((JSON.parse(line) as { msg: string }).msg);
  };
  enableTrace(true, { destination: { write } });
  const { app: it, calls } = app(await scripted(t, serving(text('é'), binary(Uint8Array.of(1)))), {
    onMessage: (app, message) => (typeof message === 'string' ? app.send('hi') : app.close()),
  });
  await it.runForever(direct);
  assert.deepEqual(calls.slice(0, 3), ['open', 'data é 1 true', 'message é']);
  assert.deepEqual(
    lines.filter((line) => line.startsWith('++') && line.includes('decoded')),
    [
      "++Rcv decoded: fin=1 opcode=1 data=b'\\xc3\\xa9'",
      "++Sent decoded: fin=1 opcode=1 data=b'hi'",
      "++Rcv decoded: fin=1 opcode=2 data=b'\\x01'",
      "++Sent decoded: fin=1 opcode=8 data=b'\\x03\\xe8'",
    ],
  );
});

test(
  'a second run of an app is refused while one goes on, and begins afresh after it',
  TIMEOUT,
  async (t) => {
    const { app: it } = app(await scripted(t, dropping(), closing()));
    const first = it.runForever(direct);
    await assert.rejects(it.runForever(direct), (error) => {
      assert.ok(error instanceof WebSocketException);
      assert.equal(error.message, 'socket is already opened');
      return true;
    });
    assert.equal(await first, true);
    assert.equal(await it.runForever(direct), false);
  },
);

test('an exception is of the class that programs look for', TIMEOUT, async (t) => {
  let error: unknown;
  const { app: it } = app(await scripted(t, dropping()), {
    onError: (_, raised) => {
      error = raised;
    },
  });
  await it.runForever(direct);
  assert.ok(error instanceof WebSocketConnectionClosedException);
});

test('an app may be closed, or run again, from its onClose', TIMEOUT, async (t) => {
  const server = await scripted(t, closing());
  let again: Promise<boolean> | undefined;
  const { app: it, calls } = app(server, {
    onClose: (app) => {
      if (again !== undefined) return;
      void app.close();
      again = app.runForever(direct);
    },
  });
  await it.runForever(direct);
  assert.equal(await again, false);
  assert.deepEqual(calls, ['open', 'close 1000 bye', 'open', 'close 1000 bye']);
});

test('callbacks may be replaced while it runs', TIMEOUT, async (t) => {
  const { app: it } = app(await scripted(t, closing(text('1'), text('2'), text('3'))));
  const heard: unknown[] = [];
  it.onMessage = (app) => {
    app.onMessage = (_, message) => heard.push(message);
  };
  await it.runForever(direct);
  assert.deepEqual(heard, ['2', '3']);
});

test('a long run of messages does not keep the event loop from its turn', TIMEOUT, async (t) => {
  const count = 50_000;
  const frames = Buffer.concat(Array.from({ length: count }, () => text('x'.repeat(190))));
  let messages = 0;
  let turns = 0;
  const look = setInterval(() => turns++, 1);
  t.after(() => clearInterval(look));
  const { app: it } = app(await scripted(t, closing(frames)));
  it.onData = null;
  it.onMessage = () => {
    messages++;
    const until = performance.now() + 0.005;
    while (performance.now() < until);
  };
  await it.runForever(direct);
  assert.equal(messages, count);
  assert.ok(turns > 10, `${turns} turns`);
});
