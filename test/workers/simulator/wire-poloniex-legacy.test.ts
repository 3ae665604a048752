import assert from 'node:assert/strict';
import test from 'node:test';
import { SimulatedExchange } from '../../../src/workers/simulator/simulated-exchange.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../support/recordings.ts';
import { NaiveBook, NaiveClient } from './naive-client.ts';
import { shapeOf as exactShapeOf } from './wire-shape.ts';

// Source: github.com/anders94/api-docs, source/includes/_websockets.md; the fields that came later in 2021 by
// github.com/vansergen/poloniex-node-api, commit 92da589; the flag 2 by cryptofeed, issue 130.
const DOCUMENTED = [
  '[1010]',
  '[1002,1]',
  '{"error":"Invalid channel."}',
  '[1002,null,[24,"0.00616900","0.00617579","0.00615662","0.02220042","11.45520809","1858.49711271",0,"0.00663752","0.00587421",0,0]]',
  '[148,5,[["i",{"currencyPair":"BTC_ETH","orderBook":[{"0.03119500":"8.87619723"},{"0.03118500":"50.78940000"}]},"1580123594000"]]]',
  '[148,6,[["o",1,"0.01924381","0.00000000","1580123594000"]]]',
  '[148,7,[["o",1,"0.01924381","0.00000000","1580123594000"],["t","48555788",0,"0.01924381","0.60000000",1580123594,"1580123594000"]]]',
];

/** However many levels the sides of a snapshot have. */
const shapeOf = (text: string): string =>
  exactShapeOf(
    text.replace(/("[\d.]+":"[\d.]+"),("[\d.]+":"[\d.]+",?)+/g, '$1').replace(/"[\d.]+":/g, '"0":'),
  );

const NAMES = ['USD_BTC', 'USD_BTT', 'BTC_ETH'];

/** Frames of one pair. */
type Frame = readonly [id: number, sequence: number, entries: readonly (readonly unknown[])[]];

const isFrame = (text: string): boolean => /^\[\d+,\d+,/.test(text);
const frames = (texts: readonly string[]): Frame[] =>
  texts.filter(isFrame).map((text) => JSON.parse(text) as Frame);
const nameOf = ([, , [entry]]: Frame): string | undefined =>
  entry?.[0] === 'i' ? (entry[1] as { currencyPair: string }).currencyPair : undefined;

async function withClient(
  play: (client: NaiveClient, exchange: SimulatedExchange, restUrl: string) => Promise<void>,
): Promise<void> {
  const exchange = new SimulatedExchange({ rate: 0, levels: 40, mix: { ticker: 0.1 } });
  const { urls, restUrl } = await exchange.start();
  try {
    await play(await NaiveClient.open(urls['poloniex-legacy']), exchange, restUrl);
  } finally {
    await exchange.stop();
  }
}

const subscribe = (client: NaiveClient, channel: number | string): void =>
  client.send({ command: 'subscribe', channel });
const unsubscribe = (client: NaiveClient, channel: number | string): void =>
  client.send({ command: 'unsubscribe', channel });

/** A session with every channel and every answer. */
async function playSession(): Promise<string[]> {
  let texts: string[] = [];
  await withClient(async (client, exchange) => {
    for (const channel of [...NAMES, 1002, 'BTC_NOSUCH']) subscribe(client, channel);
    await client.text((text) => text.includes('error'), 'a refusal');
    exchange.step(3000);
    unsubscribe(client, 1002);
    await client.text((text) => text === '[1002,0]', 'an answer');
    await client.text((text) => text === '[1010]', 'a heartbeat');
    texts = client.texts;
  });
  return texts;
}

let played: Promise<string[]> | undefined;

/** The same session for every test. */
function session(): Promise<string[]> {
  played ??= playSession();
  return played;
}

test('messages have the arrays, order and spacing of the documented ones', async () => {
  const documented = new Set(DOCUMENTED.map(shapeOf));
  const seen = new Set<string>();
  for (const text of await session()) {
    const shape = shapeOf(text);
    assert.ok(documented.has(shape), `${text.slice(0, 600)}\nhas the shape ${shape.slice(0, 600)}`);
    seen.add(shape);
  }
  assert.deepEqual(
    [...documented].filter((shape) => !seen.has(shape)),
    [],
  );
});

test('messages without the later fields have the shapes of recorded ones', async (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const plain = (text: string): string => shapeOf(text.replace(/,"\d{13}"\]/g, ']'));
  const recorded = new Set(recordedMessages(folder, 'poloniex/legacy-10pairs-20210502.jsonl').map(plain));
  for (const text of await session())
    if (isFrame(text) || text.startsWith('[1002,null')) {
      const shape = plain(text);
      assert.ok(recorded.has(shape), `${text.slice(0, 400)} ${shape}`);
    }
});

