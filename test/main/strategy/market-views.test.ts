import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedEvent, Strategy } from '../../../src/main/index.ts';
import { CANDLE_VALUES, QUOTE_VALUES, TICKER_VALUES } from '../../../src/main/strategy/market-views.ts';
import { StrategyLoop } from '../../../src/main/strategy/strategy-loop.ts';
import { INEXACT } from '../../../src/shared/decimal/decimals.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { ORDER_TYPE, SIDE } from '../../../src/shared/records/trade.ts';
import { NO_INSTRUMENT } from '../../../src/shared/units.ts';
import { BASE, NAMES, WrittenRing } from '../../support/written-records.ts';

/** Writes, and reads each record through its view. */
function views(write: (ring: WrittenRing) => void, strategy: Strategy): void {
  const ring = new WrittenRing();
  write(ring);
  const loop = new StrategyLoop(NAMES);
  loop.add({ reader: ring.reader, taken: () => undefined });
  assert.ok(loop.poll(strategy, 1_000, Number.POSITIVE_INFINITY) > 0);
}

function copies(write: (ring: WrittenRing) => void): FeedEvent[] {
  const events: FeedEvent[] = [];
  const keep = (view: { copy(): FeedEvent }): void => void events.push(view.copy());
  views(write, { onTrade: keep, onTicker: keep, onQuote: keep, onCandle: keep, onInstrument: keep });
  return events;
}

test('a trade is copied with all that was sent', () => {
  assert.deepEqual(
    copies((ring) => ring.trade({ flags: FLAG.snapshot })),
    [
      {
        type: 'trade',
        ...BASE,
        price: 64746,
        qty: 0.00037,
        side: 'sell',
        orderType: 'limit',
        id: 4665906,
        snapshot: true,
      },
    ],
  );
});

test('what a trade does not have is undefined in the copy and a sentinel in the view', () => {
  const bare = { sequence: -1, exchangeAtUs: -1, side: SIDE.unknown, orderType: ORDER_TYPE.unknown };
  const [trade] = copies((ring) => ring.trade(bare));
  assert.deepEqual(trade, {
    type: 'trade',
    ...BASE,
    time: undefined,
    price: 64746,
    qty: 0.00037,
    side: 'unknown',
    orderType: 'unknown',
    id: undefined,
    snapshot: false,
  });
  views((ring) => ring.trade(bare), {
    onTrade: (view) => assert.deepEqual([view.id, view.time, view.timeUs], [-1, Number.NaN, -1]),
  });
});

for (const [side, orderType, expected] of [
  [SIDE.buy, ORDER_TYPE.market, ['buy', 'market']],
  [SIDE.sell, ORDER_TYPE.limit, ['sell', 'limit']],
  // Nothing writes such codes; a view shows them as what they are.
  [200, 201, ['unknown', 'unknown']],
] as const)
  test(`side ${side} and order type ${orderType} read as ${expected.join(' and ')}`, () => {
    views((ring) => ring.trade({ side, orderType }), {
      onTrade: (view) => assert.deepEqual([view.side, view.orderType], expected),
    });
  });

test('a price is printed as it was written', () => {
  const texts: string[] = [];
  views(
    (ring) => {
      ring.trade();
      ring.trade({ price: 1e-8, priceDecimals: 10, qty: 12345678.9, qtyDecimals: 1 | INEXACT });
    },
    { onTrade: (view) => void texts.push(view.priceText, view.qtyText) },
  );
  assert.deepEqual(texts, ['64746.0', '0.00037000', '0.0000000100', '12345678.9']);
});

test('a ticker has every value under its own name, as number and as text', () => {
  const [ticker] = copies((ring) => ring.ticker());
  const { type, exchange, ...rest } = ticker!;
  assert.deepEqual([type, exchange], ['ticker', 'kraken-v1']);
  const numbers = [1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, -10.5, undefined, 12.5];
  assert.deepEqual(
    TICKER_VALUES.map((name) => (rest as unknown as Record<string, number>)[name]),
    numbers,
  );
  views((ring) => ring.ticker(), {
    onTicker(view) {
      assert.deepEqual(
        TICKER_VALUES.map((name) => view[name]),
        numbers.map((number) => number ?? Number.NaN),
      );
      const texts = numbers.map((number, n) => number?.toFixed(n + 1));
      assert.deepEqual(
        TICKER_VALUES.map((name) => view.text(name)),
        texts,
      );
    },
  });
});

test('a quote has every value under its own name, as number and as text', () => {
  assert.deepEqual(
    copies((ring) => ring.quote()),
    [{ type: 'quote', ...BASE, bid: 1.5, bidQty: 2.5, ask: 3.5, askQty: 4.5 }],
  );
  views((ring) => ring.quote(), {
    onQuote: (view) =>
      assert.deepEqual(
        QUOTE_VALUES.map((name) => view.text(name)),
        ['1.5', '2.50', '3.500', '4.5000'],
      ),
  });
});

test('a candle has every value under its own name, as number and as text', () => {
  assert.deepEqual(
    copies((ring) => ring.candle()),
    [
      {
        type: 'candle',
        ...BASE,
        begin: 1_785_649_380_000,
        interval: 15,
        open: 1.5,
        high: 2.5,
        low: 3.5,
        close: 4.5,
        vwap: 5.5,
        volume: 6.5,
        trades: 77,
        snapshot: true,
      },
    ],
  );
  views((ring) => ring.candle(), {
    onCandle: (view) =>
      assert.deepEqual(
        CANDLE_VALUES.map((name) => view.text(name)),
        ['1.5', '2.50', '3.500', '4.5000', '5.50000', '6.500000'],
      ),
  });
});

test('an instrument has the rules of its pair, and the wire name also where the feed does not follow it', () => {
  const rules = {
    pricePrecision: 2,
    qtyPrecision: 4,
    priceIncrement: 0.01,
    qtyIncrement: 0.0001,
    qtyMin: 0.5,
    costMin: undefined,
    state: 'post_only',
  };
  assert.deepEqual(
    copies((ring) => {
      ring.instrument();
      ring.instrument({ instrument: NO_INSTRUMENT, state: 99 }, '');
    }),
    [
      { type: 'instrument', ...BASE, venueSymbol: 'ETH/EUR', ...rules },
      { type: 'instrument', ...BASE, symbol: '', venueSymbol: '', ...rules, state: 'unknown' },
    ],
  );
  views((ring) => ring.instrument({ qtyMin: Number.NaN }), {
    onInstrument: (view) =>
      assert.deepEqual(
        [view.text('priceIncrement'), view.text('qtyIncrement'), view.text('qtyMin'), view.costMin],
        ['0.01', '0.0001', undefined, Number.NaN],
      ),
  });
});

test('a view moves on to the next record, a copy stays', () => {
  const kept: { readonly id: number }[] = [];
  const copied: FeedEvent[] = [];
  views(
    (ring) => {
      ring.trade({ sequence: 1 });
      ring.trade({ sequence: 2 });
    },
    {
      onTrade(view) {
        kept.push(view);
        copied.push(view.copy());
      },
    },
  );
  assert.equal(kept[0], kept[1]);
  assert.deepEqual(
    copied.map((event) => (event as { id?: number }).id),
    [1, 2],
  );
});
