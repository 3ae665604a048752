import assert from 'node:assert/strict';
import test from 'node:test';
import type { SimulatorOptions } from '../../../src/shared/simulator/simulator-protocol.ts';
import type { ExchangeName } from '../../../src/shared/venues/venue.ts';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { BookChecker, isHeartbeat, NaiveClient } from './naive-client.ts';

const SYMBOLS = ['BTC/USD', 'ETH/USD', 'SOL/USD'];
const CHANNELS = ['trade', 'book', 'ticker'];

interface Stream {
  /** Texts of the updates, snapshots excluded, in order. */
  readonly updates: string[];
  readonly snapshots: string[];
}

const isMarket = (text: string): boolean => /^\{"channel":"(trade|book|ticker)"/.test(text);
const isSnapshot = (text: string): boolean => text.includes('"type":"snapshot"');

/** What a client was sent, by channel and symbol. A message of any stream concerns one symbol. */
function streamsOf(texts: readonly string[]): Map<string, Stream> {
  const streams = new Map<string, Stream>();
  for (const text of texts.filter(isMarket)) {
    const key = /^\{"channel":"(\w+)".*?"symbol":"([^"]+)"/.exec(text)!.slice(1, 3).join(' ');
    const stream = streams.get(key) ?? { updates: [], snapshots: [] };
    streams.set(key, stream);
    (isSnapshot(text) ? stream.snapshots : stream.updates).push(text);
  }
  return streams;
}

const tradeIds = (text: string): number[] =>
  (JSON.parse(text) as { data: { trade_id: number }[] }).data.map(({ trade_id }) => trade_id);

const checksumOf = (text: string): number => Number(/"checksum":(\d+)/.exec(text)![1]);

async function subscribed(url: string): Promise<NaiveClient> {
  const client = await NaiveClient.open(url);
  for (const channel of CHANNELS)
    client.send({ method: 'subscribe', params: { channel, symbol: SYMBOLS, snapshot: true } });
  await client.settled('kraken');
  return client;
}

async function withExchange(
  options: SimulatorOptions,
  body: (exchange: SimulatedExchange, urls: Readonly<Record<ExchangeName, string>>) => Promise<void>,
): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, pairs: 5, seed: 4, ...options });
  const { urls } = await exchange.start();
  try {
    await body(exchange, urls);
  } finally {
    await exchange.stop();
  }
}

/** The later client was sent what the earlier one was, from its snapshots on, and every snapshot fits. */
function assertSameMarket(earlier: NaiveClient, later: NaiveClient): void {
  const [all, since] = [streamsOf(earlier.texts), streamsOf(later.texts)];
  assert.equal(since.size, CHANNELS.length * SYMBOLS.length);
  for (const [key, { updates, snapshots }] of since) {
    assert.ok(updates.length > 5, `${key} has ${updates.length} updates`);
    assert.equal(snapshots.length, 1, key);
    assert.deepEqual(updates, all.get(key)!.updates.slice(-updates.length), key);
    if (key.startsWith('trade')) {
      const ids = [...tradeIds(snapshots[0]!), ...updates.flatMap(tradeIds)];
      assert.deepEqual(
        ids,
        ids.map((_, n) => ids[0]! + n),
        key,
      );
    } else if (key.startsWith('book')) {
      const checker = new BookChecker(10);
      for (const text of [...snapshots, ...updates]) checker.takeV2(text);
      assert.equal(checker.check.mismatches, 0, key);
      // With one update more before it the book would have had another checksum.
      const before = all.get(key)!.updates.at(-updates.length - 1);
      if (before !== undefined) assert.equal(checksumOf(snapshots[0]!), checksumOf(before), key);
    }
  }
}

test('a late connection is sent exactly what the others are, from its snapshot on, when stepped', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const earlier = await subscribed(kraken);
    exchange.step(777);
    const later = await subscribed(kraken);
    exchange.step(3000);
    for (const client of [earlier, later]) await client.settled('kraken');
    assertSameMarket(earlier, later);
    const updates = (client: NaiveClient): string[] =>
      client.texts.filter((text) => isMarket(text) && !isSnapshot(text));
    assert.equal(updates(later).length, 3000);
    assert.deepEqual(updates(later), updates(earlier).slice(-3000));
  });
});

const TIMED: readonly [title: string, options: SimulatorOptions][] = [
  ['2,000 messages per second', { rate: 2000 }],
  ['9,000 messages per second, the most that are made one by one', { rate: 9_000 }],
  ['50,000 messages per second without blocks', { rate: 50_000, blockMessages: 0 }],
  ['a flood without blocks', { rate: 'flood', blockMessages: 0 }],
];

for (const [title, options] of TIMED)
  test(`connections that come and go see the same market at ${title}`, async () => {
    await withExchange(options, async (exchange, { kraken }) => {
      const earlier = await subscribed(kraken);
      const passing = await subscribed(kraken);
      await passing.collect(100, isMarket);
      passing.webSocket.terminate();
      const later = await subscribed(kraken);
      await later.collect(1500, isMarket);
      exchange.setRate(0);
      for (const client of [earlier, later]) await client.settled('kraken');
      assertSameMarket(earlier, later);
    });
  });

