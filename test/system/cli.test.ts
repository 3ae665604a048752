import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { EXCHANGES } from '../../src/main/index.ts';
import { startSimulator } from '../../src/main/simulator.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { scriptedVenue } from '../support/scripted-venue.ts';

const TRADE =
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":64746.0,"qty":0.00037000,"ord_type":"market","trade_id":4665906,"timestamp":"2026-08-02T05:43:31.562123Z"}]}';
// Source: docs.kraken.com/api/docs/websocket-v2/book, read 2026-05-27: the snapshot and the update after it.
const SNAPSHOT =
  '{"channel":"book","type":"snapshot","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5666,"qty":4831.75496356},{"price":0.5665,"qty":6658.22734739},{"price":0.5664,"qty":18724.91513344},{"price":0.5663,"qty":11563.92544914},{"price":0.5662,"qty":14006.65365711},{"price":0.5661,"qty":17454.85679807},{"price":0.5660,"qty":18097.15470000},{"price":0.5659,"qty":33644.89175666},{"price":0.5658,"qty":148.34640000},{"price":0.5657,"qty":606.70854372}],"asks":[{"price":0.5668,"qty":4410.79769741},{"price":0.5669,"qty":4655.40412487},{"price":0.5670,"qty":49844.89424998},{"price":0.5671,"qty":24306.41678000},{"price":0.5672,"qty":29783.25223475},{"price":0.5673,"qty":57234.71239278},{"price":0.5674,"qty":45065.04744000},{"price":0.5675,"qty":5912.76380354},{"price":0.5676,"qty":42514.92434778},{"price":0.5677,"qty":36304.08470220}],"checksum":2439117997,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';
const UPDATE =
  '{"channel":"book","type":"update","data":[{"symbol":"MATIC/USD","bids":[{"price":0.5657,"qty":1098.39475580}],"asks":[],"checksum":2114181697,"timestamp":"2023-10-06T17:35:55.440295Z"}]}';

test('watch prints one JSON object per record, with the decimals as they were sent, and ends with the summary', async () => {
  const venue = await scriptedVenue((socket, _request, nth) => {
    if (nth === 0) for (const message of [TRADE, SNAPSHOT, UPDATE]) socket.send(message);
  });
  try {
    const { code, stdout, lines } = await runCli([
      'watch',
      'kraken',
      'BTC/USD',
      'MATIC/USD',
      '--channels',
      'trade,book:10',
      '--url',
      venue.url,
      '--format',
      'json',
      '--count',
      '3',
    ]);
    assert.equal(code, 0);
    const ofType = (type: string) => lines.filter((line) => line['type'] === type);
    const [trade] = ofType('trade');
    assert.deepEqual(
      { ...trade, received: 0 },
      {
        type: 'trade',
        exchange: 'kraken',
        symbol: 'BTC/USD',
        venueSymbol: 'BTC/USD',
        time: 1785649411562.123,
        received: 0,
        feed: 'kraken#0',
        epoch: 1,
        price: 64746,
        qty: 0.00037,
        side: 'sell',
        id: 4665906,
        orderType: 'market',
        snapshot: false,
      },
    );
    assert.match(stdout, /"price":64746\.0,"qty":0\.00037000,/);
    const [snapshot, update] = ofType('book');
    assert.equal(snapshot!['snapshot'], true);
    assert.equal((snapshot!['bids'] as unknown[]).length, 10);
    assert.equal(snapshot!['checksum'], 2439117997);
    assert.deepEqual(update!['bids'], [[0.5657, 1098.3947558]]);
    assert.deepEqual(update!['asks'], []);
    assert.match(stdout, /\[0\.5657,1098\.39475580\]/);
    const summary = lines.at(-1)!;
    assert.equal(summary['type'], 'summary');
    const [feed] = summary['feeds'] as Record<string, unknown>[];
    assert.equal(feed!['exchange'], 'kraken');
    assert.equal(feed!['records'], 3);
    assert.equal(feed!['delivered'], 3);
    assert.equal(feed!['state'], 'CONNECTED');
    assert.deepEqual(feed!['checksums'], { checked: 2, failed: 0 });
    assert.deepEqual(Object.keys(summary), [
      'type',
      'seconds',
      'activeSeconds',
      'feeds',
      'latencyNs',
      'mainThread',
    ]);
  } finally {
    await venue.close();
  }
});

