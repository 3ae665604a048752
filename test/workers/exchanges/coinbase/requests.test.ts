import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAND, book, CoinbaseHarness, SKL, ticker, trade } from './codec-harness.ts';

/** Requests in few words: what is asked, and the channels of each product. */
const shown = (requests: readonly string[]): string[] =>
  requests.map((text) => {
    const { type, channels } = JSON.parse(text) as {
      type: string;
      channels: { name: string; product_ids: string[] }[];
    };
    return `${type} ${channels.map(({ name, product_ids }) => `${name} ${product_ids.join()}`).join(', ')}`;
  });

const list = (channels: Record<string, string[]>): string =>
  JSON.stringify({
    type: 'subscriptions',
    channels: Object.entries(channels).map(([name, product_ids]) => ({ name, product_ids })),
  });

test('each product is asked for by itself, and its heartbeat with the first of its channels', () => {
  const { codec } = new CoinbaseHarness();
  assert.deepEqual(shown(codec.subscribe([book(SKL), trade(BAND), trade(SKL)])), [
    'subscribe level2_batch SKL-BTC, matches SKL-BTC, heartbeat SKL-BTC',
    'subscribe matches BAND-GBP, heartbeat BAND-GBP',
  ]);
  assert.deepEqual(shown(codec.subscribe([ticker(SKL)])), ['subscribe ticker SKL-BTC']);
});

test('a heartbeat ends with the last channel of its product, and begins anew with the next one', () => {
  const { codec } = new CoinbaseHarness().subscribed(book(SKL), trade(SKL));
  assert.deepEqual(shown(codec.unsubscribe([book(SKL)])), ['unsubscribe level2_batch SKL-BTC']);
  assert.deepEqual(shown(codec.unsubscribe([trade(SKL)])), [
    'unsubscribe matches SKL-BTC, heartbeat SKL-BTC',
  ]);
  assert.deepEqual(shown(codec.subscribe([book(SKL)])), [
    'subscribe level2_batch SKL-BTC, heartbeat SKL-BTC',
  ]);
});

test('what had no answer is asked for again with its heartbeat', () => {
  const { codec } = new CoinbaseHarness().subscribed(book(SKL), trade(SKL));
  assert.deepEqual(shown(codec.subscribe([trade(SKL)])), ['subscribe matches SKL-BTC, heartbeat SKL-BTC']);
});

test('on a new connection nothing is asked for yet, and nothing waits for an answer', () => {
  const harness = new CoinbaseHarness().subscribed(book(SKL), trade(SKL));
  harness.codec.reset();
  harness.read(list({ level2: ['SKL-BTC'], matches: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), []);
  assert.deepEqual(shown(harness.codec.subscribe([ticker(SKL)])), [
    'subscribe ticker SKL-BTC, heartbeat SKL-BTC',
  ]);
});

test('a list answers each subscription once, by whichever name it has the book', () => {
  const harness = new CoinbaseHarness().subscribed(book(SKL), trade(SKL), book(BAND));
  harness.read(list({ level2_50: ['SKL-BTC'], heartbeat: ['SKL-BTC'], constructor: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), ['subscribed book 0']);
  harness.read(list({ level2_batch: ['BAND-GBP', 'SKL-BTC'], matches: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), ['subscribed trade 0', 'subscribed book 1']);
  harness.read(list({ level2_batch: ['BAND-GBP', 'SKL-BTC'], matches: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), []);
});

test('a list may name a channel again and again, and takes no longer for it', () => {
  const products = JSON.stringify(Array.from({ length: 100_000 }, (_, n) => `A${n}-USD`));
  const entry = (ids: string): string => `{"name":"matches","product_ids":${ids}}`;
  const entries = [entry(products), ...new Array<string>(50_000).fill(entry('["SKL-BTC"]'))];
  const harness = new CoinbaseHarness().subscribed(trade(SKL));
  harness.read(`{"type":"subscriptions","channels":[${entries.join(',')}]}`);
  assert.deepEqual(harness.news(), ['subscribed trade 0']);
});

test('what was unsubscribed is answered by the list that lacks it', () => {
  const harness = new CoinbaseHarness().subscribed(book(SKL), trade(SKL));
  harness.read(list({ level2: ['SKL-BTC'], matches: ['SKL-BTC'] })).news();
  harness.codec.unsubscribe([book(SKL)]);
  harness.read(list({ level2: ['SKL-BTC'], matches: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), []);
  harness.read(list({ matches: ['SKL-BTC'] }));
  assert.deepEqual(harness.news(), ['unsubscribed book 0']);
});

test('a refusal is for the oldest request of the product that it names, with all of its channels', () => {
  const error = '{"type":"error","message":"Failed to subscribe","reason":"SKL-BTC is not a valid product"}';
  const harness = new CoinbaseHarness().subscribed(book(SKL), trade(SKL)).subscribed(book(BAND));
  harness.read(error);
  const reason = 'Failed to subscribe: SKL-BTC is not a valid product';
  assert.deepEqual(harness.news(), [`refused book 0: ${reason}`, `refused trade 0: ${reason}`]);
  harness.read(error);
  assert.deepEqual(harness.news(), [`refused something: ${reason}`]);
});

test('what the exchange says is cut where it is long', () => {
  const harness = new CoinbaseHarness().read(`{"type":"error","message":"${'x'.repeat(5000)}"}`);
  assert.equal(harness.news()[0]!.length, 'refused something: '.length + 200);
});
