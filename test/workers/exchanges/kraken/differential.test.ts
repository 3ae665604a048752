import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../support/random.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { ALGO, BTC, book, CodecHarness, ETH } from './codec-harness.ts';
import { MessageGenerator, mutate } from './message-generator.ts';

/** Two codecs that must not differ, whatever they are given: one with its hot path, one without. */
class Pair {
  readonly hot = new CodecHarness({ hot: true });
  readonly cold = new CodecHarness({ hot: false });

  constructor() {
    for (const harness of [this.hot, this.cold])
      harness
        .subscribed(book(BTC), book(ETH), book(ALGO))
        .subscribed({ channel: 'trade', instrument: BTC }, { channel: 'trade', instrument: ETH });
  }

  /** Gives both one message and compares what came of it, byte for byte and in order. */
  read(message: string | Uint8Array, seed = ''): void {
    this.hot.read(message);
    this.cold.read(message);
    const text = Buffer.from(message).toString();
    assert.deepEqual(this.hot.outcome(), this.cold.outcome(), `${seed} ${text}`);
    this.hot.sink.clear();
    this.cold.sink.clear();
  }
}

test('valid messages in Kraken’s spelling take the hot path and mean the same on both', () => {
  const generator = new MessageGenerator(new Random(1));
  const pair = new Pair();
  let seen = 0;
  for (let n = 0; n < 4000; n++) {
    pair.hot.sink.log.length = 0;
    const message = generator.next();
    pair.read(message);
    if (pair.hot.cold > seen)
      assert.match(message, /"channel":"trade"/, 'only jumps in trade ids are left to the cold path');
    seen = pair.hot.cold;
  }
  assert.ok(seen < 400, `${seen} messages took the cold path`);
  assert.deepEqual(
    [BTC, ETH, ALGO].map((id) => pair.hot.symbols.get(id, 1)),
    [0, 0, 0],
    'every checksum held',
  );
});

test('recorded messages mean the same on both paths, and few are not hot', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const files: [file: string, notHot: number][] = [
    // Status and acknowledgements.
    ['v2-book10-btcusd-ethusd-20260802-part', 5],
    ['v2-book10-btcusd-20260720-sample', 2],
    // Two snapshots were captured without their timestamps.
    ['v2-book-excerpts', 2],
    ['v2-ohlc-ticker-trade-status-excerpts', 7],
  ];
  for (const [file, notHot] of files) {
    const pair = new Pair();
    for (const message of recordedMessages(folder, `kraken/${file}.jsonl`)) pair.read(message);
    assert.equal(pair.hot.cold, notHot, file);
  }
});

test('mutated messages mean the same on both paths', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const generator = new MessageGenerator(random);
    let pair = new Pair();
    let last = generator.next();
    for (let n = 0; n < 400; n++) {
      const message = generator.next();
      if (random.percent(50)) pair.read(mutate(message, last, random), `seed ${seed}, message ${n}:`);
      else pair.read(message, `seed ${seed}, message ${n}:`);
      last = message;
      // Spoiled books stay stale and trade ids far ahead hide gaps: begin again with whole ones.
      if (random.percent(5)) pair = new Pair();
    }
  }
});

test('every message cut short, and every byte of it changed, means the same on both paths', () => {
  const generator = new MessageGenerator(new Random(7));
  const messages = Array.from({ length: 12 }, () => generator.next());
  for (const message of messages) {
    const pair = new Pair();
    const bytes = new TextEncoder().encode(message);
    for (let end = 0; end <= bytes.length; end++) pair.read(bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x5c, 0x7d, 0xff]) {
        const changed = bytes.slice();
        changed[at] = byte;
        pair.read(changed, `byte ${at}:`);
      }
  }
});
