import type { Level } from './level.ts';

/** One side of a book, however its levels are kept. Index 0 is the best level. */
export interface BookLevels {
  /** Levels on this side. */
  readonly size: number;
  /** Price of the level with this index; NaN where there is none. */
  price(index: number): number;
  /** Fills `level` with the level of this index; price and quantity are NaN where there is none. */
  read(index: number, level: Level): void;
  /** Sets the level with this price, or removes it when the quantity is zero. */
  apply(level: Level): void;
  /** Cuts the side to its best `depth` levels. */
  truncate(depth: number): void;
  clear(): void;
}
