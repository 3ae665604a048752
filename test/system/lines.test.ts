import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bookFlaws, madeInAll } from '../../bench/support/market-account.ts';
import { stallingWorker } from '../support/stalling-worker.ts';
import { bothLines, onStage, type Stage } from './support.ts';

const FEED = { channels: ['trade', 'ticker', { name: 'book', depth: 10 }], lines: 2 } as const;
const RATE = 2_000;

/** The strategy was told of so many lost lines and of nothing else. */
function undisturbed({ witness: { account }, feeds }: Stage, losses: number): void {
  const told = (
    ['lineLost', 'disconnected', 'reconnecting', 'connected', 'stale', 'live', 'fault'] as const
  ).map((status) => account.count(status));
  assert.deepEqual(told, [losses, 0, 0, 1, 0, account.symbols.size, 0]);
  const { checksums, gaps, state } = feeds.stats().feeds[0]!;
  assert.deepEqual([checksums.failed, gaps, state], [0, 0, 'CONNECTED']);
}

test('two lines say everything once, and either is first at times', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, settle, witness, simulator, until } = stage;
    await simulator.fault('jitter', { durationMs: 5 });
    await begin(RATE);
    await bothLines(stage);
    await until('more', () => witness.events.length > 5_000);
    assert.deepEqual(await settle(), []);
    const market = witness.events.filter(({ type }) => type !== 'status').length;
    const sum = (of: 'offered' | 'wins' | 'duplicates' | 'late' | 'lost'): number =>
      feeds.stats().feeds[0]!.lines.reduce((all, line) => all + line[of], 0);
    await until('the statistics of the lines add up', () => sum('wins') === market);
    undisturbed(stage, 0);
    const { lines } = feeds.stats().feeds[0]!;
    assert.deepEqual([sum('late'), sum('lost')], [0, 0]);
    for (const { wins, leadUs } of lines) {
      assert.ok(wins > market / 4, `${wins} of ${market} were first`);
      assert.ok(leadUs.p50 > 0 && leadUs.p50 <= leadUs.p99);
    }
  });
});

/** Runs until the exchange has opened so many connections. */
async function opened({ simulator, until }: Stage, connections: number): Promise<void> {
  let seen = 0;
  const look = setInterval(() => {
    void simulator.stats().then((stats) => {
      seen = stats.connectionsOpened;
    });
  }, 10);
  await until(`${connections} connections`, () => seen >= connections).finally(() => clearInterval(look));
}

/** How each line may be lost, and the close code that is told of it. */
const LOSSES = [
  ['reset', 1006],
  ['drop-connection', 1006],
  ['close', 1000],
  ['silent', 1006],
] as const;

for (const [fault, code] of LOSSES)
  for (const connection of [1, 2])
    test(`where line ${connection} is lost by "${fault}" nothing is missed, the loss is told, and the line comes back`, async () => {
      await onStage({ rate: 0 }, FEED, async (stage) => {
        const { begin, settle, witness, simulator, until } = stage;
        await begin(RATE);
        await bothLines(stage);
        await simulator.fault(fault, { connection });
        await until('told', () => witness.account.count('lineLost') === 1);
        assert.equal(witness.of('status').find(({ status }) => status === 'lineLost')!.value, code);
        await opened(stage, 3);
        await bothLines(stage);
        const from = witness.events.length;
        await until('more of both', () => witness.events.length > from + 2_000);
        assert.deepEqual(await settle(), []);
        undisturbed(stage, 1);
      });
    });

test('what is missing of two lines that lose is what both lost, and what is missing of trades is told', async () => {
  const probability = 0.05;
  await onStage(
    { rate: 0, pairs: 3, levels: 1200, mix: { trade: 1, ticker: 1 } },
    { ...FEED, channels: ['trade', 'ticker'] },
    async (stage) => {
      const { settle, witness, simulator, until, truths } = stage;
      const { account } = witness;
      await until('subscribed', () => account.count('subscribed') === 6);
      account.begin(await truths());
      await simulator.setRate(4_000);
      // What is lost before the first trade that came cannot be known to be missing.
      await until('trades of each', () => simulator.symbols.every((symbol) => account.of(symbol).trades > 0));
      await simulator.fault('lose', { probability });
      await simulator.fault('jitter', { durationMs: 5 });
      await until('much', () => witness.events.length > 30_000, 30);
      await simulator.clear('lose');
      // Of each symbol, so that every hole is seen to be one.
      const from = witness.events.length;
      await until('more', () => witness.events.length > from + 500);
      await settle();
      const made = await truths();
      const { trades, tickers } = account.excess(made);
      const told = witness.of('status').filter(({ fault }) => fault === 'SEQUENCE_GAP');
      assert.equal(
        told.reduce((sum, { value }) => sum + value!, 0),
        -trades,
      );
      const lost = (await simulator.stats()).connectionsSeen.map(
        (line) => line.lost / (line.lost + line.messagesSent),
      );
      const all = madeInAll(made, account);
      // Too late is what only one line had, after a newer ticker (which has no number) was delivered, or after
      // the wait for a trade was over, as on a machine that gives the exchange no time to send.
      const late = stage.feeds.stats().feeds[0]!.lines.reduce((sum, line) => sum + line.late, 0);
      const missing = 0 - trades - tickers - late;
      const expected = (all.trades + all.tickers) * lost[0]! * lost[1]!;
      // A message may hold several trades, which makes what is lost vary more than single ones would.
      assert.ok(
        Math.abs(missing - expected) < 8 * Math.sqrt(expected),
        `${missing} missing, ${expected} expected`,
      );
    },
  );
});

