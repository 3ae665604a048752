import { decimalsOf } from '../../../shared/decimal/decimals.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import type { BookMessage, LevelList } from '../book-message.ts';

/** Decimals that a book's price or quantity may have; more is no number of an order book. */
export const BOOK_DECIMALS_MAX = 22;

/**
 * Learns an instrument's precision from the levels of a message, which is how it is known before, or
 * without, the `instrument` channel: Kraken's checksum wants the digits with all the instrument's decimals,
 * and the most decimals seen are taken for these.
 *
 * @returns true where levels of this very message were read with too few and have to be read again.
 */
export function learnPrecision(
  books: BookIntegrity,
  message: BookMessage,
  priceDecimals: number,
  qtyDecimals: number,
): boolean {
  const { bids, asks } = message;
  const price = Math.max(most(bids, bids.priceDecimals), most(asks, asks.priceDecimals), priceDecimals);
  const qty = Math.max(most(bids, bids.qtyDecimals), most(asks, asks.qtyDecimals), qtyDecimals);
  if (price === priceDecimals && qty === qtyDecimals) return false;
  books.raisePrecision(message.instrument, price, qty);
  return (
    fewer(bids, bids.priceDecimals, price) ||
    fewer(asks, asks.priceDecimals, price) ||
    fewer(bids, bids.qtyDecimals, qty) ||
    fewer(asks, asks.qtyDecimals, qty)
  );
}

function most(levels: LevelList, decimals: Uint8Array): number {
  let seen = 0;
  for (let n = 0; n < levels.count; n++) seen = Math.max(seen, decimalsOf(decimals[n]!));
  return seen;
}

function fewer(levels: LevelList, decimals: Uint8Array, than: number): boolean {
  for (let n = 0; n < levels.count; n++) if (decimalsOf(decimals[n]!) < than) return true;
  return false;
}
