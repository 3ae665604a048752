import type { BookLevels } from './book-levels.ts';
import { moveRegister } from './crc32.ts';
import type { Level } from './level.ts';

/** Up to this many levels are moved one by one; beyond, four calls of `copyWithin` cost less. */
const MOVED_ONE_BY_ONE_MAX = 16;

/** Levels from the best one on among which most changes fall. */
const NEAR = 8;

/**
 * One side of a book: levels sorted by price. Index 0 is the best level, as users count.
 *
 * In memory the best level is last, and there is room on both sides of the levels:
 *
 *     |  room  | worst … best |  room  |
 *              begin          end
 *
 * A change moves the levels on its shorter side only, cutting the worst ones moves none, and a snapshot
 * sent best level first fills downwards without moving any. When the room on a side is used up the
 * levels are put back into the middle, which happens once in as many insertions as a quarter of the
 * capacity. Allocates only when it grows.
 */
export class BookSide implements BookLevels {
  /** 1: the highest price is best (bids); -1: the lowest is (asks). */
  readonly #direction: 1 | -1;
  #prices: Float64Array;
  #qtys: Float64Array;
  #crcs: Int32Array;
  /** Decimals byte of the price, decimals byte of the quantity, and 16 bits of `crcDigits`. */
  #smalls: Int32Array;
  #begin: number;
  #end: number;
  /** Levels that the register below covers; 0 where it has to be computed anew. */
  #coveredLevels = 0;
  #coveredStart = 0;
  #coveredRegister = 0;
  #coveredDigits = 0;

  constructor(side: 'bids' | 'asks', capacity = 32) {
    const levels = Math.max(capacity, 4);
    this.#direction = side === 'bids' ? 1 : -1;
    this.#prices = new Float64Array(levels);
    this.#qtys = new Float64Array(levels);
    this.#crcs = new Int32Array(levels);
    this.#smalls = new Int32Array(levels);
    this.#begin = this.#end = levels >>> 1;
  }

  /** Levels on this side. */
  get size(): number {
    return this.#end - this.#begin;
  }

  /** Price of the level with this index, best first; NaN where there is none. */
  price(index: number): number {
    const i = this.#end - 1 - index;
    return i >= this.#begin && i < this.#end ? this.#prices[i]! : Number.NaN;
  }

  /** Quantity of the level with this index, best first; NaN where there is none. */
  qty(index: number): number {
    const i = this.#end - 1 - index;
    return i >= this.#begin && i < this.#end ? this.#qtys[i]! : Number.NaN;
  }

  /** Decimals byte of a price; 0 where there is no such level. */
  priceDecimals(index: number): number {
    const i = this.#end - 1 - index;
    return i >= this.#begin && i < this.#end ? this.#smalls[i]! & 255 : 0;
  }

  /** Decimals byte of a quantity; 0 where there is no such level. */
  qtyDecimals(index: number): number {
    const i = this.#end - 1 - index;
    return i >= this.#begin && i < this.#end ? (this.#smalls[i]! >>> 8) & 255 : 0;
  }

  clear(): void {
    this.#coveredLevels = 0;
    this.#begin = this.#end = this.#prices.length >>> 1;
  }

  /**
   * Sets the level with this price, or removes it when the quantity is zero. Removing a price that is not
   * there changes nothing.
   */
  apply(level: Level): void {
    const prices = this.#prices;
    const price = level.price;
    const direction = this.#direction;
    const end = this.#end;
    // Place of the first level, from the worst on, that is not worse than this price.
    let low = this.#begin;
    let high = end;
    const near = end - NEAR;
    if (near > low) {
      if ((prices[near]! - price) * direction < 0) low = near + 1;
      else high = near;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((prices[middle]! - price) * direction < 0) low = middle + 1;
      else high = middle;
    }
    const found = low < end && prices[low] === price;
    if (level.qty === 0) {
      if (found) {
        this.#touched(end - 1 - low);
        this.#remove(low);
      }
      return;
    }
    const at = found ? low : this.#insert(low);
    if (found) this.#changed(at, level);
    else this.#touched(this.#end - 1 - at);
    this.#prices[at] = price;
    this.#qtys[at] = level.qty;
    this.#crcs[at] = level.crc;
    this.#smalls[at] =
      (level.priceDecimals & 255) | ((level.qtyDecimals & 255) << 8) | (level.crcDigits << 16);
  }

