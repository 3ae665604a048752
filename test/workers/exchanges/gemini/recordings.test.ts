import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYMBOL } from '../../../../src/shared/counters/symbol-counters.ts';
import { NO_RECORDINGS, recordedMessages, recordings } from '../../../support/recordings.ts';
import { book, CodecHarness, RECORDED, SYMBOLS, trade } from './codec-harness.ts';

const folder = recordings();
const options = folder === undefined ? { skip: NO_RECORDINGS } : {};
const PATHS = [{ hot: true }, { hot: false }];
const messages = (): string[] => recordedMessages(folder ?? '', 'gemini/v2-l2-10pairs-20210624.jsonl');

/** A book as simple as can be: texts by price, sorted when asked. */
class NaiveBook {
  readonly #sides = { buy: new Map<string, string>(), sell: new Map<string, string>() };

  apply(changes: readonly (readonly ['buy' | 'sell', string, string])[]): void {
    for (const [side, price, qty] of changes)
      if (Number(qty) === 0) this.#sides[side].delete(price);
      else this.#sides[side].set(price, qty);
  }

  side(side: 'buy' | 'sell'): [number, number][] {
    const sign = side === 'buy' ? -1 : 1;
    return [...this.#sides[side]]
      .map(([price, qty]): [number, number] => [Number(price), Number(qty)])
      .sort(([a], [b]) => (a - b) * sign);
  }
}

test(
  'a recorded session: every book is live, none ever crosses, nothing is malformed or left out',
  options,
  () => {
    for (const { hot } of PATHS) {
      const harness = new CodecHarness({ hot })
        .subscribed(...RECORDED.map(book), ...RECORDED.map((id) => trade(id)))
        .read(...messages());
      const { log } = harness.sink;
      assert.deepEqual(
        log.filter((line) => /stale|MALFORMED|UNKNOWN|discard|fault/.test(line)),
        [],
      );
      for (const id of RECORDED) {
        assert.equal(harness.books.state(id), 1);
        assert.equal(harness.symbols.get(id, SYMBOL.checksumsFailed), 0);
      }
      assert.equal(harness.sink.named('book').length, 655);
      assert.equal(harness.sink.named('trade').length, 10 * 50 + 16);
      assert.equal(log.filter((line) => line.startsWith('subscribed')).length, 20);
    }
  },
);

test('the books at the end of a recorded session are those of a client as simple as can be', options, () => {
  const naive = new Map<string, NaiveBook>();
  for (const text of messages()) {
    const message = JSON.parse(text) as { type: string; symbol: string; changes: [] };
    if (message.type !== 'l2_updates') continue;
    const kept = naive.get(message.symbol) ?? new NaiveBook();
    naive.set(message.symbol, kept);
    kept.apply(message.changes);
  }
  for (const { hot } of PATHS) {
    const harness = new CodecHarness({ hot }).subscribed(...RECORDED.map(book)).read(...messages());
    harness.sink.clear();
    for (const id of RECORDED) {
      assert.ok(harness.books.writeSnapshot(id));
      const { bids, asks } = harness.sink.named('book').at(-1)!;
      const kept = naive.get(SYMBOLS[id]!)!;
      assert.deepEqual(
        bids!.map(([price, qty]) => [price, qty]),
        kept.side('buy'),
      );
      assert.deepEqual(
        asks!.map(([price, qty]) => [price, qty]),
        kept.side('sell'),
      );
    }
  }
});
