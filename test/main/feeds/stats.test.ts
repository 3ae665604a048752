import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onStage } from '../../system/support.ts';

test('what is counted adds up by kind, and says nothing of keys in the URL', async () => {
  const channels = ['trade', 'ticker', { name: 'book', depth: 10 }, 'candle'] as const;
  await onStage({ rate: 1_000 }, { channels }, async ({ feeds, witness, until, simulator }) => {
    await until('records of all kinds', () =>
      channels.every((_, n) => witness.of((['trade', 'ticker', 'book', 'candle'] as const)[n]!).length > 3),
    );
    await feeds.close();
    await feeds.run(witness);
    const [stats] = feeds.stats().feeds;
    const { byKind } = stats!;
    for (const kind of ['trade', 'ticker', 'book', 'candle'] as const)
      assert.equal(witness.of(kind).length, byKind[kind].delivered);
    for (const word of ['received', 'delivered', 'dropped', 'conflated'] as const)
      assert.equal(
        Object.values(byKind).reduce((sum, kind) => sum + kind[word], 0),
        stats![word],
      );
    assert.equal(stats!.url, simulator.urls.kraken);
    assert.deepEqual([stats!.feed, stats!.exchange, stats!.epochs], ['kraken#0', 'kraken', 1]);
    assert.deepEqual(
      stats!.symbols.map(({ symbol }) => symbol),
      simulator.symbols,
    );
    assert.equal(
      stats!.symbols.reduce((sum, { checksums }) => sum + checksums.checked, 0),
      stats!.checksums.checked,
    );
    assert.deepEqual(stats!.ring, { bytes: 8 * 1024 * 1024, heldBytes: 0 });
  });
});

test('user and query of a URL are masked', async () => {
  await onStage(
    {},
    { channels: ['trade'], url: 'wss://me:secret@127.0.0.1:9/path?token=secret' },
    async ({ feeds }) => assert.equal(feeds.stats().feeds[0]!.url, 'wss://***@127.0.0.1:9/path?***'),
  );
});
