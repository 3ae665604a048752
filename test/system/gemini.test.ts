import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bothLines, onStage, type Stage } from './support.ts';

const FEED = { exchange: 'gemini', channels: ['trade', 'book'] } as const;
const RATE = 2_000;

/** Lets the market begin once every book is live, so that both sides count the same events. */
async function begin({ until, witness, simulator, truths }: Stage, rate = RATE): Promise<void> {
  await until('all books are live', () => witness.account.count('live') === simulator.symbols.length);
  witness.account.begin(await truths());
  await simulator.setRate(rate);
}

const more = ({ witness, until }: Stage, events = 2_000): Promise<void> => {
  const { length } = witness.events;
  return until(`${events} more records`, () => witness.events.length > length + events);
};

test('all trades and every book are as the exchange made them', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    await begin(stage);
    await more(stage);
    assert.deepEqual(await stage.settle(), []);
    const history = stage.witness.of('trade').filter(({ snapshot }) => snapshot);
    assert.equal(history.length, 50 * stage.simulator.symbols.length);
  });
});

test('the same of messages that are sent in blocks, as at a high rate', async () => {
  await onStage({ rate: 20_000 }, FEED, async (stage) => {
    await more(stage, 20_000);
    const { malformed, resyncs, gaps } = stage.feeds.stats().feeds[0]!;
    assert.deepEqual([malformed, resyncs, gaps, stage.witness.broken], [0, 0, 0, []]);
    for (const { missedTrades, repeatedTrades } of stage.witness.account.symbols.values())
      assert.deepEqual([missedTrades, repeatedTrades], [0, 0]);
  });
});

test('a book that crosses is stale, is mended alone, and no trade is missing for it', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { witness, simulator, until, feeds, settle } = stage;
    await begin(stage);
    await simulator.fault('corrupt-checksum', { symbol: 'ETH/USD' });
    await until('the book is live again', () => {
      const statuses = witness.statuses('ETH/USD');
      return statuses.includes('stale BOOK_INVALID') && statuses.at(-1) === 'live';
    });
    await more(stage);
    const left = await settle();
    assert.deepEqual(
      left.filter((sentence) => !/^ETH\/USD: \d+ updates missing$/.test(sentence)),
      [],
    );
    assert.equal(witness.account.count('stale'), 1);
    assert.equal(feeds.stats().feeds[0]!.resyncs, 1);
  });
});

test('rotations on command miss nothing and repeat nothing', async () => {
  await onStage({ rate: 0 }, FEED, async (stage) => {
    const { feeds, witness, until, settle } = stage;
    await begin(stage);
    for (let n = 1; n <= 3; n++) {
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

test('books and trades of a symbol come and go one without the other', async () => {
  await onStage({ rate: 1_000 }, { ...FEED, channels: ['trade'] }, async (stage) => {
    const { feeds, witness, until } = stage;
    const symbols = ['ETH/USD'];
    const books = (): number => witness.of('book').filter(({ symbol }) => symbol === 'ETH/USD').length;
    const trades = (): number => witness.of('trade').filter(({ symbol }) => symbol === 'ETH/USD').length;
    await until('trades', () => trades() > 60);
    await feeds.subscribe({ symbols, channels: ['book'] });
    await until('the book', () => books() > 50);
    assert.deepEqual(
      [witness.account.of('ETH/USD').missedTrades, witness.account.of('ETH/USD').repeatedTrades],
      [0, 0],
    );
    await feeds.unsubscribe({ symbols, channels: ['trade'] });
    await until('no more trades', () => witness.statuses('ETH/USD').includes('unsubscribed'));
    const [seenTrades, seenBooks] = [trades(), books()];
    await until('more of the book', () => books() > seenBooks + 50);
    assert.equal(trades(), seenTrades);
    await feeds.unsubscribe({ symbols, channels: ['book'] });
    await until(
      'neither',
      () => witness.statuses('ETH/USD').filter((s) => s === 'unsubscribed').length === 2,
    );
    const last = books();
    await more(stage, 20);
    assert.equal(books(), last);
    assert.deepEqual(witness.broken, []);
  });
});

test('a request that is not heard is repeated until it is', async () => {
  await onStage(
    { rate: 500, faults: [{ name: 'ignore-acks', forMs: 500 }] },
    { ...FEED, times: { ackTimeoutMs: 300, ackAttempts: 5 } },
    async (stage) => {
      await stage.until('all books are live', () => stage.witness.account.count('live') === 4);
      await more(stage, 100);
      assert.deepEqual(stage.witness.broken, []);
    },
  );
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
