import assert from 'node:assert/strict';
import test from 'node:test';
import { Market } from '../../../src/workers/simulator/market.ts';

for (const levels of [1200, 5])
  test(`a market of ${levels} levels stays near its price, is never crossed and never runs dry`, () => {
    let now = 1_700_000_000_000_000;
    const market = new Market({ exchange: 'kraken', pairs: 12, seed: 9, levels, now: () => now++ });
    for (const symbol of market.symbols) {
      for (let n = 0; n < 4000; n++) {
        symbol.book.update(symbol.bookChanges(10), []);
        if (n % 10 === 0) {
          const { trades, changes } = symbol.takeLiquidity();
          assert.ok(trades.length > 0 && trades.every(({ lots }) => lots > 0));
          symbol.book.update(changes, []);
        }
        symbol.replenish();
        assert.ok(symbol.bestBid < symbol.bestAsk, symbol.pair.symbol);
      }
      const price = symbol.bestBid / 10 ** symbol.decimals;
      assert.ok(Math.abs(price / symbol.pair.price - 1) < 0.03, `${symbol.pair.symbol} at ${price}`);
      for (const { size } of [symbol.book.bids, symbol.book.asks])
        assert.ok(levels === 5 ? size >= 2 && size <= 10 : size > 1000, `${size} levels`);
    }
  });
