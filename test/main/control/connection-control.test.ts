import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionControl } from '../../../src/main/control/connection-control.ts';
import {
  WebSocketClosedError,
  WebSocketConnectionError,
  WebSocketProtocolError,
  WebSocketReconnectError,
  WebSocketTimeoutError,
} from '../../../src/main/control/connection-errors.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import type { ProactiveReason } from '../../../src/shared/session/disconnect-reason.ts';
import { controlRig } from '../../support/control-rig.ts';
import type { ManualClock } from '../../support/manual-clock.ts';

/** Lets a promise that waits for the manual clock settle. */
async function passing<T>(clock: ManualClock, seconds: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await clock.advance(seconds);
  return promise;
}

const never = (): Promise<never> => new Promise(() => undefined);

const flags = ({ state, isDead, isShutdown, isRecoverable }: ConnectionControl): unknown[] => [
  state,
  isDead,
  isShutdown,
  isRecoverable,
];

/** The contract's table: method, final state, dead, shut down, recoverable, comes back with `connect`. */
const LIFECYCLE = [
  ['disconnect', 'DISCONNECTED', true, false, true],
  ['forceClose', 'CLOSED', true, true, false],
  ['shutdown', 'CLOSED', true, true, false],
  ['kill', 'DISCONNECTED', true, false, true],
] as const;

for (const [method, ...row] of LIFECYCLE)
  test(`${method} leaves the connection as the lifecycle table says`, async () => {
    const { control, clock, log, told } = controlRig({}, { plan: { autoReconnect: false } });
    assert.deepEqual(flags(control), ['DISCONNECTED', true, false, true]);
    const connecting = control.connect();
    assert.deepEqual(flags(control), ['CONNECTING', false, false, false]);
    await passing(clock, 1, connecting);
    assert.deepEqual(flags(control), ['CONNECTED', false, false, false]);
    await passing(clock, 3, control[method]());
    assert.deepEqual(flags(control), row);
    const isRecoverable = row[3];
    const again = control.connect();
    await passing(clock, 1, again);
    assert.equal(control.isConnected, isRecoverable);
    assert.deepEqual(
      log.lines,
      isRecoverable ? [] : ['warn connect does nothing while the connection is CLOSED'],
    );
    assert.equal(told.filter((line) => line.includes('down')).length, 1);
  });

for (const method of ['disconnect', 'forceClose', 'shutdown'] as const)
  test(`${method} is idempotent, and may be called before there was a connection`, async () => {
    const { control, clock, told } = controlRig();
    await passing(clock, 3, control[method]());
    const state = control.state;
    await passing(clock, 3, Promise.all([control[method](), control[method]()]));
    assert.equal(control.state, state);
    assert.ok(told.length <= 1);
  });

test('a connection that is killed twice is lost once, and comes back by itself', async () => {
  const { control, clock, told } = controlRig();
  await passing(clock, 1, control.connect());
  await passing(clock, 0.05, Promise.all([control.kill(), control.kill()]));
  assert.equal(control.state, 'RECONNECTING');
  assert.equal(control.reason, 'KILLED');
  await clock.advance(5);
  assert.ok(control.isConnected);
  assert.deepEqual(
    told.filter((line) => line.includes('down')).map((line) => line.replace(/^\S+ /, '')),
    ['down KILLED'],
  );
});

test('a second kill does not hit the connection that came back before this thread heard of it', async () => {
  const { control, clock, server, told } = controlRig(
    {},
    { latency: 0.1, plan: { backoff: { strategy: 'immediate', delayMs: 0, maxMs: 0, jitter: 0 } } },
  );
  server.handshake = 0.02;
  await passing(clock, 1, control.connect());
  const kills = [control.kill()];
  await clock.advance(0.15);
  kills.push(control.kill());
  await passing(clock, 3, Promise.all(kills));
  assert.equal(told.filter((line) => line.includes('KILLED')).length, 1);
  assert.equal(server.attempts.length, 2);
});

test('a kill without a connection does nothing but warn', async () => {
  const { control, clock, log } = controlRig();
  await control.kill();
  await passing(clock, 1, control.shutdown());
  await control.kill();
  assert.deepEqual(log.lines, [
    'warn kill does nothing while the connection is DISCONNECTED',
    'warn kill does nothing while the connection is CLOSED',
  ]);
});

