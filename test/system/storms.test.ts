import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { openFeeds } from '../../src/main/index.ts';
import { startSimulator } from '../../src/main/simulator.ts';
import { seededRandom } from '../../src/workers/session/seeded-random.ts';
import { QUICK_TIMES, Witness } from './support.ts';

/** Runs until the condition holds after some record, or the time is over. */
async function until(
  feeds: Awaited<ReturnType<typeof openFeeds>>,
  witness: Witness,
  holds: () => boolean,
  seconds: number,
): Promise<void> {
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), seconds * 1_000);
  witness.onEvent = () => {
    if (holds()) stop.abort();
  };
  await feeds.run(witness, { signal: stop.signal });
  clearTimeout(late);
  assert.ok(holds(), witness.statuses().slice(-20).join(', '));
}

test('a server that accepts and closes at once is tried again exactly when the seed says', async () => {
  const RETRIES = 12;
  const seed = 4711;
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const accepted: number[] = [];
  const gone: number[] = [];
  server.on('connection', (socket) => {
    accepted.push(performance.now());
    gone.push(performance.now());
    socket.close(1001);
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    const { backoffMs, backoffMaxMs } = QUICK_TIMES;
    const times = { ...QUICK_TIMES, attemptsMax: RETRIES };
    const feed = { exchange: 'kraken', symbols: ['BTC/USD'], channels: ['trade'], url, times } as const;
    await using feeds = await openFeeds({ feeds: [feed], seed, log: { level: 'silent' } });
    const witness = new Witness();
    await until(feeds, witness, () => witness.account.count('closed') === 1, 30);
    const chance = seededRandom(seed);
    const delays = Array.from({ length: RETRIES }, (_, n) => {
      // Of each end, one number is for a wait that the server asks for.
      chance();
      return Math.min(backoffMs * 2 ** n, backoffMaxMs) * (1 - 0.5 * chance());
    });
    assert.deepEqual(
      witness.of('status').flatMap(({ status, value }) => (status === 'reconnecting' ? [value] : [])),
      delays.map(Math.round),
    );
    assert.equal(accepted.length, 1 + RETRIES);
    for (const [n, delay] of delays.entries())
      assert.ok(accepted[n + 1]! - gone[n]! >= delay - 1, `retry ${n + 1} came before ${delay} ms were over`);
  } finally {
    server.close();
  }
});

test('fifty feeds dropped at the same instant come back inside the venue’s window, without an attempt wasted', async (t) => {
  const FEEDS = 50;
  const attempts = 60;
  const simulator = await startSimulator({
    pairs: FEEDS,
    rate: 500,
    limits: { attempts, attemptsWindowMs: 3_000 },
  });
  try {
    // Attempts are counted where they begin; those that take longer to arrive are closer to the next ones there.
    const limits = { attempts, attemptsWindowMs: 3_500 };
    await using feeds = await openFeeds({
      feeds: simulator.symbols.map((symbol) => ({
        exchange: 'kraken',
        symbols: [symbol],
        channels: ['trade'],
        url: simulator.url,
        times: { ...QUICK_TIMES, connectTimeoutMs: 10_000 },
        limits,
      })),
      seed: 1,
      threads: 2,
      ring: { bytes: 65_536 },
      log: { level: 'silent' },
    });
    const witness = new Witness();
    const connected = (): number => witness.account.count('connected');
    await until(feeds, witness, () => connected() === FEEDS, 30);
    const began = performance.now();
    await simulator.fault('drop-connection');
    await until(feeds, witness, () => connected() === 2 * FEEDS, 30);
    t.diagnostic(`all ${FEEDS} feeds are connected again after ${Math.round(performance.now() - began)} ms`);
    const { violations, connectionsOpened } = await simulator.stats();
    assert.deepEqual([violations.attempts, connectionsOpened], [0, 2 * FEEDS]);
    assert.equal(witness.account.count('disconnected'), FEEDS);
  } finally {
    await simulator.close();
  }
});
