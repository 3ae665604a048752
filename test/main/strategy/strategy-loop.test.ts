import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Strategy } from '../../../src/main/index.ts';
import { StrategyLoop } from '../../../src/main/strategy/strategy-loop.ts';
import { NAMES, WrittenRing } from '../../support/written-records.ts';

const FOREVER = Number.POSITIVE_INFINITY;

class Source extends WrittenRing {
  /** What the loop counted, turn by turn. */
  readonly turns: number[] = [];

  taken(records: number): void {
    this.turns.push(records);
  }

  /** Trades numbered from `first` on. */
  trades(first: number, count: number): this {
    for (let n = 0; n < count; n++) this.trade({ sequence: first + n });
    return this;
  }

  get total(): number {
    return this.turns.reduce((sum, turn) => sum + turn, 0);
  }
}

function loopOver(...sources: readonly Source[]): StrategyLoop {
  const loop = new StrategyLoop(NAMES);
  for (const source of sources) loop.add(source);
  return loop;
}

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n);

test('every kind of record reaches its own callback, in order', () => {
  const source = new Source();
  const seen: string[] = [];
  const called = (name: string) => (view: { readonly constructor: { readonly name: string } }) =>
    void seen.push(`${name} ${view.constructor.name}`);
  const strategy: Strategy = {
    onTrade: called('trade'),
    onBook: called('book'),
    onTicker: called('ticker'),
    onQuote: called('quote'),
    onCandle: called('candle'),
    onInstrument: called('instrument'),
    onStatus: called('status'),
    onGap: called('gap'),
  };
  source.gap();
  source.status();
  source.instrument();
  source.candle();
  source.quote();
  source.ticker();
  source.book([], []);
  source.trade();
  // For generic WebSocket use, which has no callback yet: passed over, and counted.
  source.raw();
  assert.equal(loopOver(source).poll(strategy, 100, FOREVER), 9);
  assert.deepEqual(seen, [
    'gap GapView',
    'status StatusView',
    'instrument InstrumentView',
    'candle CandleView',
    'quote QuoteView',
    'ticker TickerView',
    'book BookView',
    'trade TradeView',
  ]);
  assert.equal(source.total, 9);
});

test('records without a callback are taken out all the same', () => {
  const source = new Source().trades(0, 5);
  source.status();
  const loop = loopOver(source);
  assert.equal(loop.isEmpty(), false);
  assert.equal(loop.poll({}, 100, FOREVER), 6);
  assert.equal(loop.isEmpty(), true);
  assert.equal(source.reader.heldBytes(), 0);
  assert.equal(loop.poll({}, 100, FOREVER), 0);
});

test('callbacks that are methods keep their this', () => {
  class Counter {
    trades = 0;
    onTrade(): void {
      this.trades++;
    }
  }
  const counter = new Counter();
  loopOver(new Source().trades(0, 3)).poll(counter, 100, FOREVER);
  assert.equal(counter.trades, 3);
});

for (const limit of [1, 2, 63, 64, 65, 200])
  test(`a limit of ${limit} is kept exactly, and the next poll goes on where this one ended`, () => {
    const sources = [new Source().trades(0, 150), new Source().trades(0, 150)];
    const loop = loopOver(...sources);
    const ids: number[] = [];
    let left = 300;
    while (left > 0) {
      assert.equal(
        loop.poll({ onTrade: (trade) => void ids.push(trade.id) }, limit, FOREVER),
        Math.min(limit, left),
      );
      left -= Math.min(limit, left);
    }
    assert.equal(loop.poll({}, limit, FOREVER), 0);
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      range(0, 150).flatMap((n) => [n, n]),
    );
  });

test('a ring that is never empty does not hold up the others', () => {
  const busy = new Source(2 ** 20).trades(1_000, 5_000);
  const quiet = new Source().trades(0, 1);
  const last = new Source().trades(1, 1);
  const ids: number[] = [];
  loopOver(busy, quiet, last).poll({ onTrade: (trade) => void ids.push(trade.id) }, 200, FOREVER);
  assert.ok(ids.includes(0) && ids.includes(1), 'one turn of the busy ring, then one of each other');
  assert.equal(ids.length, 200);
});

test('with every ring busy, all get the same', () => {
  const sources = range(0, 3).map(() => new Source(2 ** 20).trades(0, 2_000));
  const loop = loopOver(...sources);
  for (let n = 0; n < 60; n++) loop.poll({}, 10, FOREVER);
  assert.deepEqual(
    sources.map(({ total }) => total),
    [200, 200, 200],
  );
  loop.poll({}, 1_200 - 600, FOREVER);
  for (const { total } of sources) assert.ok(Math.abs(total - 400) <= 64);
});

test('a poll ends soon after its time is over, with the rest still in the ring', () => {
  const source = new Source(2 ** 20).trades(0, 5_000);
  const loop = loopOver(source);
  let late = false;
  const strategy = {
    onTrade(): void {
      if (late) return;
      late = true;
      for (const until = performance.now() + 2; performance.now() < until; );
    },
  };
  const handed = loop.poll(strategy, 5_000, 1);
  // The clock is looked at once a turn, not after every record.
  assert.ok(handed >= 1 && handed <= 64, `${handed} records`);
  assert.equal(loop.poll(strategy, 5_000, FOREVER), 5_000 - handed);
});

test('when a callback throws, its record counts as handed over and the ones after it stay', () => {
  const source = new Source().trades(0, 10);
  const loop = loopOver(source);
  const mistake = new Error('strategy is wrong');
  const ids: number[] = [];
  const strategy: Strategy = {
    onTrade(trade) {
      ids.push(trade.id);
      if (trade.id === 3) throw mistake;
    },
  };
  assert.throws(() => loop.poll(strategy, 100, FOREVER), mistake);
  assert.equal(source.total, 4);
  assert.equal(loop.poll(strategy, 100, FOREVER), 6);
  assert.deepEqual(ids, range(0, 10));
});

test('room is given back to the writer by the turn, while callbacks still run', () => {
  const source = new Source(2 ** 20).trades(0, 300);
  const held: number[] = [];
  loopOver(source).poll({ onTrade: () => void held.push(source.reader.heldBytes()) }, 300, FOREVER);
  assert.equal(held[0], 300 * 64);
  assert.ok(held.at(-1)! <= 64 * 64);
});

test('a loop without rings is empty', () => {
  const loop = loopOver();
  assert.equal(loop.isEmpty(), true);
  assert.equal(loop.poll({}, 10, FOREVER), 0);
});
