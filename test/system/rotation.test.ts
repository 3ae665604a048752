import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookFlaws, shownChecksum } from '../../bench/support/market-account.ts';
import { EXCHANGES } from '../../src/main/index.ts';
import type { SimulatorStats } from '../../src/shared/simulator/simulator-protocol.ts';
import { stallingWorker } from '../support/stalling-worker.ts';
import { onStage, QUICK_TIMES, type Stage } from './support.ts';

const CHANNELS = ['trade', 'ticker', { name: 'book', depth: 10 }] as const;
const FEED = { channels: CHANNELS } as const;
/**
 * Books of Binance and of the legacy Poloniex have no depth, and those of Poloniex are sent by their changes at
 * its default alone.
 */
const channelsOf = (exchange: (typeof EXCHANGES)[number]) =>
  exchange.startsWith('kraken') ? CHANNELS : (['trade', 'ticker', 'book'] as const);
/** Gemini has no tickers; see gemini.test.ts and gemini-v1.test.ts. */
const TICKER_EXCHANGES = EXCHANGES.filter((exchange) => !exchange.startsWith('gemini'));
const RATE = 2_000;

const rotated = ({ witness, until }: Stage, times: number, seconds?: number): Promise<void> =>
  until(`rotated ${times} times`, () => witness.account.count('rotated') >= times, seconds);

const opened = async ({ simulator }: Stage): Promise<number> => (await simulator.stats()).connectionsOpened;

/** Runs until the exchange's own statistics say so. */
async function seen(
  { simulator, until }: Stage,
  what: string,
  holds: (stats: SimulatorStats) => boolean,
): Promise<void> {
  let isSeen = false;
  const look = setInterval(() => {
    void simulator.stats().then((stats) => {
      isSeen ||= holds(stats);
    });
  }, 10);
  await until(what, () => isSeen).finally(() => clearInterval(look));
}

const connected = (stage: Stage, connections: number): Promise<void> =>
  seen(stage, `${connections} connections`, ({ connectionsOpened }) => connectionsOpened >= connections);

/** Resolves when the exchange has no connection any more. */
async function closed({ simulator }: Stage): Promise<void> {
  while ((await simulator.stats()).connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** The strategy was told of nothing but data and rotations since the beginning. */
function undisturbed({ witness, feeds }: Stage, lost = 0): void {
  const seen = new Set(witness.account.statuses.keys());
  for (const status of ['connecting', 'connected', 'venue', 'subscribed', 'live', 'rotated'] as const)
    seen.delete(status);
  assert.deepEqual([...seen], []);
  assert.equal(witness.account.count('live'), witness.account.symbols.size);
  const { reconnects, malformed, gaps, checksums } = feeds.stats().feeds[0]!;
  assert.deepEqual([reconnects, malformed, gaps, checksums.failed], [lost, 0, 0, 0]);
}

for (const exchange of TICKER_EXCHANGES)
  test(`${exchange}: rotations on command miss nothing and repeat nothing`, async () => {
    await onStage({ rate: 0, exchange }, { channels: channelsOf(exchange), exchange }, async (stage) => {
      const { feeds, witness, begin, settle, simulator } = stage;
      await begin(RATE);
      for (let n = 1; n <= 5; n++) {
        await feeds.control().rotate();
        await rotated(stage, n);
      }
      assert.deepEqual(await settle(), []);
      undisturbed(stage);
      assert.equal(witness.account.count('connected'), 1, 'what a line does beside another is not told');
      const told = witness.of('status').filter(({ status }) => status === 'rotated');
      assert.ok(told.every(({ detail, value }) => detail === 'SCHEDULED' && value! > 0));
      assert.equal(feeds.stats().feeds[0]!.epochs, 6);
      assert.equal(await opened(stage), 6);
      assert.equal((await simulator.stats()).connections, 1, 'connections that were replaced are closed');
    });
  });

for (const exchange of TICKER_EXCHANGES)
  test(`${exchange}: a worker that stands still now and then misses nothing and repeats nothing when it rotates`, async () => {
    // Longer than the silence after which nothing more is expected of a connection.
    const program = stallingWorker(1_000, 700);
    const play = async (stage: Stage): Promise<void> => {
      const { feeds, begin, settle } = stage;
      await begin(RATE);
      for (let n = 1; n <= 5; n++) {
        await feeds.control().rotate();
        await rotated(stage, n);
      }
      assert.deepEqual(await settle(), []);
      undisturbed(stage);
    };
    // Its own standing still is not to end a connection, whose pongs lie unread meanwhile.
    const times = { ...QUICK_TIMES, pongTimeoutMs: 10_000, silentAfterMs: 20_000 };
    const feed = { channels: channelsOf(exchange), exchange, times };
    await onStage({ rate: 0, exchange }, feed, play, {}, program);
  });

test('a feed that knows when the venue ends its connections replaces each before that, and misses nothing', async () => {
  const life = { connectionLifeMs: 3_000, connectionMarginMs: 750 } as const;
  await onStage(
    { rate: 0, faults: [{ name: 'connection-life', durationMs: 3_000 }] },
    { ...FEED, limits: life },
    async (stage) => {
      const { begin, settle, simulator, witness } = stage;
      await begin(RATE);
      await rotated(stage, 3, 30);
      assert.deepEqual(await settle(), []);
      undisturbed(stage);
      assert.equal((await simulator.stats()).faults['connection-life'], 0, 'no connection saw its end');
      assert.ok(
        witness
          .of('status')
          .every(({ status, detail }) => status !== 'rotated' || detail === 'CONNECTION_LIMIT'),
      );
    },
  );
});

test('where the old connection is lost while the new one is subscribed, that one takes over at once', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, settle, simulator, witness, until } = stage;
    await begin(RATE);
    await feeds.control().rotate();
    await connected(stage, 2);
    const messages = feeds.stats().feeds[0]!.messages;
    // Long enough for the new connection to have all its books, and too short for it to have taken over.
    await until('some of both', () => feeds.stats().feeds[0]!.messages > messages + 400);
    assert.equal(witness.account.count('rotated'), 0);
    await simulator.fault('reset', { connection: 1 });
    await rotated(stage, 1);
    assert.deepEqual(await settle(), []);
    assert.equal(witness.account.count('lineLost'), 1);
    assert.equal(witness.account.count('disconnected'), 0);
    assert.equal(witness.account.count('stale'), 0);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});