const ENDS = [
  ['SERVER_CLOSED', 1000, 'SERVER_CLOSED'],
  ['SERVER_CLOSED', 1001, 'SERVER_CLOSED'],
  ['SERVER_CLOSED', 1005, 'SERVER_CLOSED'],
  ['CONNECTION_RESET', 1006, 'NETWORK_ERROR'],
  ['CONNECTION_ENDED', 1006, 'NETWORK_ERROR'],
  ['PROTOCOL_ERROR', 1006, 'PROTOCOL_ERROR'],
  ['MESSAGE_TOO_LONG', 1006, 'PROTOCOL_ERROR'],
] as const;

for (const [fault, code, reason] of ENDS)
  test(`a connection that ends with ${fault} ${code} is noticed at once, told as ${reason}, and made again`, async () => {
    const { control, clock, server, told } = controlRig();
    await passing(clock, 1, control.connect());
    server.end(fault, code);
    await clock.settle();
    assert.equal(control.state, 'RECONNECTING');
    assert.equal(control.isConnected, false);
    assert.deepEqual(told.slice(-2), ['1s RECONNECTING', `1s down ${reason}`]);
    await clock.advance(2);
    assert.ok(control.isConnected);
  });

test('a connection whose pings are not answered is lost with PING_TIMEOUT', async () => {
  const { control, clock, server, told } = controlRig(
    {},
    { times: { pingIntervalMs: 20_000, pongTimeoutMs: 10_000 } },
  );
  await passing(clock, 1, control.connect());
  server.pongs = false;
  await clock.advance(40);
  assert.ok(told.includes('30.1s down PING_TIMEOUT'), told.join(', '));
});

test('a connection that is lost rests where it is not to come back by itself', async () => {
  const { control, clock, server } = controlRig({}, { plan: { autoReconnect: false } });
  await passing(clock, 1, control.connect());
  server.end('SERVER_CLOSED', 1000, 'bye');
  await clock.advance(1_000);
  assert.deepEqual(flags(control), ['DISCONNECTED', true, false, true]);
  assert.equal(server.attempts.length, 1);
  assert.ok(control.failure instanceof WebSocketClosedError);
  assert.deepEqual([control.failure.code, control.failure.reason], [1000, 'bye']);
});

test('a server that accepts and closes at once is asked again by the backoff and no faster', async () => {
  const { control, clock, server } = controlRig(
    {},
    {
      times: { stableAfterMs: 60_000, attemptsMax: 6 },
      plan: { backoff: { strategy: 'exponential', delayMs: 1_000, maxMs: 8_000, jitter: 0 } },
    },
  );
  server.handshake = 0;
  control.onState(({ state }) => {
    if (state === 'CONNECTED') server.end('SERVER_CLOSED', 1000);
  });
  control.connect().catch(() => undefined);
  await clock.advance(100);
  assert.deepEqual(server.attempts, [0, 1, 3, 7, 15, 23, 31]);
  assert.equal(control.state, 'DISCONNECTED');
  assert.ok(control.failure instanceof WebSocketReconnectError);
});

test('a server that says to try again later is given its time', async () => {
  const { control, clock, server } = controlRig({}, { times: { unavailableDelayMs: 30_000 } });
  await passing(clock, 1, control.connect());
  server.end('SERVER_CLOSED', 1013);
  await clock.advance(29.9);
  assert.equal(server.attempts.length, 1);
  await clock.advance(10);
  assert.ok(control.isConnected);
});

test('shouldDisconnect is first asked after one interval, then at every one, and only while connected', async () => {
  const asked: number[] = [];
  const clock = controlRig().clock;
  const from = clock.now();
  const { control, server } = controlRig(
    {
      disconnectCheckInterval: 5,
      shouldDisconnect: () => {
        asked.push(Math.round((clock.now() - from) / 100) / 10);
        return false;
      },
    },
    {},
    clock,
  );
  await clock.advance(10);
  await passing(clock, 12, control.connect());
  assert.deepEqual(asked, [15.1, 20.1]);
  server.answer = 'refuse';
  server.end('CONNECTION_RESET');
  await clock.advance(60);
  assert.deepEqual(asked, [15.1, 20.1]);
});

test('a callback that says yes takes the connection down, and it rests where nothing brings it back', async () => {
  const { control, clock, told, server } = controlRig({
    disconnectCheckInterval: 5,
    shouldDisconnect: async () => true,
  });
  await passing(clock, 1_000, control.connect());
  assert.deepEqual(told, [
    '0s CONNECTING',
    '0.1s CONNECTED',
    '5.1s CLOSING',
    '5.12s DISCONNECTED',
    '5.12s down CALLBACK_TRIGGERED',
  ]);
  assert.equal(server.attempts.length, 1);
});

