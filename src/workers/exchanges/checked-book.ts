import { bookChecksum } from '../../shared/book/book-checksum.ts';
import { bookDigest } from '../../shared/book/book-digest.ts';
import type { BookLevels } from '../../shared/book/book-levels.ts';
import { BookSide } from '../../shared/book/book-side.ts';
import { ScannedSide } from '../scanner/scanned-side.ts';
import type { Scanner } from '../scanner/scanner.ts';

/** Levels on a side there is room for at first, beside those that the depth asks for. */
const SPARE_LEVELS = 16;

/** Both sides of a book and its checksum: in the scanner's memory where there is a scanner with room for it. */
export class CheckedBook {
  readonly bids: BookLevels;
  readonly asks: BookLevels;
  /** So many more levels always find room on either side: neither has more than the depth between messages. */
  readonly spareLevels: number;
  readonly #scanner: Scanner | undefined;
  readonly #scanned: { readonly bids: ScannedSide; readonly asks: ScannedSide } | undefined;
  readonly #plain: { readonly bids: BookSide; readonly asks: BookSide } | undefined;

  /** @param depth levels per side that are kept; 0 for all. */
  constructor(scanner: Scanner | undefined, depth: number) {
    this.#scanner = scanner;
    this.spareLevels = depth > 0 ? SPARE_LEVELS : 0;
    this.#scanned = scanner && scannedSides(scanner, (depth + SPARE_LEVELS) * 2);
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

  /** Whether the best bid is not below the best ask. */
  get isCrossed(): boolean {
    const scanned = this.#scanned;
    return scanned === undefined
      ? this.bids.price(0) >= this.asks.price(0)
      : this.#scanner!.module.isCrossed(scanned.asks.at, scanned.bids.at) !== 0;
  }

  /** Kraken's checksum over the best levels of both sides; signed. */
  checksum(): number {
    const scanned = this.#scanned;
    return scanned === undefined
      ? bookChecksum(this.#plain!.asks, this.#plain!.bids)
      : this.#scanner!.module.checksum(scanned.asks.at, scanned.bids.at);
  }

  /** Digest of all levels; signed. */
  digest(): number {
    const scanned = this.#scanned;
    return scanned === undefined
      ? bookDigest(this.asks, this.bids)
      : this.#scanner!.module.digest(scanned.asks.at, scanned.bids.at);
  }

  /** Makes sure that so many levels find room. @returns false where they do not. */
  makeRoom(bids: number, asks: number): boolean {
    const scanned = this.#scanned;
    return scanned === undefined || (scanned.bids.makeRoom(bids) && scanned.asks.makeRoom(asks));
  }

  /**
   * Applies the levels of the message scanned last, cuts both sides (0: does not), and leaves them where the
   * scanner makes records. @returns the checksum where asked for (1), else whether the book is crossed (1).
   */
  applyScanned(depth: number, isChecked: 0 | 1): number {
    const { bids, asks } = this.#scanned!;
    return this.#scanner!.module.applyMessage(asks.at, bids.at, depth, isChecked);
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