test('where the old connection is lost before the new one is open, that is a reconnect and no rotation', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, simulator, witness, until, settle, truths } = stage;
    const { account } = witness;
    await begin(RATE);
    await Promise.all([feeds.control().rotate(), simulator.fault('reset', { connection: 1 })]);
    await until('live again', () => account.count('live') === 8);
    await settle();
    assert.deepEqual(witness.broken, []);
    for (const truth of await truths()) assert.deepEqual(bookFlaws(account.of(truth.symbol), truth), []);
    assert.equal((await simulator.stats()).connections, 1);
    assert.deepEqual(
      [account.count('disconnected'), account.count('rotated'), feeds.stats().feeds[0]!.reconnects],
      [1, 0, 1],
    );
  });
});

test('where the new connection is lost, it is made again and takes over then', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, settle, simulator } = stage;
    await begin(RATE);
    await feeds.control().rotate();
    await connected(stage, 2);
    await simulator.fault('reset', { connection: 2 });
    await rotated(stage, 1);
    assert.deepEqual(await settle(), []);
    undisturbed(stage, 1);
    assert.equal(await opened(stage), 3);
  });
});

/** How it is seen that the new connection came to nothing. */
const GIVEN_UP = {
  'refuse-subscriptions': ({ connectionsOpened, connections }) =>
    connectionsOpened === 2 && connections === 1,
  'ignore-acks': ({ connectionsOpened, connections }) => connectionsOpened === 2 && connections === 1,
  'refuse-connections': (_, reconnects) => reconnects >= 10,
} satisfies { readonly [fault: string]: (stats: SimulatorStats, reconnects: number) => boolean };

for (const [fault, isGivenUp] of Object.entries(GIVEN_UP))
  test(`a new connection that does not get live because of "${fault}" does not take over, and nobody is told`, async () => {
    await onStage({ rate: 0 }, FEED, async (stage) => {
      const { feeds, begin, settle, simulator, witness, until } = stage;
      await begin(RATE);
      await simulator.fault(fault as keyof typeof GIVEN_UP);
      await feeds.control().rotate();
      await seen(stage, `${fault} took effect`, (stats) =>
        isGivenUp(stats, feeds.stats().feeds[0]!.reconnects),
      );
      const trades = witness.of('trade').length;
      await until('the feed goes on', () => witness.of('trade').length > trades + 200);
      assert.equal(witness.account.count('rotated'), 0);
      assert.deepEqual(await settle(), []);
      undisturbed(stage, feeds.stats().feeds[0]!.reconnects);
    });
  });

