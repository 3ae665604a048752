import { moveRegister } from './crc32.ts';

/**
 * A level on its way into a book. Filled by whoever reads it, because doubles passed to functions that
 * are not inlined are boxed on the heap.
 */
export class Level {
  price = Number.NaN;
  /** Zero removes the level. */
  qty = Number.NaN;
  priceDecimals = 0;
  qtyDecimals = 0;
  /** Checksum register over the digits of price and quantity, begun at zero; 0 where no checksum is kept. */
  crc = 0;
  /** Digits in `crc`. */
  crcDigits = 0;
}

// One level is 24 bytes: price f64, qty f64, crc i32, and a word of small numbers.
const WORDS_F64 = 3;
const WORDS_I32 = 6;
const CRC_WORD = 4;
const SMALL_WORD = 5;

/**
 * One side of a book: levels sorted by price, the best one last, so that changes near the top, which are
 * most of them, move few bytes.
 *
 * Allocates only when it grows. Index 0 is the best level, as users count.
 */
export class BookSide {
  /** 1: the highest price is best (bids); -1: the lowest is (asks). */
  readonly #direction: 1 | -1;
  #f64: Float64Array;
  #i32: Int32Array;
  #size = 0;

  constructor(side: 'bids' | 'asks', capacity = 32) {
    this.#direction = side === 'bids' ? 1 : -1;
    const memory = new ArrayBuffer(capacity * WORDS_F64 * 8);
    this.#f64 = new Float64Array(memory);
    this.#i32 = new Int32Array(memory);
  }

  /** Levels on this side. */
  get size(): number {
    return this.#size;
  }

  /** Price of the level with this index, best first; NaN where there is none. */
  price(index: number): number {
    return index >= 0 && index < this.#size ? this.#f64[(this.#size - 1 - index) * WORDS_F64]! : Number.NaN;
  }

  /** Quantity of the level with this index, best first; NaN where there is none. */
  qty(index: number): number {
    return index >= 0 && index < this.#size
      ? this.#f64[(this.#size - 1 - index) * WORDS_F64 + 1]!
      : Number.NaN;
  }

  priceDecimals(index: number): number {
    return this.#i32[(this.#size - 1 - index) * WORDS_I32 + SMALL_WORD]! & 255;
  }

  qtyDecimals(index: number): number {
    return (this.#i32[(this.#size - 1 - index) * WORDS_I32 + SMALL_WORD]! >>> 8) & 255;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Sets the level with this price, or removes it when the quantity is zero. */
  apply(level: Level): void {
    const f64 = this.#f64;
    const { price, qty } = level;
    const size = this.#size;
    const direction = this.#direction;
    // Position of the first level, from the worst on, that is not worse than this price.
    let low = 0;
    let high = size;
    // Most changes are among the best few levels: look there before halving.
    const near = size - 8;
    if (near > 0 && (f64[near * WORDS_F64]! - price) * direction < 0) low = near + 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((f64[middle * WORDS_F64]! - price) * direction < 0) low = middle + 1;
      else high = middle;
    }
    const at = low * WORDS_F64;
    const found = low < size && f64[at] === price;
    if (qty === 0) {
      if (!found) return;
      f64.copyWithin(at, at + WORDS_F64, size * WORDS_F64);
      this.#size = size - 1;
      return;
    }
    if (!found) {
      if ((size + 1) * WORDS_F64 > f64.length) {
        this.#grow();
        this.apply(level);
        return;
      }
      f64.copyWithin(at + WORDS_F64, at, size * WORDS_F64);
      this.#size = size + 1;
      f64[at] = price;
    }
    f64[at + 1] = qty;
    const word = low * WORDS_I32;
    this.#i32[word + CRC_WORD] = level.crc;
    this.#i32[word + SMALL_WORD] = level.priceDecimals | (level.qtyDecimals << 8) | (level.crcDigits << 16);
  }

  /** Cuts the side to its best `depth` levels. */
  truncate(depth: number): void {
    const excess = this.#size - depth;
    if (excess <= 0) return;
    this.#f64.copyWithin(0, excess * WORDS_F64, this.#size * WORDS_F64);
    this.#size = depth;
  }

  /** Moves a checksum register over the best `depth` levels, best first. */
  checksum(register: number, depth: number): number {
    const i32 = this.#i32;
    const last = this.#size - 1;
    const end = Math.max(this.#size - depth, 0);
    for (let i = last; i >= end; i--) {
      const word = i * WORDS_I32;
      register = moveRegister(register, i32[word + SMALL_WORD]! >>> 16) ^ i32[word + CRC_WORD]!;
    }
    return register;
  }

  /** Fills `level` with the level of this index, best first. */
  read(index: number, level: Level): void {
    const i = this.#size - 1 - index;
    level.price = this.#f64[i * WORDS_F64]!;
    level.qty = this.#f64[i * WORDS_F64 + 1]!;
    const small = this.#i32[i * WORDS_I32 + SMALL_WORD]!;
    level.priceDecimals = small & 255;
    level.qtyDecimals = (small >>> 8) & 255;
    level.crc = this.#i32[i * WORDS_I32 + CRC_WORD]!;
    level.crcDigits = small >>> 16;
  }

  #grow(): void {
    const memory = new ArrayBuffer(this.#f64.byteLength * 2);
    const f64 = new Float64Array(memory);
    f64.set(this.#f64);
    this.#f64 = f64;
    this.#i32 = new Int32Array(memory);
  }
}
