import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import WebSocket from 'ws';
import type { SimulatorLimits } from '../../../src/shared/simulator/limit-names.ts';
import { ClientLimits } from '../../../src/workers/simulator/client-limits.ts';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { SimulatorCounts } from '../../../src/workers/simulator/simulator-counts.ts';
import { NaiveClient } from './naive-client.ts';

async function withExchange(
  limits: SimulatorLimits,
  body: (exchange: SimulatedExchange, url: string) => Promise<void>,
  enforceLimits = true,
): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, pairs: 5, limits, enforceLimits });
  const { urls } = await exchange.start();
  try {
    await body(exchange, urls.kraken);
  } finally {
    await exchange.stop();
  }
}

/** Status of a handshake, and how long to wait where it is refused. */
async function attempt(url: string): Promise<[status: number, retryAfter: string | undefined]> {
  const webSocket = new WebSocket(url);
  webSocket.on('error', () => {});
  return new Promise((resolve) => {
    webSocket.on('unexpected-response', (_request, response) => {
      resolve([response.statusCode!, response.headers['retry-after']]);
      response.resume();
    });
    webSocket.on('open', () => resolve([101, undefined]));
  });
}

const subscribe = (channel: string, symbol: readonly string[]): unknown => ({
  method: 'subscribe',
  params: { channel, symbol },
});

const refusals = ({ texts }: NaiveClient): (string | undefined)[] =>
  texts.filter((text) => text.includes('"success"')).map((text) => (/"error":"([^"]+)"/.exec(text) ?? [])[1]);

test('without limits nothing is a violation', () => {
  const counts = new SimulatorCounts();
  const limits = new ClientLimits({ attempts: Number.POSITIVE_INFINITY }, true, counts);
  for (let n = 0; n < 1000; n++)
    assert.ok(limits.mayConnect(0) && limits.mayRequest(limits.requestWindow(), 0) && limits.maySubscribe(n));
  assert.ok(limits.mayName(5000));
  assert.ok(Object.values(counts.stats().violations).every((count) => count === 0));
});

test('an attempt beyond the window’s is refused with 429, counted, and told when to come again', async () => {
  await withExchange({ attempts: 2, attemptsWindowMs: 90_000 }, async (exchange, url) => {
    const answers = [await attempt(url), await attempt(url), await attempt(url)];
    assert.deepEqual(answers, [
      [101, undefined],
      [101, undefined],
      [429, '90'],
    ]);
    assert.equal(exchange.stats().violations.attempts, 1);
    assert.equal(exchange.stats().connectionsOpened, 2);
  });
});

test('attempts that a fault refuses count as attempts', async () => {
  await withExchange({ attempts: 2, attemptsWindowMs: 60_000 }, async (exchange, url) => {
    exchange.fault({ name: 'refuse-connections' });
    const statuses = [await attempt(url), await attempt(url), await attempt(url)].map(([status]) => status);
    assert.deepEqual(statuses, [503, 503, 429]);
  });
});

test('a connection beyond those that may be open is refused, and one that closes makes room', async () => {
  await withExchange({ connections: 1 }, async (exchange, url) => {
    const client = await NaiveClient.open(url);
    assert.deepEqual(await attempt(url), [429, undefined]);
    client.webSocket.close();
    await client.closed;
    assert.deepEqual(await attempt(url), [101, undefined]);
    assert.equal(exchange.stats().violations.connections, 1);
  });
});

test('subscriptions beyond the limit are refused one by one, and room is made by unsubscribing', async () => {
  await withExchange({ subscriptionsPerConnection: 3 }, async (exchange, url) => {
    const client = await NaiveClient.open(url);
    client.send(subscribe('book', ['BTC/USD', 'ETH/USD']));
    client.send(subscribe('ticker', ['BTC/USD', 'ETH/USD']));
    client.send({ method: 'unsubscribe', params: { channel: 'book', symbol: ['BTC/USD'] } });
    client.send(subscribe('ticker', ['ETH/USD']));
    await client.settled('kraken');
    const tooMany = 'Too many subscriptions on this connection';
    assert.deepEqual(refusals(client), [undefined, undefined, undefined, tooMany, undefined, undefined]);
    assert.equal(exchange.stats().violations.subscriptionsPerConnection, 1);
    assert.equal(exchange.stats().connectionsSeen[0]!.subscriptions, 3);
  });
});

