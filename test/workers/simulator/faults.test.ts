import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import WebSocket from 'ws';
import type { SimulatorFaultName } from '../../../src/shared/simulator/fault-names.ts';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { BookChecker, NaiveClient } from './naive-client.ts';

interface Scene {
  readonly exchange: SimulatedExchange;
  readonly url: string;
  readonly client: NaiveClient;
  readonly checker: BookChecker;
  /** Makes messages, waits for them and applies the book's. */
  readonly play: (messages: number) => Promise<string[]>;
}

const isBook = (text: string): boolean => text.startsWith('{"channel":"book"');
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isAnswer = (text: string): boolean => text.includes('"success"');

/** A client with one book of ten levels, and trades. */
async function withScene(body: (scene: Scene) => Promise<void>, seed = 1): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, pairs: 2, seed });
  const { urls } = await exchange.start();
  try {
    const client = await NaiveClient.open(urls.kraken);
    const symbol = ['BTC/USD'];
    client.send({ method: 'subscribe', params: { channel: 'trade', symbol, snapshot: true } });
    client.send({ method: 'subscribe', params: { channel: 'book', symbol, depth: 10 } });
    const checker = new BookChecker(10);
    const play = async (messages: number): Promise<string[]> => {
      exchange.step(messages);
      await client.settled('kraken');
      const texts = client.texts.splice(0);
      for (const text of texts.filter(isBook)) if (isJson(text)) checker.takeV2(text);
      return texts;
    };
    await play(0);
    await body({ exchange, url: urls.kraken, client, checker, play });
  } finally {
    await exchange.stop();
  }
}

const ENDS: readonly [name: SimulatorFaultName, value: number | undefined, code: number, reason: string][] = [
  ['drop-connection', undefined, 1006, ''],
  ['reset', undefined, 1006, ''],
  ['close', undefined, 1000, 'simulated'],
  ['close', 1001, 1001, 'simulated'],
  ['close', 1006, 1006, ''],
  ['close', 1008, 1008, 'simulated'],
  ['close', 1012, 1012, 'simulated'],
  ['close', 1013, 1013, 'simulated'],
];

for (const [name, value, code, reason] of ENDS)
  test(`${name}${value === undefined ? '' : ` ${value}`} ends the connection with ${code} and is counted`, () =>
    withScene(async ({ exchange, client }) => {
      exchange.fault(value === undefined ? { name } : { name, value });
      assert.deepEqual(await client.closed, { code, reason });
      assert.equal(exchange.stats().faults[name], 1);
    }));

test('a skipped update makes the next checksum wrong, and a new snapshot makes it right', () =>
  withScene(async ({ exchange, client, checker, play }) => {
    await play(50);
    assert.equal(checker.check.mismatches, 0);
    exchange.fault({ name: 'skip-update', symbol: 'BTC/USD' });
    await play(50);
    assert.ok(checker.check.mismatches > 0);
    assert.equal(exchange.stats().faults['skip-update'], 1);
    const params = { channel: 'book', symbol: ['BTC/USD'], depth: 10 };
    client.send({ method: 'unsubscribe', params });
    client.send({ method: 'subscribe', params });
    await play(0);
    checker.check.mismatches = 0;
    await play(200);
    assert.equal(checker.check.mismatches, 0);
    // With this seed the next update touches another level; otherwise nobody could tell that one is missing.
  }, 2));

test('a fault of another symbol waits for a message of that symbol', () =>
  withScene(async ({ exchange, checker, play }) => {
    exchange.fault({ name: 'corrupt-checksum', symbol: 'ETH/USD' });
    await play(100);
    assert.equal(checker.check.mismatches, 0);
    assert.equal(exchange.stats().faults['corrupt-checksum'], 0);
  }));

test('a corrupted checksum is wrong once', () =>
  withScene(async ({ exchange, checker, play }) => {
    exchange.fault({ name: 'corrupt-checksum' });
    await play(100);
    assert.equal(checker.check.mismatches, 1);
  }));

test('a repeated trade has an id that was there before', () =>
  withScene(async ({ exchange, play }) => {
    exchange.fault({ name: 'repeat', channel: 'trade' });
    const texts = (await play(200)).filter((text) => text.startsWith('{"channel":"trade"'));
    assert.equal(texts.length - new Set(texts).size, 1);
  }));

