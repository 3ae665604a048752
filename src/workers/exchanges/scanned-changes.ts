import { ASKS_LIST, BIDS_LIST } from '../scanner/layout.ts';
import { countIndex, ROW_WORDS, rowWordIndex, type Scanner } from '../scanner/scanner.ts';

const BID_COUNT = countIndex(BIDS_LIST);
const ASK_COUNT = countIndex(ASKS_LIST);
/** First word of the rows, a slot's value being two words in front of what else it says. */
const BIDS = rowWordIndex(BIDS_LIST, 0) - 2;
const ASKS = rowWordIndex(ASKS_LIST, 0) - 2;
/** Price and quantity: two slots of four words each. */
const LEVEL_WORDS = 8;
const SIDE = rowWordIndex(BIDS_LIST, 2) - BIDS;

/**
 * For venues that send the changes of both sides as one list. They were scanned into the list of bids, each
 * row with its price and quantity in the first two slots and 0 (bid) or 1 (ask) in the third. Moves each to
 * the list of its side and keeps the order, so that the message can be applied where it lies.
 */
export function splitScannedChanges(scanner: Scanner): void {
  const { int32 } = scanner;
  const count = int32[BID_COUNT]!;
  let bids = 0;
  let asks = 0;
  for (let n = 0, from = BIDS; n < count; n++, from += ROW_WORDS) {
    const isAsk = int32[from + SIDE] !== 0;
    const to = isAsk ? ASKS + asks++ * ROW_WORDS : BIDS + bids++ * ROW_WORDS;
    if (to === from) continue;
    // As integers: a float64 that is copied as a number need not keep its bits.
    for (let word = 0; word < LEVEL_WORDS; word++) int32[to + word] = int32[from + word]!;
  }
  int32[BID_COUNT] = bids;
  int32[ASK_COUNT] = asks;
}
