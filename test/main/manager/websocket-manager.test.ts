import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  WebSocketClosedError,
  WebSocketReconnectError,
  WebSocketTimeoutError,
} from '../../../src/main/control/connection-errors.ts';
import { WebSocketManager } from '../../../src/main/manager/websocket-manager.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { managerRig } from '../../support/control-rig.ts';

type Rig = ReturnType<typeof managerRig>;

async function connected(options: Parameters<typeof managerRig>[0] = {}): Promise<Rig> {
  const rig = managerRig(options);
  const connecting = rig.manager.connect();
  await rig.clock.advance(1);
  await connecting;
  return rig;
}

async function passing<T>({ clock }: Rig, seconds: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await clock.advance(seconds);
  return promise;
}

test('a message is read as JSON where it is, else as text; bytes stay bytes', async () => {
  const { manager, server } = await connected();
  for (const message of ['{"a":1}', '[2]', '3', 'null', 'no { json', '']) server.say(message);
  server.say(new Uint8Array([123, 125]));
  const got: unknown[] = [];
  for (let i = 0; i < 7; i++) got.push(await manager.receive());
  assert.deepEqual(got, [{ a: 1 }, [2], 3, null, 'no { json', '', new Uint8Array([123, 125])]);
  assert.deepEqual([manager.stats.messagesReceived, manager.stats.bytesReceived], [7, 26]);
});

test('what is sent is text, JSON or bytes, and counted in bytes', async () => {
  const { manager, server } = await connected();
  for (const message of ['é', { a: 1 }, [2], new Uint8Array([1, 2]), 3, null]) await manager.send(message);
  assert.deepEqual(server.received, ['é', '{"a":1}', '[2]', new Uint8Array([1, 2]), '3', 'null']);
  assert.deepEqual([manager.stats.messagesSent, manager.stats.bytesSent], [6, 19]);
});

test('sending without a connection is refused as the contract says', async () => {
  const { manager } = managerRig();
  await assert.rejects(manager.send('x'), (error) => {
    assert.ok(error instanceof WebSocketClosedError);
    assert.deepEqual([error.code, error.reason], [1006, 'Not connected']);
    return true;
  });
  assert.equal(manager.stats.messagesSent, 0);
});

test('receive ends in a time-out, or with the connection, and never hangs', async () => {
  const rig = await connected({ autoReconnect: false });
  await assert.rejects(passing(rig, 3, rig.manager.receive(2)), (error) => {
    assert.ok(error instanceof WebSocketTimeoutError);
    assert.deepEqual([error.operation, error.timeout], ['receive', 2]);
    return true;
  });
  const waiting = rig.manager.receive();
  waiting.catch(() => undefined);
  rig.server.say('"last"');
  rig.server.end('SERVER_CLOSED', 1001, 'going away');
  await rig.clock.advance(1);
  assert.equal(await waiting, 'last');
  await assert.rejects(passing(rig, 1, rig.manager.receive()), (error) => {
    assert.ok(error instanceof WebSocketClosedError);
    assert.deepEqual([error.code, error.reason], [1001, 'going away']);
    return true;
  });
});

test('a stream goes on through reconnects and ends, after the last message, when the user closes', async () => {
  const rig = await connected();
  const got: unknown[] = [];
  const reading = (async () => {
    for await (const message of rig.manager.stream()) got.push(message);
  })();
  rig.server.say('1');
  await rig.clock.settle();
  rig.server.end('SERVER_CLOSED', 1000);
  await rig.clock.advance(3);
  rig.server.say('2');
  rig.server.say('3');
  await passing(rig, 2, rig.manager.close());
  await reading;
  assert.deepEqual(got, [1, 2, 3]);
});

test('a stream waits for a reconnect that is scheduled on the line after the disconnect', async () => {
  const rig = await connected();
  const next = rig.manager.stream().next();
  await passing(rig, 1, rig.manager.disconnect());
  const again = await connected();
  const waiting = again.manager.stream().next();
  const disconnected = again.manager.disconnect().then(() => again.manager.scheduleReconnect({ delay: 30 }));
  await passing(again, 35, disconnected);
  again.server.say('"back"');
  assert.equal((await waiting).value, 'back');
  assert.equal((await next).done, true);
});

