import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { BroadcastChannel } from 'node:worker_threads';
import { openRawLink } from '../../../src/main/control/raw-link.ts';
import { ControlError } from '../../../src/main/feeds/worker-control.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import type { DisconnectReason } from '../../../src/shared/session/disconnect-reason.ts';
import { CRASH_CHANNEL, crashingWorker } from '../../support/crashing-worker.ts';
import { LinkedServer, type ServedClient } from '../../support/linked-server.ts';

async function serve(t: TestContext): Promise<LinkedServer> {
  const server = await LinkedServer.listen();
  t.after(() => server[Symbol.asyncDispose]());
  return server;
}

const RESTING = { plan: { autoStart: false } } as const;
const START = { kind: 'start' } as const;
const disconnect = (reason: DisconnectReason = 'USER_REQUESTED') => ({ kind: 'disconnect', reason }) as const;
const send = (data: string | Uint8Array) => ({ kind: 'send', data }) as const;

const isConnected = (server: LinkedServer) => (): boolean => server.link.state === 'CONNECTED';

function crash(): void {
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  channel.postMessage('crash');
  channel.close();
}

test('text and binary go out as given and come back as their own memory, in order and counted', async (t) => {
  const server = await serve(t);
  const link = await server.open();
  await server.until('open', isConnected(server));
  const sent = [
    'a',
    '',
    'grüße, 世界 🎈',
    new Uint8Array([0, 255, 128]),
    'x'.repeat(200_000),
    new Uint8Array(70_000).fill(7),
  ];
  for (const data of sent) await link.command(send(data));
  await server.until('all are back', () => server.messages.length === sent.length);
  assert.deepEqual(server.messages, sent);
  for (const data of server.messages)
    if (typeof data !== 'string') assert.ok(data.buffer instanceof ArrayBuffer && data.byteOffset === 0);
  const { messages, bytes, received, delivered, dropped, connects, malformed } = link.counters();
  assert.deepEqual([messages, received, delivered, dropped, connects, malformed], [6, 6, 6, 0, 1, 0]);
  assert.equal(
    bytes,
    sent.reduce((sum, data) => sum + Buffer.byteLength(data), 0),
  );
  assert.deepEqual(server.lines(), ['CONNECTING', 'CONNECTED']);
});

test('a link that rests connects on command, and sends only while it is connected', async (t) => {
  const server = await serve(t);
  const link = await server.open(RESTING);
  const refused = (state: string) =>
    assert.rejects(link.command(send('x')), (error) => {
      assert.ok(error instanceof ControlError);
      assert.match(
        error.message,
        new RegExp(`a message is sent while CONNECTED; the connection is ${state}$`),
      );
      return true;
    });
  assert.equal(link.state, 'DISCONNECTED');
  await refused('DISCONNECTED');
  await link.command(START);
  // A step that a command brings about is told before the command resolves.
  assert.notEqual(link.state, 'DISCONNECTED');
  await server.until('open', isConnected(server));
  await link.command(START);
  await link.command({ kind: 'reconnect', afterMs: 1 });
  await link.command(disconnect());
  await server.until('at rest', () => link.state === 'DISCONNECTED');
  await refused('DISCONNECTED');
  await link.command(START);
  await server.until('open again', isConnected(server));
  await link.command(send('still here'));
  await server.until('echo', () => server.messages.length === 1);
  assert.deepEqual(server.lines(), [
    'CONNECTING',
    'CONNECTED',
    'CLOSING',
    'DISCONNECTED USER_REQUESTED NONE 1000',
    'CONNECTING',
    'CONNECTED',
  ]);
  await link.command({ kind: 'close' });
  await server.until('closed', () => link.state === 'CLOSED');
  await refused('CLOSED');
  await link.command(START);
  assert.equal(link.state, 'CLOSED');
});

/** One frame as a server sends it. */
const frame = (opcode: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);