test('a stream that ends takes no other with it, and begins again with a snapshot that fits', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const client = await subscribed(kraken);
    const [first, ...others] = SYMBOLS;
    const params = { channel: 'book', symbol: [first!], snapshot: true };
    client.send({ method: 'unsubscribe', params });
    await client.settled('kraken');
    client.texts.length = 0;
    exchange.step(1000);
    await client.settled('kraken');
    const streams = streamsOf(client.texts);
    assert.equal(streams.has(`book ${first}`), false);
    for (const symbol of others) assert.ok(streams.get(`book ${symbol}`)!.updates.length > 100);
    client.send({ method: 'subscribe', params });
    await client.settled('kraken');
    exchange.step(1000);
    await client.settled('kraken');
    const { snapshots, updates } = streamsOf(client.texts).get(`book ${first}`)!;
    const checker = new BookChecker(10);
    for (const text of [...snapshots, ...updates]) checker.takeV2(text);
    assert.ok(updates.length > 100);
    assert.equal(checker.check.mismatches, 0);
  });
});

test('books of different depths carry the same checksums', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const clients = await Promise.all(
      [10, 100].map(async (depth) => {
        const client = await NaiveClient.open(kraken);
        client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth } });
        await client.settled('kraken');
        return client;
      }),
    );
    exchange.step(1000);
    for (const client of clients) await client.settled('kraken');
    const [shallow, deep] = clients.map(({ texts }) => texts.filter(isMarket).map(checksumOf));
    // The deeper book has all the changes of the other, and some more between them.
    let at = 0;
    for (const checksum of shallow!) {
      at = deep!.indexOf(checksum, at);
      assert.ok(at >= 0);
    }
    assert.ok(deep!.length > shallow!.length);
  });
});

test('the truth is what a client that missed nothing has counted', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const earlier = await subscribed(kraken);
    exchange.step(1000);
    const later = await subscribed(kraken);
    exchange.step(1000);
    await later.settled('kraken');
    await earlier.settled('kraken');
    const streams = streamsOf(earlier.texts);
    for (const symbol of SYMBOLS) {
      const truth = exchange.truth('kraken', symbol)!;
      const updates = (channel: string): string[] => streams.get(`${channel} ${symbol}`)!.updates;
      const ids = updates('trade').flatMap(tradeIds);
      assert.equal(truth.trades, ids.length);
      assert.equal(truth.lastTradeId, ids.at(-1));
      assert.equal(truth.checksum, checksumOf(updates('book').at(-1)!));
      const counted = Object.fromEntries(truth.messages.map(({ channel, count }) => [channel, count]));
      for (const channel of CHANNELS) assert.equal(counted[channel], updates(channel).length, channel);
    }
    assert.equal(exchange.truth('kraken', 'NOBODY/USD'), undefined);
    assert.deepEqual(exchange.truth('kraken', 'DOGE/USD')?.messages, []);
  });
});

test('the truth counts what a fault kept away or sent twice as it should have been', async () => {
  await withExchange({}, async (exchange, { kraken }) => {
    const client = await subscribed(kraken);
    exchange.fault({ name: 'skip-update', symbol: 'BTC/USD' });
    exchange.fault({ name: 'repeat', symbol: 'BTC/USD', channel: 'trade' });
    exchange.step(1000);
    await client.settled('kraken');
    const streams = streamsOf(client.texts);
    const truth = exchange.truth('kraken', 'BTC/USD')!;
    const count = (name: string): number => truth.messages.find(({ channel }) => channel === name)!.count;
    assert.equal(count('book'), streams.get('book BTC/USD')!.updates.length + 1);
    assert.equal(count('trade'), streams.get('trade BTC/USD')!.updates.length - 1);
  });
});

test('two thousand symbols are subscribed on four connections, and all of them live', async () => {
  await withExchange({ pairs: 2000, seed: 1 }, async (exchange, { kraken }) => {
    const instruments = await NaiveClient.open(kraken);
    instruments.send({ method: 'subscribe', params: { channel: 'instrument' } });
    const [listing] = await instruments.collect(1, (text) => text.startsWith('{"channel":"instrument"'));
    const { pairs } = (JSON.parse(listing!) as { data: { pairs: { symbol: string }[] } }).data;
    assert.equal(pairs.length, 2000);
    const clients: NaiveClient[] = [];
    for (let first = 0; first < 2000; first += 500) {
      const client = await NaiveClient.open(kraken);
      const symbol = pairs.slice(first, first + 500).map((pair) => pair.symbol);
      client.send({ method: 'subscribe', params: { channel: 'book', symbol } });
      await client.settled('kraken');
      assert.equal(client.texts.filter(isSnapshot).length, 500);
      clients.push(client);
    }
    exchange.step(20_000);
    const live = new Set<string>();
    for (const client of clients) {
      await client.settled('kraken');
      for (const [key, { updates, snapshots }] of streamsOf(client.texts)) {
        const checker = new BookChecker(10);
        for (const text of [...snapshots, ...updates]) checker.takeV2(text);
        assert.equal(checker.check.mismatches, 0, key);
        if (updates.length > 0) live.add(key);
      }
    }
    // A stream drawn by chance ten times on average is left out with a probability of one in 20,000.
    assert.ok(live.size >= 1990, `${live.size} symbols are live`);
    const { connectionsSeen } = exchange.stats();
    assert.deepEqual(
      connectionsSeen.map(({ number, subscriptions }) => [number, subscriptions]),
      [1, 2, 3, 4, 5].map((number) => [number, number === 1 ? 1 : 500]),
    );
    assert.ok(clients.every(({ texts }) => texts.filter(isHeartbeat).length < 100));
  });
});
