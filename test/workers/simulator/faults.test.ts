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
  }));

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
