import type { Level } from '../../shared/book/level.ts';
import { ASKS_LIST, BIDS_LIST } from '../scanner/layout.ts';
import { countIndex, ROW_VALUES, rowValueIndex, rowWordIndex, type Scanner } from '../scanner/scanner.ts';
import type { LevelList } from './book-message.ts';

export const BID_COUNT = countIndex(BIDS_LIST);
export const ASK_COUNT = countIndex(ASKS_LIST);
/** Index in `float64` of the first price of each side; the next level is `ROW_VALUES` further on. */
export const FIRST_BID = rowValueIndex(BIDS_LIST, 0);
export const FIRST_ASK = rowValueIndex(ASKS_LIST, 0);

/** From the index of a price to that of its quantity, and from twice that of the price to the words of both. */
const QTY = 2;
const PRICE_WORD = rowWordIndex(BIDS_LIST, 0) - 2 * FIRST_BID;
const QTY_WORD = rowWordIndex(BIDS_LIST, 1) - 2 * FIRST_BID;
const DECIMALS = 255;

/** Adds the levels of one side of the message scanned last to a list. @param level is used on the way. */
export function readScannedSide(
  scanner: Scanner,
  count: number,
  first: number,
  levels: LevelList,
  level: Level,
): void {
  const { int32, float64 } = scanner;
  for (let n = 0, at = first; n < count; n++, at += ROW_VALUES) {
    const qtyWord = int32[2 * at + QTY_WORD]!;
    level.price = float64[at]!;
    level.qty = float64[at + QTY]!;
    level.priceDecimals = int32[2 * at + PRICE_WORD]! & DECIMALS;
    level.qtyDecimals = qtyWord & DECIMALS;
    level.crcDigits = qtyWord >> 8;
    level.crc = int32[2 * at + QTY_WORD + 1]!;
    levels.add(level);
  }
}
