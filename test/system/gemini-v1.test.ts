import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothLines, onStage, QUICK_TIMES, type Stage } from './support.ts';

const FEED = { exchange: 'gemini-v1', channels: ['trade', 'book'] } as const;
const RATE = 2_000;

/** Connections that follow because of what is subscribed are made five seconds apart, longer than a quick answer. */
const PATIENT = { ackTimeoutMs: 5_000 } as const;

/** Lets the market begin once every book is live, so that both sides count the same events. */
async function begin({ until, witness, simulator, truths }: Stage): Promise<void> {
  await until('all books are live', () => witness.account.count('live') === simulator.symbols.length);
  witness.account.begin(await truths());
  await simulator.setRate(RATE);
}

const more = ({ witness, until }: Stage, events = 2_000): Promise<void> => {
  const { length } = witness.events;
  return until(`${events} more records`, () => witness.events.length > length + events);
};

/** The details that statuses of this name came with. */
const details = ({ witness }: Stage, status: string): string[] =>
  witness
    .of('status')
    .filter((event) => event.status === status)
    .map((event) => `${event.symbol ?? ''} ${event.detail}`.trim());

test('all trades and every book are as the exchange made them', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    await begin(stage);
    await more(stage);
    assert.deepEqual(await stage.settle(), []);
    const { malformed, cold } = stage.feeds.stats().feeds[0]!;
    assert.equal(malformed, 0);
    assert.ok(cold < 50, `${cold} messages took the cold path`);
  });
});

test('the same of one symbol, which has an address of its own', async () => {
  await onStage({ rate: 0, pairs: 1 }, FEED, async (stage) => {
    await begin(stage);
    await more(stage);
    assert.deepEqual(await stage.settle(), []);
    assert.equal(stage.feeds.stats().feeds[0]!.malformed, 0);
  });
});

test('a message that is missing makes every book of the connection stale, and another connection mends them', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { witness, simulator, until, feeds } = stage;
    await begin(stage);
    await more(stage, 500);
    await simulator.fault('skip-update', { symbol: 'ETH/USD' });
    await until('all books are live again', () => witness.account.count('live') === 8);
    await until('the other connection has taken over', () => witness.account.count('rotated') === 1);
    await more(stage);
    assert.deepEqual(witness.broken, []);
    const stale = witness.of('status').filter(({ status }) => status === 'stale');
    assert.deepEqual(stale.map(({ symbol, fault }) => `${symbol} ${fault}`).sort(), [
      'BTC/USD SEQUENCE_GAP',
      'DOGE/USD SEQUENCE_GAP',
      'ETH/USD SEQUENCE_GAP',
      'SOL/USD SEQUENCE_GAP',
    ]);
    const holes = witness
      .of('status')
      .filter(({ status, fault }) => `${status} ${fault}` === 'fault SEQUENCE_GAP');
    assert.deepEqual(new Set(holes.map(({ symbol }) => symbol)).size, 4, 'holes in trades are told');
    assert.deepEqual(details(stage, 'rotated'), ['what is subscribed is part of the address']);
    const { rotations, reconnects } = feeds.stats().feeds[0]!;
    assert.deepEqual([rotations, reconnects], [1, 0]);
    for (const { repeatedTrades } of witness.account.symbols.values()) assert.equal(repeatedTrades, 0);
  });
});

test('what is subscribed later comes with another connection, and nothing of the rest is missed for it', async () => {
  await onStage({ rate: 0 }, { ...FEED, symbols: ['BTC/USD', 'ETH/USD'] }, async (stage) => {
    const { feeds, witness, until, simulator } = stage;
    await until('both books are live', () => witness.account.count('live') === 2);
    witness.account.begin(await stage.truths());
    await simulator.setRate(RATE);
    await more(stage, 500);
    await feeds.subscribe({ symbols: ['SOL/USD'], channels: ['trade', 'book'] });
    await until(
      'the third book',
      () => witness.statuses('SOL/USD').filter((s) => s === 'subscribed').length === 2,
    );
    await more(stage);
    const of = (symbol: string) => witness.account.of(symbol);
    for (const symbol of ['BTC/USD', 'ETH/USD'])
      assert.deepEqual([of(symbol).missedTrades, of(symbol).repeatedTrades], [0, 0], symbol);
    assert.deepEqual(witness.statuses('SOL/USD').sort(), ['live', 'subscribed', 'subscribed']);
    assert.deepEqual(witness.account.count('stale') + witness.account.count('disconnected'), 0);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
    assert.deepEqual(witness.broken, []);
  });
});

test('what is unsubscribed ends at once, and is no longer in the address', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, witness, until, simulator } = stage;
    await begin(stage);
    await more(stage, 500);
    await feeds.unsubscribe({ symbols: ['DOGE/USD', 'SOL/USD'], channels: ['trade', 'book'] });
    await until(
      'both are told',
      () => witness.statuses('SOL/USD').filter((s) => s === 'unsubscribed').length === 2,
    );
    const { length } = witness.events;
    await until('another connection', () => witness.account.count('rotated') === 1);
    await more(stage);
    const later = new Set(witness.events.slice(length).map(({ symbol }) => symbol));
    assert.deepEqual(
      [later.has('DOGE/USD'), later.has('SOL/USD'), later.has('BTC/USD')],
      [false, false, true],
    );
    const open = (await simulator.stats()).connectionsSeen.filter((connection) => connection.open);
    assert.deepEqual(
      open.map(({ subscriptions }) => subscriptions),
      [4],
    );
    assert.deepEqual(witness.broken, []);
  });
});

