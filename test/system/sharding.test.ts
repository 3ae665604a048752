import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BroadcastChannel } from 'node:worker_threads';
import { type FeedEvent, MisuseError } from '../../src/main/index.ts';
import type { FeedLimits } from '../../src/shared/venues/feed-limits.ts';
import { CRASH_CHANNEL, crashingWorker } from '../support/crashing-worker.ts';
import { onStage, type Stage } from './support.ts';

const CHANNELS = ['trade', { name: 'book', depth: 10 }] as const;

const noViolations = async ({ simulator }: Stage): Promise<void> => {
  for (const [limit, count] of Object.entries((await simulator.stats()).violations))
    assert.equal(count, 0, limit);
};

/** What is said of each connection's symbols, as `connection: symbols`. */
const homes = ({ feeds }: Stage): string[] =>
  feeds
    .stats()
    .feeds.map(({ feed, symbols }) => `${feed}: ${symbols.map(({ symbol }) => symbol).join(' ')}`.trim());

const liveBooks = ({ feeds }: Stage): number =>
  feeds
    .stats()
    .feeds.reduce((sum, { symbols }) => sum + symbols.filter(({ book }) => book === 'live').length, 0);

const count = ({ witness }: Stage, status: string): number =>
  witness.of('status').filter((event) => event.status === status).length;

const isOf =
  (feed: string) =>
  (event: FeedEvent): boolean =>
    event.feed === feed;

test('two thousand symbols are all live, over as many connections as the limits demand and within all of them', async (t) => {
  const symbols = 2_000;
  const limits = {
    symbolsPerRequest: 100,
    requestsPerSecond: 20,
    subscriptionsPerConnection: 500,
    attempts: 150,
    attemptsWindowMs: 600_000,
  } as const satisfies FeedLimits;
  const began = performance.now();
  await onStage(
    { rate: 2_000, pairs: symbols, limits },
    // The usual times: with quick ones a busy machine looks like a dead connection.
    { channels: [...CHANNELS], limits, times: {} },
    async (stage) => {
      const { feeds, witness, until } = stage;
      const counts = new Map<string, number>();
      const { onStatus } = witness;
      witness.onStatus = (view) => {
        counts.set(view.status, (counts.get(view.status) ?? 0) + 1);
        onStatus(view);
      };
      const isDone = (): boolean =>
        counts.get('live')! >= symbols && counts.get('subscribed')! >= 2 * symbols;
      await until('everything is subscribed and live', isDone, 60);
      const seconds = (performance.now() - began) / 1000;
      t.diagnostic(
        `${symbols} symbols with ${CHANNELS.length} channels each are live ${seconds.toFixed(1)} s after the start of the exchange`,
      );
      assert.equal(liveBooks(stage), symbols);
      const connections = feeds.stats().feeds;
      assert.deepEqual(
        connections.map(({ feed, symbols: its }) => `${feed} ${its.length}`),
        ['', '.1', '.2', '.3', '.4', '.5', '.6', '.7'].map((end) => `kraken#0${end} 250`),
      );
      assert.deepEqual([...counts.keys()].sort(), ['connected', 'connecting', 'live', 'subscribed', 'venue']);
      assert.equal(
        connections.reduce((sum, { checksums }) => sum + checksums.failed, 0),
        0,
      );
      assert.deepEqual(witness.broken, []);
      await noViolations(stage);
    },
  );
});

const FEW = { subscriptionsPerConnection: 4, symbolsPerRequest: 2 } as const;

test('what is subscribed later finds room, or a connection of its own, and what is unsubscribed makes room', async () => {
  await onStage(
    { rate: 500, pairs: 8, limits: FEW },
    { symbols: ['BTC/USD', 'ETH/USD', 'SOL/USD'], channels: [...CHANNELS], limits: FEW },
    async (stage) => {
      const { feeds, witness, until, simulator } = stage;
      const change = (...symbols: string[]) => ({ symbols, channels: CHANNELS, feed: 'kraken#0' });
      const tradesOf = (symbol: string): Promise<void> => {
        const from = witness.events.length;
        return until(`trades of ${symbol}`, () =>
          witness.events.slice(from).some((event) => event.type === 'trade' && event.symbol === symbol),
        );
      };
      const others = simulator.symbols.filter(
        (symbol) => !['BTC/USD', 'ETH/USD', 'SOL/USD'].includes(symbol),
      );
      const [a, b, c] = others as [string, string, string];
      await tradesOf('SOL/USD');
      assert.deepEqual(homes(stage), ['kraken#0: BTC/USD ETH/USD', 'kraken#0.1: SOL/USD']);

      await feeds.subscribe(change(a));
      await tradesOf(a);
      assert.deepEqual(homes(stage), ['kraken#0: BTC/USD ETH/USD', `kraken#0.1: SOL/USD ${a}`]);

      await feeds.subscribe(change(b));
      await tradesOf(b);
      assert.deepEqual(homes(stage)[2], `kraken#0.2: ${b}`);
      assert.ok(
        witness
          .of('trade')
          .filter(({ symbol }) => symbol === b)
          .every(isOf('kraken#0.2')),
      );

      await feeds.unsubscribe(change('BTC/USD', b));
      await until('unsubscribed', () => witness.statuses(b).includes('unsubscribed'));
      await feeds.subscribe(change(b, c));
      await tradesOf(b);
      await tradesOf(c);
      // What had no subscription left is opened to others last.
      assert.deepEqual(homes(stage), [
        `kraken#0: BTC/USD ETH/USD ${b}`,
        `kraken#0.1: SOL/USD ${a}`,
        `kraken#0.2: ${c}`,
      ]);
      await until('all books are live', () => liveBooks(stage) === 5);
      assert.deepEqual(witness.broken, []);
      await noViolations(stage);
    },
  );
});

