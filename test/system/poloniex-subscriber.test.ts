import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { PoloniexSubscriber } from '../../src/main/poloniex.ts';
import { type Simulator, startSimulator } from '../../src/main/simulator.ts';

interface Stage {
  readonly simulator: Simulator;
  readonly subscriber: PoloniexSubscriber;
  readonly lines: readonly string[];
}

/** The embedded exchange and a subscriber to all its pairs. */
async function onStage(rate: number, play: (stage: Stage) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ rate, pairs: 4, levels: 200, seed: 11 });
  try {
    const lines: string[] = [];
    await using subscriber = await PoloniexSubscriber.create({
      apiLink: simulator.urls['poloniex-legacy'],
      tickersUrl: `${simulator.restUrl}/public?command=returnTicker`,
      print: (line) => lines.push(line),
      times: { backoffMs: 20 },
      log: { level: 'silent' },
    });
    await subscriber.startSubscribe();
    await play({ simulator, subscriber, lines });
  } finally {
    await simulator.close();
  }
}

/** Fails where the event does not come within a while. */
function next<T>(what: string, listen: (take: (event: T) => void) => () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not in time: ${what}`)), 15_000);
    const stop = listen((event) => {
      clearTimeout(late);
      stop();
      resolve(event);
    });
  });
}

test('every pair has a book, changes, trades and a ticker, printed in the original words', async () => {
  await onStage(1_000, async ({ simulator, subscriber, lines }) => {
    const pairs = subscriber.getTickers();
    assert.equal(pairs.length, simulator.symbols.length);
    const seen = new Set<string>();
    const wanted = pairs.flatMap((pair) => ['book', 'order', 'trade', 'ticker'].map((of) => `${of} ${pair}`));
    await next<void>('all of them', (take) => {
      const stops = (['book', 'order', 'trade', 'ticker'] as const).map((name) =>
        subscriber.on(name, (event) => {
          seen.add(`${name} ${event.pair}`);
          if (wanted.every((each) => seen.has(each))) take();
        }),
      );
      return () => {
        for (const stop of stops) stop();
      };
    });
    const PRINTED =
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (\w+_\w+ book: (asks|bids)\(\(price,size\)\): \([\d.]+,[\d.]+\)|Add or change \w+_\w+,side=(bid|ask),price=[\d.]+,size=[\d.]+|Remove \w+_\w+,side=(bid|ask),price=[\d.]+|TRADE \w+_\w+=\d+\(tradeId\),(bid|ask)\(bookSide\),[\d.]+\(price\),[\d.]+\(size\),\d{10}\(timestamp\))$/;
    for (const line of lines) assert.match(line, PRINTED);
  });
});

test('a skipped frame is a gap of its pair, and a new book follows', async () => {
  await onStage(1_000, async ({ simulator, subscriber }) => {
    const pairs = new Set<string>();
    await next('all books', (take) =>
      subscriber.on('book', ({ pair }) => {
        pairs.add(pair);
        if (pairs.size === subscriber.getTickers().length) take(pair);
      }),
    );
    const told = next<{ pair: string; expected: number | undefined; got: number | undefined }>(
      'a gap',
      (take) => subscriber.on('gap', take),
    );
    await simulator.fault('skip-update', { symbol: simulator.symbols[1]!, channel: 'book' });
    const { pair, expected, got } = await told;
    assert.ok(got !== undefined && expected !== undefined && got === expected + 1);
    await next('its book', (take) =>
      subscriber.on('book', (book) => {
        if (book.pair === pair) take(book);
      }),
    );
  });
});

test('on a quiet market the heartbeats are all there is', async () => {
  await onStage(0, async ({ subscriber }) => {
    const before = Date.now();
    const { at } = await next<{ at: number }>('a heartbeat', (take) => subscriber.on('heartbeat', take));
    assert.ok(at >= before && at === subscriber.heardAt);
  });
});

test('it does not keep the process alive', async () => {
  const simulator = await startSimulator({ rate: 20, pairs: 4, levels: 50 });
  const program = `
    import { PoloniexSubscriber } from 'ringfeed/poloniex';
    const subscriber = await PoloniexSubscriber.create({
      apiLink: process.env['RINGFEED_URL'],
      tickersUrl: process.env['RINGFEED_TICKERS_URL'],
      print: false,
    });
    await subscriber.startSubscribe();
    subscriber.on('book', () => undefined);
    setTimeout(() => console.log('done'), 100);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: {
      ...process.env,
      RINGFEED_URL: simulator.urls['poloniex-legacy'],
      RINGFEED_TICKERS_URL: `${simulator.restUrl}/public?command=returnTicker`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const bound = setTimeout(() => child.kill('SIGKILL'), 20_000);
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += String(chunk);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(bound);
  await simulator.close();
  assert.deepEqual([out, code, signal], ['done\n', 0, null]);
});
