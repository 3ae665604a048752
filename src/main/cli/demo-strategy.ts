import { OrderBook } from '../../shared/book/order-book.ts';
import type { Feeds } from '../feeds/feeds.ts';
import type { BookView } from '../strategy/book-view.ts';
import type { TickerView, TradeView } from '../strategy/market-views.ts';
import type { GapView, StatusView } from '../strategy/notice-views.ts';
import type { Strategy } from '../strategy/strategy.ts';
import type { IndicatorTask } from './rolling-indicator.ts';

/** Prices of each pair that the indicator looks at. */
const WINDOW = 64;

const INDICATOR_EVERY_MS = 250;

/** The bad habit shown in the demo: of every so many milliseconds, so many are spent in one piece. */
export const BLOCK = { everyMs: 100, forMs: 50 } as const;

export interface PairState {
  readonly exchange: string;
  readonly symbol: string;
  readonly book: OrderBook;
  /** NaN before the first. */
  last: number;
  records: number;
  /** Deviation of the last price, standard deviations; NaN before it is known. */
  deviation: number;
  readonly row: number;
}

/**
 * What a bot does, small: mirrors every book, remembers prices, hands the heavy part to the compute pool,
 * and for a while blocks the main thread on purpose, to show that the feeds do not notice.
 */
export class DemoStrategy implements Strategy {
  readonly pairs: PairState[] = [];
  gaps = 0;
  lastNotice = '';
  indicators = 0;
  /** Time the main thread was blocked on purpose, ms. */
  blockedMs = 0;
  #byInstrument: (PairState | undefined)[] = [];
  /** The newest prices of each pair, in circles, and how many trades each had. */
  readonly #prices: Float64Array<SharedArrayBuffer>;
  readonly #trades: Int32Array<SharedArrayBuffer>;
  readonly #feeds: Feeds;
  #blocker: NodeJS.Timeout | undefined;
  readonly #indicatorTimer: NodeJS.Timeout;
  #computing = false;

  constructor(feeds: Feeds, pairsMax: number) {
    this.#feeds = feeds;
    this.#prices = new Float64Array(
      new SharedArrayBuffer(pairsMax * WINDOW * Float64Array.BYTES_PER_ELEMENT),
    );
    this.#trades = new Int32Array(new SharedArrayBuffer(pairsMax * Int32Array.BYTES_PER_ELEMENT));
    this.#indicatorTimer = setInterval(() => void this.#compute(), INDICATOR_EVERY_MS);
  }

  onTrade(trade: TradeView): void {
    const pair = this.#pair(trade);
    pair.records++;
    // Shown a few times a second at most, so no text is made of each.
    pair.last = trade.price;
    const nth = Atomics.add(this.#trades, pair.row, 1);
    this.#prices[pair.row * WINDOW + (nth % WINDOW)] = trade.price;
  }

  onBook(book: BookView): void {
    const pair = this.#pair(book);
    pair.records++;
    book.applyTo(pair.book);
  }

  onTicker(ticker: TickerView): void {
    const pair = this.#pair(ticker);
    pair.records++;
    if (!Number.isNaN(ticker.last)) pair.last = ticker.last;
  }

  onStatus(status: StatusView): void {
    const { status: what } = status;
    if (what === 'stale') this.#pair(status).book.invalidate();
    else if (what === 'disconnected') {
      for (const pair of this.pairs) if (pair.exchange === status.exchange) pair.book.invalidate();
    } else if (what !== 'restarted' && what !== 'reconnecting') return;
    this.lastNotice = `${status.feed} ${status.symbol} ${what} ${status.fault}`;
  }

  onGap(gap: GapView): void {
    this.gaps++;
    this.lastNotice = `${gap.feed} gap ${gap.fault}`;
  }

  get blocking(): boolean {
    return this.#blocker !== undefined;
  }

  set blocking(on: boolean) {
    clearInterval(this.#blocker);
    this.#blocker = on
      ? setInterval(() => {
          this.blockedMs += block();
        }, BLOCK.everyMs)
      : undefined;
  }

  stop(): void {
    this.blocking = false;
    clearInterval(this.#indicatorTimer);
  }

  #pair(view: {
    readonly instrument: number;
    readonly exchange: string;
    readonly symbol: string;
  }): PairState {
    const known = this.#byInstrument[view.instrument];
    if (known !== undefined) return known;
    const pair: PairState = {
      exchange: view.exchange,
      symbol: view.symbol,
      book: new OrderBook(),
      last: Number.NaN,
      records: 0,
      deviation: Number.NaN,
      row: this.pairs.length,
    };
    this.pairs.push(pair);
    this.#byInstrument[view.instrument] = pair;
    return pair;
  }

  async #compute(): Promise<void> {
    // One at a time: an indicator that is late is better skipped than queued.
    if (this.#computing) return;
    this.#computing = true;
    try {
      const task: IndicatorTask = {
        prices: this.#prices.buffer,
        trades: this.#trades.buffer,
        pairs: this.pairs.length,
        window: WINDOW,
      };
      const deviations = await this.#feeds.compute.run<Float64Array>(
        new URL('./rolling-indicator.js', import.meta.url),
        task,
      );
      for (const pair of this.pairs) pair.deviation = deviations[pair.row] ?? Number.NaN;
      this.indicators++;
    } catch (error) {
      this.lastNotice = error instanceof Error ? error.message : String(error);
    } finally {
      this.#computing = false;
    }
  }
}

/** @returns how long it took, ms. */
function block(): number {
  const from = performance.now();
  while (performance.now() < from + BLOCK.forMs);
  return performance.now() - from;
}
