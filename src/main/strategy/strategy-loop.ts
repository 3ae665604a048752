import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import type { RingReader } from '../../shared/ring/ring-reader.ts';
import { BookView } from './book-view.ts';
import { CandleView, InstrumentView, QuoteView, TickerView, TradeView } from './market-views.ts';
import { GapView, StatusView } from './notice-views.ts';
import type { NameSource } from './record-view.ts';
import type { Strategy } from './strategy.ts';

/** A ring and what the loop counts for it. */
export interface LoopSource {
  readonly reader: RingReader;
  /** Counts records taken out, notices included. */
  taken(records: number): void;
}

/** Records taken from one ring before the next one gets its turn. */
const RECORDS_PER_TURN = 64;

/**
 * A time-bounded poll looks at the clock after this many records, so a callback that takes 0.1 ms makes it
 * late by 6 ms. Looking four times less often gains nothing that can be measured.
 */
const RECORDS_PER_LOOK = 64;

/**
 * Drains rings into callbacks, a bounded number of records at a time, every ring in its turn.
 *
 * Runs on: main. Allocates nothing per record.
 */
export class StrategyLoop {
  readonly #sources: LoopSource[] = [];
  #next = 0;
  readonly #trade: TradeView;
  readonly #book: BookView;
  readonly #ticker: TickerView;
  readonly #quote: QuoteView;
  readonly #candle: CandleView;
  readonly #instrument: InstrumentView;
  readonly #status: StatusView;
  readonly #gap: GapView;

  constructor(names: NameSource) {
    this.#trade = new TradeView(names);
    this.#book = new BookView(names);
    this.#ticker = new TickerView(names);
    this.#quote = new QuoteView(names);
    this.#candle = new CandleView(names);
    this.#instrument = new InstrumentView(names);
    this.#status = new StatusView(names);
    this.#gap = new GapView(names);
  }

  add(source: LoopSource): void {
    this.#sources.push(source);
  }

  /** How full the fullest ring is, 0 to 1. */
  fill(): number {
    let fill = 0;
    for (const { reader } of this.#sources)
      fill = Math.max(fill, reader.heldBytes() / reader.view.byteLength);
    return fill;
  }

  /** True when no ring holds a record. */
  isEmpty(): boolean {
    for (const source of this.#sources) if (!source.reader.isEmpty()) return false;
    return true;
  }

  /**
   * Hands over at most `limit` records, for at most about `ms` milliseconds.
   *
   * @returns how many were handed over; 0 when every ring is empty.
   */
  poll(strategy: Strategy, limit: number, ms: number): number {
    const sources = this.#sources;
    const deadline = ms === Number.POSITIVE_INFINITY ? ms : performance.now() + ms;
    let handed = 0;
    let looked = 0;
    let idle = 0;
    while (handed < limit && idle < sources.length) {
      if (this.#next >= sources.length) this.#next = 0;
      const source = sources[this.#next++]!;
      const taken = this.#turn(source, strategy, Math.min(RECORDS_PER_TURN, limit - handed));
      handed += taken;
      idle = taken === 0 ? idle + 1 : 0;
      if (handed - looked >= RECORDS_PER_LOOK) {
        looked = handed;
        if (performance.now() >= deadline) break;
      }
    }
    return handed;
  }

  #turn(source: LoopSource, strategy: Strategy, limit: number): number {
    const { reader } = source;
    const { view } = reader;
    let taken = 0;
    try {
      while (taken < limit) {
        const at = reader.next();
        if (at < 0) break;
        // Counted before the callback: a record whose callback throws has been handed over.
        taken++;
        this.#dispatch(strategy, view, at);
      }
    } finally {
      if (taken > 0) {
        reader.release();
        source.taken(taken);
      }
    }
    return taken;
  }

  #dispatch(strategy: Strategy, view: DataView, at: number): void {
    switch (HEADER.field.typeId.get(view, at)) {
      case TYPE.trade:
        if (strategy.onTrade !== undefined) strategy.onTrade(this.#trade.moveTo(view, at));
        break;
      case TYPE.book:
        if (strategy.onBook !== undefined) strategy.onBook(this.#book.moveTo(view, at));
        break;
      case TYPE.ticker:
        if (strategy.onTicker !== undefined) strategy.onTicker(this.#ticker.moveTo(view, at));
        break;
      case TYPE.quote:
        if (strategy.onQuote !== undefined) strategy.onQuote(this.#quote.moveTo(view, at));
        break;
      case TYPE.candle:
        if (strategy.onCandle !== undefined) strategy.onCandle(this.#candle.moveTo(view, at));
        break;
      case TYPE.instrument:
        if (strategy.onInstrument !== undefined) strategy.onInstrument(this.#instrument.moveTo(view, at));
        break;
      case TYPE.status:
        if (strategy.onStatus !== undefined) strategy.onStatus(this.#status.moveTo(view, at));
        break;
      case TYPE.gap:
        if (strategy.onGap !== undefined) strategy.onGap(this.#gap.moveTo(view, at));
        break;
    }
  }
}
