/** Apps among others: on one dispatcher, in a process of their own, and many in any order, on real sockets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDispatcher } from '../../src/main/websocket-client/dispatcher.ts';
import { WebSocketConnectionClosedException } from '../../src/shared/websocket-client/exceptions.ts';
import {
  app,
  closing,
  direct,
  dropping,
  ended,
  LOST,
  SOON,
  scripted,
  serving,
  TIMEOUT,
} from '../support/app-servers.ts';
import { Random } from '../support/random.ts';
import { rawServer } from '../support/raw-server.ts';
import { close, text } from '../support/wire-frame.ts';

// ---- Several together.

test('several apps run on one dispatcher, and its abort ends them all', TIMEOUT, async (t) => {
  const server = await scripted(t, serving(text('hi')));
  const rel = createDispatcher();
  const apps = [1, 2, 3].map(() => app(server));
  for (const { app: it } of apps)
    assert.equal(await it.runForever({ ...direct, dispatcher: rel, reconnect: 5 }), false);
  const over = rel.dispatch();
  await Promise.all(apps.map(({ called }) => called('message')));
  rel.abort();
  await over;
  for (const { calls } of apps)
    assert.deepEqual(calls, ['open', 'data hi 1 true', 'message hi', 'close null null']);
});

test(
  'apps of a dispatcher connect again by themselves, and it is over when all of them are',
  TIMEOUT,
  async (t) => {
    const rel = createDispatcher();
    const lost = app(await scripted(t, dropping(), dropping(), closing()));
    const closed = app(await scripted(t, closing()));
    for (const { app: it } of [lost, closed])
      await it.runForever({ ...direct, dispatcher: rel, reconnect: SOON, reconnectOnCleanClose: false });
    await rel.dispatch();
    assert.deepEqual(lost.calls, ['open', LOST, 'open', LOST, 'open', 'close 1000 bye']);
    assert.deepEqual(closed.calls, ['open', 'close 1000 bye']);
    assert.deepEqual([lost.app.hasErrored, closed.app.hasErrored], [true, false]);
  },
);

test('an onError that throws ends the dispatcher, and with it the other apps', TIMEOUT, async (t) => {
  const rel = createDispatcher();
  const other = app(await scripted(t, serving()));
  const broken = app(await scripted(t, dropping()), {
    onError: () => {
      throw new RangeError('mine');
    },
  });
  for (const { app: it } of [other, broken])
    await it.runForever({ ...direct, dispatcher: rel, reconnect: SOON });
  await assert.rejects(rel.dispatch(), { name: 'RangeError', message: 'mine' });
  assert.equal(other.calls.at(-1), 'close null null');
  assert.equal(broken.calls.at(-1), 'close null null');
});

// ---- The process.

test('Ctrl-C ends a program that runs an app, as it ends any other', TIMEOUT, async (t) => {
  const server = await scripted(t, serving());
  const program = `await new WebSocketApp(process.env.URL, { onOpen: () => console.log('open') }).runForever({ reconnect: 1 });`;
  assert.deepEqual(await ended(program, server.url, 'open'), [null, 'SIGINT', 'open\n']);
});

test('a run that is over does not keep the process alive', TIMEOUT, async (t) => {
  const server = await scripted(t, closing(text('hi')));
  const program = `
    const app = new WebSocketApp(process.env.URL, { onMessage: (_, message) => console.log(message) });
    console.log(await app.runForever({ pingInterval: 3000, pingTimeout: 2000 }));`;
  assert.deepEqual(await ended(program, server.url), [0, null, 'hi\nfalse\n']);
});

test('an error that comes when the run is over is one of the program', TIMEOUT, async (t) => {
  const server = await scripted(t, closing());
  const program = `
    const rejects = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new Error('mine');
    };
    await new WebSocketApp(process.env.URL, { onClose: rejects, onError: (_, error) => { throw error; } }).runForever();
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    await new Promise((resolve) => setTimeout(resolve, 100));`;
  assert.deepEqual(await ended(program, server.url), [0, null, 'uncaught mine\n']);
});

// ---- Races.

const ROUNDS = 400;
const AT_ONCE = 20;

test('close, send, loss and reconnection in any order end each run once and leave nothing behind', {
  timeout: 120_000,
}, async (t) => {
  const open = new Set<unknown>();
  const random = new Random(7);
  const server = await rawServer({
    script: async (peer) => {
      open.add(peer);
      void peer.gone.then(() => open.delete(peer));
      await peer.write(Buffer.concat([peer.accept(), text('a'), text('b')]));
      if (random.percent(50)) await peer.write(text('c'));
      const end = random.below(3);
      if (end === 0) peer.socket.destroy();
      if (end === 1) await peer.write(close(1000));
      if ((await peer.frame(8)) !== undefined && !random.percent(10)) {
        await peer.write(close(1000));
        peer.socket.end();
      }
    },
  });
  t.after(() => server.close());
  const round = async (seed: number): Promise<void> => {
    const random = new Random(seed);
    const { app: it, calls } = app(server, {
      onMessage: (app) => {
        if (random.percent(10)) void app.close({ timeout: 0.05 });
      },
    });
    const run = it.runForever({ ...direct, reconnect: 0.001 });
    for (let n = random.below(8); n > 0; n--) {
      if (it.ready()) void it.send('x');
      if (random.percent(50)) await new Promise((resolve) => setTimeout(resolve, random.below(8)));
    }
    await it.close({ timeout: 0.05 });
    const told = calls.length;
    await run;
    assert.equal(calls.length, told, 'nothing follows the end');
    assert.deepEqual(
      calls.filter((call) => call.startsWith('close')),
      ['close null null'],
    );
    assert.equal(calls.at(-1), 'close null null');
    assert.throws(() => it.send('x'), WebSocketConnectionClosedException);
  };
  for (let first = 0; first < ROUNDS; first += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => round(first + n)));
  while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});