test('two reordered updates give a wrong checksum, and the messages after them are all there', () =>
  withScene(async ({ exchange, checker, play }) => {
    exchange.fault({ name: 'reorder' });
    const before = checker.check.messages;
    const texts = (await play(100)).filter(isBook);
    assert.ok(checker.check.mismatches > 0);
    const times = texts.map((text) => /"timestamp":"([^"]+)"/.exec(text)![1]!);
    assert.equal(times.filter((time, n) => n > 0 && time < times[n - 1]!).length, 1);
    assert.equal(checker.check.messages - before, texts.length);
  }));

test('garbage is text that is no JSON and binary junk, and the connection goes on', () =>
  withScene(async ({ exchange, client, checker, play }) => {
    exchange.fault({ name: 'garbage' });
    const texts = await play(10);
    const broken = texts.filter((text) => !isJson(text));
    assert.equal(broken.length, 2);
    assert.equal(client.binaries.length, 1);
    assert.equal((await play(10)).filter(isBook).length > 0, true);
    assert.equal(checker.check.mismatches, 0);
  }));

test('a silent connection stays open and says nothing, while a new one is served', () =>
  withScene(async ({ exchange, url, client }) => {
    exchange.fault({ name: 'silent' });
    client.webSocket.ping();
    client.webSocket.on('pong', () => assert.fail('a silent connection answers no ping'));
    client.send({ method: 'ping' });
    const second = await NaiveClient.open(url);
    second.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    await second.text(isBook);
    exchange.step(100);
    await second.settled('kraken');
    assert.ok(second.texts.filter(isBook).length > 50);
    assert.equal(client.texts.length, 0);
    assert.equal(client.webSocket.readyState, WebSocket.OPEN);
  }));

