import assert from 'node:assert/strict';
import test from 'node:test';
import type { SimulatorOptions } from '../../../src/shared/simulator/simulator-protocol.ts';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { BookChecker, NaiveClient, withoutTimes } from './naive-client.ts';

/** Runs a body against an exchange of its own that makes messages on demand only. */
async function withExchange(
  options: SimulatorOptions,
  body: (
    exchange: SimulatedExchange,
    urls: Readonly<Record<'kraken' | 'kraken-v1', string>>,
  ) => Promise<void>,
): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, ...options });
  const { urls } = await exchange.start();
  try {
    await body(exchange, urls);
  } finally {
    await exchange.stop();
  }
}

const isBook = (text: string): boolean => text.startsWith('{"channel":"book"');
const isBookV1 = (text: string): boolean => text.startsWith('[') && text.includes('"book-');

const PAIRS = ['BTC/USD', 'BTT/USD', 'PEPE/USD'];

test('checksums of every v2 book message match at each depth, over 20,000 updates', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const clients = await Promise.all(
      [10, 25, 100].map(async (depth) => {
        const client = await NaiveClient.open(kraken);
        client.send({ method: 'subscribe', params: { channel: 'book', symbol: PAIRS, depth } });
        await client.collect(PAIRS.length, isBook, 'snapshots');
        return { client, checkers: new Map(PAIRS.map((pair) => [pair, new BookChecker(depth)])) };
      }),
    );
    for (let n = 0; n < 20; n++) {
      assert.equal(exchange.step(1000), 1000);
      for (const { client, checkers } of clients) {
        await client.settled('kraken');
        for (const text of client.texts.splice(0)) {
          if (!isBook(text)) continue;
          const checker = checkers.get(/"symbol":"([^"]+)"/.exec(text)![1]!)!;
          checker.takeV2(text);
          assert.equal(checker.check.mismatches, 0, text);
          assert.equal(checker.book.isCrossed, false, text);
        }
      }
    }
    for (const { checkers } of clients)
      for (const { check } of checkers.values()) assert.ok(check.messages > 1000);
  });
});

test('checksums of every v1 book update match at each depth, with republished levels and two objects', async () => {
  await withExchange({ seed: 7 }, async (exchange, urls) => {
    const client = await NaiveClient.open(urls['kraken-v1']);
    const depths = [10, 25, 100];
    const pairs = ['XBT/USD', 'XDG/USD'];
    for (const depth of depths)
      client.send({ event: 'subscribe', pair: pairs, subscription: { name: 'book', depth } });
    await client.collect(depths.length * pairs.length, isBookV1, 'snapshots');
    const checkers = new Map<string, BookChecker>();
    const seen = { republished: 0, twoObjects: 0 };
    for (let n = 0; n < 20; n++) {
      exchange.step(1000);
      await client.settled('kraken-v1');
      for (const text of client.texts.splice(0)) {
        if (!isBookV1(text)) continue;
        const message = JSON.parse(text) as unknown[];
        const depth = Number(String(message.at(-2)).slice('book-'.length));
        const key = `${depth} ${message.at(-1)}`;
        const checker = checkers.get(key) ?? new BookChecker(depth);
        checkers.set(key, checker);
        checker.takeV1(message);
        assert.equal(checker.check.mismatches, 0, text);
        if (text.includes(',"r"]')) seen.republished++;
        if (message.length === 5) seen.twoObjects++;
      }
    }
    assert.equal(checkers.size, depths.length * pairs.length);
    assert.ok(seen.republished > 100);
    assert.ok(seen.twoObjects > 100);
  });
});

test('the deepest window is whole too', async () => {
  await withExchange({ pairs: 1, seed: 11 }, async (exchange, urls) => {
    const client = await NaiveClient.open(urls['kraken-v1']);
    const subscription = { name: 'book', depth: 1000 };
    client.send({ event: 'subscribe', pair: ['XBT/USD'], subscription });
    await client.text(isBookV1);
    exchange.step(2000);
    // A second subscriber begins from a snapshot of now, which a book kept up to date must equal.
    const second = await NaiveClient.open(urls['kraken-v1']);
    second.send({ event: 'subscribe', pair: ['XBT/USD'], subscription });
    await second.text(isBookV1);
    await client.settled('kraken-v1');
    const [kept, fresh] = [client, second].map(({ texts }) => {
      const checker = new BookChecker(1000);
      for (const text of texts.filter(isBookV1)) checker.takeV1(JSON.parse(text) as unknown[]);
      assert.equal(checker.check.mismatches, 0);
      return checker.book;
    });
    assert.deepEqual(fresh!.sizes, [1000, 1000]);
    assert.deepEqual(kept!.levels, fresh!.levels);
  });
});

