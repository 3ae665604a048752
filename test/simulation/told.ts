import type { OrderBook } from '../../src/shared/book/order-book.ts';
import { LOTS_PER_UNIT } from '../../src/workers/simulator/decimal-text.ts';
import type { Ladder } from '../../src/workers/simulator/ladder.ts';
import type { MarketSymbol, Trade } from '../../src/workers/simulator/market-symbol.ts';

/** The exchange's book after one message of it, cut to the depth of the subscription. */
export class ToldBook {
  /** Place among the book messages of its instrument on its line. */
  readonly index: number;
  /** Price and quantity of each level, best first, bids and then asks. */
  readonly #levels: Float64Array;
  readonly #bids: number;

  constructor(index: number, symbol: MarketSymbol, depth: number) {
    this.index = index;
    const { bids, asks } = symbol.book;
    this.#bids = Math.min(bids.size, depth);
    this.#levels = new Float64Array(2 * (this.#bids + Math.min(asks.size, depth)));
    this.#write(symbol, bids, this.#bids, 0);
    this.#write(symbol, asks, Math.min(asks.size, depth), 2 * this.#bids);
  }

  /** True where a mirror has exactly these levels. */
  equals({ bids, asks }: OrderBook): boolean {
    const levels = this.#levels;
    if (bids.size !== this.#bids || bids.size + asks.size !== levels.length / 2) return false;
    for (let n = 0; n < bids.size; n++)
      if (bids.price(n) !== levels[2 * n] || bids.qty(n) !== levels[2 * n + 1]) return false;
    for (let n = 0, at = 2 * this.#bids; n < asks.size; n++, at += 2)
      if (asks.price(n) !== levels[at] || asks.qty(n) !== levels[at + 1]) return false;
    return true;
  }

  #write(symbol: MarketSymbol, side: Ladder, count: number, from: number): void {
    // Both operands are exact, so the quotient is the float64 nearest to the number as it is printed.
    const unit = 10 ** symbol.decimals;
    for (let rank = 0; rank < count; rank++) {
      this.#levels[from + 2 * rank] = side.tick(rank) / unit;
      this.#levels[from + 2 * rank + 1] = side.lots(rank) / LOTS_PER_UNIT;
    }
  }
}

/** One trade as the exchange told it. */
export interface ToldTrade {
  readonly us: number;
  readonly price: number;
  readonly qty: number;
  /** True where the message was spoilt, so that nobody could read it, or not in order. */
  readonly spoilt: boolean;
}

/** Everything one line was told of one instrument, in order: what the strategy's side is held to. */
export class Told {
  readonly trades: ToldTrade[] = [];
  /** Best bid of the latest ticker and quote. */
  ticker: number | undefined;
  quote: number | undefined;
  /** Subscribe requests for its trades. */
  tradeRequests = 0;
  /** Book messages so far. */
  books = 0;
  /** Two messages may state one time: a snapshot of Kraken v1 has the time of its latest level. */
  readonly #booksAt = new Map<number, ToldBook[]>();

  book(symbol: MarketSymbol, depth: number, us: number): void {
    const told = new ToldBook(this.books++, symbol, depth);
    const others = this.#booksAt.get(us);
    if (others === undefined) this.#booksAt.set(us, [told]);
    else others.push(told);
  }

  booksAt(us: number): readonly ToldBook[] {
    return this.#booksAt.get(us) ?? [];
  }

  trade(symbol: MarketSymbol, { tick, lots, time }: Trade, spoilt: boolean): void {
    const price = tick / 10 ** symbol.decimals;
    this.trades.push({ us: time, price, qty: lots / LOTS_PER_UNIT, spoilt });
  }
}
