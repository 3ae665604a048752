import type { RecordView } from '../strategy/record-view.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { colors } from './colors.ts';
import {
  bookJson,
  candleJson,
  gapJson,
  instrumentJson,
  quoteJson,
  statusJson,
  tickerJson,
  tradeJson,
} from './record-text.ts';
import { visibleText } from './screen/visible-text.ts';

export const FORMATS = ['pretty', 'json', 'csv', 'none'] as const;
export type Format = (typeof FORMATS)[number];

/** Takes whole lines, without their line ends. */
export type LineSink = (line: string) => void;

/** A strategy that writes every record as a line of this format. */
export function formatter(format: Format, write: LineSink): Strategy {
  switch (format) {
    case 'json':
      return {
        onTrade: (t) => write(tradeJson(t)),
        onBook: (b) => write(bookJson(b)),
        onTicker: (t) => write(tickerJson(t)),
        onQuote: (q) => write(quoteJson(q)),
        onCandle: (c) => write(candleJson(c)),
        onInstrument: (i) => write(instrumentJson(i)),
        onStatus: (s) => write(statusJson(s)),
        onGap: (g) => write(gapJson(g)),
      };
    case 'csv':
      return csv(write);
    case 'pretty':
      return pretty(write);
    case 'none':
      return {};
  }
}

const CSV_COLUMNS = [
  'type',
  'exchange',
  'symbol',
  'time',
  'received',
  'snapshot',
  'side',
  'price',
  'qty',
  'id',
  'bid',
  'bidQty',
  'ask',
  'askQty',
  'last',
  'volume',
  'vwap',
  'low',
  'high',
  'open',
  'close',
  'begin',
  'interval',
  'status',
  'fault',
  'detail',
] as const;
type CsvRow = Partial<Record<(typeof CSV_COLUMNS)[number], string | number | boolean | undefined>>;

const csvField = (value: string | number | boolean | undefined): string => {
  const text = value === undefined ? '' : visibleText(String(value));
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One table for all records: a book message is a row for each level, its side `bid` or `ask`. */
function csv(write: LineSink): Strategy {
  write(CSV_COLUMNS.join(','));
  const row = (type: string, view: RecordView, values: CsvRow): void => {
    const all: CsvRow = {
      type,
      exchange: view.exchange,
      symbol: view.symbol === '' ? view.venueSymbol : view.symbol,
      time: view.timeUs < 0 ? undefined : view.time.toFixed(3),
      received: Math.round(view.received),
      ...values,
    };
    write(CSV_COLUMNS.map((column) => csvField(all[column])).join(','));
  };
  return {
    onTrade: (t) =>
      row('trade', t, {
        snapshot: t.snapshot,
        side: t.side,
        price: t.priceText,
        qty: t.qtyText,
        id: t.id < 0 ? undefined : t.id,
      }),
    onBook: (b) => {
      const { snapshot } = b;
      for (let i = 0; i < b.bidCount; i++)
        row('book', b, { snapshot, side: 'bid', price: b.bidPriceText(i), qty: b.bidQtyText(i) });
      for (let i = 0; i < b.askCount; i++)
        row('book', b, { snapshot, side: 'ask', price: b.askPriceText(i), qty: b.askQtyText(i) });
    },
    onTicker: (t) =>
      row('ticker', t, {
        bid: t.text('bid'),
        bidQty: t.text('bidQty'),
        ask: t.text('ask'),
        askQty: t.text('askQty'),
        last: t.text('last'),
        volume: t.text('volume'),
        vwap: t.text('vwap'),
        low: t.text('low'),
        high: t.text('high'),
      }),
    onQuote: (q) =>
      row('quote', q, {
        bid: q.text('bid'),
        bidQty: q.text('bidQty'),
        ask: q.text('ask'),
        askQty: q.text('askQty'),
      }),
    onCandle: (c) =>
      row('candle', c, {
        snapshot: c.snapshot,
        open: c.text('open'),
        high: c.text('high'),
        low: c.text('low'),
        close: c.text('close'),
        vwap: c.text('vwap'),
        volume: c.text('volume'),
        begin: c.begin,
        interval: c.interval,
      }),
    onInstrument: (i) => row('instrument', i, { status: i.state }),
    onStatus: (s) => row('status', s, { status: s.status, fault: s.fault, detail: s.detail }),
    onGap: (g) =>
      row('gap', g, {
        fault: g.fault,
        detail: `dropped ${g.droppedTrades + g.droppedCandles + g.droppedOther}, conflated ${g.conflated}`,
      }),
  };
}

/** For people: one line a record, what matters first. */
function pretty(write: LineSink): Strategy {
  const line = (view: RecordView, kind: string, text: string): void => {
    const time = view.timeUs < 0 ? ' '.repeat(12) : new Date(view.time).toISOString().slice(11, 23);
    // What concerns a whole connection, each change of its state for one, is headed by its name.
    const symbol = (view.symbol || visibleText(view.venueSymbol) || view.feed).padEnd(12);
    write(`${colors.dim(time)} ${colors.bold(symbol)} ${kind.padEnd(10)} ${text}`);
  };
  const sided = (side: string, text: string): string =>
    side === 'buy' ? colors.green(text) : side === 'sell' ? colors.red(text) : text;
  return {
    onTrade: (t) => line(t, 'trade', sided(t.side, `${t.side.padEnd(4)} ${t.qtyText} @ ${t.priceText}`)),
    onBook: (b) => {
      const level = (price: string, qty: string): string => `${qty}@${price}`;
      const some = (count: number, text: (i: number) => string): string =>
        Array.from({ length: Math.min(count, 3) }, (_, i) => text(i)).join(' ') +
        (count > 3 ? ` … ${count}` : '');
      const bids = some(b.bidCount, (i) => level(b.bidPriceText(i), b.bidQtyText(i)));
      const asks = some(b.askCount, (i) => level(b.askPriceText(i), b.askQtyText(i)));
      line(b, b.snapshot ? 'snapshot' : 'book', `${colors.green(bids || '-')} | ${colors.red(asks || '-')}`);
    },
    onTicker: (t) =>
      line(
        t,
        'ticker',
        `last ${t.text('last') ?? '-'}  bid ${t.text('bid') ?? '-'}  ask ${t.text('ask') ?? '-'}  vol ${t.text('volume') ?? '-'}`,
      ),
    onQuote: (q) => line(q, 'quote', `${colors.green(q.text('bid'))} | ${colors.red(q.text('ask'))}`),
    onCandle: (c) =>
      line(
        c,
        `candle ${c.interval}m`,
        `o ${c.text('open')} h ${c.text('high')} l ${c.text('low')} c ${c.text('close')} v ${c.text('volume')}`,
      ),
    onInstrument: (i) =>
      line(i, 'instrument', `${i.state}, price ${i.pricePrecision} and quantity ${i.qtyPrecision} decimals`),
    onStatus: (s) => {
      const why = s.fault === 'NONE' ? '' : ` ${s.fault}`;
      const detail = s.detail === '' ? '' : `: ${visibleText(s.detail)}`;
      line(s, 'status', (s.fault === 'NONE' ? colors.cyan : colors.yellow)(`${s.status}${why}${detail}`));
    },
    onGap: (g) =>
      line(
        g,
        'gap',
        colors.yellow(
          `${g.fault}: dropped ${g.droppedTrades + g.droppedCandles + g.droppedOther}, conflated ${g.conflated}`,
        ),
      ),
  };
}
