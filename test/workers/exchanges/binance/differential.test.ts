import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from '../../../../src/shared/contract.ts';
import { BOOK_STATE } from '../../../../src/shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../../../src/shared/units.ts';
import { Random } from '../../../support/random.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { CodecPair } from '../../../support/venue-kit/codec-pair.ts';
import { mutate } from '../../../support/venue-kit/mutated-message.ts';
import { BinanceHarness, book } from './codec-harness.ts';
import { MessageGenerator, PARTIAL, PIECES, SYMBOLS } from './message-generator.ts';

/** Two codecs, hot and cold, with the books of these symbols, which are mended as a session mends them. */
class BookPair extends CodecPair<BinanceHarness> {
  readonly #symbols: readonly string[];

  constructor(symbols: readonly string[] = SYMBOLS) {
    super((hot) => new BinanceHarness(symbols, { hot }));
    this.#symbols = symbols;
    this.both((harness) => this.#subscribe(harness));
  }

  /** Answers the oldest question of both with a snapshot. */
  answer(text: string): void {
    if (this.hot.asked.length > 0) this.both((harness) => harness.answer(text), text);
  }

  /** Subscribes books that broke anew. */
  heal(): void {
    this.both((harness) => {
      harness.codec.unsubscribe(
        this.#books.filter(({ instrument }) => harness.books.state(instrument) === BOOK_STATE.stale),
      );
      this.#subscribe(harness);
    });
  }

  get #books(): Subscription[] {
    return this.#symbols.map((symbol, id) =>
      symbol === PARTIAL.symbol ? book(id, PARTIAL.depth) : book(id),
    );
  }

  #subscribe(harness: BinanceHarness): void {
    harness
      .subscribed(...this.#books)
      .subscribed(
        ...this.#symbols.map((_, id) => ({ channel: 'trade', instrument: id as InstrumentId }) as const),
      );
  }
}

test('valid messages in Binance’s spelling take the hot path and mean the same on both', () => {
  const generator = new MessageGenerator(new Random(1));
  const pair = new BookPair();
  let seen = 0;
  for (let n = 0; n < 4000; n++) {
    const message = generator.next();
    pair.read(message);
    const { path } = pair.hot.asked[0] ?? {};
    if (path !== undefined) pair.answer(generator.snapshot(/symbol=(\w+)/.exec(path)![1]!));
    if (pair.hot.cold > seen) assert.match(message, /"e":"(kline|aggTrade|trade)"/);
    seen = pair.hot.cold;
  }
  assert.ok(seen > 100 && seen < 800, `${seen} messages took the cold path`);
  pair.close();
});

test('recorded messages mean the same on both paths', (t) => {
  const folder = recordings();
  if (folder === undefined) return t.skip(NO_RECORDINGS);
  for (const name of ['spot-cf-20210417', 'spot-cf-20211012']) {
    const snapshots = recordedMessages(folder, `binance/${name}.rest.jsonl`);
    const messages = recordedMessages(folder, `binance/${name}.jsonl`);
    const symbols = [...new Set(messages.map((message) => /"s":"(\w+)"/.exec(message)![1]!))];
    const pair = new BookPair(symbols);
    for (const [n, message] of messages.entries()) {
      pair.read(message);
      // Late, so that updates wait; and for any symbol, so that snapshots are too old, too new and all wrong.
      if (n % 20 === 19) pair.answer(snapshots[(n * 7) % snapshots.length]!);
      if (n % 100 === 99) pair.heal();
    }
    pair.close();
  }
});

test('mutated messages mean the same on both paths', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = new Random(seed);
    const generator = new MessageGenerator(random);
    let pair = new BookPair();
    let last = generator.next();
    for (let n = 0; n < 400; n++) {
      const message = generator.next();
      if (random.percent(50)) pair.read(mutate(message, last, random, PIECES), `seed ${seed}, message ${n}:`);
      else pair.read(message, `seed ${seed}, message ${n}:`);
      if (random.percent(30)) pair.answer(generator.snapshot(random.pick(SYMBOLS)));
      last = message;
      if (random.percent(20)) pair.heal();
      // Trade ids far ahead hide gaps: begin again with whole ones.
      if (random.percent(5)) {
        pair.close();
        pair = new BookPair();
      }
    }
    pair.close();
  }
});

/** The event of a message, and how its book is sent. */
const kindOf = (message: string): string => /"e":"(\w+)"|"(lastUpdateId)"|"(u)"/.exec(message)![0];

test('every message cut short, and every byte of it changed, means the same on both paths', () => {
  const generator = new MessageGenerator(new Random(7));
  const messages = Array.from({ length: 24 }, () => generator.next()).filter(
    (message, n, all) => all.findIndex((other) => kindOf(other) === kindOf(message)) === n,
  );
  assert.equal(messages.length, 7);
  for (const message of messages) {
    const pair = new BookPair();
    const bytes = new TextEncoder().encode(message);
    for (let end = 0; end <= bytes.length; end++) pair.read(bytes.subarray(0, end));
    for (let at = 0; at < bytes.length; at++)
      for (const byte of [0x00, 0x20, 0x22, 0x2c, 0x2d, 0x30, 0x31, 0x5c, 0x7d, 0xff]) {
        const changed = bytes.slice();
        changed[at] = byte;
        pair.read(changed, `byte ${at}:`);
      }
    pair.close();
  }
});
