import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import { Random } from '../../../support/random.ts';
import { CodecPair } from '../../../support/venue-kit/codec-pair.ts';
import { mutate } from '../../../support/venue-kit/mutated-message.ts';
import { BTC, book, ETH, Harness, SOL, trade } from './harness.ts';
import { MessageGenerator } from './messages.ts';

/** Connections by what they carry. */
const CONNECTIONS: readonly {
  readonly title: string;
  readonly subscriptions: readonly Subscription[];
  readonly symbols: readonly string[];
}[] = [
  { title: 'one symbol', subscriptions: [book(BTC), trade(BTC)], symbols: [] },
  {
    title: 'several symbols',
    subscriptions: [book(BTC), trade(BTC), book(ETH), trade(SOL)],
    symbols: ['BTCUSD', 'ETHUSD', 'SOLUSD'],
  },
];

const pairOn = (subscriptions: readonly Subscription[]): CodecPair<Harness> =>
  new CodecPair((hot) => new Harness(hot).connected(...subscriptions));

for (const { title, subscriptions, symbols } of CONNECTIONS) {
  test(`${title}: valid messages in Gemini’s spelling take the hot path and mean the same on both`, () => {
    const generator = new MessageGenerator(new Random(1), ...symbols);
    const pair = pairOn(subscriptions);
    for (let n = 0; n < 3000; n++) {
      const message = generator.next();
      const before = pair.hot.cold;
      pair.read(message);
      // Numbers that the scanner leaves to others are many in the longest ones.
      const isCold = /initial|heartbeat|auction/.test(message) || message.length > 10_000;
      if (pair.hot.cold > before) assert.ok(isCold, message.slice(0, 300));
    }
    assert.equal(pair.hot.books.state(BTC), 1);
    pair.close();
  });

  test(`${title}: mutated messages mean the same on both paths`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = new Random(seed);
      let generator = new MessageGenerator(random, ...symbols);
      let pair = pairOn(subscriptions);
      let last = generator.next();
      pair.read(last);
      for (let n = 0; n < 200; n++) {
        const message = generator.next();
        pair.read(
          random.percent(50) ? mutate(message, last, random) : message,
          `seed ${seed}, message ${n}:`,
        );
        last = message;
        // Spoiled books stay stale: begin again with whole ones.
        if (!random.percent(5)) continue;
        pair.close();
        pair = pairOn(subscriptions);
        generator = new MessageGenerator(random, ...symbols);
      }
      pair.close();
    }
  });

  test(`${title}: every message cut short, and every byte of it changed, means the same on both paths`, () => {
    const generator = new MessageGenerator(new Random(7), ...symbols);
    const [whole, ...messages] = Array.from({ length: 14 }, () => generator.next());
    for (const message of messages.filter(({ length }) => length < 2000)) {
      const bytes = new TextEncoder().encode(message);
      const damaged: Uint8Array[] = Array.from({ length: bytes.length }, (_, end) => bytes.subarray(0, end));
      for (let at = 0; at < bytes.length; at++)
        for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x5c, 0x7d, 0xff]) {
          const changed = bytes.slice();
          changed[at] = byte;
          damaged.push(changed);
        }
      const pair = pairOn(subscriptions);
      for (const each of damaged) {
        pair.both((harness) => void harness.connected(...subscriptions));
        pair.read(whole!);
        pair.read(each);
      }
      pair.close();
    }
  });
}
