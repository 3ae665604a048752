import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXCHANGES } from '../../src/main/index.ts';
import { onStage, QUICK_TIMES } from './support.ts';

const identity = (flow: {
  received: number;
  delivered: number;
  dropped: number;
  conflated: number;
}): boolean => flow.received === flow.delivered + flow.dropped + flow.conflated;

/** What flows on each exchange, and the types of record that come of it. */
const FLOWS = {
  kraken: {
    channels: ['trade', 'ticker', { name: 'book', depth: 25 }, 'candle', 'instrument'],
    types: ['trade', 'ticker', 'book', 'candle', 'instrument'],
    hasChecksums: true,
  },
  'kraken-v1': {
    channels: ['trade', 'ticker', { name: 'book', depth: 25 }, 'ohlc', 'spread'],
    types: ['trade', 'ticker', 'book', 'candle', 'quote'],
    hasChecksums: true,
  },
  binance: {
    channels: ['trade', 'ticker', 'book', 'candle', 'quote'],
    types: ['trade', 'ticker', 'book', 'candle', 'quote'],
    hasChecksums: false,
  },
  poloniex: {
    channels: ['trade', 'ticker', 'book', 'candle'],
    types: ['trade', 'ticker', 'book', 'candle'],
    hasChecksums: false,
  },
  'poloniex-legacy': {
    channels: ['trade', 'ticker', 'book'],
    types: ['trade', 'ticker', 'book'],
    hasChecksums: false,
  },
  gemini: {
    channels: ['trade', 'book', 'candle'],
    types: ['trade', 'book', 'candle'],
    hasChecksums: false,
  },
  'gemini-v1': {
    channels: ['trade', 'book'],
    types: ['trade', 'book'],
    hasChecksums: false,
  },
  coinbase: {
    channels: ['trade', 'ticker', 'book'],
    types: ['trade', 'ticker', 'book'],
    hasChecksums: false,
  },
} as const;

for (const exchange of EXCHANGES)
  test(`${exchange}: every channel flows, every checksum holds and every record is accounted for`, async () => {
    const { channels, types, hasChecksums } = FLOWS[exchange];
    await onStage(
      { rate: 4_000 },
      { exchange, channels: [...channels] },
      async ({ feeds, witness, until, simulator }) => {
        const live = (): number => witness.statuses().filter((status) => status === 'live').length;
        await until('3,000 records', () => witness.events.length > 3_000 && live() === 4);
        const seen = new Set(witness.events.map(({ type }) => type));
        for (const type of types) assert.ok(seen.has(type), `${type} was seen`);
        assert.deepEqual(witness.broken, []);
        const stats = feeds.stats().feeds[0]!;
        assert.equal(stats.checksums.failed, 0);
        assert.ok(hasChecksums ? stats.checksums.checked > 500 : stats.checksums.checked === 0);
        assert.equal(stats.resyncs, 0);
        assert.equal(stats.malformed, 0);
        assert.ok(identity(stats));
        for (const kind of Object.values(stats.byKind)) assert.ok(identity(kind));
        assert.deepEqual(
          stats.symbols.map(({ book }) => book),
          simulator.symbols.map(() => 'live'),
        );
        assert.ok(
          witness.of('trade').every(({ price, qty, side }) => price > 0 && qty > 0 && side !== 'unknown'),
        );
      },
    );
  });

