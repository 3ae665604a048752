import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../support/random.ts';
import { mutate } from '../support/venue-kit/mutated-message.ts';
import { ALGO, BTC, book, ETH, KrakenHarness } from '../workers/exchanges/kraken/codec-harness.ts';
import { MessageGenerator } from '../workers/exchanges/kraken/message-generator.ts';

const harness = (): KrakenHarness =>
  new KrakenHarness().subscribed(book(BTC), book(ETH), book(ALGO), { channel: 'trade', instrument: BTC });

/** A message that is heard of in no way at all must be a heartbeat, or say nothing: `data` or `pairs` is empty. */
const SAYS_NOTHING = /heartbeat|"data"\s*:\s*\[\s*\]|"channel"\s*:\s*"instrument"/;

/** Reads bytes that may be anything: they end in records or in a fault that is counted, never in a throw. */
function readAnything(codec: KrakenHarness, bytes: Uint8Array, seed: string): void {
  const before = codec.sink.log.length;
  const text = Buffer.from(bytes).toString('latin1');
  assert.doesNotThrow(() => codec.read(bytes), `${seed} ${text}`);
  const heard = codec.sink.log.length > before;
  assert.ok(heard || SAYS_NOTHING.test(text), `${seed} was read and not heard of: ${text}`);
}

test('random bytes end in a counted fault', () => {
  const random = new Random(5);
  const codec = harness();
  for (let n = 0; n < 5000; n++) {
    const bytes = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
    readAnything(codec, bytes, `message ${n}`);
  }
});

test('mutated messages end in records or a counted fault', () => {
  for (let seed = 100; seed < 130; seed++) {
    const random = new Random(seed);
    const generator = new MessageGenerator(random);
    const codec = harness();
    let last =
      '{"channel":"instrument","type":"update","data":{"assets":[],"pairs":[{"symbol":"BTC/USD","qty_precision":8,"price_precision":1}]}}';
    for (let n = 0; n < 400; n++) {
      const message = generator.next();
      readAnything(codec, mutate(message, last, random), `seed ${seed}, message ${n}`);
      last = message;
    }
  }
});

test('JSON of random shapes under the known keys ends in records or a counted fault', () => {
  const random = new Random(9);
  const keys = [
    'channel',
    'type',
    'data',
    'symbol',
    'bids',
    'asks',
    'price',
    'qty',
    'checksum',
    'timestamp',
    'side',
    'trade_id',
    'method',
    'success',
    'result',
    'error',
    'req_id',
    'warnings',
    'pairs',
    'price_precision',
    'qty_precision',
    'system',
    '__proto__',
    'constructor',
  ]; // prettier-ignore
  const scalars = [
    '"book"',
    '"trade"',
    '"ticker"',
    '"ohlc"',
    '"instrument"',
    '"status"',
    '"snapshot"',
    '"update"',
    '"BTC/USD"',
    '"buy"',
    '"subscribe"',
    '"2024-01-01T00:00:00Z"',
    '1',
    '0',
    '-1',
    '0.50',
    '1e5',
    '1e-99999',
    '0e99999',
    '1e999',
    '4294967295',
    'true',
    'false',
    'null',
    '""',
  ]; // prettier-ignore
  const value = (depth: number): string => {
    if (depth === 0 || random.percent(30)) return random.pick(scalars);
    const length = random.below(5);
    if (random.percent(40)) return `[${Array.from({ length }, () => value(depth - 1)).join(',')}]`;
    return `{${Array.from({ length }, () => `"${random.pick(keys)}":${value(depth - 1)}`).join(',')}}`;
  };
  const codec = harness();
  for (let n = 0; n < 20_000; n++) {
    const channel = random.pick(scalars);
    const text = `{"channel":${channel},"type":"${random.pick(['snapshot', 'update'])}","data":${value(4)},"method":${value(1)}}`;
    assert.doesNotThrow(() => codec.read(text), text);
  }
});

test('a hostile message costs no more than its length: huge exponents, deep nesting, many bad entries', () => {
  const level = '{"price":0e99999,"qty":0e-99999}';
  const messages = [
    `{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[${Array(20_000).fill(level).join(',')}],"asks":[],"checksum":0}]}`,
    `{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":${'9'.repeat(300)},"qty":1}],"asks":[]}]}`,
    `{"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD","bids":[{"price":1e300,"qty":1e300}],"asks":[]}]}`,
    `{"channel":"trade","type":"update","data":${'['.repeat(200_000)}`,
    `{"channel":"trade","type":"update","data":[${Array(100_000).fill('7').join(',')}]}`,
    `{"channel":"status","data":[{"system":"${'x'.repeat(100_000)}"}]}`,
    `{"method":"subscribe","success":false,"error":"${'x'.repeat(100_000)}"}`,
  ];
  for (const message of messages) {
    const codec = harness();
    readAnything(codec, new TextEncoder().encode(message), message.slice(0, 60));
    for (const line of codec.sink.log)
      assert.ok(line.length < 400, `${line.length} characters of ${line.slice(0, 80)}`);
  }
});