test('a book with fewer than ten levels keeps its checksum', async () => {
  await withExchange({ levels: 5, pairs: 1 }, async (exchange, { kraken }) => {
    const client = await NaiveClient.open(kraken);
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } });
    await client.text(isBook);
    exchange.step(5000);
    await client.settled('kraken');
    const checker = new BookChecker(10);
    for (const text of client.texts.filter(isBook)) checker.takeV2(text);
    assert.equal(checker.check.mismatches, 0);
    assert.ok(checker.check.messages > 4000);
    assert.ok(Math.max(...checker.book.sizes) <= 10);
  });
});

test('trade ids of a symbol go up by one, also from the snapshot to the first update', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const client = await NaiveClient.open(kraken);
    const symbol = ['BTC/USD', 'ETH/USD'];
    client.send({ method: 'subscribe', params: { channel: 'trade', symbol, snapshot: true } });
    client.send({ method: 'subscribe', params: { channel: 'book', symbol } });
    await client.collect(2, isBook);
    exchange.step(5000);
    await client.settled('kraken');
    const last = new Map<string, number>();
    let trades = 0;
    for (const text of client.texts.filter((each) => each.startsWith('{"channel":"trade"'))) {
      const { data } = JSON.parse(text) as { data: { symbol: string; trade_id: number; qty: number }[] };
      for (const trade of data) {
        assert.equal(trade.trade_id, (last.get(trade.symbol) ?? trade.trade_id - 1) + 1);
        assert.ok(trade.qty > 0);
        last.set(trade.symbol, trade.trade_id);
        trades++;
      }
    }
    assert.ok(trades > 400);
  });
});

test('the same seed, options and steps give the same messages except their times', async () => {
  const run = async (seed: number): Promise<string[]> => {
    let texts: string[] = [];
    await withExchange({ seed }, async (exchange, { kraken }) => {
      const client = await NaiveClient.open(kraken);
      const symbol = ['BTC/USD', 'SOL/USD'];
      for (const channel of ['book', 'trade', 'ticker'])
        client.send({ method: 'subscribe', params: { channel, symbol } });
      await client.settled('kraken');
      exchange.step(500);
      await client.settled('kraken');
      texts = withoutTimes(client.texts);
    });
    return texts;
  };
  const [first, again, other] = [await run(3), await run(3), await run(4)];
  assert.ok(first.length > 500);
  assert.deepEqual(again, first);
  assert.notDeepEqual(other, first);
});

const REFUSALS: readonly [venue: 'kraken' | 'kraken-v1', request: unknown, answer: RegExp][] = [
  [
    'kraken',
    { method: 'subscribe', params: { channel: 'book', symbol: ['XBT/USD'] }, req_id: 4 },
    /^\{"error":"Currency pair not supported XBT\/USD","method":"subscribe","req_id":4,"success":false,"symbol":"XBT\/USD","time_in":"[^"]+","time_out":"[^"]+"\}$/,
  ],
  [
    'kraken',
    { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 42 } },
    /"Subscription depth not supported"/,
  ],
  [
    'kraken',
    { method: 'subscribe', params: { channel: 'ohlc', symbol: ['BTC/USD'], interval: 2 } },
    /"Subscription ohlc interval not supported"/,
  ],
  ['kraken', '{"method":', /"Malformed request"/],
  ['kraken', '[1,2]', /"Malformed request"/],
  ['kraken', { method: 'subscribe', params: { channel: 'book', symbol: [1] } }, /"Malformed request"/],
  [
    'kraken-v1',
    { event: 'subscribe', pair: ['BTC/USD'], subscription: { name: 'ticker' } },
    /^\{"errorMessage":"Currency pair not supported BTC\/USD","event":"subscriptionStatus","pair":"BTC\/USD","status":"error","subscription":\{"name":"ticker"\}\}$/,
  ],
  [
    'kraken-v1',
    { event: 'subscribe', pair: ['XBT/USD'], subscription: { name: 'book', depth: 42 } },
    /^\{"errorMessage":"Subscription depth not supported","event":"subscriptionStatus","pair":"XBT\/USD","status":"error","subscription":\{"depth":42,"name":"book"\}\}$/,
  ],
  ['kraken-v1', { event: 'subscribe', pair: ['XBT/USD'], subscription: { name: 'level3' } }, /name invalid/],
  ['kraken-v1', 'nonsense', /^\{"errorMessage":"Malformed request","event":"error"\}$/],
];

