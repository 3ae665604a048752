import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { onStage } from './support.ts';

const spin = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('a strategy that blocks for two seconds loses nothing and costs no connection', async () => {
  await onStage(
    { rate: 2_000 },
    { channels: ['trade', { name: 'book', depth: 10 }] },
    async ({ feeds, witness, until }) => {
      await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
      const before = feeds.stats().feeds[0]!.received;
      spin(2_000);
      const stats = feeds.stats().feeds[0]!;
      assert.ok(stats.received - before > 500, 'the worker read on while the main thread was blocked');
      await until('everything has been taken', () => feeds.stats().feeds[0]!.ring.heldBytes < 10_000);
      assert.equal(stats.dropped + stats.conflated, 0);
      assert.equal(stats.reconnects, 0);
      // Receive times are those of the socket, spread over the time that was blocked.
      const received = witness.events.map(({ received }) => received);
      const widest = received.reduce(
        (most, ns, n) => (n === 0 ? 0 : Math.max(most, ns - received[n - 1]!)),
        0,
      );
      assert.ok(widest < 1e9, 'no hole of a second in the receive times');
      assert.deepEqual(witness.broken, []);
    },
  );
});

test('when a callback throws, run rejects with that error and the records after it are still there', async () => {
  await onStage({ rate: 2_000 }, { channels: ['trade'] }, async ({ feeds, until, witness }) => {
    await until('some trades', () => witness.of('trade').length > 20);
    const ids: number[] = witness
      .of('trade')
      .filter(({ symbol }) => symbol === 'BTC/USD')
      .map(({ id }) => id!);
    const mistake = new Error('strategy is wrong');
    let thrown = 0;
    await assert.rejects(
      feeds.run({
        onTrade(trade) {
          if (trade.symbol !== 'BTC/USD') return;
          ids.push(trade.id);
          thrown++;
          throw mistake;
        },
      }),
      mistake,
    );
    assert.equal(thrown, 1);
    await until(
      'more trades',
      () => witness.of('trade').filter(({ symbol }) => symbol === 'BTC/USD').length > ids.length + 20,
    );
    const all = witness
      .of('trade')
      .filter(({ symbol }) => symbol === 'BTC/USD')
      .map(({ id }) => id!);
    const together = [...new Set([...ids, ...all])].sort((a, b) => a - b);
    assert.deepEqual(
      together,
      Array.from({ length: together.length }, (_, n) => together[0]! + n),
    );
  });
});

test('timers and an HTTP server on the main thread keep working while the exchange floods', async () => {
  await onStage(
    { rate: 'flood', blockMessages: 1024 },
    { channels: ['trade', { name: 'book', depth: 10 }] },
    async ({ feeds }) => {
      const server = createServer((_, response) => response.end('alive')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      let records = 0;
      let ticks = 0;
      let answers = 0;
      const stop = new AbortController();
      const timer = setInterval(() => ticks++, 10);
      const ask = (): void => {
        get({ port, host: '127.0.0.1' }, (response) => {
          response.resume();
          response.once('end', () => {
            if (++answers >= 20 && records > 50_000) stop.abort();
            else ask();
          });
        });
      };
      ask();
      const count = (): void => {
        records++;
      };
      await feeds.run({ onTrade: count, onBook: count }, { signal: stop.signal });
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
      // Both got their turns while the other was busy: with one starved, this test would not have ended.
      assert.ok(answers >= 20);
      assert.ok(ticks > 0);
      assert.ok(records > 50_000);
    },
  );
});

test('conflate: a small ring and a slow strategy lose nothing silently, and every mirror ends true', async () => {
  await onStage(
    { rate: 8_000, seed: 3 },
    { channels: ['trade', 'ticker', { name: 'book', depth: 10 }], overflow: 'conflate' },
    async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
      for (let n = 0; n < 5; n++) {
        spin(300);
        await until('something was taken', () => true);
        feeds.poll(witness, 200);
      }
      await simulator.setRate(0);
      await until('the rings are drained', () => {
        const { ring } = feeds.stats().feeds[0]!;
        return (
          ring.heldBytes === 0 &&
          witness.of('gap').length > 0 &&
          [...witness.books.values()].every((book) => book.isLive)
        );
      });
      const stats = feeds.stats().feeds[0]!;
      assert.ok(stats.conflated > 0);
      assert.ok(stats.gaps > 0);
      assert.equal(stats.received, stats.delivered + stats.dropped + stats.conflated);
      assert.deepEqual(witness.broken, []);
      // Every trade that did not come is in a gap record.
      const announced = witness.of('gap').reduce((sum, gap) => sum + gap.droppedTrades, 0);
      assert.equal(announced, stats.byKind.trade.dropped);
      assert.equal(witness.of('trade').length, stats.byKind.trade.delivered);
      assert.equal(stats.checksums.failed, 0);
      assert.equal(stats.resyncs, 0);
    },
    { ring: { bytes: 65_536 } },
  );
});

test('backpressure: a small ring and a slow strategy get every record, in order', async () => {
  await onStage(
    { rate: 8_000, seed: 3 },
    { channels: ['trade', { name: 'book', depth: 10 }], overflow: 'backpressure' },
    async ({ feeds, witness, until, simulator }) => {
      await until('all books are live', () => witness.statuses().filter((s) => s === 'live').length === 4);
      for (let n = 0; n < 5; n++) {
        spin(300);
        feeds.poll(witness, 100);
      }
      await simulator.setRate(0);
      const sent = await simulator.stats();
      await until(
        'every message has come',
        () =>
          feeds.stats().feeds[0]!.messages >= sent.messagesSent - 40 &&
          feeds.stats().feeds[0]!.ring.heldBytes === 0,
      );
      const stats = feeds.stats().feeds[0]!;
      assert.ok(stats.pauses > 0);
      assert.equal(stats.dropped + stats.conflated, 0);
      assert.equal(stats.received, stats.delivered);
      assert.equal(stats.checksums.failed, 0);
      for (const symbol of simulator.symbols) {
        const ids = witness
          .of('trade')
          .filter((trade) => trade.symbol === symbol)
          .map(({ id }) => id!);
        assert.deepEqual(
          ids,
          Array.from({ length: ids.length }, (_, n) => ids[0]! + n),
        );
      }
      assert.deepEqual(witness.broken, []);
    },
    { ring: { bytes: 65_536 } },
  );
});

test('events() gives plain objects, and waitSync, wait and poll are the primitives under run()', async () => {
  await onStage({ rate: 1_000 }, { channels: ['trade'] }, async ({ feeds }) => {
    const kept = [];
    for await (const event of feeds.events()) {
      if (event.type === 'trade') kept.push(event);
      if (kept.length === 30) break;
    }
    assert.equal(new Set(kept.map(({ id, symbol }) => `${symbol} ${id}`)).size, 30);
    let polled = 0;
    const count = { onTrade: () => void polled++ };
    while (polled < 50) {
      assert.equal(feeds.waitSync(5_000), true);
      feeds.poll(count, 10);
    }
    assert.equal(await feeds.wait(5_000), true);
    assert.ok(feeds.poll(count, 1) === 1);
    await assert.rejects(
      feeds.run({
        onTrade: () => {
          feeds.poll(count, 1);
        },
      }),
      /poll is called while run drains the feeds/,
    );
  });
});

for (const wait of ['async', 'spin', 'poll'] as const)
  test(`run() with wait "${wait}" delivers, and ends with its signal`, async () => {
    await onStage(
      { rate: 1_000 },
      { channels: ['trade'] },
      async ({ until, witness }) => {
        await until('trades', () => witness.of('trade').length > 200);
      },
      { wait },
    );
  });