test('pings stay unanswered while no-pong is on, and are answered again after it', () =>
  withScene(async ({ exchange, client }) => {
    let pongs = 0;
    client.webSocket.on('pong', () => {
      pongs++;
    });
    exchange.fault({ name: 'no-pong' });
    client.webSocket.ping();
    client.send({ method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    await client.text((text) => text.includes('"unsubscribe"'));
    assert.equal(pongs, 0);
    exchange.clear('no-pong');
    client.webSocket.ping();
    await once(client.webSocket, 'pong');
  }));

test('subscriptions are refused, or left unanswered, while those faults are on', () =>
  withScene(async ({ exchange, client, play }) => {
    const subscribe = { method: 'subscribe', params: { channel: 'book', symbol: ['ETH/USD'] } };
    exchange.fault({ name: 'refuse-subscriptions' });
    client.send(subscribe);
    assert.match((await play(0)).find(isAnswer)!, /"error":"Currency pair not supported ETH\/USD"/);
    exchange.clear('refuse-subscriptions');
    exchange.fault({ name: 'ignore-acks' });
    client.send(subscribe);
    assert.equal((await play(0)).find(isAnswer), undefined);
    exchange.clear('ignore-acks');
    client.send(subscribe);
    await client.settled('kraken');
    assert.match(client.texts.find(isAnswer)!, /"success":true/);
  }));

test('handshakes are refused with a status and a time to wait, until the fault ends', () =>
  withScene(async ({ exchange, url }) => {
    const attempt = (): Promise<[number, string | undefined]> =>
      new Promise((resolve) => {
        const webSocket = new WebSocket(url);
        webSocket.on('unexpected-response', (_request, response) => {
          resolve([response.statusCode!, response.headers['retry-after']]);
          response.resume();
        });
        webSocket.on('open', () => {
          webSocket.close();
          resolve([101, undefined]);
        });
        webSocket.on('error', () => {});
      });
    exchange.fault({ name: 'refuse-connections' });
    assert.deepEqual(await attempt(), [503, undefined]);
    exchange.fault({ name: 'refuse-connections', value: 429, forMs: 30_000 });
    assert.deepEqual(await attempt(), [429, '30']);
    exchange.clear('refuse-connections');
    assert.deepEqual(await attempt(), [101, undefined]);
  }));

test('maintenance is stated to everybody, also to who comes later, and online again at its end', () =>
  withScene(async ({ exchange, url, client }) => {
    exchange.fault({ name: 'maintenance' });
    await client.text((text) => text.includes('"system":"maintenance"'));
    const second = await NaiveClient.open(url);
    await second.text((text) => text.includes('"system":"maintenance"'));
    exchange.clear('maintenance');
    await client.text((text) => text.includes('"system":"online"'));
    await second.text((text) => text.includes('"system":"online"'));
  }));

const marketTexts = ({ texts }: NaiveClient): string[] =>
  texts.filter((text) => /^\{"channel":"(book|trade)","type":"update"/.test(text));

/** Two more connections with the streams of the first. */
async function withLines(url: string): Promise<[NaiveClient, NaiveClient]> {
  const open = async (): Promise<NaiveClient> => {
    const line = await NaiveClient.open(url);
    for (const channel of ['book', 'trade'])
      line.send({ method: 'subscribe', params: { channel, symbol: ['BTC/USD'] } });
    await line.settled('kraken');
    return line;
  };
  return [await open(), await open()];
}

/** Texts sent, by how often, because neighbours that are alike cannot be told apart. */
const lostOf = (sent: readonly string[], received: readonly string[]): Set<number> => {
  const lost = new Set<number>();
  let at = 0;
  for (const [n, text] of sent.entries())
    if (received[at] === text) at++;
    else lost.add(n);
  assert.equal(at, received.length, 'what is received is what was sent, in order, with some left out');
  return lost;
};

test('each connection loses messages by its own chance, counted, and two lose what the product says', () =>
  withScene(async ({ exchange, url, client }) => {
    const [a, b] = await withLines(url);
    exchange.fault({ name: 'lose', probability: 0.1 });
    const { trades } = exchange.truth('kraken', 'BTC/USD')!;
    exchange.step(10_000);
    for (const line of [client, a, b]) await line.settled('kraken');
    const lost = exchange.stats().connectionsSeen.map((line) => line.lost);
    for (const [n, line] of [client, a, b].entries()) {
      assert.equal(marketTexts(line).length, 10_000 - lost[n]!);
      assert.ok(Math.abs(lost[n]! - 1000) < 4 * Math.sqrt(1000), `${lost[n]} lost`);
    }
    const all = exchange.stats();
    assert.equal(
      all.faults.lose,
      all.connectionsSeen.reduce((sum, line) => sum + line.lost, 0),
    );
    // Ids tell which trades each line has.
    const ids = (line: NaiveClient): Set<number> =>
      new Set(
        marketTexts(line)
          .filter((text) => text.includes('"trade_id"'))
          .flatMap((text) => [...text.matchAll(/"trade_id":(\d+)/g)].map(([, id]) => Number(id))),
      );
    const [first, second] = [ids(a), ids(b)];
    const sent = exchange.truth('kraken', 'BTC/USD')!.trades - trades;
    const union = new Set([...first, ...second]).size;
    assert.ok(first.size < sent * 0.95 && second.size < sent * 0.95);
    assert.ok(sent - union < sent * 0.03 && sent - union > 0, `${sent - union} of ${sent} lost on both`);
  }));

test('the same seed and steps lose the same messages', async () => {
  const run = async (): Promise<Set<number>> => {
    let lost = new Set<number>();
    await withScene(async ({ exchange, url, client }) => {
      exchange.fault({ name: 'lose', probability: 0.2, connection: 2 });
      const [line] = await withLines(url);
      client.texts.length = 0;
      exchange.step(1000);
      await client.settled('kraken');
      await line.settled('kraken');
      lost = lostOf(marketTexts(client), marketTexts(line));
      assert.deepEqual(
        exchange.stats().connectionsSeen.map((each) => each.lost),
        [0, lost.size, 0],
      );
    });
    return lost;
  };
  const lost = await run();
  assert.ok(lost.size > 100);
  assert.deepEqual(await run(), lost);
});

test('jitter delays and keeps the order, also of answers, and what is late arrives at its end', () =>
  withScene(async ({ exchange, url, client }) => {
    exchange.fault({ name: 'jitter', durationMs: 5000, connection: 2 });
    const [line] = await withLines(url);
    client.texts.length = 0;
    exchange.step(500);
    await client.settled('kraken');
    line.send({ method: 'ping', req_id: 1 });
    assert.ok(marketTexts(line).length < 500);
    exchange.clear('jitter');
    await line.settled('kraken');
    assert.deepEqual(marketTexts(line), marketTexts(client));
    assert.equal(exchange.stats().faults.jitter, 500);
    assert.deepEqual(
      exchange.stats().connectionsSeen.map(({ delayed }) => delayed),
      [0, 500, 0],
    );
  }));

test('jittered messages arrive by themselves, and a connection that ends delivers them first', () =>
  withScene(async ({ exchange, url, client }) => {
    const [line] = await withLines(url);
    client.texts.length = 0;
    exchange.fault({ name: 'jitter', durationMs: 3 });
    exchange.step(300);
    await line.collect(300, (text) => marketTexts(client).includes(text) || text.includes('"update"'));
    exchange.fault({ name: 'jitter', durationMs: 9000 });
    exchange.step(300);
    exchange.fault({ name: 'close', value: 1012 });
    assert.equal((await line.closed).code, 1012);
    assert.equal((await client.closed).code, 1012);
    assert.equal(marketTexts(client).length, 600);
    assert.deepEqual(marketTexts(line), marketTexts(client));
  }));

test('lost messages in a flood are lost one by one, and everything else is there', async () => {
  const exchange = new SimulatedExchange({ rate: 'flood', pairs: 1 });
  const { urls } = await exchange.start();
  try {
    exchange.fault({ name: 'lose', probability: 0.01, connection: 1 });
    const lossy = await NaiveClient.open(urls.kraken);
    const whole = await NaiveClient.open(urls.kraken);
    for (const client of [lossy, whole])
      client.send({ method: 'subscribe', params: { channel: 'trade', symbol: ['BTC/USD'] } });
    await lossy.collect(3000, (text) => text.startsWith('{"channel":"trade"'));
    exchange.setRate(0);
    for (const client of [lossy, whole]) await client.settled('kraken');
    const [seen] = exchange.stats().connectionsSeen;
    assert.ok(seen!.lost > 0);
    const received = marketTexts(lossy);
    const sent = marketTexts(whole);
    // The first connection began earlier, and may have lost what the second one had first.
    const common = sent.find((text) => received.includes(text))!;
    const lost = lostOf(sent.slice(sent.indexOf(common)), received.slice(received.indexOf(common)));
    assert.ok(lost.size > 0 && lost.size <= seen!.lost);
  } finally {
    await exchange.stop();
  }
});

test('each connection is ended so long after its own opening, while the fault is on', () =>
  withScene(async ({ exchange, url, client }) => {
    exchange.fault({ name: 'connection-life', durationMs: 100_000 });
    exchange.fault({ name: 'connection-life', durationMs: 1, value: 1012, connection: 1 });
    assert.deepEqual(await client.closed, { code: 1012, reason: 'connection life reached' });
    const second = await NaiveClient.open(url);
    await second.settled('kraken');
    assert.equal(exchange.stats().faults['connection-life'], 1);
    exchange.fault({ name: 'connection-life', durationMs: 30 });
    assert.equal((await second.closed).code, 1001);
    exchange.fault({ name: 'connection-life', durationMs: 30, value: 1006 });
    const third = await NaiveClient.open(url);
    assert.equal((await third.closed).code, 1006);
    assert.equal(exchange.stats().faults['connection-life'], 3);
    exchange.clear('connection-life');
    const fourth = await NaiveClient.open(url);
    exchange.fault({ name: 'connection-life', durationMs: 1 });
    exchange.clear('connection-life');
    await fourth.settled('kraken');
    await fourth.settled('kraken');
    assert.equal(exchange.stats().faults['connection-life'], 3);
    assert.equal(exchange.stats().violations.connectionLifeMs, 0);
  }));

test('a fault of one connection leaves the others alone', () =>
  withScene(async ({ exchange, url, client }) => {
    const [second, third] = await withLines(url);
    exchange.fault({ name: 'drop-connection', connection: 2 });
    assert.equal((await second.closed).code, 1006);
    exchange.fault({ name: 'silent', connection: 1 });
    await third.settled('kraken');
    assert.equal(client.webSocket.readyState, WebSocket.OPEN);
    assert.equal(exchange.stats().connections, 2);
    assert.equal(exchange.stats().connectionsSeen[1]!.open, false);
  }));

test('a scheduled fault comes by itself, again and again', () =>
  withScene(async ({ exchange, url, client }) => {
    exchange.fault({ name: 'drop-connection', everyMs: 20 });
    await client.closed;
    const second = await NaiveClient.open(url);
    await second.closed;
    assert.ok(exchange.stats().faults['drop-connection'] >= 2);
    exchange.clear('drop-connection');
  }));

for (const name of ['skip-update', 'corrupt-checksum', 'reorder'] as const)
  test(`${name} takes effect in a flood as well`, async () => {
    const exchange = new SimulatedExchange({ rate: 'flood', pairs: 1, blockMessages: 200 });
    const { urls } = await exchange.start();
    try {
      const client = await NaiveClient.open(urls.kraken);
      client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } });
      await client.collect(1000, isBook);
      exchange.fault({ name });
      // Much is on its way already when the fault is asked for.
      while (exchange.stats().faults[name] === 0) await once(client.webSocket, 'message');
      exchange.setRate(0);
      await client.settled('kraken');
      const checker = new BookChecker(10);
      for (const text of client.texts.filter(isBook)) checker.takeV2(text);
      assert.ok(checker.check.mismatches > 0);
      assert.equal(exchange.stats().faults[name], 1);
    } finally {
      await exchange.stop();
    }
  });