test('a callback that throws is logged and asked again', async () => {
  let asked = 0;
  const { control, clock, log } = controlRig({
    disconnectCheckInterval: 5,
    shouldDisconnect: () => {
      asked++;
      if (asked === 1) throw new Error('no idea');
      if (asked === 2) return Promise.reject(new Error('none still'));
      return asked === 4;
    },
  });
  await passing(clock, 16, control.connect());
  assert.ok(control.isConnected);
  await clock.advance(5);
  assert.equal(control.state, 'DISCONNECTED');
  assert.deepEqual(log.lines, [
    'error shouldDisconnect threw Error: no idea',
    'error shouldDisconnect threw Error: none still',
  ]);
});

test('a callback is never asked while it has yet to answer, and one that never does harms nothing else', async () => {
  let asked = 0;
  const { control, clock, log, server } = controlRig({
    disconnectCheckInterval: 5,
    shouldDisconnect: () => {
      asked++;
      return never();
    },
  });
  await passing(clock, 100, control.connect());
  server.end('CONNECTION_RESET');
  await clock.advance(100);
  assert.equal(asked, 1);
  assert.ok(control.isConnected);
  assert.equal(log.lines.length, 1);
  await passing(clock, 1, control.requestDisconnect({ force: true }));
  assert.equal(control.state, 'DISCONNECTED');
});