test('watch spreads symbols over connections, shows their states by name, and reconnects as told', async () => {
  const simulator = await startSimulator({
    rate: 200,
    pairs: 4,
    limits: { connectionLifeMs: 700, connectionEndCode: 1012 },
  });
  try {
    const { code, stdout, stderr, lines } = await runCli([
      'watch',
      'kraken',
      ...simulator.symbols,
      '--url',
      simulator.url,
      '--threads',
      '2',
      '--reconnect',
      'fixed:10ms',
      '--seconds',
      '3',
    ]);
    assert.deepEqual([code, lines], [0, []]);
    for (const name of ['kraken#0', 'kraken#0.1']) {
      const states = stdout
        .split('\n')
        .filter((line) => line.includes(`${name} `) && line.includes(' status '))
        .map((line) => line.slice(line.indexOf(' status ') + 8).trim())
        .filter((state) => !state.startsWith('venue'));
      assert.deepEqual(states.slice(0, 6), [
        'connecting',
        'connected',
        'disconnected SERVER_CLOSED: connection life reached',
        'reconnecting: retry 1',
        'connecting',
        'connected',
      ]);
      assert.match(stderr, new RegExp(`${name}: trying again in 0\\.0 s`));
      assert.match(stdout, new RegExp(`│ ${name}\\s`));
    }
  } finally {
    await simulator.close();
  }
});

const USAGE: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['demo', '--exchanges', 'kraken,gemni'], /kraken,gemni.*allowed: kraken, .*did you mean "gemini"/s],
  [['demo', '--exchanges', 'kraken,kraken'], /"kraken" is there twice/],
  [['watch', 'krakn', 'BTC/USD'], /krakn.*allowed: kraken, kraken-v1.*did you mean "kraken"/s],
  [
    ['watch', 'kraken', 'BTC/USD', '--channels', 'trads'],
    /"trads" is no channel of kraken.*did you mean "trade"/s,
  ],
  [['watch', 'kraken', 'BTC/USD', '--channels', 'book:11'], /depth is 11.*10, 25, 100, 500, 1000/s],
  [['watch', 'kraken', 'BTC/USD', '--channels', 'spread'], /"spread" is no channel of kraken/],
  [['watch', 'kraken', 'bitcoin'], /"bitcoin" is no symbol of kraken/],
  [
    ['watch', 'kraken', 'BTC/USD', '--format', 'jsn'],
    /allowed: pretty, json, csv, none.*did you mean "json"/s,
  ],
  [['watch', 'kraken', 'BTC/USD', '--seconds', 'soon'], /--seconds.*allowed: numbers/s],
  [
    ['watch', 'kraken', 'BTC/USD', '--url', 'http://x/'],
    /url is "http:\/\/x\/", expected a ws:\/\/ or wss:\/\/ URL/,
  ],
  [
    ['watch', 'kraken', 'BTC/USD', '--reconnect', 'fix:1s'],
    /--reconnect.*allowed: immediate, fixed, exponential.*did you mean "fixed"/s,
  ],
  [
    ['watch', 'kraken', 'BTC/USD', '--reconnect', 'fixed:1s:2s:3s'],
    /no way to reconnect.*exponential:500ms:30s/s,
  ],
  [['watch', 'kraken', 'BTC/USD', '--reconnect', 'exponential:30s:1s'], /reconnect\.max is 1.*which is 30/s],
  [['watch', 'kraken', 'BTC/USD', '--lines', '3'], /--lines.*allowed: 1, 2/s],
  [['watch', 'kraken', 'BTC/USD', '--rotate-every', 'daily'], /"daily" is no duration.*500ms, 20s/s],
  [['watch', 'kraken', 'BTC/USD', '--rotate-every', '1ms'], /rotateEveryMs is 1, allowed/],
  [['watch', 'kraken'], /missing required argument 'symbol'/],
  [['wach'], /unknown command 'wach'.*watch/s],
  [
    ['simulate', '--fault', 'drop-conection:10s'],
    /no fault named "drop-conection".*did you mean "drop-connection"/s,
  ],
  [['simulate', '--fault', 'lose:often'], /"often" is neither a time.*a probability/s],
  [['simulate', '--fault', 'connection-life'], /needs a time, as in connection-life:20s/],
  [
    ['simulate', '--limit', 'subscription-per-connection=5'],
    /no limit named.*did you mean "subscriptions-per-connection"/s,
  ],
  [['simulate', '--limit', 'attempts=5'], /no limit, expected a form like attempts=150\/10m/],
];

