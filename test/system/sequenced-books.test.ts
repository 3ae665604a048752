import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage, QUICK_TIMES } from './support.ts';

const FEED = { exchange: 'poloniex', channels: ['trade', { name: 'book', depth: 20 }] } as const;

for (const fault of ['skip-update', 'repeat', 'reorder', 'corrupt-checksum'] as const)
  test(`poloniex: after "${fault}" that book alone is stale at once and lives again`, async () => {
    await onStage({ rate: 2_000 }, FEED, async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
      await simulator.fault(fault, { symbol: 'ETH/USD' });
      await until('the book is live again', () => {
        const statuses = witness.statuses('ETH/USD');
        return statuses.includes('stale SEQUENCE_GAP') && statuses.at(-1) === 'live';
      });
      assert.deepEqual(witness.broken, []);
      const stale = witness.of('status').filter(({ status }) => status === 'stale');
      assert.deepEqual([...new Set(stale.map(({ symbol }) => symbol))], ['ETH/USD']);
      assert.equal(feeds.stats().feeds[0]!.malformed, 0);
    });
  });

test('poloniex: a flood of changes has no gap', async () => {
  await onStage({ rate: 60_000 }, FEED, async ({ feeds, witness, until }) => {
    await until('60,000 records', () => witness.events.length > 60_000);
    assert.deepEqual(witness.broken, []);
    assert.equal(feeds.stats().feeds[0]!.resyncs, 0);
    assert.equal(feeds.stats().feeds[0]!.malformed, 0);
  });
});

test('poloniex: a market where nothing happens is no silent feed', async () => {
  const times = { ...QUICK_TIMES, silentAfterMs: 1_500, pingIntervalMs: 500 };
  await onStage({ rate: 0 }, { ...FEED, times }, async ({ feeds, witness, until }) => {
    await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
    const end = performance.now() + 3_000;
    await until('twice the time of silence is over', () => performance.now() > end);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});
