import type { BookLevels } from '../../shared/book/book-levels.ts';
import type { Level } from '../../shared/book/level.ts';
import {
  LEVEL_BYTES,
  LIST_BYTES,
  LISTS,
  LISTS_AT,
  ROW_BYTES,
  ROWS_MAX,
  SIDE_BEGIN,
  SIDE_BYTES,
  SIDE_CAPACITY,
  SIDE_COVERED,
  SIDE_DIRECTION,
  SIDE_END,
  SIDE_LEVELS,
} from './layout.ts';
import type { Scanner } from './scanner.ts';

/** Where a level is put that is applied alone: the last row there is. */
const ROW = LISTS_AT + (LISTS - 1) * LIST_BYTES + (ROWS_MAX - 1) * ROW_BYTES;

const BEGIN = SIDE_BEGIN / 4;
const END = SIDE_END / 4;
const CAPACITY = SIDE_CAPACITY / 4;
const LEVELS = SIDE_LEVELS / 4;
const COVERED = SIDE_COVERED / 4;

/**
 * One side of a book in the scanner's memory, with the checksum registers of its levels. The same book as a
 * `BookSide`, changed by code that is compiled from `wasm/book.ts`.
 */
export class ScannedSide implements BookLevels {
  /** Address of its header. */
  readonly at: number;
  readonly #scanner: Scanner;
  readonly #header: number;

  /** @returns undefined where the scanner has no room for it. */
  static create(scanner: Scanner, side: 'bids' | 'asks', levels = 64): ScannedSide | undefined {
    const at = scanner.allocate(SIDE_BYTES);
    if (at === undefined) return undefined;
    const made = new ScannedSide(scanner, at);
    scanner.int32[at / 4 + SIDE_DIRECTION / 4] = side === 'bids' ? 1 : -1;
    if (made.#grow(levels)) return made;
    scanner.free(at, SIDE_BYTES);
    return undefined;
  }

  private constructor(scanner: Scanner, at: number) {
    this.at = at;
    this.#scanner = scanner;
    this.#header = at / 4;
  }

  get size(): number {
    const { int32 } = this.#scanner;
    return int32[this.#header + END]! - int32[this.#header + BEGIN]!;
  }

  price(index: number): number {
    return index >= 0 && index < this.size
      ? this.#scanner.float64[this.#levels / 8 + this.#place(index)]!
      : Number.NaN;
  }

  read(index: number, level: Level): void {
    const { int32, float64 } = this.#scanner;
    const there = index >= 0 && index < this.size;
    const capacity = int32[this.#header + CAPACITY]!;
    const i = this.#place(index);
    const levels = this.#levels;
    const small = there ? int32[levels / 4 + capacity * 5 + i]! : 0;
    level.price = there ? float64[levels / 8 + i]! : Number.NaN;
    level.qty = there ? float64[levels / 8 + capacity + i]! : Number.NaN;
    level.priceDecimals = small & 255;
    level.qtyDecimals = (small >>> 8) & 255;
    level.crc = there ? int32[levels / 4 + capacity * 4 + i]! : 0;
    level.crcDigits = small >>> 16;
  }

  /** @throws RangeError where there is no room in the scanner's memory for another level. */
  apply(level: Level): void {
    const { int32, float64, module } = this.#scanner;
    if (!this.makeRoom(1)) throw new RangeError('the scanner has no room for another level');
    float64[ROW / 8] = level.price;
    int32[ROW / 4 + 2] = level.priceDecimals;
    float64[ROW / 8 + 2] = level.qty;
    int32[ROW / 4 + 6] = level.qtyDecimals | (level.crcDigits << 8);
    int32[ROW / 4 + 7] = level.crc;
    module.applyLevel(this.at, ROW);
  }

  truncate(depth: number): void {
    this.#scanner.module.truncate(this.at, depth);
  }

  clear(): void {
    const { int32 } = this.#scanner;
    const middle = int32[this.#header + CAPACITY]! >>> 1;
    int32[this.#header + COVERED] = 0;
    int32[this.#header + BEGIN] = middle;
    int32[this.#header + END] = middle;
  }

  /** Makes sure that so many levels find room. @returns false where there is none. */
  makeRoom(levels: number): boolean {
    const wanted = this.size + levels;
    // Half of it stays free, so that levels seldom have to be moved to the middle.
    return wanted * 2 <= this.#scanner.int32[this.#header + CAPACITY]! || this.#grow(wanted * 2);
  }

  /** Gives its memory back. It is not used any more. */
  free(): void {
    const { int32 } = this.#scanner;
    this.#scanner.free(this.#levels, int32[this.#header + CAPACITY]! * LEVEL_BYTES);
    this.#scanner.free(this.at, SIDE_BYTES);
  }

  get #levels(): number {
    return this.#scanner.int32[this.#header + LEVELS]!;
  }

  #place(index: number): number {
    return this.#scanner.int32[this.#header + END]! - 1 - index;
  }

  #grow(levels: number): boolean {
    const { int32, float64 } = this.#scanner;
    const header = this.#header;
    let capacity = Math.max(int32[header + CAPACITY]!, 32);
    while (capacity < levels) capacity *= 2;
    const to = this.#scanner.allocate(capacity * LEVEL_BYTES);
    if (to === undefined) return false;
    const from = this.#levels;
    const old = int32[header + CAPACITY]!;
    const begin = int32[header + BEGIN]!;
    const end = int32[header + END]!;
    const middle = (capacity - (end - begin)) >>> 1;
    for (const array of [0, 1])
      float64.copyWithin(
        to / 8 + array * capacity + middle,
        from / 8 + array * old + begin,
        from / 8 + array * old + end,
      );
    for (const array of [4, 5])
      int32.copyWithin(
        to / 4 + array * capacity + middle,
        from / 4 + array * old + begin,
        from / 4 + array * old + end,
      );
    if (old > 0) this.#scanner.free(from, old * LEVEL_BYTES);
    int32[header + CAPACITY] = capacity;
    int32[header + LEVELS] = to;
    int32[header + BEGIN] = middle;
    int32[header + END] = middle + end - begin;
    return true;
  }
}