test('a corrupted book is stale before any further level, is resubscribed alone, and lives again', async () => {
  await onStage(
    { rate: 2_000 },
    { channels: [{ name: 'book', depth: 10 }] },
    async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
      await simulator.fault('corrupt-checksum', { symbol: 'ETH/USD' });
      await until('the book is live again', () => {
        const statuses = witness.statuses('ETH/USD');
        return (
          statuses.includes('stale CHECKSUM_MISMATCH') &&
          statuses.at(-1) === 'live' &&
          witness.books.get('kraken#0 ETH/USD')!.isLive
        );
      });
      assert.deepEqual(witness.broken, []);
      assert.equal(witness.statuses('BTC/USD').filter((s) => s.startsWith('stale')).length, 0);
      const stats = feeds.stats().feeds[0]!;
      assert.equal(stats.checksums.failed, 1);
      assert.equal(stats.resyncs, 1);
      const bySymbol = new Map(stats.symbols.map((symbol) => [symbol.symbol, symbol]));
      assert.equal(bySymbol.get('ETH/USD')!.checksums.failed, 1);
      assert.equal(bySymbol.get('BTC/USD')!.checksums.failed, 0);
      assert.ok(identity(stats));
      // What was withheld is announced at its place: a gap of that symbol before its next book record.
      const gap = witness.events.findIndex((event) => event.type === 'gap' && event.symbol === 'ETH/USD');
      const stale = witness.events.findIndex((event) => event.type === 'status' && event.status === 'stale');
      const next = witness.events.findIndex(
        (event, n) => n > stale && event.type === 'book' && event.symbol === 'ETH/USD',
      );
      assert.ok(stale < gap && gap < next);
      assert.equal((witness.events[next] as { snapshot: boolean }).snapshot, true);
    },
  );
});

for (const [fault, details, expected, times] of [
  ['drop-connection', {}, 'disconnected CONNECTION_ENDED', {}],
  ['reset', {}, 'disconnected CONNECTION_RESET', {}],
  ['close', { value: 1012 }, 'disconnected SERVER_CLOSED', {}],
  ['silent', {}, 'disconnected FEED_SILENT', { pingIntervalMs: 60_000 }],
  ['silent', {}, 'disconnected PING_TIMEOUT', { silentAfterMs: 60_000 }],
] as const)
  test(`after "${fault}" (${expected}) the feed says so, connects again and every book lives again`, async () => {
    const channels = ['trade', { name: 'book', depth: 10 }] as const;
    await onStage(
      { rate: 1_000 },
      { channels, times: { ...QUICK_TIMES, ...times } },
      async ({ feeds, witness, until, simulator }) => {
        await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
        await simulator.fault(fault, details);
        if (fault === 'silent') await simulator.fault('no-pong');
        await until(
          'all books are live again',
          () => witness.statuses().filter((s) => s === 'live').length === 8,
        );
        const statuses = witness.statuses();
        const lost = statuses.indexOf(expected);
        assert.ok(lost > 0, `${expected} in ${statuses.join(', ')}`);
        assert.equal(statuses[lost + 1], 'reconnecting');
        assert.deepEqual(witness.broken, []);
        const stats = feeds.stats().feeds[0]!;
        assert.equal(stats.reconnects, 1);
        assert.equal(stats.epochs, 2);
        assert.ok(identity(stats));
      },
    );
  });

test('a refused subscription is reported for that symbol, and the others flow', async () => {
  await onStage(
    { rate: 500 },
    { symbols: ['BTC/USD', 'NOSUCH/USD'], channels: ['trade'] },
    async ({ witness, until }) => {
      await until(
        'trades and a refusal',
        () => witness.of('trade').length > 10 && witness.statuses('NOSUCH/USD').length > 0,
      );
      assert.deepEqual(witness.statuses('NOSUCH/USD'), ['refused SUBSCRIBE_REFUSED']);
      assert.match(witness.of('status').find(({ status }) => status === 'refused')!.detail, /not supported/);
    },
  );
});

test('subscriptions come and go while the feed runs', async () => {
  await onStage(
    { rate: 1_000 },
    { symbols: ['BTC/USD'], channels: ['trade'] },
    async ({ feeds, witness, until }) => {
      await until('trades of the first symbol', () => witness.of('trade').length > 5);
      await feeds.subscribe({ symbols: ['ETH/USD'], channels: ['trade', { name: 'book', depth: 10 }] });
      await until(
        'records of the second symbol',
        () => witness.of('book').filter(({ symbol }) => symbol === 'ETH/USD').length > 5,
      );
      await feeds.unsubscribe({ symbols: ['BTC/USD'], channels: ['trade'] });
      await until('the first symbol has ended', () => witness.statuses('BTC/USD').includes('unsubscribed'));
      const before = witness.of('trade').filter(({ symbol }) => symbol === 'BTC/USD').length;
      const others = witness.of('book').length;
      await until('more of the second symbol', () => witness.of('book').length > others + 50);
      assert.equal(witness.of('trade').filter(({ symbol }) => symbol === 'BTC/USD').length, before);
    },
  );
});
