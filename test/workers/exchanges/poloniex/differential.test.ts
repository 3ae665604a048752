import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { Random } from '../../../support/random.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { book, CodecHarness, SYMBOLS, trade } from './codec-harness.ts';
import { MessageGenerator, mutate } from './message-generator.ts';

/** Two codecs that must not differ, whatever they are given: one with its hot path, one without. */
class Pair {
  readonly hot = new CodecHarness({ hot: true });
  readonly cold = new CodecHarness({ hot: false });

  constructor() {
    const all = SYMBOLS.flatMap((_, id) => [book(id as InstrumentId), trade(id as InstrumentId)]);
    for (const harness of [this.hot, this.cold]) harness.subscribed(...all);
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

test('valid messages in Poloniex’s spelling take the hot path and mean the same on both', () => {
  const generator = new MessageGenerator(new Random(1));
  const pair = new Pair();
  for (let n = 0; n < 4000; n++) pair.read(generator.next());
  assert.equal(pair.hot.cold, 0);
});

test('recorded messages mean the same on both paths, and only the acknowledgements are not hot', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  const pair = new Pair();
  const messages = recordedMessages(folder, 'poloniex/v2-trades-booklv2-10pairs-20220821a.jsonl');
  for (const message of messages) pair.read(message);
  assert.equal(pair.hot.cold, 2);
  const random = new Random(3);
  for (let round = 0; round < 20; round++)
    for (const message of messages)
      pair.read(random.percent(50) ? mutate(message, random.pick(messages), random) : message);
});

test('mutated messages mean the same on both paths', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const generator = new MessageGenerator(random);
    let pair = new Pair();
    let last = generator.next();
    for (let n = 0; n < 300; n++) {
      const message = generator.next();
      if (random.percent(50)) pair.read(mutate(message, last, random), `seed ${seed}, message ${n}:`);
      else pair.read(message, `seed ${seed}, message ${n}:`);
      last = message;
      // Spoiled books stay stale: begin again with whole ones.
      if (random.percent(5)) pair = new Pair();
    }
  }
});

test('every message cut short, and every byte of it changed, means the same on both paths', () => {
  const generator = new MessageGenerator(new Random(7));
  const messages = Array.from({ length: 10 }, () => generator.next());
  for (const message of messages) {
    const pair = new Pair();
    const bytes = new TextEncoder().encode(message);
    for (let end = 0; end <= bytes.length; end++) pair.read(bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [0x00, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x5c, 0xff]) {
        const changed = bytes.slice();
        changed[at] = byte;
        pair.read(changed, `byte ${at}:`);
      }
  }
});
