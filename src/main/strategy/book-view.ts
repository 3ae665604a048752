import type { OrderBook } from '../../shared/book/order-book.ts';
import { formatDecimal } from '../../shared/decimal/decimals.ts';
import { BOOK, LEVEL_BYTES } from '../../shared/records/book.ts';
import type { BookEvent, LevelPair } from './events.ts';
import { baseOf } from './market-views.ts';
import { RecordView } from './record-view.ts';

const B = BOOK.field;
const LITTLE_ENDIAN = true;

/** One book message that passed its check: the whole book where `snapshot`, else the levels that changed. */
export class BookView extends RecordView {
  get bidCount(): number {
    return B.bidCount.get(this.view, this.at);
  }
  get askCount(): number {
    return B.askCount.get(this.view, this.at);
  }
  /** Levels per side that were subscribed. */
  get depth(): number {
    return B.depth.get(this.view, this.at);
  }
  /** The checksum sent, which held; undefined where the exchange sent none. */
  get checksum(): number | undefined {
    return B.hasChecksum.get(this.view, this.at) === 1 ? B.checksum.get(this.view, this.at) : undefined;
  }
  bidPrice(index: number): number {
    return this.#number(index, 0);
  }
  /** Zero removes the level. */
  bidQty(index: number): number {
    return this.#number(index, 8);
  }
  askPrice(index: number): number {
    return this.#number(this.bidCount + index, 0);
  }
  askQty(index: number): number {
    return this.#number(this.bidCount + index, 8);
  }
  bidPriceText(index: number): string {
    return formatDecimal(this.bidPrice(index), this.#decimals(index, 0));
  }
  bidQtyText(index: number): string {
    return formatDecimal(this.bidQty(index), this.#decimals(index, 1));
  }
  askPriceText(index: number): string {
    return formatDecimal(this.askPrice(index), this.#decimals(this.bidCount + index, 0));
  }
  askQtyText(index: number): string {
    return formatDecimal(this.askQty(index), this.#decimals(this.bidCount + index, 1));
  }
  /** Brings a mirror of the book up to this record. */
  applyTo(book: OrderBook): void {
    book.applyRecord(this.view, this.at);
  }
  copy(): BookEvent {
    const { snapshot, depth, checksum, bidCount, askCount } = this;
    const pairs = (from: number, count: number): LevelPair[] =>
      Array.from({ length: count }, (_, i) => [this.#number(from + i, 0), this.#number(from + i, 8)]);
    return {
      type: 'book',
      ...baseOf(this),
      snapshot,
      depth,
      bids: pairs(0, bidCount),
      asks: pairs(bidCount, askCount),
      checksum,
    };
  }

  #number(level: number, within: 0 | 8): number {
    return this.view.getFloat64(this.at + BOOK.size + level * LEVEL_BYTES + within, LITTLE_ENDIAN);
  }

  #decimals(level: number, within: 0 | 1): number {
    const levels = this.bidCount + this.askCount;
    return this.view.getUint8(this.at + BOOK.size + levels * LEVEL_BYTES + level * 2 + within);
  }
}
