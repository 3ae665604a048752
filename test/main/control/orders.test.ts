import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketConnectionError } from '../../../src/main/control/connection-errors.ts';
import type { ControlOptions } from '../../../src/main/control/control-options.ts';
import { controlRig } from '../../support/control-rig.ts';
import type { SessionLinkOptions } from '../../support/session-link.ts';

type Rig = ReturnType<typeof controlRig>;

async function connected(options: ControlOptions = {}, link: SessionLinkOptions = {}): Promise<Rig> {
  const rig = controlRig(options, link);
  const connecting = rig.control.connect();
  await rig.clock.advance(3);
  await connecting;
  return rig;
}

/** Lets a promise that waits for the manual clock settle. */
async function passing<T>({ clock }: Rig, seconds: number, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await clock.advance(seconds);
  return promise;
}

for (const method of ['disconnect', 'shutdown'] as const)
  test(`${method} holds although there is no worker to tell when it is called`, async () => {
    const rig = await connected();
    rig.server.crashWorkers();
    await passing(rig, 5, rig.control[method]());
    await rig.clock.advance(100);
    assert.equal(rig.control.state, method === 'disconnect' ? 'DISCONNECTED' : 'CLOSED');
    assert.ok(!rig.told.slice(-3).some((line) => line.endsWith(' CONNECTED')), rig.told.join(', '));
  });

test('a connection that waits for its window does so in another worker too', async () => {
  let isOpen = false;
  const rig = await connected({ shouldReconnect: () => isOpen });
  await passing(rig, 1, rig.control.requestDisconnect());
  rig.server.crashWorkers();
  await rig.clock.advance(60);
  assert.equal(rig.control.state, 'RECONNECTING');
  assert.equal(rig.control.reason, 'USER_REQUESTED');
  assert.ok(!rig.told.slice(2).some((line) => line.endsWith(' CONNECTED')), rig.told.join(', '));
  isOpen = true;
  await rig.clock.advance(6);
  assert.ok(rig.control.isConnected);
});

test('connect without a worker to tell fails and does not hang; the next one connects', async () => {
  const rig = await connected({}, { plan: { autoReconnect: false } });
  rig.server.crashWorkers();
  assert.equal(rig.control.state, 'DISCONNECTED');
  await assert.rejects(passing(rig, 0.1, rig.control.connect()), (error) => {
    assert.ok(error instanceof WebSocketConnectionError);
    assert.match(error.lastError?.message ?? '', /the worker has ended/);
    return true;
  });
  rig.control.scheduleReconnect(1);
  await rig.clock.advance(1);
  assert.equal(rig.control.isRecoverable, true);
  await passing(rig, 1, rig.control.connect());
  assert.ok(rig.control.isConnected);
});

test('a window that opens early is not used for a connection that came back before the session heard of the disconnect', async () => {
  const rig = await connected(
    { shouldReconnect: () => true, reconnectCheckInterval: 0.05 },
    { latency: 1, plan: { backoff: { strategy: 'fixed', delayMs: 100, maxMs: 100, jitter: 0 } } },
  );
  rig.server.end('CONNECTION_RESET');
  await rig.clock.advance(0.5);
  rig.server.answersClose = false;
  rig.control.requestDisconnect().catch(() => undefined);
  await rig.clock.advance(20);
  assert.ok(rig.control.isConnected, rig.told.join(', '));
});

test('whoever was told to stay down is not brought back by a later request for a disconnect', async () => {
  const rig = await connected({}, { latency: 0.2 });
  const down = [rig.control.disconnect(), rig.control.requestDisconnect({ reconnectAfter: 1 })];
  await passing(rig, 60, Promise.all(down));
  assert.equal(rig.control.state, 'DISCONNECTED');
  assert.equal(rig.server.attempts.length, 1);
});

test('of two requests for the same connection the later one is what follows', async () => {
  const rig = await connected({}, { latency: 0.2 });
  const down = [
    rig.control.requestDisconnect(),
    rig.control.requestDisconnect({ reconnectAfter: 1, reason: 'SCHEDULED' }),
  ];
  await passing(rig, 5, Promise.all(down));
  assert.ok(rig.control.isConnected);
  assert.equal(rig.control.reason, 'SCHEDULED');
});
