import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../support/random.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { BTC, book, CodecHarness, ETH, RECORDED, trade } from './codec-harness.ts';
import { MessageGenerator, mutate } from './messages.ts';

/** Two codecs that must not differ, whatever they are given: one with its hot path, one without. */
class Pair {
  readonly hot = new CodecHarness({ hot: true });
  readonly cold = new CodecHarness({ hot: false });

  constructor() {
    for (const harness of [this.hot, this.cold])
      harness
        .subscribed(book(BTC), book(ETH), trade(BTC))
        .subscribed(...RECORDED.map(book), ...RECORDED.map((id) => trade(id)));
  }

  /** Gives both one message and compares what came of it, byte for byte and in order. */
  read(message: string | Uint8Array, seed = ''): void {
    this.hot.read(message);
    this.cold.read(message);
    assert.deepEqual(this.hot.outcome(), this.cold.outcome(), `${seed} ${Buffer.from(message).toString()}`);
    this.hot.sink.clear();
    this.cold.sink.clear();
  }
}

test('valid messages in Gemini’s spelling take the hot path and mean the same on both', () => {
  const generator = new MessageGenerator(new Random(1));
  const pair = new Pair();
  for (let n = 0; n < 3000; n++) {
    const message = generator.next();
    const before = pair.hot.cold;
    pair.read(message);
    if (pair.hot.cold > before)
      assert.ok(message.includes('auction_events') || message.length > 10_000, message.slice(0, 200));
  }
  assert.deepEqual(
    [BTC, ETH].map((id) => pair.hot.books.state(id)),
    [1, 1],
  );
});

test('recorded messages mean the same on both paths, and only those that begin a stream are not hot', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const pair = new Pair();
  for (const message of recordedMessages(folder, 'gemini/v2-l2-10pairs-20210624.jsonl')) pair.read(message);
  assert.equal(pair.hot.cold, RECORDED.length);
});

test('mutated recordings mean the same on both paths', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const messages = recordedMessages(folder, 'gemini/v2-l2-10pairs-20210624.jsonl');
  for (let seed = 0; seed < 4; seed++) {
    const random = new Random(seed);
    const pair = new Pair();
    let last = messages[0]!;
    for (const [n, message] of messages.entries()) {
      // Those that begin a stream are read as they are, so that there are books to spoil.
      const spoiled = message.length < 3000 && random.percent(20);
      pair.read(spoiled ? mutate(message, last, random) : message, `seed ${seed}, message ${n}:`);
      last = message;
    }
  }
});

test('mutated messages mean the same on both paths', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    let generator = new MessageGenerator(random);
    let pair = new Pair();
    let last = generator.next();
    pair.read(last);
    for (let n = 0; n < 300; n++) {
      const message = generator.next();
      if (random.percent(50)) pair.read(mutate(message, last, random), `seed ${seed}, message ${n}:`);
      else pair.read(message, `seed ${seed}, message ${n}:`);
      last = message;
      // Spoiled books stay stale: begin again with whole ones.
      if (!random.percent(5)) continue;
      pair = new Pair();
      generator = new MessageGenerator(random);
    }
  }
});

test('every message cut short, and every byte of it changed, means the same on both paths', () => {
  const generator = new MessageGenerator(new Random(7));
  const messages = Array.from({ length: 14 }, () => generator.next()).filter(({ length }) => length < 2000);
  const pair = new Pair();
  for (const message of messages) {
    const bytes = new TextEncoder().encode(message);
    pair.read(bytes);
    for (let end = 0; end < bytes.length; end++) pair.read(bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x5c, 0x7d, 0xff]) {
        const changed = bytes.slice();
        changed[at] = byte;
        pair.read(changed, `byte ${at}:`);
      }
  }
});
