import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { DialOptions } from '../../../src/shared/proxy/dial-options.ts';
import { parseProxy } from '../../../src/shared/proxy/proxy-server.ts';
import { dial } from '../../../src/workers/dial/dial.ts';
import { stage, unlessAborted, withTimeout } from '../../../src/workers/dial/stage.ts';
import { connectProxy } from '../../support/connect-proxy.ts';
import { echo, loopbackServer } from '../../support/loopback-server.ts';
import { AUTHORITY, ISSUED } from '../../support/private-authority.ts';
import { socks4Server } from '../../support/socks4-server.ts';

const NEVER = new AbortController().signal;
const TRUSTING: DialOptions = { tls: { ca: AUTHORITY }, proxyTls: { ca: AUTHORITY } };

/** Takes what comes and never answers. `heard` resolves when something has come. */
function silent() {
  let hear = (): void => {};
  const heard = new Promise<void>((resolve) => {
    hear = resolve;
  });
  return { heard, serve: (socket: Socket) => void socket.on('data', hear) };
}

/** Dials, aborts once the stage under test is under way, and wants it to end so, at once. */
async function abortedAt(
  underWay: Promise<unknown>,
  target: Parameters<typeof dial>[0],
  options: DialOptions,
): Promise<void> {
  const controller = new AbortController();
  const reason = new Error('no longer wanted');
  const dialing = dial(target, { ...TRUSTING, ...options }, { signal: controller.signal });
  // Should it fail before, that is what the test is to show.
  await Promise.race([underWay, dialing]);
  controller.abort(reason);
  await assert.rejects(dialing, (error: unknown) => error === reason);
}

test('an abort before the start opens nothing', async () => {
  await using server = await loopbackServer(echo);
  const signal = AbortSignal.abort(new Error('before'));
  const dialing = dial({ secure: false, host: '127.0.0.1', port: server.port }, {}, { signal });
  await assert.rejects(dialing, { message: 'before' });
  assert.equal(server.accepted.length, 0);
});

test('an abort while connecting leaves no socket', async () => {
  await using server = await loopbackServer((socket) => void socket.resume());
  const controller = new AbortController();
  for (const options of [{}, { proxy: parseProxy(`http://localhost:${server.port}`) }]) {
    const dialing = dial({ secure: false, host: 'localhost', port: server.port }, options, {
      signal: controller.signal,
    });
    controller.abort(new Error('now'));
    await assert.rejects(dialing, { message: 'now' });
  }
  // What was connected by then is closed, and this connection comes behind it.
  const last = connect({ host: '127.0.0.1', port: server.port });
  await new Promise((resolve) => last.on('connect', resolve));
  const count = server.accepted.length;
  for (let i = 0; i < count - 1; i++) await server.closed(i);
  last.destroy();
});

test('an abort during the TLS handshake leaves no socket', async () => {
  const { heard, serve } = silent();
  await using server = await loopbackServer(serve);
  await abortedAt(heard, { secure: true, host: 'localhost', port: server.port }, {});
  await server.closed();
});

test('an abort during the TLS handshake with a proxy leaves no socket', async () => {
  const { heard, serve } = silent();
  await using proxy = await loopbackServer(serve);
  const options = { proxy: parseProxy(`https://localhost:${proxy.port}`) };
  await abortedAt(heard, { secure: false, host: 'localhost', port: 1 }, options);
  await proxy.closed();
});

for (const scheme of ['http', 'https', 'socks4a', 'socks5h']) {
  test(`an abort while a proxy (${scheme}) is asked leaves no socket`, async () => {
    const { heard, serve } = silent();
    await using proxy = await loopbackServer(serve, scheme === 'https' ? { tls: ISSUED } : {});
    const options = { proxy: parseProxy(`${scheme}://localhost:${proxy.port}`) };
    await abortedAt(heard, { secure: true, host: 'server.example', port: 1 }, options);
    await proxy.closed();
  });
}

for (const scheme of ['http', 'https', 'socks4a']) {
  test(`an abort during the TLS handshake behind a proxy (${scheme}) leaves no socket`, async () => {
    const { heard, serve } = silent();
    await using server = await loopbackServer(serve);
    await using proxy =
      scheme === 'socks4a'
        ? await socks4Server()
        : await connectProxy(scheme === 'https' ? { tls: ISSUED } : {});
    const options = { proxy: parseProxy(`${scheme}://localhost:${proxy.port}`) };
    await abortedAt(heard, { secure: true, host: 'localhost', port: server.port }, options);
    await Promise.all([server.closed(), proxy.closed()]);
  });
}

test('an abort once it stands does nothing', async () => {
  await using server = await loopbackServer(echo);
  const controller = new AbortController();
  const { socket } = await dial(
    { secure: false, host: '127.0.0.1', port: server.port },
    {},
    { signal: controller.signal },
  );
  controller.abort();
  assert.equal(socket.destroyed, false);
  socket.destroy();
});

test('a stage leaves no listener behind, however it ends', async () => {
  await using server = await loopbackServer(echo);
  const controller = new AbortController();
  const socket = connect({ host: '127.0.0.1', port: server.port });
  await new Promise((resolve) => socket.on('connect', resolve));
  const before = socket.eventNames().map((name) => socket.listenerCount(name));
  let undone = 0;
  const undo = (): void => void undone++;
  const closed = (): Error => new Error('closed');
  const at = (run: Parameters<typeof stage<string>>[3], signal = NEVER) => stage(socket, signal, closed, run);
  assert.equal(
    await at(({ done, fail }) => {
      done('at once');
      fail(new Error('too late'));
      return undo;
    }),
    'at once',
  );
  const aborted = at(() => undo, controller.signal);
  assert.deepEqual(
    socket
      .eventNames()
      .map((name) => socket.listenerCount(name))
      .reduce((a, b) => a + b),
    before.reduce((a, b) => a + b) + 3,
  );
  controller.abort(new Error('aborted'));
  await assert.rejects(aborted, { message: 'aborted' });
  assert.equal(socket.destroyed, true);
  await assert.rejects(
    at(() => undo),
    { message: 'closed' },
  );
  assert.deepEqual(
    socket.eventNames().map((name) => socket.listenerCount(name)),
    before,
  );
  assert.equal(undone, 2);
  await server.closed();
});

test('a stage that throws fails, and its socket is destroyed', async () => {
  await using server = await loopbackServer(echo);
  const socket = connect({ host: '127.0.0.1', port: server.port });
  await new Promise((resolve) => socket.on('connect', resolve));
  const failing = stage(
    socket,
    NEVER,
    () => new Error('closed'),
    () => {
      throw new Error('thrown');
    },
  );
  await assert.rejects(failing, { message: 'thrown' });
  await server.closed();
});

test('a time limit is a reason of its own and follows the signal', async () => {
  const waiting = (signal: AbortSignal): Promise<never> =>
    unlessAborted(signal, new Promise<never>(() => {}));
  const late = (): Error => new Error('late');
  assert.equal(await withTimeout(NEVER, 60_000, late, async () => 'in time'), 'in time');
  await assert.rejects(withTimeout(NEVER, 1, late, waiting), { message: 'late' });
  const controller = new AbortController();
  const following = withTimeout(controller.signal, 60_000, late, waiting);
  controller.abort(new Error('stop'));
  await assert.rejects(following, { message: 'stop' });
  await assert.rejects(withTimeout(controller.signal, 60_000, late, waiting), { message: 'stop' });
});
