import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage } from './support.ts';

const BOOKS = { exchange: 'binance', channels: ['trade', 'book'] } as const;

const live = (statuses: readonly string[]): number => statuses.filter((status) => status === 'live').length;

for (const fault of ['skip-update', 'repeat', 'reorder', 'corrupt-checksum'] as const)
  test(`after "${fault}" of a counted update that book alone is resynchronised, over REST`, async () => {
    await onStage({ rate: 2_000 }, BOOKS, async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => live(witness.statuses()) === 4);
      await simulator.fault(fault, { symbol: 'ETH/USD', channel: 'book' });
      await until('the book is live again', () => live(witness.statuses('ETH/USD')) === 2);
      await until('it is shown', () => witness.books.get('binance#0 ETH/USD')!.isLive);
      assert.deepEqual(witness.broken, []);
      assert.ok(witness.statuses('ETH/USD').includes('stale SEQUENCE_GAP'));
      assert.equal(feeds.stats().feeds[0]!.resyncs, 1);
      assert.equal(live(witness.statuses()), 5, 'no other book was touched');
    });
  });

test('after a lost connection every book has a snapshot of the new one', async () => {
  await onStage({ rate: 1_000 }, BOOKS, async ({ witness, until, simulator }) => {
    await until('all books are live', () => live(witness.statuses()) === 4);
    await simulator.fault('drop-connection');
    await until('all books are live again', () => live(witness.statuses()) === 8);
    assert.deepEqual(witness.broken, []);
  });
});

test('a symbol that the exchange does not list is refused when its book is asked for', async () => {
  await onStage(
    { rate: 500 },
    { ...BOOKS, symbols: ['BTC/USD', 'NOSUCH/USD'] },
    async ({ witness, until }) => {
      await until('a refusal', () =>
        witness.statuses('NOSUCH/USD').some((status) => /^refused/.test(status)),
      );
      await until('the other is live', () => live(witness.statuses('BTC/USD')) === 1);
      assert.deepEqual(witness.statuses('NOSUCH/USD'), [
        'subscribed',
        'subscribed',
        'refused SUBSCRIBE_REFUSED',
      ]);
      assert.ok(witness.statuses().includes('fault REST_REFUSED'));
      assert.match(witness.of('status').find(({ status }) => status === 'refused')!.detail, /Invalid symbol/);
    },
  );
});

test('while REST does not answer there are trades and no books, and it is asked again', async () => {
  await onStage({ rate: 1_000 }, { ...BOOKS, restUrl: 'http://127.0.0.1:9' }, async ({ witness, until }) => {
    await until('the questions are given up', () => witness.statuses().includes('fault REST_FAILED'), 30);
    assert.ok(witness.of('trade').length > 10);
    assert.equal(witness.of('book').length, 0);
    await until('the book is stale', () => witness.statuses().includes('stale REST_FAILED'));
  });
});

test('a connection is replaced by another without a gap', async () => {
  await onStage({ rate: 1_000 }, BOOKS, async ({ feeds, witness, until }) => {
    await until('all books are live', () => live(witness.statuses()) === 4);
    await feeds.control().rotate();
    await until('another connection took over', () => witness.statuses().includes('rotated'), 30);
    const { length } = witness.events;
    await until('it flows', () => witness.events.length > length + 500);
    assert.deepEqual(witness.broken, []);
    assert.equal(witness.of('gap').length, 0);
  });
});