for (const [args, message] of USAGE)
  test(`"ringfeed ${args.join(' ')}" is explained on standard error and ends with exit code 2`, async () => {
    const { code, stdout, stderr } = await runCli(args);
    assert.match(stderr, message);
    assert.equal(stdout, '');
    assert.equal(code, 2);
  });

test('a connection that cannot be made is explained, and with --no-reconnect ends with exit code 1', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  const url = `ws://127.0.0.1:${port}/`;
  const { code, stderr, lines } = await runCli([
    'watch',
    'kraken',
    'BTC/USD',
    '--url',
    url,
    '--format',
    'json',
    '--no-reconnect',
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /ECONNREFUSED/);
  assert.equal(lines.at(-1)!['type'], 'summary');
  const trying = await runCli([
    'watch',
    'kraken',
    'BTC/USD',
    '--url',
    url,
    '--format',
    'json',
    '--seconds',
    '2',
  ]);
  assert.equal(trying.code, 0);
  assert.match(trying.stderr, /trying again in/);
  assert.ok(trying.lines.filter((line) => line['status'] === 'connecting').length >= 2);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends watch with a summary and exit code 0`, async () => {
    const simulator = await startSimulator({ rate: 500, pairs: 2 });
    try {
      const run = startCli(['watch', 'kraken', 'BTC/USD', '--url', simulator.url, '--format', 'json']);
      await new Promise<void>((resolve) => {
        run.process.stdout!.on('data', () => {
          if (run.stdout().includes('"type":"trade"')) resolve();
        });
      });
      run.process.kill(signal);
      assert.equal(await run.ended, 0);
      assert.match(run.stdout().trimEnd().split('\n').at(-1)!, /^\{"type":"summary"/);
    } finally {
      await simulator.close();
    }
  });

test('a reader that goes away ends watch quietly', async () => {
  const simulator = await startSimulator({ rate: 20_000, pairs: 4 });
  try {
    const run = startCli([
      'watch',
      'kraken',
      ...simulator.symbols,
      '--channels',
      'trade,book:10',
      '--url',
      simulator.url,
      '--format',
      'json',
    ]);
    run.process.stdout!.once('data', () => run.process.stdout!.destroy());
    assert.equal(await run.ended, 0);
    assert.equal(run.stderr(), '');
  } finally {
    await simulator.close();
  }
});

test('csv is one table with a header, and its summary goes to standard error', async () => {
  const venue = await scriptedVenue((socket, _request, nth) => {
    if (nth === 0) socket.send(TRADE);
  });
  try {
    const { code, stdout, stderr } = await runCli([
      'watch',
      'kraken',
      'BTC/USD',
      '--url',
      venue.url,
      '--format',
      'csv',
      '--count',
      '1',
    ]);
    assert.equal(code, 0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
    assert.equal(rows[0]![0], 'type');
    const trade = rows.find((row) => row[0] === 'trade')!;
    assert.deepEqual(
      [trade[2], trade[6], trade[7], trade[8], trade[9]],
      ['BTC/USD', 'sell', '64746.0', '0.00037000', '4665906'],
    );
    assert.match(stderr, /"type":"summary"/);
  } finally {
    await venue.close();
  }
});

// ESC and BEL, the one-character CSI, what turns the direction of writing, a line separator.
const HOSTILE = 'no\u001b[2J\u0007\u009b31m\u202e\u2028";x';

for (const [format, shown] of [
  ['pretty', String.raw`refused SUBSCRIBE_REFUSED: trade: no\x1b[2J\x07\x9b31m\u202e\u2028";x`],
  ['csv', String.raw`"trade: no\x1b[2J\x07\x9b31m\u202e\u2028"";x"`],
  ['json', String.raw`"detail":"trade: no\u001b[2J\u0007\u009b31m\u202e\u2028\";x"`],
] as const)
  test(`as ${format}, words of the exchange are shown whole and steer no terminal`, async () => {
    const venue = await scriptedVenue((socket, request) => {
      const { req_id } = JSON.parse(request) as { req_id?: number };
      const refusal = { error: HOSTILE, method: 'subscribe', req_id, success: false, symbol: 'BTC/USD' };
      socket.send(JSON.stringify(refusal));
    });
    try {
      const options = ['--channels', 'trade', '--url', venue.url, '--seconds', '1', '--format', format];
      const { code, stdout, stderr } = await runCli(['watch', 'kraken', 'BTC/USD', ...options]);
      assert.equal(code, 0);
      assert.ok(stdout.includes(shown), stdout);
      // No record came.
      if (format === 'pretty') assert.match(stdout, /latency socket → callback p50 –, p99 –/);
      for (const c of '\u001b\u0007\u009b\u202e\u2028') assert.ok(!(stdout + stderr).includes(c), stdout);
    } finally {
      await venue.close();
    }
  });

test('the demo runs by itself, with the exchanges that it is told, and reports as JSON what flowed', async () => {
  const { code, lines } = await runCli([
    'demo',
    '--exchanges',
    EXCHANGES.join(','),
    '--seconds',
    '4',
    '--rate',
    '2000',
    '--pairs',
    '3',
    '--json',
  ]);
  assert.equal(code, 0);
  const summary = lines.at(-1)!;
  const feeds = summary['feeds'] as Record<string, number & { failed: number; checked: number }>[];
  assert.deepEqual(
    feeds.map((feed) => feed['exchange'] as unknown),
    EXCHANGES,
  );
  for (const feed of feeds) {
    assert.ok(feed['records']! > 100);
    assert.equal(feed['records'], feed['delivered']! + feed['dropped']! + feed['conflated']!);
    assert.equal(feed['checksums']!.failed, 0);
    // The other venues send no checksums.
    if (String(feed['exchange']).startsWith('kraken')) assert.ok(feed['checksums']!.checked > 50);
  }
});

test('simulate serves other clients until it is told to stop', async () => {
  const run = startCli([
    'simulate',
    '--rate',
    '200',
    '--pairs',
    '2',
    '--seed',
    '7',
    '--json',
    '--fault',
    'drop-connection:60s',
  ]);
  const url = await new Promise<string>((resolve) => {
    run.process.stdout!.on('data', () => {
      const [line] = run.stdout().split('\n');
      if (run.stdout().includes('\n')) resolve((JSON.parse(line!) as { url: string }).url);
    });
  });
  const watched = await runCli([
    'watch',
    'kraken',
    'BTC/USD',
    '--url',
    url,
    '--format',
    'none',
    '--count',
    '5',
  ]);
  assert.equal(watched.code, 0);
  assert.equal(watched.lines.at(-1)!['type'], 'summary');
  run.process.kill('SIGTERM');
  assert.equal(await run.ended, 0);
  assert.match(run.stdout(), /"connectionsOpened":1/);
});

test('watch in a shell pipe into head ends quietly', async () => {
  const simulator = await startSimulator({ rate: 5_000, pairs: 2 });
  try {
    const cli = new URL('../../src/main/cli/ringfeed.js', import.meta.url).pathname;
    const shell = spawn(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${cli}" watch kraken BTC/USD --url ${simulator.url} --format json | head -n 3`,
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let out = '';
    let err = '';
    shell.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    shell.stderr.on('data', (chunk) => {
      err += String(chunk);
    });
    await once(shell, 'close');
    assert.equal(out.trimEnd().split('\n').length, 3);
    assert.equal(err, '');
  } finally {
    await simulator.close();
  }
});
