import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CANDLE } from '../../../src/shared/records/candle.ts';
import { QUOTE } from '../../../src/shared/records/quote.ts';
import { FLAG } from '../../../src/shared/records/record-header.ts';
import { TICKER } from '../../../src/shared/records/ticker.ts';
import { SIDE, TRADE } from '../../../src/shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../src/shared/units.ts';
import { CandleDraft, QuoteDraft, TickerDraft, TradeDraft } from '../../../src/workers/exchanges/drafts.ts';
import type { RecordDraft } from '../../../src/workers/exchanges/record-draft.ts';
import { ListSink } from '../../support/list-sink.ts';

/** The fields of what a draft writes, the header's own words left out. */
function written(draft: RecordDraft): Record<string, number> {
  const sink = new ListSink();
  draft.write(sink);
  const { bytes, typeId, feed, epoch, receivedAtNs, ...own } = sink.records[0]!.values as Record<
    string,
    number
  >;
  return own;
}

/** Numbers and decimals that no two places share. */
function fill(draft: { readonly numbers: Float64Array; readonly decimals: Uint8Array }): void {
  for (let n = 0; n < draft.numbers.length; n++) {
    draft.numbers[n] = n + 0.5;
    draft.decimals[n] = n + 1;
  }
}

/** What `fill` gives these fields, in this order. */
const filled = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    names.flatMap((name, n) => [
      [name, n + 0.5],
      [`${name}Decimals`, n + 1],
    ]),
  );

/** What every draft of these tests has in front. */
const HEAD = { instrument: 7, exchangeAtUs: 11, sequence: 13, flags: 0 };

function begun<D extends RecordDraft>(draft: D): D {
  draft.instrument = 7 as InstrumentId;
  draft.atUs = 11 as ExchangeUs;
  draft.sequence = 13;
  return draft;
}

test('a trade is written field by field', () => {
  const draft = begun(new TradeDraft());
  draft.snapshot = true;
  draft.side = SIDE.sell;
  draft.orderType = 2;
  draft.price = 0.25;
  draft.qty = 1.5;
  draft.priceDecimals = 3;
  draft.qtyDecimals = 4;
  const expected = { side: SIDE.sell, orderType: 2, price: 0.25, qty: 1.5, priceDecimals: 3, qtyDecimals: 4 };
  assert.deepEqual(written(draft), { ...HEAD, flags: FLAG.snapshot, ...expected, reserved: 0 });
  draft.snapshot = false;
  assert.equal(written(draft)['flags'], 0);
  assert.equal(draft.tradeId, 13);
  assert.equal(draft.instrument, 7);
});

test('the numbers of a ticker, a quote and a candle are in the order of their places', () => {
  const ticker = begun(new TickerDraft());
  fill(ticker);
  const tickerNames = ['bid', 'bidQty', 'ask', 'askQty', 'last', 'volume', 'vwap', 'low', 'high'];
  assert.deepEqual(written(ticker), {
    ...HEAD,
    ...filled([...tickerNames, 'change', 'changePct', 'turnover']),
    reserved: 0,
  });
  const quote = begun(new QuoteDraft());
  fill(quote);
  assert.deepEqual(written(quote), { ...HEAD, ...filled(['bid', 'bidQty', 'ask', 'askQty']), reserved: 0 });
  const candle = begun(new CandleDraft());
  fill(candle);
  candle.beginUs = 17 as ExchangeUs;
  candle.trades = 19;
  candle.intervalMinutes = 23;
  assert.deepEqual(written(candle), {
    ...HEAD,
    ...filled(['open', 'high', 'low', 'close', 'vwap', 'volume']),
    ...{ beginUs: 17, trades: 19, intervalMinutes: 23 },
    ...{ reserved: 0, reserved2: 0, reserved3: 0 },
  });
});

test('what a draft was never told is unknown, and no number', () => {
  for (const [draft, layout] of [
    [new TradeDraft(), TRADE],
    [new TickerDraft(), TICKER],
    [new QuoteDraft(), QUOTE],
    [new CandleDraft(), CANDLE],
  ] as const) {
    const values = written(draft);
    assert.equal(values['exchangeAtUs'], NONE, layout.name);
    assert.equal(values['sequence'], NONE, layout.name);
  }
  assert.ok(Number.isNaN(written(new TickerDraft())['vwap']));
  assert.equal(written(new TradeDraft())['side'], SIDE.unknown);
});