test('requests that cannot be met are refused in the venue’s words', async () => {
  await withExchange({}, async (_exchange, urls) => {
    for (const [venue, request, answer] of REFUSALS) {
      const client = await NaiveClient.open(urls[venue]);
      client.send(request);
      await client.settled(venue);
      assert.match(client.texts[1]!, answer);
      client.webSocket.close();
    }
  });
});

test('a stream is subscribed once, and unsubscribing ends it', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const client = await NaiveClient.open(kraken);
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 25 };
    for (const method of ['subscribe', 'subscribe', 'unsubscribe', 'unsubscribe'])
      client.send({ method, params });
    await client.settled('kraken');
    const answers = client.texts.filter((text) => text.includes('"success"'));
    assert.deepEqual(
      answers.map((text) => /"error":"([^"]+)"/.exec(text)?.[1] ?? /"method":"(\w+)"/.exec(text)![1]),
      ['subscribe', 'Already subscribed', 'unsubscribe', 'Subscription Not Found'],
    );
    assert.equal(exchange.step(10), 0);
  });
});

test('a flood repeats its block with matching checksums and trade ids that go on', async () => {
  await withExchange({ blockMessages: 400, rate: 'flood' }, async (exchange, { kraken }) => {
    const client = await NaiveClient.open(kraken);
    const symbol = ['BTC/USD', 'PEPE/USD'];
    client.send({ method: 'subscribe', params: { channel: 'trade', symbol, snapshot: true } });
    client.send({ method: 'subscribe', params: { channel: 'book', symbol, depth: 10 } });
    client.send({ method: 'subscribe', params: { channel: 'ticker', symbol } });
    await client.collect(5000, isBook, 'book messages');
    // Subscribing again while messages flow begins between two passes.
    client.send({ method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } });
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } });
    await client.text((text) => text.includes('"unsubscribe"'));
    await client.collect(client.texts.length + 5000, () => true);
    exchange.setRate(0);
    await client.settled('kraken');
    exchange.step(1000);
    await client.settled('kraken');
    const checkers = new Map(symbol.map((pair) => [pair, new BookChecker(10)]));
    const last = new Map<string, number>();
    let latest = '';
    for (const text of client.texts) {
      if (isBook(text)) {
        const time = /"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)"/.exec(text)![1]!;
        assert.ok(time >= latest && !Number.isNaN(Date.parse(time)), `${time} comes after ${latest}`);
        latest = time;
        const checker = checkers.get(/"symbol":"([^"]+)"/.exec(text)![1]!)!;
        checker.takeV2(text);
        assert.equal(checker.check.mismatches, 0, text);
      } else if (text.startsWith('{"channel":"trade"')) {
        const { data } = JSON.parse(text) as { data: { symbol: string; trade_id: number }[] };
        for (const trade of data) {
          assert.equal(trade.trade_id, (last.get(trade.symbol) ?? trade.trade_id - 1) + 1, text);
          last.set(trade.symbol, trade.trade_id);
        }
      }
    }
    assert.equal(last.size, 2);
  });
});

test('two v1 connections are flooded with blocks of their own, and each keeps its book', async () => {
  await withExchange({ blockMessages: 300, rate: 'flood' }, async (exchange, urls) => {
    const clients = await Promise.all(
      [10, 25].map(async (depth) => {
        const client = await NaiveClient.open(urls['kraken-v1']);
        client.send({ event: 'subscribe', pair: ['XBT/USD'], subscription: { name: 'book', depth } });
        return { client, checker: new BookChecker(depth) };
      }),
    );
    for (const { client } of clients) await client.collect(2000, isBookV1);
    exchange.setRate(0);
    for (const { client, checker } of clients) {
      await client.settled('kraken-v1');
      for (const text of client.texts.filter(isBookV1)) checker.takeV1(JSON.parse(text) as unknown[]);
      assert.equal(checker.check.mismatches, 0);
    }
  });
});

test('a client that does not read is closed once too much is queued for it', async () => {
  await withExchange({ queuedBytesMax: 1 << 20 }, async (exchange, { kraken }) => {
    const client = await NaiveClient.open(kraken);
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    await client.text(isBook);
    client.webSocket.pause();
    for (let n = 0; n < 200 && exchange.stats().slowConsumers === 0; n++) {
      exchange.step(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(exchange.stats().slowConsumers, 1);
    client.webSocket.resume();
    assert.deepEqual(await client.closed, { code: 1008, reason: 'slow consumer' });
  });
});
