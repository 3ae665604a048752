import assert from 'node:assert/strict';
import test from 'node:test';
import { startSimulator } from '../../src/main/simulator.ts';
import { MisuseError } from '../../src/shared/invariant.ts';
import type { SimulatorOptions } from '../../src/shared/simulator/simulator-protocol.ts';
import { NaiveClient } from '../workers/simulator/naive-client.ts';

test('a simulator serves both venues from its own thread, steps on demand and counts', async () => {
  const simulator = await startSimulator({ rate: 0, exchange: 'kraken-v1', pairs: 3 });
  try {
    assert.equal(simulator.url, simulator.urls['kraken-v1']);
    assert.deepEqual(simulator.symbols, ['BTC/USD', 'ETH/USD', 'DOGE/USD']);
    const v1 = await NaiveClient.open(simulator.urls['kraken-v1']);
    const v2 = await NaiveClient.open(simulator.urls.kraken);
    v1.send({ event: 'subscribe', pair: ['XBT/USD'], subscription: { name: 'book' } });
    v2.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    await v1.settled('kraken-v1');
    await v2.settled('kraken');
    const before = await simulator.stats();
    assert.equal(await simulator.step(20), 40);
    const after = await simulator.stats();
    assert.equal(after.messagesSent - before.messagesSent, 40);
    assert.equal(after.connections, 2);
    await simulator.fault('close', { value: 1012 });
    assert.equal((await v1.closed).code, 1012);
    assert.equal((await v2.closed).code, 1012);
    assert.equal((await simulator.stats()).faults.close, 1);
  } finally {
    await simulator.close();
  }
  await assert.rejects(simulator.stats(), /has ended/);
});

test('a rate makes messages come by themselves, and may change', async () => {
  const simulator = await startSimulator({ rate: 2000, pairs: 1 });
  try {
    const client = await NaiveClient.open(simulator.url);
    client.send({ method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    const isBook = (text: string): boolean => text.startsWith('{"channel":"book"');
    await client.collect(50, isBook);
    await simulator.setRate(100_000);
    await client.collect(client.texts.length + 2000, isBook);
    await simulator.setRate(0);
    await client.settled('kraken');
    const quiet = client.texts.length;
    await client.settled('kraken');
    assert.equal(client.texts.length - quiet, 1);
  } finally {
    await simulator.close();
  }
});

test('the truth of a symbol is told of each venue, and an unknown one is refused with the nearest', async () => {
  const simulator = await startSimulator({ rate: 0, pairs: 3 });
  try {
    const client = await NaiveClient.open(simulator.urls['kraken-v1']);
    client.send({ event: 'subscribe', pair: ['XDG/USD'], subscription: { name: 'book', depth: 25 } });
    await client.settled('kraken-v1');
    await simulator.step(50);
    assert.deepEqual((await simulator.truth('DOGE/USD', 'kraken-v1')).messages, [
      { channel: 'book', size: 25, count: 50 },
    ]);
    assert.deepEqual((await simulator.truth('DOGE/USD')).messages, []);
    await assert.rejects(simulator.truth('DOGE/USDT'), /did you mean "DOGE\/USD"/);
    assert.throws(() => simulator.fault('lose', { probability: 2 }), /needs a probability/);
  } finally {
    await simulator.close();
  }
});

test('a port that is taken makes the start fail with the reason', async () => {
  const simulator = await startSimulator({ rate: 0 });
  try {
    const port = Number(new URL(simulator.url).port);
    await assert.rejects(startSimulator({ port }), /EADDRINUSE/);
  } finally {
    await simulator.close();
  }
});

const MISUSES: readonly SimulatorOptions[] = [
  { pairs: 0 },
  { pairs: 5001 },
  { rate: -1 },
  { rate: Number.NaN },
  { levels: 3 },
  { port: 65_536 },
  { seed: 0.5 },
  { limits: { attempts: 3 } },
  { limits: { subscriptionsPerConnection: 0 } },
  { faults: [{ name: 'lose' }] },
  { faults: [{ name: 'jitter', durationMs: 60_000 }] },
  { faults: [{ name: 'connection-life', durationMs: 20_000, connection: 0 }] },
];

test('options that cannot work are refused', async () => {
  for (const options of MISUSES)
    await assert.rejects(startSimulator(options), MisuseError, JSON.stringify(options));
});
