import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMarket } from '../../bench/support/encoded-market.ts';
import type { FloodExchange } from '../../bench/support/flood-plan.ts';

/** Numbers that an exchange counts one by one for each symbol, and how a message names the symbol. */
const COUNTED: readonly {
  readonly exchange: FloodExchange;
  readonly what: string;
  readonly symbol: RegExp;
  readonly number: RegExp;
}[] = [
  { exchange: 'kraken', what: 'trades', symbol: /"symbol":"([^"]+)"/, number: /"trade_id":(\d+)/ },
  { exchange: 'binance', what: 'trades', symbol: /"s":"(\w+)"/, number: /"t":(\d+)/ },
  { exchange: 'binance', what: 'updates by their first id', symbol: /"s":"(\w+)"/, number: /"U":(\d+)/ },
  { exchange: 'binance', what: 'updates by their last id', symbol: /"s":"(\w+)"/, number: /,"u":(\d+)/ },
  { exchange: 'poloniex', what: 'trades', symbol: /"symbol":"(\w+)"/, number: /"id":"(\d+)"/ },
  { exchange: 'poloniex', what: 'updates', symbol: /"symbol":"(\w+)"/, number: /"id":(\d+)/ },
  {
    exchange: 'poloniex',
    what: 'the updates they follow',
    symbol: /"symbol":"(\w+)"/,
    number: /"lastId":(\d+)/,
  },
  { exchange: 'poloniex-legacy', what: 'frames', symbol: /^\[(\d+)/, number: /^\[\d+,(\d+)/ },
  { exchange: 'poloniex-legacy', what: 'trades', symbol: /^\[(\d+)/, number: /"t","(\d+)"/ },
  { exchange: 'gemini', what: 'trades', symbol: /"symbol":"(\w+)"/, number: /"event_id":(\d+)/ },
  {
    exchange: 'coinbase',
    what: 'trades',
    symbol: /"product_id":"([^"]+)"/,
    number: /"match","trade_id":(\d+)/,
  },
];

for (const { exchange, what, symbol, number } of COUNTED)
  test(`${exchange}: ${what} are counted one by one from pass to pass`, () => {
    const { frames, ends, counters } = encodeMarket(exchange);
    const newest = new Map<string, number>();
    const jumps: string[] = [];
    let count = 0;
    for (let pass = 0; pass < 3; pass++) {
      counters.write(frames, 0, frames.length, pass);
      ends.forEach((end, n) => {
        const start = n === 0 ? 0 : ends[n - 1]!;
        const text = frames.toString('latin1', start + (frames[start + 1]! < 126 ? 2 : 4), end);
        const [, digits] = number.exec(text) ?? [];
        if (digits === undefined) return;
        const name = symbol.exec(text)![1]!;
        const before = newest.get(name);
        if (before !== undefined && Number(digits) !== before + 1) jumps.push(`${digits} after ${before}`);
        newest.set(name, Number(digits));
        count++;
      });
    }
    assert.deepEqual(jumps, []);
    assert.equal(newest.size, 5, 'every symbol counts');
    assert.ok(count > 3_000, `${count} numbers were seen`);
  });

test('the first update of a book follows its snapshot', () => {
  const { frames, ends, counters, snapshots, market } = encodeMarket('binance');
  counters.write(frames, 0, frames.length, 0);
  const [symbol] = market.symbols;
  const { lastUpdateId } = JSON.parse(snapshots.get(symbol!)!) as { lastUpdateId: number };
  const texts = frames.toString('latin1', 0, ends[1_000]!);
  const [, first] = new RegExp(`"s":"${symbol!.venueSymbol}","U":(\\d+)`).exec(texts) ?? [];
  assert.equal(Number(first), lastUpdateId + 1);
});
