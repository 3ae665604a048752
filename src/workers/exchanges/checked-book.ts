import { bookChecksum } from '../../shared/book/book-checksum.ts';
import type { BookLevels } from '../../shared/book/book-levels.ts';
import { BookSide } from '../../shared/book/book-side.ts';
import { ScannedSide } from '../scanner/scanned-side.ts';
import type { Scanner } from '../scanner/scanner.ts';

/** Levels on a side there is room for at first, beside those that the depth asks for. */
const LEVELS_FIRST = 16;

/** Both sides of a book and its checksum: in the scanner's memory where there is a scanner with room for it. */
export class CheckedBook {
  readonly bids: BookLevels;
  readonly asks: BookLevels;
  readonly #scanner: Scanner | undefined;
  readonly #scanned: { readonly bids: ScannedSide; readonly asks: ScannedSide } | undefined;
  readonly #plain: { readonly bids: BookSide; readonly asks: BookSide } | undefined;

  /** @param depth levels per side that are kept; 0 for all. */
  constructor(scanner: Scanner | undefined, depth: number) {
    this.#scanner = scanner;
    this.#scanned = scanner && scannedSides(scanner, (depth + LEVELS_FIRST) * 2);
    this.#plain =
      this.#scanned === undefined ? { bids: new BookSide('bids'), asks: new BookSide('asks') } : undefined;
    const sides = this.#scanned ?? this.#plain!;
    this.bids = sides.bids;
    this.asks = sides.asks;
  }

  /** True where messages can be applied where the scanner read them. */
  get isScanned(): boolean {
    return this.#scanned !== undefined;
  }

  /** Kraken's checksum over the best levels of both sides; signed. */
  checksum(): number {
    const scanned = this.#scanned;
    return scanned === undefined
      ? bookChecksum(this.#plain!.asks, this.#plain!.bids)
      : this.#scanner!.module.checksum(scanned.asks.at, scanned.bids.at);
  }

  /** Makes sure that so many levels find room. @returns false where they do not. */
  makeRoom(bids: number, asks: number): boolean {
    const scanned = this.#scanned;
    return scanned === undefined || (scanned.bids.makeRoom(bids) && scanned.asks.makeRoom(asks));
  }

  /** Applies the levels of the message scanned last, and cuts both sides (0: does not). @returns the checksum. */
  applyScanned(depth: number): number {
    const { bids, asks } = this.#scanned!;
    return this.#scanner!.module.applyMessage(asks.at, bids.at, depth);
  }

  clear(): void {
    this.bids.clear();
    this.asks.clear();
  }

  truncate(depth: number): void {
    this.bids.truncate(depth);
    this.asks.truncate(depth);
  }

  /** Gives its memory back. It is not used any more. */
  free(): void {
    this.#scanned?.bids.free();
    this.#scanned?.asks.free();
  }
}

function scannedSides(
  scanner: Scanner,
  levels: number,
): { readonly bids: ScannedSide; readonly asks: ScannedSide } | undefined {
  const bids = ScannedSide.create(scanner, 'bids', levels);
  const asks = ScannedSide.create(scanner, 'asks', levels);
  if (bids !== undefined && asks !== undefined) return { bids, asks };
  bids?.free();
  asks?.free();
  return undefined;
}
