import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import type { ConnectionLink } from '../../../src/main/control/connection-link.ts';
import { ControlError } from '../../../src/main/feeds/worker-control.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { CRASH_CHANNEL, crashingWorker } from '../../support/crashing-worker.ts';
import { changeLine } from '../../support/linked-server.ts';
import { onStage } from '../../system/support.ts';

function crash(): void {
  const channel = new BroadcastChannel(CRASH_CHANNEL);
  channel.postMessage('crash');
  channel.close();
}

async function atRest(link: ConnectionLink): Promise<void> {
  while (link.state !== 'DISCONNECTED') await new Promise((resolve) => setTimeout(resolve, 1));
}

const TRADES = { symbols: ['BTC/USD'], channels: ['trade'] } as const;
const MARKET = { rate: 500 } as const;

test('the connection of a feed is ended and made again on command, and its subscriptions with it', async () => {
  await onStage(MARKET, TRADES, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 0);
    const link = feeds.link();
    const lines: string[] = [];
    link.onChange((change) => lines.push(changeLine(change)));
    assert.equal(link.state, 'CONNECTED');
    await link.command({ kind: 'disconnect', reason: 'USER_REQUESTED' });
    await until('at rest', () => witness.statuses().includes('disconnected'));
    await atRest(link);
    assert.equal(feeds.stats().feeds[0]!.state, 'DISCONNECTED');
    const before = witness.of('trade').length;
    await link.command({ kind: 'start' });
    await until('trades again', () => witness.of('trade').length > before);
    assert.deepEqual(lines, ['CLOSING', 'DISCONNECTED USER_REQUESTED NONE 1000', 'CONNECTING', 'CONNECTED']);
  });
});

test('a feed that is closed on command is over, and run resolves', async () => {
  await onStage(MARKET, TRADES, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 0);
    witness.onEvent = () => undefined;
    const link = feeds.link('kraken#0');
    const lines: string[] = [];
    link.onChange((change) => lines.push(changeLine(change)));
    await link.command({ kind: 'close' });
    await feeds.run(witness);
    assert.equal(witness.statuses().at(-1), 'closed');
    assert.deepEqual(lines, ['CLOSING', 'CLOSED USER_REQUESTED NONE 1000']);
    // The worker is gone by now.
    await link.command({ kind: 'start' });
    await assert.rejects(
      link.command({ kind: 'send', data: 'x' }),
      new ControlError('cannot send kraken#0: it is CLOSED'),
    );
    assert.throws(() => feeds.link(), MisuseError);
  });
});

test('closing the feeds is told to whoever holds a link', async () => {
  await onStage(MARKET, TRADES, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 0);
    const link = feeds.link(0);
    const lines: string[] = [];
    link.onChange((change) => lines.push(changeLine(change)));
    await feeds.close();
    assert.deepEqual(lines, ['CLOSING', 'CLOSED USER_REQUESTED NONE 1000']);
  });
});

test('a feed whose worker ends is told as lost, and one that rests stays at rest', async () => {
  await onStage(
    MARKET,
    TRADES,
    async ({ feeds, witness, until }) => {
      await until('trades', () => witness.of('trade').length > 0);
      const link = feeds.link();
      const lines: string[] = [];
      link.onChange((change) => lines.push(changeLine(change)));
      crash();
      await until('restarted', () => witness.statuses().includes('restarted WORKER_FAILED'));
      const before = witness.of('trade').length;
      await until('trades again', () => witness.of('trade').length > before);
      assert.deepEqual(lines, ['RECONNECTING NETWORK_ERROR WORKER_FAILED 1006', 'CONNECTING', 'CONNECTED']);
      await link.command({ kind: 'disconnect', reason: 'USER_REQUESTED' });
      await atRest(link);
      crash();
      const restarts = (): number =>
        witness.statuses().filter((status) => status === 'restarted WORKER_FAILED').length;
      await until('restarted', () => restarts() === 2);
      assert.deepEqual([link.state, feeds.stats().feeds[0]!.state], ['DISCONNECTED', 'DISCONNECTED']);
      for (let started = false; !started; )
        started = await link.command({ kind: 'start' }).then(
          () => true,
          () => new Promise((resolve) => setTimeout(resolve, 5, false)),
        );
      const rested = witness.of('trade').length;
      await until('trades once more', () => witness.of('trade').length > rested);
    },
    {},
    crashingWorker('throw'),
  );
});
