import type { BookView } from './book-view.ts';
import type { CandleView, InstrumentView, QuoteView, TickerView, TradeView } from './market-views.ts';
import type { GapView, StatusView } from './notice-views.ts';

/**
 * What a strategy may listen to. A view is valid during its callback only; keep `view.copy()` or numbers.
 * A callback that throws ends `run` or `poll` with that error; the records after it stay in the ring.
 */
export interface Strategy {
  onTrade?(trade: TradeView): void;
  onBook?(book: BookView): void;
  onTicker?(ticker: TickerView): void;
  onQuote?(quote: QuoteView): void;
  onCandle?(candle: CandleView): void;
  onInstrument?(instrument: InstrumentView): void;
  onStatus?(status: StatusView): void;
  onGap?(gap: GapView): void;
}