test('a stream that was given up throws, so that nobody takes it for the end of the data', async () => {
  const rig = await connected({ maxReconnectAttempts: 2 });
  const next = rig.manager.stream().next();
  next.catch(() => undefined);
  rig.server.answer = 'refuse';
  rig.server.end('CONNECTION_RESET');
  await rig.clock.advance(30);
  await assert.rejects(next, (error) => {
    assert.ok(error instanceof WebSocketReconnectError);
    assert.equal(error.attempts, 2);
    return true;
  });
  await assert.rejects(managerRig().manager.stream().next(), WebSocketClosedError);
});

test('a full queue drops the newest, counts it, and says so once until there is room', async () => {
  const alerts: unknown[] = [];
  const { manager, server, clock, log } = await connected({
    queueSize: 2,
    onAlert: (...alert) => void alerts.push(alert),
  });
  for (const message of ['1', '2', '3', '4']) server.say(message);
  await clock.settle();
  assert.deepEqual([manager.stats.messagesReceived, manager.stats.messagesDropped], [4, 2]);
  assert.deepEqual(alerts, [['websocket', 'Message queue full', { queueSize: 2 }]]);
  assert.equal(log.lines.length, 1);
  assert.deepEqual([await manager.receive(), await manager.receive()], [1, 2]);
  server.say('5');
  assert.equal(await manager.receive(), 5);
});

test('onMessage has each message, one at a time and in order, before it can be taken', async () => {
  const calls: string[] = [];
  const rig = await connected({
    onMessage: (message) => {
      calls.push(`begin ${message}`);
      if (message === 3) throw new Error('not that one');
      return new Promise<void>((resolve) =>
        rig.clock.setTimer(() => {
          calls.push(`end ${message}`);
          resolve();
        }, 1_000),
      );
    },
  });
  for (const message of ['1', '2', '3']) rig.server.say(message);
  const got: unknown[] = [];
  for (let i = 0; i < 3; i++) got.push(await passing(rig, 1, rig.manager.receive()));
  assert.deepEqual(got, [1, 2, 3]);
  assert.deepEqual(calls, ['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3']);
});

test('an onMessage that never returns holds back a bounded number of messages, and no connection', async () => {
  const { manager, server, clock } = await connected({
    queueSize: 10,
    onMessage: () => new Promise(() => undefined),
  });
  for (let i = 0; i < 100; i++) server.say(String(i));
  await clock.advance(100);
  assert.ok(manager.isConnected);
  assert.equal(manager.stats.messagesDropped, 89);
});

test('raw subscriptions, then channels, are sent at every connect, in the order they were asked for', async () => {
  const rig = managerRig({
    subscriptions: [{ id: 1 }, 'text'],
    formatSubscribe: (channel) => ({ sub: channel }),
  });
  await rig.manager.subscribe('b', 'a', 'b');
  const connecting = rig.manager.connect();
  await passing(rig, 1, connecting);
  await rig.manager.subscribe('c', 'a');
  const first = ['{"id":1}', 'text', '{"sub":"b"}', '{"sub":"a"}', '{"sub":"c"}'];
  assert.deepEqual(rig.server.received, first);
  await rig.manager.unsubscribe('b', 'unknown');
  rig.server.end('CONNECTION_RESET');
  await rig.clock.advance(5);
  assert.deepEqual(rig.server.received.slice(5), [
    '{"type":"unsubscribe","channel":"b"}',
    '{"id":1}',
    'text',
    '{"sub":"a"}',
    '{"sub":"c"}',
  ]);
  assert.deepEqual([...rig.manager.subscriptions], ['a', 'c']);
});

test('a channel that cannot be written is logged, and the others are subscribed', async () => {
  const rig = await connected({
    formatSubscribe: (channel) => {
      if (channel === 'bad') throw new Error('no such channel');
      return channel;
    },
  });
  await rig.manager.subscribe('bad', 'good');
  assert.deepEqual(rig.server.received, ['good']);
  assert.deepEqual(rig.log.lines, ['warn subscribe bad was not sent: Error: no such channel']);
});