const ENDS: readonly {
  what: string;
  end: (client: ServedClient, server: LinkedServer) => unknown;
  told: string;
  detail?: RegExp;
}[] = [
  { what: 'closes with 1000', end: ({ ws }) => ws.close(1000), told: 'SERVER_CLOSED SERVER_CLOSED 1000' },
  {
    what: 'goes away with 1001',
    end: ({ ws }) => ws.close(1001, 'shift ends'),
    told: 'SERVER_CLOSED SERVER_CLOSED 1001',
    detail: /^shift ends$/,
  },
  {
    what: 'says to try again later',
    end: ({ ws }) => ws.close(1013),
    told: 'SERVER_CLOSED SERVER_CLOSED 1013',
  },
  {
    what: 'resets the connection',
    end: ({ socket }) => socket.resetAndDestroy(),
    told: 'NETWORK_ERROR CONNECTION_RESET 1006',
  },
  {
    what: 'ends it without a close frame',
    end: ({ socket }) => socket.end(),
    told: 'NETWORK_ERROR CONNECTION_ENDED 1006',
  },
  {
    what: 'breaks the protocol',
    end: ({ socket }) => socket.write(frame(3, Buffer.from('?'))),
    told: 'PROTOCOL_ERROR PROTOCOL_ERROR 1006',
  },
  {
    what: 'sends text that is none',
    end: ({ socket }) => socket.write(frame(1, Buffer.from([0xc3, 0x28]))),
    told: 'PROTOCOL_ERROR PROTOCOL_ERROR 1006',
    detail: /not UTF-8/,
  },
  {
    what: 'sends more than is accepted',
    end: ({ ws }) => ws.send('x'.repeat(10_001)),
    told: 'PROTOCOL_ERROR MESSAGE_TOO_LONG 1006',
  },
  {
    what: 'answers no ping',
    end: ({ socket }) => socket.pause(),
    told: 'PING_TIMEOUT PING_TIMEOUT 1006',
  },
  {
    what: 'is cut off on command',
    end: (_, { link }) => link.command(disconnect('KILLED')),
    told: 'KILLED NONE 1006',
  },
];
for (const { what, end, told, detail } of ENDS)
  test(`a server that ${what}: the end is told with its reason, and the connection made again`, async (t) => {
    const server = await serve(t);
    const times = what.includes('ping') ? { pingIntervalMs: 100, pongTimeoutMs: 100 } : {};
    await server.open({ socket: { maxPayload: 10_000 }, times });
    await server.until('open', isConnected(server));
    const { changes } = server;
    const before = changes.length;
    await end(server.client!, server);
    const isBack = (): boolean => changes.slice(before).some(({ state }) => state === 'CONNECTED');
    await server.until('open again', isBack);
    const lines = server.lines().slice(before);
    const reconnecting = lines.findIndex((line) => line.startsWith('RECONNECTING'));
    assert.deepEqual(
      lines.slice(reconnecting, reconnecting + 3),
      [`RECONNECTING ${told}`, 'CONNECTING', 'CONNECTED'],
      lines.join(),
    );
    // Where we cut it ourselves that is a step of its own.
    assert.ok(reconnecting === 0 || (reconnecting === 1 && lines[0] === 'CLOSING'), lines.join());
    if (detail !== undefined) assert.match(changes[before + reconnecting]!.detail, detail);
    const times_ = changes.map(({ at }) => at);
    assert.deepEqual(
      times_,
      times_.toSorted((a, b) => a - b),
    );
  });

test('messages before an end are in the ring when the end is told', async (t) => {
  const server = await serve(t);
  let atEnd: [number, boolean] | undefined;
  const link = await server.open({
    plan: { autoReconnect: false },
    onChange: ({ state }) => {
      if (state === 'DISCONNECTED') atEnd = [server.messages.length, server.link.isEmpty];
    },
  });
  await server.until('open', isConnected(server));
  for (let n = 0; n < 500; n++) server.client!.ws.send(String(n));
  server.client!.ws.close(1000);
  await server.until('at rest', () => atEnd !== undefined);
  const [handed, wasEmpty] = atEnd!;
  assert.equal(wasEmpty, handed === 500);
  await server.until('all handed over', () => link.isEmpty);
  assert.deepEqual(
    server.messages,
    Array.from({ length: 500 }, (_, n) => String(n)),
  );
});

test('a disconnect with a time comes back by itself, and a scheduled reconnect in its time', async (t) => {
  const server = await serve(t);
  const link = await server.open();
  await server.until('open', isConnected(server));
  await link.command({ ...disconnect('SCHEDULED'), reconnectAfterMs: 20 });
  await server.until('open again', () => server.lines().filter((line) => line === 'CONNECTED').length === 2);
  await link.command(disconnect());
  await server.until('at rest', () => link.state === 'DISCONNECTED');
  await link.command({ kind: 'reconnect', afterMs: 20 });
  assert.equal(link.state, 'RECONNECTING');
  await server.until('open again', isConnected(server));
  assert.deepEqual(server.lines().slice(2), [
    'CLOSING',
    'RECONNECTING SCHEDULED NONE 1000',
    'CONNECTING',
    'CONNECTED',
    'CLOSING',
    'DISCONNECTED USER_REQUESTED NONE 1000',
    'RECONNECTING',
    'CONNECTING',
    'CONNECTED',
  ]);
});

