import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FeedEvent, MisuseError, openFeeds } from '../../../src/main/index.ts';
import { onStage } from '../../system/support.ts';

const FEED = {
  exchange: 'kraken',
  symbols: ['BTC/USD'],
  channels: ['trade'],
  url: 'ws://127.0.0.1:9/',
} as const;

test('whoever stops asking events() for more finds the next record where it was', async () => {
  await onStage({ rate: 2_000 }, { symbols: ['BTC/USD'], channels: ['trade'] }, async ({ feeds }) => {
    const ids: number[] = [];
    for (let round = 0; round < 20; round++) {
      let asked = 0;
      for await (const event of feeds.events()) {
        if (event.type === 'trade') ids.push(event.id!);
        if (++asked === 5) break;
      }
      feeds.poll({ onTrade: (trade) => void ids.push(trade.id) }, 3);
    }
    assert.ok(ids.length > 100);
    assert.deepEqual(
      ids,
      Array.from({ length: ids.length }, (_, n) => ids[0]! + n),
    );
  });
});

test('the event loop gets its turn while events() has plenty to hand over', async () => {
  const market = { rate: 'flood', blockMessages: 1024 } as const;
  await onStage(
    market,
    { channels: ['trade', { name: 'book', depth: 10 }] },
    async ({ feeds }) => {
      while (feeds.stats().feeds[0]!.ring.heldBytes < 2 ** 20)
        await new Promise((resolve) => setTimeout(resolve, 5));
      let turns = 0;
      let counting = setImmediate(function count() {
        turns++;
        counting = setImmediate(count);
      });
      let events = 0;
      // All of these are in the ring already: without turns of its own, this loop would not end sooner.
      for await (const _ of feeds.events()) if (++events === 1_000) break;
      clearImmediate(counting);
      assert.ok(turns >= 9, `${turns} turns`);
    },
    { slice: { records: 100 } },
  );
});

test('events() ends with its signal, and once everything is over', async () => {
  await onStage({ rate: 500 }, { channels: ['trade'] }, async ({ feeds }) => {
    const stop = new AbortController();
    const kept: FeedEvent[] = [];
    for await (const event of feeds.events({ signal: stop.signal })) {
      kept.push(event);
      if (kept.length === 50) stop.abort();
    }
    assert.equal(kept.length, 50);
    void feeds.close();
    for await (const event of feeds.events()) kept.push(event);
    assert.deepEqual(kept.map((event) => event.type === 'status' && event.status).at(-1), 'closed');
  });
});

test('close hands over what is in the rings, ends run, and may be called again', async () => {
  await onStage({ rate: 2_000 }, { channels: ['trade'] }, async ({ feeds, witness, until }) => {
    await until('trades', () => witness.of('trade').length > 20);
    witness.onEvent = () => undefined;
    const running = feeds.run(witness);
    await Promise.all([feeds.close(), feeds.close()]);
    await running;
    const stats = feeds.stats().feeds[0]!;
    assert.equal(witness.of('trade').length, stats.byKind.trade.delivered);
    assert.deepEqual([stats.state, stats.ring.heldBytes], ['CLOSED', 0]);
    assert.equal(witness.statuses().at(-1), 'closed');
    await feeds.run(witness);
    await assert.rejects(
      feeds.subscribe({ symbols: ['ETH/USD'], channels: ['trade'] }),
      new MisuseError('Condition failed: subscribe is called before the feeds are closed'),
    );
  });
});

test('a feed that may not reconnect is over with its first loss, and run resolves', async () => {
  await onStage(
    { rate: 100 },
    { channels: ['trade'], times: { attemptsMax: 0 } },
    async ({ feeds, witness, simulator }) => {
      witness.onEvent = (event) => {
        if (event.type === 'trade' && witness.of('trade').length === 1) void simulator.fault('reset');
      };
      await feeds.run(witness);
      assert.equal(witness.of('status').at(-1)!.status, 'closed');
      assert.equal(await feeds.wait(1_000), false);
    },
  );
});