test('subscriptions wait for onConnect', async () => {
  const order: string[] = [];
  const rig = managerRig({
    subscriptions: ['s'],
    onConnect: async () => {
      await new Promise<void>((resolve) => rig.clock.setTimer(() => resolve(), 2_000));
      order.push(`callback, ${rig.server.received.length} sent`);
    },
  });
  await passing(rig, 3, rig.manager.connect());
  assert.deepEqual(order, ['callback, 0 sent']);
  assert.deepEqual(rig.server.received, ['s']);
});

test('the counts add up over losses, kills, planned ends and failed attempts', async () => {
  const rig = await connected();
  const { manager, server, clock } = rig;
  server.end('SERVER_CLOSED', 1000);
  await clock.advance(5);
  await passing(rig, 5, manager.kill());
  await passing(rig, 5, manager.requestDisconnect({ reconnectAfter: 1 }));
  server.answer = 'refuse';
  server.end('CONNECTION_RESET');
  await clock.advance(5);
  await passing(rig, 1, manager.close());
  const { connects, disconnects, proactiveDisconnects, reactiveDisconnects, lastConnectTime, uptime } =
    manager.stats;
  assert.deepEqual([connects, disconnects, proactiveDisconnects, reactiveDisconnects], [4, 4, 1, 3]);
  assert.ok(lastConnectTime > 1.7e9 && uptime > 20);
  manager.stats.reset();
  assert.deepEqual([manager.stats.connects, manager.stats.uptime, manager.stats.connectionTime], [0, 0, 0]);
});

test('autoReconnect is about losses: a first connection that fails is tried again without it too', async () => {
  const rig = managerRig({ autoReconnect: false, maxReconnectAttempts: 3 });
  rig.server.answer = 'refuse';
  const connecting = rig.manager.connect();
  await rig.clock.advance(0.5);
  rig.server.answer = 'accept';
  await passing(rig, 5, connecting);
  assert.deepEqual([rig.manager.isConnected, rig.server.attempts.length], [true, 2]);
  rig.server.end('CONNECTION_RESET');
  await rig.clock.advance(100);
  assert.deepEqual([rig.manager.state, rig.server.attempts.length], ['DISCONNECTED', 2]);
});

test('a closed manager ends its worker and can be connected again; one that was shut down cannot', async () => {
  const rig = await connected();
  const { manager, server, clock } = rig;
  await passing(rig, 1, manager.close());
  await passing(rig, 1, manager.close());
  assert.deepEqual([manager.state, manager.isRecoverable, server.links.length], ['DISCONNECTED', true, 1]);
  await passing(rig, 1, manager.connect());
  assert.deepEqual([manager.isConnected, server.links.length], [true, 2]);
  await passing(rig, 1, manager.shutdown());
  await passing(rig, 1, manager.connect());
  assert.deepEqual([manager.state, manager.isShutdown, server.links.length], ['CLOSED', true, 2]);
  assert.equal(clock.pending, 0);
});

test('a worker that ends by accident is a loss like any other, and the connection comes back', async () => {
  const rig = await connected({ subscriptions: ['s'] });
  const { manager, server, clock } = rig;
  const next = manager.stream().next();
  server.crashWorkers();
  assert.deepEqual([manager.state, manager.isRecoverable], ['RECONNECTING', false]);
  await clock.advance(2);
  assert.ok(manager.isConnected);
  assert.deepEqual(rig.told.slice(2), [
    '1s RECONNECTING',
    '1s down NETWORK_ERROR',
    '1.3s CONNECTING',
    '1.4s CONNECTED',
  ]);
  const { connects, disconnects, proactiveDisconnects, reactiveDisconnects } = manager.stats;
  assert.deepEqual([connects, disconnects, proactiveDisconnects, reactiveDisconnects], [2, 1, 0, 1]);
  assert.deepEqual(server.received, ['s', 's']);
  server.say('1');
  assert.equal((await next).value, 1);
});