test('a connection is replaced before the end of the life that the server allows it', async (t) => {
  const server = await serve(t);
  await server.open({ limits: { connectionLifeMs: 400, connectionMarginMs: 100 } });
  await server.until('replaced', () => server.lines().includes('RECONNECTING CONNECTION_LIMIT NONE 1000'));
  await server.until('open again', isConnected(server));
});

test('a link whose retries are exhausted rests and says so, and a command begins anew', async (t) => {
  const server = await serve(t);
  const link = await server.open({
    url: 'ws://127.0.0.1:9/',
    times: { attemptsMax: 2 },
    plan: {
      autoStart: false,
      exhausted: 'rest',
      backoff: { strategy: 'immediate', delayMs: 0, maxMs: 0, jitter: 0 },
    },
  });
  const tries = [
    'CONNECTING',
    'RECONNECTING NETWORK_ERROR CONNECT_FAILED 1006',
    'CONNECTING',
    'RECONNECTING NETWORK_ERROR CONNECT_FAILED 1006',
    'CONNECTING',
    'DISCONNECTED NETWORK_ERROR RETRIES_EXHAUSTED 1006',
  ];
  for (const times of [1, 2]) {
    await link.command(START);
    await server.until('exhausted', () => server.changes.length === times * tries.length);
    assert.equal(link.state, 'DISCONNECTED');
  }
  assert.deepEqual(server.lines(), [...tries, ...tries]);
  assert.match(server.changes.at(-1)!.detail, /^after 2 retries: .*nothing listens there/);
});

test('a worker that ends is told as a lost connection, refuses commands, and comes back', async (t) => {
  const server = await serve(t);
  const link = await server.open({}, crashingWorker('throw'));
  await server.until('open', isConnected(server));
  crash();
  await server.until('lost', () => link.state === 'RECONNECTING');
  await assert.rejects(
    link.command(START),
    /^ControlError: cannot start raw#0: its worker ended and is being started anew; try again once its state changes$/,
  );
  await server.until('open again', isConnected(server));
  assert.deepEqual(server.lines().slice(2), [
    'RECONNECTING NETWORK_ERROR WORKER_FAILED 1006',
    'CONNECTING',
    'CONNECTED',
  ]);
  await link.command(send('hello'));
  await server.until('echo', () => server.messages.at(-1) === 'hello');
});

