import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Simulator, startSimulator } from '../../src/main/simulator.ts';
import { connect, type Server, serve } from '../../src/main/websockets.ts';
import type { ExchangeName } from '../../src/shared/venues/venue.ts';

const FOLDER = fileURLToPath(new URL('../../examples/', import.meta.url));
const LONGEST_MS = 60_000;

const TRADE = /^(BTC|ETH)\/USD (buy|sell) \d+\.\d{8} @ \d+\.\d+$/;

const KRAKEN_MESSAGE =
  /(\{.*"event":"(systemStatus|subscriptionStatus|heartbeat)".*\}|\[\d+,.*"trade","X\w\w\/USD"\])/;

/** What each program prints, line by line; those that run until they are told to stop are told after `lines`. */
const PROGRAMS: Readonly<
  Record<
    string,
    {
      readonly shape: RegExp;
      readonly lines: number;
      readonly ends: 'alone' | 'SIGINT' | 'killed';
      /** Kraken where left out. */
      readonly server?: ExchangeName | 'echo';
      /** Told only once there is such a line, too. */
      readonly until?: RegExp;
      /** What the last line says, where the program ends itself once it is told to. */
      readonly last?: RegExp;
      /** Done before it is told to stop. */
      readonly meanwhile?: (firstLine: string) => Promise<void>;
    }
  >
> = {
  '01-trades.js': {
    shape: new RegExp(
      `${TRADE.source}|^(BTC|ETH)/USD (snapshot|update) \\d+\\+\\d+ levels$|^[A-Z/]* [a-z]+ `,
    ),
    lines: 100,
    ends: 'killed',
  },
  '02-order-books.js': {
    shape: /^(BTC|ETH|DOGE)\/USD (\d+(\.\d+)? \/ \d+(\.\d+)?|not to be trusted now)$/,
    lines: 6,
    ends: 'SIGINT',
  },
  '03-blocking-loop.js': { shape: /^1\d\d trades, \d+\.\d{8} BTC$/, lines: 1, ends: 'alone' },
  '04-events.js': { shape: /^kept 20 trades, the last at \d+(\.\d+)?$/, lines: 1, ends: 'alone' },
  '05-compute.js': {
    shape: /^volatility of the last \d+ trades: \d\.\d{3}e[+-]\d+$/,
    lines: 1,
    ends: 'alone',
  },
  '06-candle-window.js': {
    shape: /^(DISCONNECTED -> CONNECTING|CONNECTING -> CONNECTED|CONNECTED -> CLOSING|CLOSING -> \w+)$/,
    lines: 2,
    ends: 'SIGINT',
  },
  '07-candle-close.js': {
    shape: /^candle (of \S+, now at [\d.]+|closed: [\d.]+)$/,
    lines: 1,
    ends: 'SIGINT',
  },
  '08-poloniex-subscriber.js': {
    shape:
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\w+ book: (asks|bids)\(\(price,size\)\): |Add or change |Remove |TRADE )\S+$/,
    lines: 100,
    ends: 'SIGINT',
    server: 'poloniex-legacy',
  },
  '09-kraken-blocking.js': {
    shape: new RegExp(`^${KRAKEN_MESSAGE.source}$`),
    lines: 100,
    ends: 'killed',
    server: 'kraken-v1',
  },
  '10-kraken-threaded.js': {
    shape: new RegExp(`^(WebSocket thread: ${KRAKEN_MESSAGE.source}|Main thread: \\d{10})$`),
    lines: 100,
    ends: 'killed',
    server: 'kraken-v1',
    until: /^Main thread: /m,
  },
  '11-echo-server.js': {
    shape: /^ws:\/\/localhost:\d+$/,
    lines: 1,
    ends: 'SIGINT',
    meanwhile: async (url) => {
      const client = await connect(url);
      for (const message of ['Hello world!', Uint8Array.of(1, 2, 3)]) {
        await client.send(message);
        assert.deepEqual(await client.recv(), message);
      }
      await client.close();
      assert.equal(client.closeCode, 1000);
    },
  },
  '12-hello.js': { shape: /^Received: Hello world!$/, lines: 1, ends: 'alone', server: 'echo' },
  '13-own-socket.js': {
    shape: /^(Received: Hello world!|Closed: 1000)$/,
    lines: 2,
    ends: 'alone',
    server: 'echo',
  },
  '14-simple-connection.js': {
    shape: /^Received: Hello, World$/,
    lines: 1,
    ends: 'alone',
    server: 'echo',
  },
  '15-websocket-app.js': {
    shape: /^(Connection opened|Received: \{"type":"update",.*\}|Connection closed: null null)$/,
    lines: 20,
    ends: 'SIGINT',
    server: 'gemini-v1',
    last: /^Connection closed: null null$/,
  },
  '16-dispatcher.js': {
    shape: /^(BTC|ETH)USD: (open|\d+ characters|closed)$/,
    lines: 40,
    ends: 'SIGINT',
    server: 'gemini-v1',
    until: /^BTCUSD: \d+ (.|\n)*^ETHUSD: \d+ |^ETHUSD: \d+ (.|\n)*^BTCUSD: \d+ /m,
    last: /^(BTC|ETH)USD: closed$/,
  },
};

/** Files that are no programs of their own. */
const PARTS = ['05-compute-task.js', 'candle-time.js'];

let simulator: Simulator;
let echo: Server;
before(async () => {
  simulator = await startSimulator({ rate: 500, pairs: 10, seed: 5 });
  echo = await serve(async (connection) => {
    for await (const message of connection) await connection.send(message);
  }, '127.0.0.1');
});
after(async () => {
  await simulator.close();
  await echo.close();
});

test('every example is run', () => {
  const built = readdirSync(FOLDER).filter((name) => name.endsWith('.js'));
  assert.deepEqual(built.sort(), [...Object.keys(PROGRAMS), ...PARTS].sort());
});

for (const [name, program] of Object.entries(PROGRAMS))
  test(`${name} prints what it promises`, async () => {
    const { shape, lines: wanted, ends, server = 'kraken', until = /^/, last = /^/, meanwhile } = program;
    const child = spawn(process.execPath, [join(FOLDER, name)], {
      env: {
        ...process.env,
        RINGFEED_URL: server === 'echo' ? `ws://127.0.0.1:${echo.port}` : simulator.urls[server],
        RINGFEED_PORT: '0',
        RINGFEED_TICKERS_URL: `${simulator.restUrl}/public?command=returnTicker`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const bound = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    let out = '';
    let err = '';
    let stopped = false;
    let talk: Promise<void> | undefined;
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      if (ends === 'alone' || stopped || out.split('\n').length <= wanted || !until.test(out)) return;
      // Once: a second signal would find a process that is ending, and its handlers gone.
      stopped = true;
      talk = (meanwhile?.(out.split('\n')[0]!) ?? Promise.resolve()).finally(() => child.kill('SIGINT'));
    });
    child.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    clearTimeout(bound);
    await talk;
    assert.equal(err, '');
    assert.deepEqual([code, signal], ends === 'killed' ? [null, 'SIGINT'] : [0, null]);
    // The last line may be cut where the program was killed.
    const lines = out.split('\n').slice(0, -1);
    assert.ok(ends === 'alone' ? lines.length === wanted : lines.length >= wanted, `${lines.length} lines`);
    for (const line of lines) assert.match(line, shape);
    assert.match(lines.at(-1)!, last);
  });
