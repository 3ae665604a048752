import { BOOK, LEVEL_BYTES } from '../records/book.ts';
import { FLAG } from '../records/record-header.ts';
import { BookSide } from './book-side.ts';
import { Level } from './level.ts';

/** Receives one level; index 0 is the best. */
export type LevelVisitor = (price: number, qty: number, index: number) => void;

/**
 * The book of one instrument, rebuilt from book records. Updating it allocates nothing.
 *
 * `bids` and `asks` may be read at any time; change them through `applyRecord` and `invalidate` only.
 */
export class OrderBook {
  readonly bids = new BookSide('bids');
  readonly asks = new BookSide('asks');
  readonly #level = new Level();
  #depth = 0;
  #isLive = false;

  /** Levels per side that are subscribed; 0 before the first snapshot, and where the venue sends all. */
  get depth(): number {
    return this.#depth;
  }

  /** True from a snapshot until the book is found out to be wrong or the connection is lost. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Highest price somebody pays; NaN where nobody does. */
  get bestBid(): number {
    return this.bids.price(0);
  }

  get bestBidQty(): number {
    return this.bids.qty(0);
  }

  /** Lowest price somebody sells for; NaN where nobody does. */
  get bestAsk(): number {
    return this.asks.price(0);
  }

  get bestAskQty(): number {
    return this.asks.qty(0);
  }

  /** Best ask less best bid; NaN where a side is empty. */
  get spread(): number {
    return this.asks.price(0) - this.bids.price(0);
  }

  /** Middle of best bid and best ask; NaN where a side is empty. */
  get mid(): number {
    return (this.asks.price(0) + this.bids.price(0)) / 2;
  }

  /**
   * Applies the book record at `at`: a snapshot replaces the book, an update changes it.
   *
   * @returns false where an update came before a snapshot, and nothing was done.
   */
  applyRecord(view: DataView, at: number): boolean {
    const { field } = BOOK;
    if ((field.flags.get(view, at) & FLAG.snapshot) !== 0) {
      this.bids.clear();
      this.asks.clear();
      this.#isLive = true;
    } else if (!this.#isLive) return false;
    const bidCount = field.bidCount.get(view, at);
    const askCount = field.askCount.get(view, at);
    const levels = at + BOOK.size;
    const decimals = levels + (bidCount + askCount) * LEVEL_BYTES;
    this.#applySide(this.bids, view, levels, decimals, bidCount);
    this.#applySide(this.asks, view, levels + bidCount * LEVEL_BYTES, decimals + bidCount * 2, askCount);
    const depth = field.depth.get(view, at);
    this.#depth = depth;
    if (depth > 0) {
      this.bids.truncate(depth);
      this.asks.truncate(depth);
    }
    return true;
  }

  /** Empties the book until the next snapshot: after a `stale` or `disconnected` status. */
  invalidate(): void {
    this.bids.clear();
    this.asks.clear();
    this.#isLive = false;
  }

  /** Visits the bids, best first. */
  forEachBid(visit: LevelVisitor): void {
    forEachLevel(this.bids, visit);
  }

  /** Visits the asks, best first. */
  forEachAsk(visit: LevelVisitor): void {
    forEachLevel(this.asks, visit);
  }

  /** Copies the best `count` levels of a side as `[price, quantity]`, best first. Allocates. */
  levels(side: 'bids' | 'asks', count = Number.POSITIVE_INFINITY): [price: number, qty: number][] {
    const from = this[side];
    return Array.from({ length: Math.max(0, Math.min(count, from.size)) }, (_, i) => [
      from.price(i),
      from.qty(i),
    ]);
  }

  #applySide(side: BookSide, view: DataView, levels: number, decimals: number, count: number): void {
    const level = this.#level;
    for (let n = 0; n < count; n++) {
      level.price = view.getFloat64(levels + n * LEVEL_BYTES, true);
      level.qty = view.getFloat64(levels + n * LEVEL_BYTES + 8, true);
      level.priceDecimals = view.getUint8(decimals + n * 2);
      level.qtyDecimals = view.getUint8(decimals + n * 2 + 1);
      side.apply(level);
    }
  }
}

function forEachLevel(side: BookSide, visit: LevelVisitor): void {
  for (let i = 0; i < side.size; i++) visit(side.price(i), side.qty(i), i);
}