test('calls that cannot work are misuse, told at once', async () => {
  await using feeds = await openFeeds({
    feeds: [FEED, { ...FEED, exchange: 'kraken-v1' }],
    log: { level: 'silent' },
    threads: 1,
  });
  for (const limit of [0, -1, 1.5, Number.NaN]) assert.throws(() => feeds.poll({}, limit), MisuseError);
  for (const timeout of [-1, Number.NaN]) {
    assert.throws(() => feeds.waitSync(timeout), MisuseError);
    await assert.rejects(feeds.wait(timeout), MisuseError);
  }
  const change = { symbols: ['ETH/USD'], channels: ['trade'] } as const;
  for (const [options, message] of [
    [change, 'subscribe.feed is missing, allowed: kraken#0, kraken-v1#1'],
    [
      { ...change, feed: 'kraken#1' },
      'subscribe.feed is "kraken#1", allowed: kraken#0, kraken-v1#1 (did you mean "kraken#0"?)',
    ],
    [{ ...change, feed: 2 }, 'subscribe.feed is 2, allowed: kraken#0, kraken-v1#1'],
    [{ ...change, feed: 0, symbols: [] }, 'subscribe.symbols is empty, give at least one symbol'],
    [
      { ...change, feed: 0, symbols: ['ETH'] },
      'subscribe.symbols.0 "ETH" is no symbol of kraken, expected a form like "BTC/USD"',
    ],
    [
      { ...change, feed: 1, channels: ['trade', 'instrument'] },
      'subscribe.channels.1 "instrument" is no channel of kraken-v1, allowed: trade, ticker, book, candle, quote',
    ],
  ] as const)
    await assert.rejects(feeds.subscribe(options as never), new MisuseError(`Condition failed: ${message}`));
  for (const [given, message] of [
    [undefined, 'control.feed is missing, allowed: kraken#0, kraken-v1#1'],
    [2, 'control.feed is 2, allowed: kraken#0, kraken-v1#1'],
    [
      'kraken-v1#0',
      'control.feed is "kraken-v1#0", allowed: kraken#0, kraken-v1#1 (did you mean "kraken-v1#1"?)',
    ],
  ] as const)
    assert.throws(() => feeds.control(given), new MisuseError(`Condition failed: ${message}`));
  assert.equal(feeds.control(1), feeds.control('kraken-v1#1'));
});

test('more connections than there may be are refused, with nothing started', async () => {
  const symbols = Array.from({ length: 1025 }, (_, n) => `A${n}/USD`);
  await assert.rejects(
    openFeeds({ feeds: [{ ...FEED, symbols, limits: { subscriptionsPerConnection: 1 } }] }),
    new MisuseError(
      'Condition failed: at most 1024 connections over all feeds; 0 were made, 1025 more are needed',
    ),
  );
});

for (const [title, options, message] of [
  [
    'two depths of a book',
    { channels: ['book', { name: 'book', depth: 25 }] },
    'option feeds.1.channels has 2 books, allowed: one depth for each feed',
  ],
  [
    'trades of two kinds',
    { exchange: 'binance', channels: ['aggTrade', 'ticker', 'trade'] },
    'option feeds.1.channels has trades both one by one and aggregated, allowed: one of them for each feed',
  ],
  ['no symbol', { symbols: [] }, 'option feeds.1.symbols is empty, give at least one symbol'],
  [
    'a symbol that is none',
    { symbols: ['BTC/USD', '??'] },
    'option feeds.1.symbols.1 "??" is no symbol of kraken, expected a form like "BTC/USD"',
  ],
] as const)
  test(`feeds do not open with ${title}, and nothing was started`, async () => {
    const before = process.getActiveResourcesInfo().length;
    await assert.rejects(
      openFeeds({ feeds: [FEED, { ...FEED, ...options }] }),
      new MisuseError(`Condition failed: ${message}`),
    );
    assert.equal(process.getActiveResourcesInfo().length, before);
  });

test('a ring that no snapshot of the book would fit is refused, with the size that would do', async () => {
  await assert.rejects(
    openFeeds({
      feeds: [{ ...FEED, channels: [{ name: 'book', depth: 1000 }] }],
      ring: { bytes: 65_536 },
    }),
    new MisuseError(
      'Condition failed: option ring.bytes is 65536, allowed with books of depth 1000: 131072 or more',
    ),
  );
});

test('once every feed is over, run ends and keeps nothing alive', async () => {
  const feeds = await openFeeds({
    feeds: [{ ...FEED, times: { attemptsMax: 0 } }],
    log: { level: 'silent' },
  });
  await feeds.run({});
  assert.equal(feeds.stats().feeds[0]!.state, 'CLOSED');
  await assert.rejects(feeds.subscribe({ symbols: ['ETH/USD'], channels: ['trade'] }), MisuseError);
});