test('an answer about a connection that is gone says nothing about the next one', async () => {
  let answer: (isSafe: boolean) => void = () => undefined;
  const { control, clock, server } = controlRig({
    disconnectCheckInterval: 5,
    shouldDisconnect: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await passing(clock, 6, control.connect());
  server.end('CONNECTION_RESET');
  await clock.advance(3);
  answer(true);
  await clock.advance(1);
  assert.ok(control.isConnected);
});

test('after a proactive disconnect shouldReconnect decides: true for now, a number for in that many seconds', async () => {
  const answers: (boolean | number)[] = [false, 0, true];
  const { control, clock, server, told } = controlRig({
    reconnectCheckInterval: 5,
    shouldReconnect: () => answers.shift() ?? false,
  });
  await passing(clock, 1, control.connect());
  await passing(clock, 1, control.requestDisconnect());
  // Whoever watches must not take it for lost while it waits for its window.
  assert.deepEqual(flags(control), ['RECONNECTING', false, false, false]);
  await clock.advance(20);
  assert.deepEqual(told.slice(-2), ['16.02s CONNECTING', '16.12s CONNECTED']);
  answers.push(7);
  await passing(clock, 30, control.requestDisconnect());
  assert.deepEqual(server.attempts, [0, 16.02, 34.02]);
});

test('shouldReconnect is not asked after a loss, nor after disconnect', async () => {
  let asked = 0;
  const { control, clock, server } = controlRig({
    shouldReconnect: () => {
      asked++;
      return false;
    },
  });
  await passing(clock, 1, control.connect());
  server.end('CONNECTION_RESET');
  await clock.advance(10);
  assert.ok(control.isConnected);
  await passing(clock, 100, control.disconnect());
  assert.equal(control.state, 'DISCONNECTED');
  assert.equal(asked, 0);
});

test('requestDisconnect waits for the moment that shouldDisconnect calls safe', async () => {
  let isSafe = false;
  const { control, clock, told } = controlRig({ disconnectCheckInterval: 5, shouldDisconnect: () => isSafe });
  await passing(clock, 1, control.connect());
  const requested = control.requestDisconnect({ reason: 'SCHEDULED', reconnectAfter: 30 });
  await clock.advance(60);
  assert.ok(control.isConnected);
  isSafe = true;
  await passing(clock, 5, requested);
  assert.equal(told.at(-1), '65.12s down SCHEDULED');
  isSafe = false;
  await clock.advance(29);
  assert.equal(control.state, 'RECONNECTING');
  await clock.advance(2);
  assert.ok(control.isConnected);
});

test('requestDisconnect asks at once, and does not wait where it is forced or its time is over', async () => {
  const at = async (isSafe: boolean, request: object): Promise<string | undefined> => {
    const { control, clock, told } = controlRig({
      disconnectCheckInterval: 5,
      shouldDisconnect: () => isSafe,
    });
    await passing(clock, 1, control.connect());
    await passing(clock, 30, control.requestDisconnect(request));
    return told.at(-1);
  };
  assert.equal(await at(false, { force: true }), '1.02s down USER_REQUESTED');
  assert.equal(await at(false, { timeout: 8 }), '9.02s down USER_REQUESTED');
  assert.equal(await at(true, {}), '1.02s down USER_REQUESTED');
});

test('requestDisconnect without a connection warns; with a reason or a time that cannot be it is refused', async () => {
  const { control, log } = controlRig();
  await control.requestDisconnect();
  assert.deepEqual(log.lines, ['warn requestDisconnect does nothing while the connection is DISCONNECTED']);
  await assert.rejects(
    control.requestDisconnect({ reason: 'KILLED' as unknown as ProactiveReason }),
    new MisuseError(
      'Condition failed: requestDisconnect reason is "KILLED", allowed: USER_REQUESTED, SCHEDULED, CALLBACK_TRIGGERED, CONNECTION_LIMIT',
    ),
  );
  await assert.rejects(control.requestDisconnect({ reconnectAfter: -1 }), MisuseError);
  await assert.rejects(control.requestDisconnect({ timeout: Number.NaN }), MisuseError);
});

test('a request that waits for a safe moment ends with its connection', async () => {
  const { control, clock, server } = controlRig({ shouldDisconnect: () => false });
  await passing(clock, 1, control.connect());
  const requested = control.requestDisconnect();
  server.end('CONNECTION_RESET');
  await passing(clock, 100, requested);
  assert.ok(control.isConnected);
});

test('scheduleReconnect comes back after its delay, and later calls replace earlier ones', async () => {
  const { control, clock, server } = controlRig();
  await passing(clock, 1, control.connect());
  await passing(clock, 1, control.disconnect());
  control.scheduleReconnect(30);
  assert.deepEqual(flags(control), ['RECONNECTING', false, false, false]);
  await clock.advance(1);
  control.scheduleReconnect(60);
  await clock.advance(59);
  assert.equal(control.state, 'RECONNECTING');
  await clock.advance(2);
  assert.ok(control.isConnected);
  assert.equal(server.attempts.length, 2);
});

test('scheduleReconnect with a connection does nothing but warn', async () => {
  const { control, clock, log, server } = controlRig();
  await passing(clock, 1, control.connect());
  control.scheduleReconnect(1);
  await clock.advance(10);
  assert.deepEqual(log.lines, ['warn scheduleReconnect does nothing while the connection is CONNECTED']);
  assert.equal(server.attempts.length, 1);
  assert.throws(() => control.scheduleReconnect(-1), MisuseError);
});

for (const method of ['disconnect', 'shutdown', 'forceClose'] as const) {
  test(`${method} cancels a reconnect that is scheduled`, async () => {
    const { control, clock, server } = controlRig();
    control.scheduleReconnect(30);
    await passing(clock, 10, control[method]());
    await clock.advance(1_000);
    assert.ok(control.isDead);
    assert.deepEqual(server.attempts, []);
  });

  test(`${method} cancels the delay of a retry`, async () => {
    const { control, clock, server } = controlRig();
    await passing(clock, 1, control.connect());
    server.end('CONNECTION_RESET');
    await clock.settle();
    assert.equal(control.state, 'RECONNECTING');
    await passing(clock, 1_000, control[method]());
    assert.ok(control.isDead);
    assert.equal(server.attempts.length, 1);
  });

  test(`${method} holds whatever was under way when it is called`, async () => {
    // From in the middle of each step of a planned disconnect with its reconnect, over a slow channel.
    for (let seconds = 0; seconds < 3; seconds += 0.05) {
      const { control, clock, told } = controlRig({}, { latency: 0.03 });
      await passing(clock, 1, control.connect());
      control.requestDisconnect({ reconnectAfter: 1 }).catch(() => undefined);
      await clock.advance(seconds);
      await passing(clock, 10, control[method]());
      assert.ok(control.isDead, `${seconds} s: ${told.join(', ')}`);
      assert.ok(!told.join().includes('follow'), told.join(', '));
      await clock.advance(100);
      assert.ok(control.isDead, `${seconds} s: ${told.join(', ')}`);
    }
  });
}

test('a connection is made anew before its platform ends it', async () => {
  const { control, clock, told } = controlRig({ connectionLimit: 86_400, disconnectMargin: 300 });
  await passing(clock, 86_099, control.connect());
  assert.equal(told.length, 2);
  await clock.advance(2);
  assert.deepEqual(told.slice(2), [
    '86100.1s CLOSING',
    '86100.12s RECONNECTING',
    '86100.12s down CONNECTION_LIMIT',
    '86100.12s CONNECTING',
    '86100.22s CONNECTED',
  ]);
});

test('alerts are told at most once per interval, with how many disconnects they stand for', async () => {
  const alerts: string[] = [];
  const { control, clock, server } = controlRig({
    disconnectAlertInterval: 300,
    onDisconnectAlert: (reason, count) => void alerts.push(`${reason} ${count}`),
  });
  control.connect().catch(() => undefined);
  const drop = async (): Promise<void> => {
    await clock.advance(59);
    server.end('SERVER_CLOSED', 1001);
    await clock.advance(1);
  };
  for (let i = 0; i < 5; i++) await drop();
  assert.deepEqual(alerts, ['SERVER_CLOSED 1']);
  await drop();
  assert.deepEqual(alerts, ['SERVER_CLOSED 1', 'SERVER_CLOSED 5']);
});

test('connect resolves when onConnect is done, and does not wait for one that never returns', async () => {
  let isDone = false;
  const slow = controlRig({
    onConnect: () => new Promise<void>((resolve) => slow.clock.setTimer(() => resolve(), 3_000)),
  });
  const connecting = slow.control.connect().then(() => {
    isDone = true;
  });
  await slow.clock.advance(3);
  assert.deepEqual([slow.control.isConnected, isDone], [true, false]);
  await passing(slow.clock, 1, connecting);
  const hung = controlRig({ onConnect: never });
  await passing(hung.clock, 11, hung.control.connect());
  assert.deepEqual(hung.log.lines, [
    'warn onConnect has not returned after 10000 ms; subscribing without waiting for it',
  ]);
});

test('callbacks that throw are logged and change nothing', async () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  const { control, clock, server, log } = controlRig({
    onConnect: boom,
    onDisconnect: boom,
    onDisconnectAlert: async () => boom(),
  });
  control.onState(boom);
  await passing(clock, 1, control.connect());
  server.end('CONNECTION_RESET');
  await clock.advance(5);
  assert.ok(control.isConnected);
  assert.deepEqual([...new Set(log.lines)].sort(), [
    'error a listener of states threw Error: boom',
    'error onConnect threw Error: boom',
    'error onDisconnect threw Error: boom',
    'error onDisconnectAlert threw Error: boom',
  ]);
});

test('a callback may command the connection that it is told of', async () => {
  const rig = controlRig(
    { onDisconnect: () => rig.control.scheduleReconnect(20) },
    { plan: { autoReconnect: false } },
  );
  const { control, clock, server } = rig;
  await passing(clock, 1, control.connect());
  server.end('CONNECTION_RESET');
  await clock.advance(25);
  assert.ok(control.isConnected);
  assert.deepEqual(server.attempts, [0, 21]);
});

test('connect counts its attempts and says why the last one failed', async () => {
  const { control, clock, server } = controlRig({}, { times: { attemptsMax: 2 } });
  server.answer = 'refuse';
  await assert.rejects(passing(clock, 10, control.connect()), (error) => {
    assert.ok(error instanceof WebSocketConnectionError);
    assert.deepEqual([error.url, error.attempts], ['ws://server/', 3]);
    assert.match(error.lastError?.message ?? '', /refused/);
    return true;
  });
  assert.deepEqual(flags(control), ['DISCONNECTED', true, false, true]);
  server.answer = 'accept';
  await passing(clock, 1, control.connect());
  assert.ok(control.isConnected);
});

for (const attemptsMax of [0, 1])
  test(`connect tells of a server that never answers by its own error, with ${attemptsMax} retries`, async () => {
    const { control, clock, server } = controlRig({}, { times: { attemptsMax, connectTimeoutMs: 10_000 } });
    server.answer = 'hang';
    await assert.rejects(passing(clock, 100, control.connect()), (error) => {
      assert.ok(error instanceof WebSocketTimeoutError, String(error));
      assert.deepEqual([error.operation, error.timeout], ['connect', 10]);
      return true;
    });
  });

test('connect tells a refusal from a time-out by what it was, however long it took', async () => {
  const { control, clock, server } = controlRig(
    {},
    { times: { attemptsMax: 1, connectTimeoutMs: 10_000, closeTimeoutMs: 1_000 } },
  );
  Object.assign(server, { answer: 'refuse', handshake: 9.999 });
  await assert.rejects(passing(clock, 100, control.connect()), WebSocketConnectionError);
  server.answer = 'hang';
  await assert.rejects(passing(clock, 100, control.connect()), WebSocketTimeoutError);
});

test('what went wrong before is not why a connect that was called off rejects', async () => {
  const { control, clock, server } = controlRig();
  server.answer = 'refuse';
  const connecting = control.connect();
  connecting.catch(() => undefined);
  await clock.advance(0.5);
  await passing(clock, 1, control.disconnect());
  await assert.rejects(connecting, (error) => {
    assert.ok(error instanceof WebSocketConnectionError);
    assert.equal(error.lastError?.message, 'it was called off');
    return true;
  });
});

test('a protocol that the server breaks is an error of its own', async () => {
  const { control, clock, server } = controlRig({}, { plan: { autoReconnect: false } });
  await passing(clock, 1, control.connect());
  server.end('PROTOCOL_ERROR', 1006, 'a reserved bit is set');
  await clock.settle();
  assert.ok(control.failure instanceof WebSocketProtocolError);
  assert.equal(control.failure.protocolError, 'a reserved bit is set');
});

test('connect that is called off rejects; called again while under way it only warns', async () => {
  const { control, clock, server, log } = controlRig();
  server.answer = 'hang';
  const connecting = control.connect();
  connecting.catch(() => undefined);
  await control.connect();
  assert.deepEqual(log.lines, ['warn connect does nothing while the connection is CONNECTING']);
  await passing(clock, 3, control.disconnect());
  await assert.rejects(connecting, WebSocketConnectionError);
});

test('waiting ends when the state comes, at once where it has, and with false when the time is over', async () => {
  const { control, clock } = controlRig();
  assert.equal(await control.waitDisconnected(), true);
  assert.equal(await passing(clock, 6, control.waitConnected(5)), false);
  const waiting = control.waitConnected(5);
  control.connect().catch(() => undefined);
  assert.equal(await passing(clock, 1, waiting), true);
  assert.equal(await control.waitConnected(), true);
  const gone = control.waitConnected();
  const down = control.waitDisconnected(10);
  assert.equal(await gone, true);
  await passing(clock, 3, control.shutdown());
  assert.equal(await down, true);
  assert.equal(await control.waitConnected(), false);
});

test('waitForReconnectWindow asks at once and at every interval, and connects nothing', async () => {
  const { control, clock, server } = controlRig({ reconnectCheckInterval: 5 });
  const window = async (answers: (boolean | number)[], timeout?: number): Promise<[boolean, number]> => {
    const from = clock.now();
    let tookS = -1;
    const waiting = control
      .waitForReconnectWindow(() => answers.shift() ?? false, timeout)
      .then((isOpen) => {
        tookS = (clock.now() - from) / 1000;
        return isOpen;
      });
    return [await passing(clock, 60, waiting), tookS];
  };
  assert.deepEqual(await window([true]), [true, 0]);
  assert.deepEqual(await window([false, false, true]), [true, 10]);
  assert.deepEqual(await window([false, 7]), [true, 12]);
  assert.deepEqual(await window([false, false, false], 8), [false, 8]);
  assert.deepEqual(await window([30], 8), [false, 8]);
  assert.equal(await control.waitForReconnectWindow(), false);
  assert.deepEqual(server.attempts, []);
  assert.equal(clock.pending, 0);
});

test('a watchdog brings back what was lost and leaves what was shut down', async () => {
  const { control, clock, server } = controlRig({}, { plan: { autoReconnect: false } });
  let isWatching = true;
  const watch = (): void => {
    if (control.isRecoverable) control.connect().catch(() => undefined);
    if (control.isShutdown) isWatching = false;
    else clock.setTimer(watch, 5_000);
  };
  watch();
  await clock.advance(6);
  assert.ok(control.isConnected);
  server.end('CONNECTION_RESET');
  await clock.advance(6);
  assert.ok(control.isConnected);
  await passing(clock, 1, control.kill());
  await clock.advance(6);
  assert.ok(control.isConnected);
  await passing(clock, 1, control.shutdown());
  await clock.advance(60);
  assert.deepEqual([control.state, isWatching, server.attempts.length], ['CLOSED', false, 3]);
});

test('the connection’s age counts from its opening and is 0 without one', async () => {
  const { control, clock, server } = controlRig();
  assert.equal(control.connectionDuration, 0);
  await passing(clock, 10.1, control.connect());
  assert.ok(Math.abs(control.connectionDuration - 10) < 0.01);
  server.answer = 'refuse';
  server.end('CONNECTION_RESET');
  await clock.advance(1);
  assert.equal(control.connectionDuration, 0);
});