test('a request with too many symbols is refused whole', async () => {
  await withExchange({ symbolsPerRequest: 2 }, async (exchange, url) => {
    const client = await NaiveClient.open(url);
    client.send(subscribe('book', ['BTC/USD', 'ETH/USD', 'SOL/USD']));
    client.send(subscribe('book', ['BTC/USD', 'ETH/USD']));
    await client.settled('kraken');
    const tooMany = 'Too many symbols in one request';
    assert.deepEqual(refusals(client), [tooMany, tooMany, tooMany, undefined, undefined]);
    assert.equal(exchange.stats().violations.symbolsPerRequest, 1);
  });
});

test('a connection that asks too often is closed with 1008, and another one goes on', async () => {
  await withExchange({ requestsPerSecond: 5 }, async (exchange, url) => {
    const [hasty, calm] = [await NaiveClient.open(url), await NaiveClient.open(url)];
    for (let n = 0; n < 6; n++) hasty.send({ method: 'ping', req_id: n });
    assert.deepEqual(await hasty.closed, { code: 1008, reason: 'too many requests' });
    await calm.settled('kraken');
    assert.equal(exchange.stats().violations.requestsPerSecond, 1);
  });
});

test('where limits are not enforced violations are counted and let through', async () => {
  const limits = {
    attempts: 1,
    attemptsWindowMs: 60_000,
    requestsPerSecond: 1,
    subscriptionsPerConnection: 1,
  };
  await withExchange(
    { ...limits, symbolsPerRequest: 1, connections: 1 },
    async (exchange, url) => {
      await NaiveClient.open(url);
      const client = await NaiveClient.open(url);
      client.send(subscribe('book', ['BTC/USD', 'ETH/USD']));
      await client.settled('kraken');
      assert.deepEqual(refusals(client), [undefined, undefined]);
      assert.deepEqual(exchange.stats().violations, {
        attempts: 1,
        connections: 1,
        requestsPerSecond: 1,
        symbolsPerRequest: 1,
        subscriptionsPerConnection: 1,
        connectionLifeMs: 0,
      });
    },
    false,
  );
});

const ENDS: readonly [title: string, limits: SimulatorLimits, code: number][] = [
  ['1001', {}, 1001],
  ['the code that is asked for', { connectionEndCode: 1012 }, 1012],
  ['no close frame where that is asked for', { connectionEndCode: 1006 }, 1006],
];

for (const [title, limits, code] of ENDS)
  test(`a connection too old is ended with ${title}, each at its own time, and counted`, async () => {
    await withExchange({ connectionLifeMs: 60, ...limits }, async (exchange, url) => {
      const live = async (): Promise<number> => {
        const began = performance.now();
        const client = await NaiveClient.open(url);
        assert.equal((await client.closed).code, code);
        return performance.now() - began;
      };
      const first = live();
      await new Promise((resolve) => setTimeout(resolve, 20));
      // Ended together with the first one, the second would have lived for less.
      for (const livedMs of await Promise.all([first, live()])) assert.ok(livedMs >= 59, `${livedMs} ms`);
      assert.equal(exchange.stats().violations.connectionLifeMs, 2);
    });
  });

test('a connection that leaves in time is no violation', async () => {
  await withExchange({ connectionLifeMs: 30 }, async (exchange, url) => {
    const leaving = await NaiveClient.open(url);
    leaving.webSocket.close();
    await leaving.closed;
    const staying = await NaiveClient.open(url);
    await once(staying.webSocket, 'close');
    assert.equal(exchange.stats().violations.connectionLifeMs, 1);
  });
});