  /** Cuts the side to its best `depth` levels. */
  truncate(depth: number): void {
    if (this.#end - this.#begin <= depth) return;
    this.#begin = this.#end - depth;
    this.#touched(depth);
  }

  /**
   * Moves a checksum register over the best `depth` levels, best first. The result is kept until one of
   * these levels changes, so a change of the other side or further down costs nothing here.
   */
  checksum(register: number, depth: number): number {
    if (depth === this.#coveredLevels && register === this.#coveredStart) return this.#coveredRegister;
    const crcs = this.#crcs;
    const smalls = this.#smalls;
    const stop = Math.max(this.#end - depth, this.#begin);
    let moved = register;
    let digits = 0;
    for (let i = this.#end - 1; i >= stop; i--) {
      const levelDigits = smalls[i]! >>> 16;
      moved = moveRegister(moved, levelDigits) ^ crcs[i]!;
      digits += levelDigits;
    }
    this.#coveredLevels = depth;
    this.#coveredStart = register;
    this.#coveredRegister = moved;
    this.#coveredDigits = digits;
    return moved;
  }

  /** Digits that the register returned last by `checksum` was moved over. */
  get checksumDigits(): number {
    return this.#coveredDigits;
  }

  /** Fills `level` with the level of this index, best first; price and quantity are NaN where there is none. */
  read(index: number, level: Level): void {
    const i = this.#end - 1 - index;
    const there = i >= this.#begin && i < this.#end;
    const small = there ? this.#smalls[i]! : 0;
    level.price = there ? this.#prices[i]! : Number.NaN;
    level.qty = there ? this.#qtys[i]! : Number.NaN;
    level.priceDecimals = small & 255;
    level.qtyDecimals = (small >>> 8) & 255;
    level.crc = there ? this.#crcs[i]! : 0;
    level.crcDigits = small >>> 16;
  }

  /**
   * The level at this place gets another quantity. Where its digits stay as many, the register kept changes
   * by what the level's part changes by, moved over the digits after it; no other level is looked at.
   */
  #changed(at: number, level: Level): void {
    const worstCovered = this.#end - this.#coveredLevels;
    if (at < worstCovered) return;
    const smalls = this.#smalls;
    if (smalls[at]! >>> 16 !== level.crcDigits) {
      this.#coveredLevels = 0;
      return;
    }
    let after = 0;
    for (let i = Math.max(worstCovered, this.#begin); i < at; i++) after += smalls[i]! >>> 16;
    this.#coveredRegister ^= moveRegister(this.#crcs[at]! ^ level.crc, after);
  }

  /** The level with this index, best first, or one before it, is not what it was. */
  #touched(index: number): void {
    if (index < this.#coveredLevels) this.#coveredLevels = 0;
  }

  #remove(at: number): void {
    if (at - this.#begin < this.#end - 1 - at) {
      this.#moveUp(this.#begin, at);
      this.#begin++;
    } else {
      this.#moveDown(at + 1, this.#end);
      this.#end--;
    }
  }

  /** @returns where the new level goes, between what was before `at` and what was there. */
  #insert(at: number): number {
    if (this.#begin === 0 || this.#end === this.#prices.length) {
      const offset = at - this.#begin;
      this.#makeRoom();
      at = this.#begin + offset;
    }
    if (at - this.#begin < this.#end - at) {
      this.#moveDown(this.#begin, at);
      this.#begin--;
      return at - 1;
    }
    this.#moveUp(at, this.#end);
    this.#end++;
    return at;
  }

  /** Moves the levels from `from` to before `to` one place towards the best end. */
  #moveUp(from: number, to: number): void {
    if (to - from > MOVED_ONE_BY_ONE_MAX) {
      this.#copy(from + 1, from, to);
      return;
    }
    const prices = this.#prices;
    const qtys = this.#qtys;
    const crcs = this.#crcs;
    const smalls = this.#smalls;
    for (let i = to; i > from; i--) {
      prices[i] = prices[i - 1]!;
      qtys[i] = qtys[i - 1]!;
      crcs[i] = crcs[i - 1]!;
      smalls[i] = smalls[i - 1]!;
    }
  }

  /** Moves the levels from `from` to before `to` one place towards the worst end. */
  #moveDown(from: number, to: number): void {
    if (to - from > MOVED_ONE_BY_ONE_MAX) {
      this.#copy(from - 1, from, to);
      return;
    }
    const prices = this.#prices;
    const qtys = this.#qtys;
    const crcs = this.#crcs;
    const smalls = this.#smalls;
    for (let i = from; i < to; i++) {
      prices[i - 1] = prices[i]!;
      qtys[i - 1] = qtys[i]!;
      crcs[i - 1] = crcs[i]!;
      smalls[i - 1] = smalls[i]!;
    }
  }

  #copy(target: number, from: number, to: number): void {
    this.#prices.copyWithin(target, from, to);
    this.#qtys.copyWithin(target, from, to);
    this.#crcs.copyWithin(target, from, to);
    this.#smalls.copyWithin(target, from, to);
  }

  /** Puts the levels into the middle, of twice the memory where they fill more than half of it. */
  #makeRoom(): void {
    const from = this.#begin;
    const to = this.#end;
    const size = to - from;
    const capacity = this.#prices.length;
    if (size * 2 <= capacity) {
      const begin = (capacity - size) >>> 1;
      this.#copy(begin, from, to);
      this.#begin = begin;
      this.#end = begin + size;
      return;
    }
    const grown = capacity * 2;
    const begin = (grown - size) >>> 1;
    const prices = new Float64Array(grown);
    const qtys = new Float64Array(grown);
    const crcs = new Int32Array(grown);
    const smalls = new Int32Array(grown);
    prices.set(this.#prices.subarray(from, to), begin);
    qtys.set(this.#qtys.subarray(from, to), begin);
    crcs.set(this.#crcs.subarray(from, to), begin);
    smalls.set(this.#smalls.subarray(from, to), begin);
    this.#prices = prices;
    this.#qtys = qtys;
    this.#crcs = crcs;
    this.#smalls = smalls;
    this.#begin = begin;
    this.#end = begin + size;
  }
}
