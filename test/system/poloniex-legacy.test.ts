import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookFlaws } from '../../bench/support/market-account.ts';
import { onStage, QUICK_TIMES, type Stage } from './support.ts';

const FEED = { exchange: 'poloniex-legacy', channels: ['trade', 'ticker', 'book'] } as const;
/** Where nobody answers. */
const NOWHERE = 'http://127.0.0.1:9';

const live = (statuses: readonly string[]): number => statuses.filter((status) => status === 'live').length;

/** Stops the market and compares every book with the exchange's own, by its ten best levels. */
async function booksAreRight({ simulator, witness, truths, until }: Stage): Promise<void> {
  await simulator.setRate(0);
  const made = await truths();
  const flaws = (): string[] => made.flatMap((truth) => bookFlaws(witness.account.of(truth.symbol), truth));
  await until('the books are the exchange’s', () => flaws().length === 0, 3).catch(() => undefined);
  assert.deepEqual(flaws(), []);
  for (const { symbol } of made) assert.ok(witness.account.of(symbol).book.isLive, symbol);
}

test('trades, tickers and books are what the exchange made, nothing missing and nothing twice', async () => {
  await onStage({ rate: 0, exchange: 'poloniex-legacy' }, FEED, async (stage) => {
    const { begin, settle, feeds, until, witness } = stage;
    await begin(4_000);
    await until('10,000 records', () => witness.events.length > 10_000, 30);
    assert.deepEqual(await settle(), []);
    const { resyncs, malformed, gaps } = feeds.stats().feeds[0]!;
    assert.deepEqual([resyncs, malformed, gaps], [0, 0, 0]);
  });
});

for (const fault of ['skip-update', 'repeat', 'reorder', 'corrupt-checksum'] as const)
  test(`after "${fault}" that pair alone is subscribed anew, and its book is right again`, async () => {
    await onStage({ rate: 2_000 }, FEED, async (stage) => {
      const { feeds, witness, until, simulator } = stage;
      await until('all books are live', () => live(witness.statuses()) === 4);
      await simulator.fault(fault, { symbol: 'ETH/USD', channel: 'book' });
      await until('the book is live again', () => live(witness.statuses('ETH/USD')) >= 2);
      await until('it is shown', () => witness.books.get('poloniex-legacy#0 ETH/USD')!.isLive);
      await booksAreRight(stage);
      assert.deepEqual(witness.broken, []);
      assert.ok(witness.statuses('ETH/USD').includes('stale SEQUENCE_GAP'));
      for (const symbol of simulator.symbols.filter((each) => each !== 'ETH/USD'))
        assert.deepEqual(
          witness.statuses(symbol).filter((status) => !/^(subscribed|live)$/.test(status)),
          [],
          symbol,
        );
      assert.equal(feeds.stats().feeds[0]!.malformed, 0);
      assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
    });
  });

test('where a frame is missing, that trades may be missing with it is told of that symbol', async () => {
  await onStage({ rate: 2_000 }, { ...FEED, channels: ['trade'] }, async ({ witness, until, simulator }) => {
    await until('trades of all', () =>
      simulator.symbols.every((symbol) => witness.account.of(symbol).trades > 5),
    );
    await simulator.fault('skip-update', { symbol: 'ETH/USD', channel: 'book' });
    await until('it is told', () => witness.statuses('ETH/USD').includes('fault SEQUENCE_GAP'));
    const told = witness.of('status').filter(({ fault }) => fault === 'SEQUENCE_GAP');
    assert.deepEqual(
      told.map(({ symbol, value }) => [symbol, value]),
      [['ETH/USD', 1]],
    );
    assert.equal(witness.of('book').length, 0);
  });
});

test('after a lost connection every book has a snapshot of the new one', async () => {
  await onStage({ rate: 1_000 }, FEED, async (stage) => {
    const { witness, until, simulator } = stage;
    await until('all books are live', () => live(witness.statuses()) === 4);
    await simulator.fault('drop-connection');
    await until('all books are live again', () => live(witness.statuses()) === 8);
    await until('all are shown', () => [...witness.books.values()].every(({ isLive }) => isLive));
    await booksAreRight(stage);
    assert.deepEqual(witness.broken, []);
  });
});

test('while REST does not answer that is told, and everything is known from the first snapshots on', async () => {
  await onStage({ rate: 1_000 }, { ...FEED, restUrl: NOWHERE }, async (stage) => {
    const { witness, until, simulator } = stage;
    await until('all books are live', () => live(witness.statuses()) === 4);
    await until('everything flows', () =>
      simulator.symbols.every((symbol) => {
        const { trades, tickers, updates } = witness.account.of(symbol);
        return trades > 0 && tickers > 0 && updates > 0;
      }),
    );
    await until('the question is given up', () => witness.statuses().includes('fault REST_FAILED'), 30);
    await booksAreRight(stage);
    assert.deepEqual(witness.broken, []);
    assert.match(
      witness.of('status').find(({ fault }) => fault === 'REST_FAILED')!.detail,
      /^\/public\?command=returnTicker: 5 attempts/,
    );
  });
});

test('tickers alone need the numbers that REST tells', async () => {
  await onStage({ rate: 500 }, { ...FEED, channels: ['ticker'] }, async ({ witness, until, simulator }) => {
    await until('tickers of all', () =>
      simulator.symbols.every((symbol) => witness.account.of(symbol).tickers > 0),
    );
    assert.equal(witness.of('book').length + witness.of('trade').length, 0);
  });
});

test('a symbol that the exchange does not list is refused on every channel, and the others flow', async () => {
  const symbols = ['BTC/USD', 'NOSUCH_USD', 'USD_ETH'];
  await onStage({ rate: 500 }, { ...FEED, symbols }, async (stage) => {
    const { witness, until, feeds } = stage;
    const refused = (): number =>
      witness.statuses('USD/NOSUCH').filter((status) => status === 'refused SUBSCRIBE_REFUSED').length;
    await until('it is refused', () => refused() === 3);
    await until('the others are live', () => live(witness.statuses()) === 2);
    assert.equal(live(witness.statuses('USD/NOSUCH')), 0);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
    assert.deepEqual(witness.broken, []);
  });
});

test('a market where nothing happens is no silent feed, because of its heartbeats', async () => {
  await onStage({ rate: 0 }, FEED, async ({ feeds, witness, until }) => {
    await until('all books are live', () => live(witness.statuses()) === 4);
    const end = performance.now() + 2 * QUICK_TIMES.silentAfterMs;
    await until('twice the time of silence is over', () => performance.now() > end);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});

test('a channel that is left and joined again while others flow goes on right', async () => {
  await onStage({ rate: 1_000 }, { ...FEED, channels: ['trade', 'book'] }, async (stage) => {
    const { feeds, witness, until } = stage;
    await until('all books are live', () => live(witness.statuses()) === 4);
    const what = { symbols: ['ETH/USD'], channels: ['book'] } as const;
    await feeds.unsubscribe(what);
    await until('it is left', () => witness.statuses('ETH/USD').includes('unsubscribed'));
    const { trades } = witness.account.of('ETH/USD');
    await until('trades go on', () => witness.account.of('ETH/USD').trades > trades);
    await feeds.subscribe(what);
    await until('the book is live again', () => live(witness.statuses('ETH/USD')) === 2);
    await until('it is shown', () => witness.account.of('ETH/USD').book.isLive);
    await booksAreRight(stage);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});