test('trades alone need no book to begin, and books may follow', async () => {
  await onStage({ rate: 1_000 }, { ...FEED, channels: ['trade'] }, async (stage) => {
    const { feeds, witness, until } = stage;
    await until('trades', () => witness.of('trade').length > 100);
    assert.equal(witness.of('book').length, 0);
    await feeds.subscribe({ symbols: ['ETH/USD'], channels: ['book'] });
    await until('the book', () => witness.of('book').length > 50);
    const { missedTrades, repeatedTrades } = witness.account.of('ETH/USD');
    assert.deepEqual([missedTrades, repeatedTrades, witness.broken], [0, 0, []]);
  });
});

test('rotations on command miss nothing and repeat nothing', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, witness, until, settle } = stage;
    await begin(stage);
    for (let n = 1; n <= 2; n++) {
      await feeds.control().rotate();
      await until(`rotated ${n} times`, () => witness.account.count('rotated') >= n);
    }
    assert.deepEqual(await settle(), []);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
  });
});

test('after a lost connection every book lives again', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { witness, simulator, until, feeds } = stage;
    await begin(stage);
    await simulator.fault('drop-connection');
    await until('all books are live again', () => witness.account.count('live') === 8);
    await more(stage);
    assert.deepEqual(witness.broken, []);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 1);
  });
});

test('a symbol that the venue does not know is refused, and the others flow', async () => {
  await onStage({ rate: 500 }, { ...FEED, symbols: ['BTC/USD', 'NOSUCH/USD'] }, async (stage) => {
    const { witness, until } = stage;
    await until('both were refused', () => witness.statuses('NOSUCH/USD').length >= 2);
    await more(stage, 100);
    assert.deepEqual(witness.statuses('NOSUCH/USD'), new Array<string>(2).fill('refused SUBSCRIBE_REFUSED'));
  });
});

test('a quiet market is no silent feed, because heartbeats are asked for', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { witness, until, feeds } = stage;
    await until('all books are live', () => witness.account.count('live') === 4);
    await until('nothing', () => false, 3.5).catch(() => undefined);
    assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
    assert.deepEqual(
      witness.statuses().filter((status) => status.startsWith('disconnected')),
      [],
    );
  });
});

test('of two lines one may be lost, and nothing is missing or told twice', async () => {
  await onStage({ rate: 0 }, { ...FEED, lines: 2 }, async (stage) => {
    const { witness, simulator } = stage;
    await begin(stage);
    await bothLines(stage);
    await simulator.fault('drop-connection', { connection: 1 });
    await more(stage, 5_000);
    assert.deepEqual(await stage.settle(), []);
    assert.equal(witness.account.count('disconnected'), 0);
  });
});

test('with two lines what is subscribed later comes by one of them after the other, and is told once', async () => {
  await onStage(
    { rate: 0 },
    { ...FEED, symbols: ['BTC/USD', 'ETH/USD'], lines: 2, times: { ...QUICK_TIMES, ...PATIENT } },
    async (stage) => {
      const { feeds, witness, until, simulator } = stage;
      const bothOpen = (): boolean => {
        const { lines } = feeds.stats().feeds[0]!;
        return lines.length === 2 && lines.every(({ state }) => state === 'CONNECTED');
      };
      await until('both lines and both books', () => witness.account.count('live') === 2 && bothOpen());
      witness.account.begin(await stage.truths());
      await simulator.setRate(RATE);
      await more(stage, 500);
      await feeds.subscribe({ symbols: ['SOL/USD'], channels: ['trade', 'book'] });
      const carrySol = async (): Promise<number> =>
        (await simulator.stats()).connectionsSeen.filter(
          ({ open, subscriptions }) => open && subscriptions === 6,
        ).length;
      let carrying = 0;
      const look = setInterval(() => void carrySol().then((count) => (carrying = count)), 50);
      await until('both lines carry it', () => carrying === 2, 25).finally(() => clearInterval(look));
      await more(stage);
      const of = (symbol: string) => witness.account.of(symbol);
      for (const symbol of ['BTC/USD', 'ETH/USD'])
        assert.deepEqual([of(symbol).missedTrades, of(symbol).repeatedTrades], [0, 0], symbol);
      assert.deepEqual(witness.statuses('SOL/USD').sort(), ['live', 'subscribed', 'subscribed']);
      assert.equal(witness.account.count('disconnected') + witness.account.count('stale'), 0);
      assert.deepEqual(witness.broken, []);
    },
  );
});

test('what is changed while another connection is on its way comes with the one after that', async () => {
  await onStage(
    { rate: 0 },
    { ...FEED, symbols: ['BTC/USD'], times: { ...QUICK_TIMES, ...PATIENT } },
    async (stage) => {
      const { feeds, witness, until, simulator } = stage;
      await until('the book is live', () => witness.account.count('live') === 1);
      witness.account.begin(await stage.truths());
      await simulator.setRate(RATE);
      for (const symbol of ['ETH/USD', 'DOGE/USD', 'SOL/USD'])
        await feeds.subscribe({ symbols: [symbol], channels: ['trade', 'book'] });
      await until('all books', () => witness.account.count('live') === 4, 20);
      await until('all is told', () => witness.account.count('subscribed') === 8);
      await more(stage);
      const { missedTrades, repeatedTrades } = witness.account.of('BTC/USD');
      assert.deepEqual([missedTrades, repeatedTrades, witness.broken], [0, 0, []]);
      assert.equal(feeds.stats().feeds[0]!.reconnects, 0);
      assert.equal(witness.account.count('fault'), 0);
      assert.ok((await simulator.stats()).connectionsOpened <= 4);
    },
  );
});
