import type { BookView } from '../strategy/book-view.ts';
import {
  CANDLE_VALUES,
  type CandleView,
  INSTRUMENT_VALUES,
  type InstrumentView,
  QUOTE_VALUES,
  type QuoteView,
  TICKER_VALUES,
  type TickerView,
  type TradeView,
} from '../strategy/market-views.ts';
import type { GapView, StatusView } from '../strategy/notice-views.ts';
import type { RecordView } from '../strategy/record-view.ts';
import { visibleJson } from './screen/visible-text.ts';

/**
 * Records as JSON text, one object per line. Written by hand rather than with `JSON.stringify`, because
 * numbers are printed as the exact decimals the exchange sent, trailing zeros included.
 */

/** Milliseconds with their fraction, from whole µs; null where the exchange sent no time. */
const msText = (us: number): string => {
  if (us < 0) return 'null';
  const digits = String(Math.round(us)).padStart(4, '0');
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`;
};

const finite = (value: number): string => (Number.isFinite(value) ? String(value) : 'null');

const head = (type: string, view: RecordView): string =>
  `{"type":"${type}","exchange":"${view.exchange}","symbol":${visibleJson(view.symbol)},"venueSymbol":${visibleJson(view.venueSymbol)}` +
  `,"time":${msText(view.timeUs)},"received":${Math.round(view.received)},"feed":"${view.feed}","epoch":${view.epoch}`;

export function tradeJson(t: TradeView): string {
  const id = t.id < 0 ? 'null' : String(t.id);
  return `${head('trade', t)},"price":${t.priceText},"qty":${t.qtyText},"side":"${t.side}","id":${id},"orderType":"${t.orderType}","snapshot":${t.snapshot}}`;
}

export function bookJson(b: BookView): string {
  let bids = '';
  for (let i = 0; i < b.bidCount; i++)
    bids += `${i === 0 ? '' : ','}[${b.bidPriceText(i)},${b.bidQtyText(i)}]`;
  let asks = '';
  for (let i = 0; i < b.askCount; i++)
    asks += `${i === 0 ? '' : ','}[${b.askPriceText(i)},${b.askQtyText(i)}]`;
  return `${head('book', b)},"snapshot":${b.snapshot},"bids":[${bids}],"asks":[${asks}],"checksum":${b.checksum ?? 'null'},"depth":${b.depth}}`;
}

export function tickerJson(t: TickerView): string {
  let values = '';
  for (const name of TICKER_VALUES) {
    const text = t.text(name);
    if (text !== undefined) values += `,"${name}":${text}`;
  }
  return `${head('ticker', t)}${values}}`;
}

export function quoteJson(q: QuoteView): string {
  return `${head('quote', q)}${QUOTE_VALUES.map((name) => `,"${name}":${q.text(name)}`).join('')}}`;
}

export function candleJson(c: CandleView): string {
  const values = CANDLE_VALUES.map((name) => `,"${name}":${c.text(name)}`).join('');
  return `${head('candle', c)},"begin":${c.begin},"interval":${c.interval}${values},"trades":${c.trades},"snapshot":${c.snapshot}}`;
}

export function instrumentJson(i: InstrumentView): string {
  const values = INSTRUMENT_VALUES.map((name) => `,"${name}":${i.text(name) ?? 'null'}`).join('');
  return `${head('instrument', i)},"pricePrecision":${i.pricePrecision},"qtyPrecision":${i.qtyPrecision}${values},"costMin":${finite(i.costMin)},"state":"${i.state}"}`;
}

export function statusJson(s: StatusView): string {
  return `${head('status', s)},"status":"${s.status}","fault":"${s.fault}","detail":${visibleJson(s.detail)},"value":${finite(s.value)}}`;
}

export function gapJson(g: GapView): string {
  return (
    `${head('gap', g)},"fault":"${g.fault}","from":${Math.round(g.from)},"droppedTrades":${g.droppedTrades}` +
    `,"droppedCandles":${g.droppedCandles},"droppedOther":${g.droppedOther},"conflated":${g.conflated},"missed":${finite(g.missed)}}`
  );
}