test('where a connection is lost, only its own symbols are', async () => {
  await onStage({ rate: 1_000, pairs: 6 }, { channels: [...CHANNELS], limits: FEW }, async (stage) => {
    const { feeds, witness, until } = stage;
    // By the records, since what the counters say may still be on its way.
    await until('all books are live', () => count(stage, 'live') === 6);
    const control = feeds.control('kraken#0.1');
    assert.ok(await control.waitConnected(10));
    const lost = witness.events.length;
    await control.kill();
    await until('it is back', () => count(stage, 'live') === 8);
    const after = witness.events.slice(lost);
    assert.ok(after.some(({ type, feed }) => type === 'status' && feed === 'kraken#0.1'));
    assert.ok(after.filter(({ type }) => type === 'status' || type === 'gap').every(isOf('kraken#0.1')));
    assert.deepEqual(
      feeds.stats().feeds.map(({ reconnects }) => reconnects),
      [0, 1, 0],
    );
    assert.deepEqual(witness.broken, []);
  });
});

test('a connection that is over is not filled any more, and its symbols may be subscribed elsewhere', async () => {
  await onStage({ rate: 500, pairs: 4 }, { channels: [...CHANNELS], limits: FEW }, async (stage) => {
    const { feeds, witness, until, simulator } = stage;
    await until('all books are live', () => liveBooks(stage) === 4);
    await feeds.control(0).forceClose();
    await until('closed', () => witness.statuses().includes('closed'));
    await feeds.subscribe({ symbols: simulator.symbols, channels: CHANNELS });
    await until('all books are live again', () => liveBooks(stage) === 4);
    assert.deepEqual(
      feeds.stats().feeds.map(({ feed, state, symbols }) => [feed, state, symbols.length]),
      [
        ['kraken#0', 'CLOSED', 0],
        ['kraken#0.1', 'CONNECTED', 2],
        ['kraken#0.2', 'CONNECTED', 2],
      ],
    );
    assert.throws(
      () => feeds.control(),
      new MisuseError('Condition failed: control is for open feeds, kraken#0 is over'),
    );
  });
});

test('trading rules of the whole venue name the instruments of every connection, and of later ones', async () => {
  await onStage(
    { rate: 500, pairs: 6 },
    {
      symbols: ['BTC/USD', 'ETH/USD', 'SOL/USD'],
      channels: ['instrument', 'trade'],
      limits: { subscriptionsPerConnection: 2 },
    },
    async ({ feeds, witness, until, simulator }) => {
      const known = (): string[] =>
        [...new Set(witness.of('instrument').map(({ symbol }) => symbol))].filter((symbol) => symbol !== '');
      await until('rules', () => known().length === 3);
      assert.equal(feeds.stats().feeds.length, 2);
      const [fourth] = simulator.symbols.filter((symbol) => !known().includes(symbol));
      await feeds.subscribe({ symbols: [fourth!], channels: ['trade'] });
      const { feed } = feeds.stats().feeds.find(({ byKind }) => byKind.instrument.received > 0)!;
      const control = feeds.control(feed);
      assert.ok(await control.waitConnected(10));
      await control.kill();
      await until('rules of all four', () => known().length === 4);
    },
  );
});

test('a connection that is opened while its worker is being replaced runs in the next one', async () => {
  await onStage(
    { rate: 500, pairs: 4 },
    { symbols: ['BTC/USD'], channels: ['trade'], limits: { subscriptionsPerConnection: 1 } },
    async ({ feeds, witness, until }) => {
      await until('trades', () => witness.of('trade').length > 0);
      const channel = new BroadcastChannel(CRASH_CHANNEL);
      channel.postMessage('crash');
      channel.close();
      await until('the worker is gone', () => witness.statuses().includes('restarted WORKER_FAILED'));
      await feeds.subscribe({ symbols: ['ETH/USD'], channels: ['trade'] });
      await until('trades of both', () =>
        ['kraken#0', 'kraken#0.1'].every((name) =>
          witness.of('trade').some(({ feed, epoch }) => feed === name && epoch >= 1),
        ),
      );
      assert.deepEqual(
        witness
          .of('status')
          .filter(({ status }) => status === 'restarted')
          .map(({ feed }) => feed),
        ['kraken#0'],
      );
    },
    { threads: 1 },
    crashingWorker('throw'),
  );
});

test('a venue that does not allow as many connections as are needed is told before anything is started', async () => {
  const limits = { subscriptionsPerConnection: 2, connections: 2 } as const;
  await onStage(
    { pairs: 4 },
    { symbols: ['BTC/USD', 'ETH/USD'], channels: [...CHANNELS], limits },
    async ({ feeds, simulator }) => {
      const before = feeds.stats().feeds.map(({ symbols }) => symbols.map(({ symbol }) => symbol));
      await assert.rejects(
        feeds.subscribe({ symbols: [simulator.symbols[2]!], channels: CHANNELS }),
        new MisuseError('Condition failed: 6 subscriptions need 3 connections of 2, the venue allows 2'),
      );
      assert.deepEqual(
        feeds.stats().feeds.map(({ symbols }) => symbols.map(({ symbol }) => symbol)),
        before,
      );
    },
  );
});
