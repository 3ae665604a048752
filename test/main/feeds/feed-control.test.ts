import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/main/index.ts';
import { onStage } from '../../system/support.ts';

const MARKET = { rate: 500, pairs: 4 } as const;

/** Two connections of two symbols each. */
const TWO = { channels: ['trade'], limits: { subscriptionsPerConnection: 2 } } as const;

test('callbacks decide and are told for each connection by its name', async () => {
  const told: string[] = [];
  let isSafe = false;
  await onStage(
    MARKET,
    {
      ...TWO,
      shouldDisconnect: (name) => isSafe && name === 'kraken#0.1',
      shouldReconnect: (name) => {
        told.push(`${name} may return`);
        isSafe = false;
        return true;
      },
      onConnect: (name) => told.push(`${name} connected`),
      onDisconnect: (reason, name) => told.push(`${name} ${reason}`),
      disconnectCheckInterval: 0.02,
      reconnectCheckInterval: 0.02,
    },
    async ({ feeds, witness, until }) => {
      await until('both are told of', () => told.length === 2);
      assert.deepEqual(told.splice(0).sort(), ['kraken#0 connected', 'kraken#0.1 connected']);
      isSafe = true;
      await until('it is back', () => told.length === 3);
      assert.deepEqual(told, [
        'kraken#0.1 CALLBACK_TRIGGERED',
        'kraken#0.1 may return',
        'kraken#0.1 connected',
      ]);
      const from = witness.events.length;
      await until('its trades', () =>
        witness.events.slice(from).some(({ type, feed }) => type === 'trade' && feed === 'kraken#0.1'),
      );
      assert.equal(feeds.control('kraken#0.1').reason, 'CALLBACK_TRIGGERED');
      assert.equal(feeds.control('kraken#0').reason, undefined);
    },
  );
});

test('a connection without callbacks is controlled all the same', async () => {
  await onStage(MARKET, TWO, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 10);
    const control = feeds.control('kraken#0');
    assert.equal(feeds.control(0), control);
    assert.equal(feeds.control(), control);
    assert.equal(control.name, 'kraken#0');
    assert.ok(await control.waitConnected(10));
    assert.ok(await feeds.control('kraken#0.1').waitConnected(10));
    await control.disconnect();
    assert.deepEqual([control.state, control.isRecoverable], ['DISCONNECTED', true]);
    assert.equal(feeds.control('kraken#0.1').state, 'CONNECTED');
    const [connecting] = await Promise.all([control.waitConnected(10), control.connect()]);
    assert.ok(connecting);
    assert.throws(
      () => feeds.control('kraken#1'),
      new MisuseError(
        'Condition failed: control.feed is "kraken#1", allowed: kraken#0, kraken#0.1 (did you mean "kraken#0"?)',
      ),
    );
  });
});

test('a feed that is not to come back by itself rests after a loss', async () => {
  await onStage(
    MARKET,
    { channels: ['trade'], reconnect: { auto: false } },
    async ({ feeds, until, witness }) => {
      await until('trades', () => witness.of('trade').length > 0);
      const control = feeds.control();
      await control.kill();
      assert.deepEqual([control.state, control.reason], ['DISCONNECTED', 'KILLED']);
      const before = witness.of('trade').length;
      await control.connect();
      await until('trades again', () => witness.of('trade').length > before);
    },
  );
});

test('a rotation has a reason of ours', async () => {
  await onStage(MARKET, { channels: ['trade'] }, async ({ feeds }) => {
    await assert.rejects(
      feeds.control().rotate('NETWORK_ERROR' as never),
      new MisuseError(
        'Condition failed: rotate reason is "NETWORK_ERROR", allowed: USER_REQUESTED, SCHEDULED, CALLBACK_TRIGGERED, CONNECTION_LIMIT',
      ),
    );
  });
});