test('what is subscribed or unsubscribed during a rotation is told once, and comes or ends', async () => {
  await onStage(
    { rate: 0, pairs: 4 },
    { ...FEED, symbols: ['BTC/USD', 'ETH/USD', 'DOGE/USD'] },
    async (stage) => {
      const { feeds, simulator, witness, until } = stage;
      const { account } = witness;
      await simulator.setRate(RATE);
      await until('live', () => account.count('live') === 3 && account.count('subscribed') === 9);
      await feeds.control().rotate();
      await connected(stage, 2);
      await feeds.subscribe({ symbols: ['SOL/USD'], channels: CHANNELS });
      await feeds.unsubscribe({ symbols: ['ETH/USD'], channels: CHANNELS });
      await rotated(stage, 1);
      const from = witness.events.length;
      await until('much of the new symbol', () => account.of('SOL/USD').updates > 500);
      assert.ok(
        witness.events.slice(from).every(({ type, symbol }) => type === 'status' || symbol !== 'ETH/USD'),
      );
      assert.deepEqual(
        [account.count('subscribed'), account.count('unsubscribed'), account.count('live')],
        [12, 3, 4],
      );
      assert.equal(account.of('SOL/USD').wrongBooks, 0);
      assert.deepEqual(witness.broken, []);
    },
  );
});

for (const verb of ['forceClose', 'shutdown', 'disconnect'] as const)
  test(`${verb} during a rotation ends both connections`, async () => {
    await onStage({ rate: 0 }, FEED, async (stage) => {
      const { feeds, begin, simulator, witness, until } = stage;
      await begin(RATE);
      const control = feeds.control();
      await control.rotate();
      await connected(stage, 2);
      const ended = control[verb]();
      const last = verb === 'disconnect' ? 'disconnected' : 'closed';
      await until(verb, () => witness.account.count(last) === 1);
      await ended;
      await closed(stage);
      assert.equal(await opened(stage), 2);
      assert.equal(witness.account.count('rotated'), 0);
      if (verb === 'disconnect') {
        await control.connect();
        await until('live again', () => witness.account.count('live') === 8);
        assert.equal((await simulator.stats()).connections, 1);
      }
      assert.deepEqual(witness.broken, []);
    });
  });

test('a connection that is killed during its rotation comes back, and only one is open then', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, simulator, witness, until } = stage;
    await begin(RATE);
    await feeds.control().rotate();
    await connected(stage, 2);
    await feeds.control().kill();
    await until('live again', () => witness.account.count('live') === 8);
    assert.equal((await simulator.stats()).connections, 1);
    assert.deepEqual(witness.broken, []);
  });
});

test('while the strategy does not read, a rotation with "backpressure" loses nothing', async () => {
  await onStage(
    { rate: 0 },
    { ...FEED, overflow: 'backpressure' },
    async (stage) => {
      const { feeds, begin, settle, until } = stage;
      await begin(RATE);
      await feeds.control().rotate();
      await spinUntil(() => feeds.stats().feeds[0]!.pauses > 0);
      await rotated(stage, 1);
      assert.deepEqual(await settle(), []);
      undisturbed(stage);
      void until;
    },
    { ring: { bytes: 65_536 } },
  );
});

test('while the strategy does not read, a rotation with "conflate" leaves every book true', async () => {
  await onStage(
    { rate: 0 },
    { ...FEED, overflow: 'conflate' },
    async (stage) => {
      const { feeds, begin, simulator, truths, witness, until } = stage;
      await begin(RATE);
      await feeds.control().rotate();
      await spinUntil(() => feeds.stats().feeds[0]!.conflated > 500 && feeds.stats().feeds[0]!.epochs === 2);
      await rotated(stage, 1);
      await simulator.setRate(0);
      const made = await truths();
      await until('every book is the exchange’s', () =>
        made.every(({ symbol, checksum }) => shownChecksum(witness.account.of(symbol).book) === checksum),
      );
      assert.deepEqual(witness.broken, []);
      const { received, delivered, dropped, conflated, byKind } = feeds.stats().feeds[0]!;
      assert.equal(received, delivered + dropped + conflated);
      assert.equal(
        witness.of('gap').reduce((sum, gap) => sum + gap.droppedTrades, 0),
        byKind.trade.dropped,
      );
      const trades = made.reduce((sum, truth) => sum + truth.trades, 0);
      assert.equal(byKind.trade.received, trades);
    },
    { ring: { bytes: 65_536 } },
  );
});

/** Lets the worker go on while nothing is read. */
async function spinUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
