import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError, openFeeds } from '../../src/main/index.ts';
import { startSimulator } from '../../src/main/simulator.ts';
import { onStage, QUICK_TIMES } from './support.ts';

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

for (const depth of [10, 20])
  test(`books of the best ${depth} levels are the exchange’s, on one connection after the other`, async () => {
    const channels = ['trade', 'ticker', { name: 'book', depth }] as const;
    await onStage({ rate: 0 }, { exchange: 'binance', channels }, async (stage) => {
      const { feeds, witness, begin, settle, until } = stage;
      await begin(2_000);
      for (let n = 1; n <= 2; n++) {
        await feeds.control().rotate();
        await until(`rotated ${n} times`, () => witness.account.count('rotated') === n, 30);
      }
      assert.deepEqual(await settle(), []);
      const { resyncs, malformed, gaps } = feeds.stats().feeds[0]!;
      assert.deepEqual([resyncs, malformed, gaps], [0, 0, 0]);
      for (const { bids, asks } of witness.books.values())
        assert.deepEqual([bids.size, asks.size], [depth, depth]);
    });
  });

const BEST = { exchange: 'binance', channels: [{ name: 'book', depth: 5 }] } as const;

const isNews = (status: string): boolean => status === 'live' || status === 'subscribed';

for (const [fault, statuses] of [
  ['skip-update', []],
  ['repeat', []],
  ['reorder', ['stale SEQUENCE_GAP', 'live']],
  ['corrupt-checksum', ['stale SEQUENCE_GAP', 'live']],
] as const)
  test(`after "${fault}" of the best levels the next message says all, unless time went back`, async () => {
    await onStage({ rate: 1_000 }, BEST, async ({ feeds, witness, until, simulator }) => {
      // The book may come before the answer to the request for it.
      await until('all books are live', () => witness.statuses().filter(isNews).length === 8);
      const before = witness.statuses('ETH/USD').length;
      await simulator.fault(fault, { symbol: 'ETH/USD', channel: 'book' });
      const told = (): string[] => witness.statuses('ETH/USD').slice(before);
      await until('it is well again', () => told().length === statuses.length);
      const { length } = witness.of('book');
      await until('it flows', () => witness.of('book').length > length + 500);
      assert.deepEqual(told(), statuses);
      assert.deepEqual(witness.broken, []);
      assert.equal(feeds.stats().feeds[0]!.malformed, 0);
      assert.equal((await simulator.stats()).faults[fault], 1);
    });
  });

test('a book of the best levels may be added to a connection that is open, and is not another beside one', async () => {
  const symbols = ['BTC/USD', 'ETH/USD'];
  await onStage(
    { rate: 1_000 },
    { exchange: 'binance', symbols: ['BTC/USD'], channels: ['trade', 'book'] },
    async ({ feeds, witness, until }) => {
      await until('the book is live', () => live(witness.statuses()) === 1);
      for (const [channel, kind] of [
        [{ name: 'book', depth: 5 }, 'book'],
        ['aggTrade', 'trade'],
      ] as const)
        await assert.rejects(
          feeds.subscribe({ symbols, channels: [channel] }),
          new MisuseError(
            `Condition failed: subscribe.channels has another kind of ${kind} for BTC/USD than this feed has already, allowed: one for each feed`,
          ),
        );
      await feeds.subscribe({ symbols: ['ETH/USD'], channels: [{ name: 'book', depth: 5 }, 'aggTrade'] });
      await until('the other one is live', () => live(witness.statuses('ETH/USD')) === 1);
      const { length } = witness.events;
      await until('both flow', () => witness.events.length > length + 500);
      const types = new Set(witness.events.slice(length).map(({ type, symbol }) => `${symbol} ${type}`));
      // The answer to the request may come after the book.
      types.delete('ETH/USD status');
      assert.deepEqual([...types].sort(), ['BTC/USD book', 'BTC/USD trade', 'ETH/USD book', 'ETH/USD trade']);
      assert.deepEqual(witness.broken, []);
      assert.equal(feeds.stats().feeds[0]!.malformed, 0);
    },
  );
});

const AGGREGATED = { exchange: 'binance', channels: ['aggTrade'] } as const;

test('aggregated trades are counted one by one, over rotations too', async () => {
  await onStage({ rate: 1_000 }, AGGREGATED, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 100);
    for (let n = 1; n <= 2; n++) {
      await feeds.control().rotate();
      await until(`rotated ${n} times`, () => witness.account.count('rotated') === n, 30);
    }
    const { length } = witness.of('trade');
    await until('it flows', () => witness.of('trade').length > length + 100);
    const newest = new Map<string, number>();
    for (const { symbol, id } of witness.of('trade')) {
      assert.equal(id, (newest.get(symbol) ?? id! - 1) + 1);
      newest.set(symbol, id!);
    }
    assert.equal(newest.size, 4);
  });
});

test('an aggregated trade that was left out is told', async () => {
  await onStage({ rate: 1_000 }, AGGREGATED, async ({ witness, until, simulator }) => {
    await until('trades', () => witness.of('trade').length > 100);
    await simulator.fault('skip-update', { symbol: 'ETH/USD', channel: 'trade' });
    await until('it is told', () => witness.statuses('ETH/USD').includes('fault SEQUENCE_GAP'));
  });
});

/** The time of the first trade after the book of a connection to this place, ms. */
async function firstTradeMs(place: string): Promise<number> {
  const simulator = await startSimulator({ pairs: 1, rate: 500, exchange: 'binance' });
  try {
    await using feeds = await openFeeds({
      feeds: [
        {
          exchange: 'binance',
          symbols: simulator.symbols,
          channels: ['trade', 'book'],
          url: new URL(place, simulator.urls.binance).href,
          times: QUICK_TIMES,
        },
      ],
      log: { level: 'silent' },
    });
    let isLive = false;
    for await (const event of feeds.events()) {
      if (event.type === 'status' && event.status === 'live') isLive = true;
      if (event.type === 'trade' && isLive) return event.time!;
    }
    throw new Error('ended before a trade');
  } finally {
    await simulator.close();
  }
}

for (const place of ['/ws', '/ws?timeUnit=MICROSECOND', '/stream', '/stream?timeUnit=microsecond'])
  test(`a feed of ${place} has its book, and the time of its trades, whatever the unit`, async () => {
    const before = Date.now() - 1;
    const at = await firstTradeMs(place);
    assert.ok(at >= before && at <= Date.now() + 1, `${at}`);
  });
