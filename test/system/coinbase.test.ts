import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage, QUICK_TIMES } from './support.ts';

const FEED = { exchange: 'coinbase', channels: ['trade', 'book'] } as const;

const live = (statuses: readonly string[]): number => statuses.filter((status) => status === 'live').length;

for (const [fault, missed] of [
  ['skip-update', true],
  ['repeat', false],
] as const)
  test(`coinbase: after "${fault}" of a trade the strategy is told of it at once`, async () => {
    await onStage({ rate: 2_000 }, FEED, async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => live(witness.statuses()) === 4);
      await simulator.fault(fault, { symbol: 'ETH/USD', channel: 'trade' });
      await until('it is told', () => witness.statuses('ETH/USD').includes('fault SEQUENCE_GAP'));
      const told = witness.of('status').filter(({ fault: name }) => name === 'SEQUENCE_GAP');
      assert.deepEqual(
        told.map(({ symbol, value }) => [symbol, value! > 0]),
        [['ETH/USD', missed]],
      );
      assert.equal(feeds.stats().feeds[0]!.resyncs, 0);
      assert.deepEqual(witness.broken, []);
    });
  });

test('coinbase: a change that cannot be read makes that book stale, which lives again', async () => {
  await onStage({ rate: 2_000 }, FEED, async ({ feeds, witness, until, simulator }) => {
    await until('all books are live', () => live(witness.statuses()) === 4);
    await simulator.fault('corrupt-checksum', { symbol: 'ETH/USD', channel: 'book' });
    await until('the book is live again', () => live(witness.statuses('ETH/USD')) === 2);
    assert.ok(witness.statuses('ETH/USD').includes('stale MESSAGE_MALFORMED'));
    assert.equal(feeds.stats().feeds[0]!.resyncs, 1);
    assert.equal(live(witness.statuses()), 5, 'no other book was touched');
    assert.deepEqual(witness.broken, []);
  });
});

test('coinbase: heartbeats of the products keep a quiet market from being a silent feed', async () => {
  const times = { ...QUICK_TIMES, silentAfterMs: 1_500, pingIntervalMs: 60_000 };
  await onStage({ rate: 0 }, { ...FEED, times }, async ({ feeds, witness, until }) => {
    await until('all books are live', () => live(witness.statuses()) === 4);
    const end = performance.now() + 3_000;
    await until('twice the time of silence is over', () => performance.now() > end);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});

test('coinbase: an invalid product is refused, and takes no other with it', async () => {
  await onStage(
    { rate: 500 },
    { ...FEED, symbols: ['BTC/USD', 'NOSUCH/USD'] },
    async ({ witness, until }) => {
      await until('both are refused', () => witness.statuses('NOSUCH/USD').length === 2);
      await until('the other flows', () => witness.of('trade').length > 5 && live(witness.statuses()) === 1);
      assert.deepEqual(witness.statuses('NOSUCH/USD'), [
        'refused SUBSCRIBE_REFUSED',
        'refused SUBSCRIBE_REFUSED',
      ]);
      const refused = witness.of('status').find(({ status }) => status === 'refused')!;
      assert.match(refused.detail, /NOSUCH-USD is not a valid product/);
    },
  );
});