test('without autoReconnect a connection whose worker ended rests, says why, and can be made again at once', async () => {
  const rig = await connected({ autoReconnect: false });
  const { manager, server, clock } = rig;
  const next = manager.stream().next();
  next.catch(() => undefined);
  server.crashWorkers();
  assert.deepEqual([manager.state, manager.isRecoverable], ['DISCONNECTED', true]);
  await clock.advance(0.01);
  await assert.rejects(next, (error) => {
    assert.ok(error instanceof WebSocketClosedError);
    assert.deepEqual([error.code, error.reason], [1006, 'the worker ended and is started anew']);
    return true;
  });
  await passing(rig, 1, manager.connect());
  assert.deepEqual([manager.isConnected, manager.stats.reactiveDisconnects], [true, 1]);
  await clock.advance(100);
  assert.equal(rig.told.filter((line) => line.includes('down')).length, 1);
});

test('what is asked of a manager while its worker is gone is done all the same', async () => {
  const after = async (act: (manager: WebSocketManager) => Promise<void> | void): Promise<Rig> => {
    const rig = await connected();
    rig.server.crashWorkers();
    const acted = act(rig.manager);
    await passing(rig, 60, Promise.resolve(acted));
    return rig;
  };
  const cases: readonly (readonly [(manager: WebSocketManager) => Promise<void> | void, string, number])[] = [
    [(manager) => manager.disconnect(), 'DISCONNECTED', 1],
    [(manager) => manager.close(), 'DISCONNECTED', 1],
    [(manager) => manager.shutdown(), 'CLOSED', 1],
    [(manager) => manager.scheduleReconnect(30), 'CONNECTED', 2],
    [(manager) => manager.scheduleReconnect(90), 'RECONNECTING', 1],
    [(manager) => manager.connect(), 'CONNECTED', 2],
  ];
  for (const [act, state, attempts] of cases) {
    const { manager, server, told } = await after(act);
    assert.deepEqual([manager.state, server.attempts.length], [state, attempts], told.join(', '));
  }
});

test('a worker that ends with a disconnect on its way to it leaves nothing that waits for a window nobody asks for', async () => {
  const rig = managerRig({ autoReconnect: false, shouldReconnect: () => true }, undefined, 0.5);
  await passing(rig, 5, rig.manager.connect());
  const requested = rig.manager.requestDisconnect();
  await rig.clock.advance(0.1);
  rig.server.crashWorkers();
  await passing(rig, 60, requested);
  assert.deepEqual([rig.manager.state, rig.manager.isRecoverable], ['DISCONNECTED', true]);
});

test('a manager is made with a URL and options, or with one object, and refuses what cannot work', () => {
  const make = (options: object) =>
    new WebSocketManager({ url: 'ws://127.0.0.1:9/', config: false, ...options });
  assert.equal(make({}).url, 'ws://127.0.0.1:9/');
  const refused: readonly (readonly [object, string])[] = [
    [{ pingIntervall: 5 }, 'option pingIntervall is not known, .*did you mean "pingInterval"'],
    [{ pingInterval: '5' }, 'option pingInterval is "5", allowed: numbers from 0 to Infinity'],
    [{ shouldDisconnect: true }, 'option shouldDisconnect is true, expected a function'],
    [{ reconnectStrategy: 'IMEDIATE' }, 'option reconnectStrategy .*did you mean "IMMEDIATE"'],
    [
      { connectTimeout: 1, connectionTimeout: 1 },
      'option connectionTimeout says again what option connectTimeout says',
    ],
    [
      { connectionLimit: 300 },
      'option connectionLimit is 300, expected more than disconnectMargin, which is 300',
    ],
    [
      { url: 'http://user:secret@host/' },
      'option url is "http://\\*\\*\\*@host/", expected a ws:// or wss:// URL',
    ],
    [{ url: 'ws://far.example/' }, 'option url is "ws://far.example/", expected wss://'],
  ];
  for (const [options, message] of refused)
    assert.throws(
      () => make(options),
      (error) => error instanceof MisuseError && new RegExp(message).test(error.message),
      message,
    );
});