test('the first frame of a pair is its book, and every frame after it has the next number', async () => {
  const newest = new Map<number, number>();
  let followed = 0;
  for (const frame of frames(await session())) {
    const [id, sequence] = frame;
    if (nameOf(frame) === undefined) assert.equal(sequence, newest.get(id)! + 1);
    else assert.equal(newest.get(id), undefined, 'one snapshot');
    newest.set(id, sequence);
    followed++;
  }
  assert.equal(newest.size, NAMES.length);
  assert.ok(followed > 2000);
});

test('trades come in the frame of the levels they take, and books never cross', async () => {
  const books = new Map<number, NaiveBook>();
  let trades = 0;
  for (const frame of frames(await session())) {
    const [id, , entries] = frame;
    const book = books.get(id) ?? new NaiveBook(1_000);
    books.set(id, book);
    if (nameOf(frame) !== undefined) {
      const { orderBook } = entries[0]![1] as { orderBook: Record<string, string>[] };
      const [asks, bids] = orderBook.map((side) =>
        Object.entries(side).map(([price, qty]) => ({ price, qty })),
      );
      book.apply(bids!, asks!);
      continue;
    }
    for (const [kind, side, price, qty] of entries) {
      if (kind !== 'o') continue;
      const level = [{ price: String(price), qty: String(qty) }];
      book.apply(side === 1 ? level : [], side === 0 ? level : []);
    }
    assert.equal(book.isCrossed, false);
    const traded = entries.filter(([kind]) => kind === 't');
    trades += traded.length;
    for (const [, , side, price] of traded)
      assert.ok(
        entries.some((entry) => entry[0] === 'o' && entry[1] === 1 - Number(side) && entry[2] === price),
      );
  }
  assert.ok(trades > 100);
});

test('tickers of all pairs come, whichever are subscribed', async () => {
  const ids = (await session())
    .filter((text) => text.startsWith('[1002,null'))
    .map((text) => (JSON.parse(text) as [number, null, [number]])[2][0]);
  assert.equal(new Set(ids).size, 20);
});

test('a pair goes by its name, its number or that as a text, and is subscribed once', async () => {
  await withClient(async (client, _exchange, restUrl) => {
    const response = await fetch(`${restUrl}/public?command=returnTicker`);
    const pairs = (await response.json()) as Record<string, { id: number; isFrozen: string }>;
    const { id, isFrozen } = pairs['BTC_ETH']!;
    assert.equal(isFrozen, '0');
    subscribe(client, id);
    const first = await client.text((text) => text.includes('currencyPair'));
    assert.equal(nameOf(JSON.parse(first) as Frame), 'BTC_ETH');
    subscribe(client, 'BTC_ETH');
    await client.text((text) => text === `[${id},2]`, 'that it is subscribed already');
    unsubscribe(client, String(id));
    await client.text((text) => text === `[${id},0]`, 'that it is subscribed no more');
  });
});

for (const request of [
  'x',
  '{"command":"nothing"}',
  '{"command":"subscribe"}',
  '{"command":"subscribe","channel":1003.5}',
])
  test(`an error is all that comes of ${request}`, async () => {
    await withClient(async (client) => {
      client.send(request);
      assert.match(await client.text((text) => text !== '[1010]'), /^\{"error":"Invalid /);
    });
  });

test('a client that subscribes to nothing hears a heartbeat too', async () => {
  await withClient(async (client) => {
    await client.text((text) => text === '[1010]', 'a heartbeat');
  });
});