test('a link at rest stays at rest when its worker ends, and so does one that may not reconnect', async (t) => {
  const server = await serve(t);
  const link = await server.open({ plan: { autoReconnect: false } }, crashingWorker('throw'));
  const started = async (): Promise<void> => {
    // Between two workers there is nobody to take it.
    for (;;)
      try {
        await link.command(START);
        return;
      } catch (error) {
        assert.ok(error instanceof ControlError);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
  };
  await server.until('open', isConnected(server));
  crash();
  await server.until('at rest', () => link.state === 'DISCONNECTED');
  await started();
  await server.until('open again', isConnected(server));
  await link.command(disconnect());
  await server.until('at rest', () => link.state === 'DISCONNECTED');
  const { length } = server.changes;
  crash();
  // Until it is gone, a worker takes what does nothing.
  await assert.rejects(async () => {
    for (;;) await link.command(disconnect());
  }, ControlError);
  let isTaken = false;
  while (!isTaken)
    isTaken = await link.command({ kind: 'disconnect', reason: 'KILLED' }).then(
      () => true,
      () => new Promise((resolve) => setTimeout(resolve, 5, false)),
    );
  assert.deepEqual([link.state, server.lines().slice(length)], ['DISCONNECTED', []]);
  await started();
  await server.until('open again', isConnected(server));
  assert.deepEqual(server.lines().slice(length), ['CONNECTING', 'CONNECTED']);
});

test('commands to a worker that ends settle, whatever it was doing', async (t) => {
  const server = await serve(t);
  const link = await server.open({}, crashingWorker('exit'));
  await server.until('open', isConnected(server));
  crash();
  const commands = Array.from({ length: 50 }, () => link.command(send('x')));
  for (const result of await Promise.allSettled(commands))
    if (result.status === 'rejected') assert.ok(result.reason instanceof ControlError);
});

for (const overflow of ['conflate', 'backpressure'] as const)
  test(`messages that find no room under ${overflow} are ${overflow === 'conflate' ? 'dropped, counted and announced' : 'waited for'}`, async (t) => {
    const server = await serve(t);
    const link = await server.open({ overflow, ringBytes: 64 * 1024 });
    await server.until('open', isConnected(server));
    link.pause();
    const count = 2_000;
    for (let n = 0; n < count; n++) server.client!.ws.send(`${n} ${'x'.repeat(1_000)}`);
    if (overflow === 'conflate')
      await server.until('all came', () => link.counters().messages === count && link.counters().dropped > 0);
    else await server.until('the socket waits', () => link.counters().pauses > 0);
    assert.equal(server.messages.length, 0);
    link.resume();
    await server.until('all are read', () => link.counters().messages === count && link.isEmpty);
    server.client!.ws.send('last');
    await server.until('the last one', () => server.messages.at(-1) === 'last');
    const { received, delivered, dropped } = link.counters();
    assert.deepEqual([received, delivered + dropped], [count + 1, count + 1]);
    assert.equal(server.messages.length, delivered);
    const announced = [...server.dropped.values()].reduce((sum, each) => sum + each, 0);
    assert.equal(announced, dropped);
    assert.equal(dropped > 0, overflow === 'conflate');
    const numbers = server.messages.slice(0, -1).map((data) => Number.parseInt(data as string, 10));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    // The newest are dropped: what was there first stays.
    assert.equal(numbers[0], 0);
  });

test('a message longer than the ring takes is dropped, and the connection goes on', async (t) => {
  const server = await serve(t);
  const link = await server.open({ ringBytes: 64 * 1024 });
  await server.until('open', isConnected(server));
  await link.command(send('x'.repeat(40_000)));
  await link.command(send('short'));
  await server.until('the short one', () => server.messages.length === 1);
  assert.deepEqual(server.messages, ['short']);
  assert.deepEqual([...server.dropped], [['RING_FULL', 1]]);
  assert.equal(link.state, 'CONNECTED');
});

test('what a server that does not read is sent is refused, and the connection stays', async (t) => {
  const server = await serve(t);
  const link = await server.open();
  await server.until('open', isConnected(server));
  server.client!.socket.pause();
  const message = 'x'.repeat(256 * 1024);
  await assert.rejects(async () => {
    for (let n = 0; n < 200; n++) await link.command(send(message));
  }, /at most 524288 bytes wait to be sent; \d+ do already, so try again later/);
  assert.equal(link.state, 'CONNECTED');
  server.client!.socket.resume();
});

test('the event loop gets its turn while messages flood in', async (t) => {
  const server = await serve(t);
  await server.open();
  await server.until('open', isConnected(server));
  let turns = 0;
  let seen = 0;
  const counting = setInterval(() => turns++, 1);
  t.after(() => clearInterval(counting));
  server.onMessage = () => {
    seen++;
    const until = performance.now() + 0.1;
    while (performance.now() < until);
  };
  for (let n = 0; n < 2_000; n++) server.client!.ws.send('x');
  await server.until('all of them', () => seen === 2_000);
  assert.ok(turns >= 10, `${turns} turns`);
});

test('a link may be disposed of at any time and twice, and is closed then', async (t) => {
  const server = await serve(t);
  for (const state of ['CONNECTING', 'CONNECTED', 'DISCONNECTED'] as const) {
    const link = await server.open();
    if (state !== 'CONNECTING') await server.until('open', isConnected(server));
    if (state === 'DISCONNECTED') await link.command(disconnect());
    await server.until(state, () => link.state === state);
    await Promise.all([link.dispose(), link.dispose()]);
    assert.equal(link.state, 'CLOSED');
    await link.command({ kind: 'close' });
    await assert.rejects(link.command(send('x')), /^ControlError: cannot send raw#0: it is CLOSED$/);
  }
});

test('a link at rest keeps no process alive, and one that is connected does', async (t) => {
  const server = await serve(t);
  const program = `
    import { openRawLink } from ${JSON.stringify(new URL('../../../src/main/control/raw-link.js', import.meta.url).href)};
    await openRawLink({
      url: ${JSON.stringify(server.url)},
      plan: { autoReconnect: false },
      onMessage: () => {},
      onChange: ({ state }) => console.log(state),
    });`;
  const args = ['--input-type=module', '-e', program];
  const running = promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  await server.until('the process is connected', () => server.client?.ws.readyState === 1);
  server.client!.ws.close(1000);
  // The process ends by itself once the connection has.
  assert.equal((await running).stdout, 'CONNECTING\nCONNECTED\nDISCONNECTED\n');
});

test('a url, header or ring that cannot work is misuse, and nothing was started', async () => {
  const options = { url: 'ws://127.0.0.1:9/', onMessage: () => undefined };
  for (const wrong of [
    { url: 'http://127.0.0.1/' },
    { url: 'nowhere' },
    { url: 'ws://elsewhere.example/' },
    { socket: { headers: { 'a b': 'c' } } },
    { ringBytes: 1000 },
  ])
    await assert.rejects(openRawLink({ ...options, ...wrong }), MisuseError);
});