test('no book is ever wrong however much both lines lose', async () => {
  await onStage({ rate: 0, pairs: 3 }, FEED, async (stage) => {
    const { feeds, begin, settle, witness, simulator, until, truths } = stage;
    await begin(RATE);
    await bothLines(stage);
    await simulator.fault('lose', { probability: 0.01 });
    await simulator.fault('jitter', { durationMs: 5 });
    await until('much', () => witness.events.length > 20_000, 30);
    await simulator.clear('lose');
    await until('all books are live', () =>
      feeds.stats().feeds[0]!.symbols.every(({ book }) => book === 'live'),
    );
    await settle();
    assert.deepEqual(witness.broken, []);
    assert.ok(witness.account.count('stale') > 0, 'at times both lines had lost something');
    for (const truth of await truths())
      assert.deepEqual(bookFlaws(witness.account.of(truth.symbol), truth), []);
  });
});

test('two lines of a worker that stands still now and then miss nothing and repeat nothing', async () => {
  // Longer than a trade waits for the other line, and than the silence after which nothing more is expected.
  for (const [everyMs, forMs] of [
    [150, 80],
    [1_000, 700],
  ] as const)
    await onStage(
      { rate: 0 },
      FEED,
      async (stage) => {
        const { begin, settle, witness, simulator, until } = stage;
        await simulator.fault('jitter', { durationMs: 20 });
        await begin(RATE);
        await until('much', () => witness.events.length > 5_000);
        assert.deepEqual(await settle(), [], `${forMs} ms`);
        undisturbed(stage, 0);
      },
      {},
      stallingWorker(everyMs, forMs),
    );
});

test('rotate replaces a line while the other goes on, and nothing is missed', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, settle, witness, until } = stage;
    await begin(RATE);
    await bothLines(stage);
    await feeds.control().rotate();
    await until('told', () => witness.account.count('lineLost') === 1);
    const { fault, detail } = witness.of('status').find(({ status }) => status === 'lineLost')!;
    assert.deepEqual([fault, detail], ['NONE', 'SCHEDULED']);
    await opened(stage, 3);
    await bothLines(stage);
    assert.deepEqual(await settle(), []);
    undisturbed(stage, 1);
  });
});

test('a line is not replaced before the other one has everything', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, settle, witness, simulator, until } = stage;
    await begin(RATE);
    await bothLines(stage);
    await simulator.fault('ignore-acks');
    await simulator.fault('reset', { connection: 1 });
    await opened(stage, 3);
    await feeds.control().rotate();
    const from = witness.events.length;
    await until('much on the other line', () => witness.events.length > from + 2_000);
    assert.equal(witness.account.count('lineLost'), 1, 'only the one that was reset');
    await simulator.clear('ignore-acks');
    await until('replaced', () => witness.account.count('lineLost') === 2);
    await bothLines(stage);
    assert.deepEqual(await settle(), []);
    undisturbed(stage, 2);
  });
});

test('lines that the venue ends at a known age are replaced one after the other', async () => {
  const life = { connectionLifeMs: 3_000, connectionMarginMs: 750 } as const;
  await onStage(
    { rate: 0, faults: [{ name: 'connection-life', durationMs: 3_000 }] },
    { ...FEED, limits: life },
    async (stage) => {
      const { begin, settle, witness, simulator, until } = stage;
      await begin(RATE);
      await until('two of each', () => witness.account.count('lineLost') >= 4, 20);
      assert.deepEqual(await settle(), []);
      undisturbed(stage, witness.account.count('lineLost'));
      assert.equal((await simulator.stats()).faults['connection-life'], 0, 'no connection saw its end');
    },
  );
});

test('a disconnect is one of all lines, and so is the connection after it', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, begin, witness, simulator, until } = stage;
    await begin(RATE);
    await bothLines(stage);
    const { account } = witness;
    const ended = feeds.control().disconnect();
    await until('told', () => account.count('disconnected') === 1);
    await ended;
    while ((await simulator.stats()).connections > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(account.count('lineLost'), 0);
    await feeds.control().connect();
    await until('live again', () => account.count('live') === 8);
    await bothLines(stage);
    assert.deepEqual(witness.broken, []);
    assert.equal(account.count('disconnected'), 1);
  });
});
