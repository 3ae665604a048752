import { decimalsOf, formatDecimal, INEXACT } from '../decimal/decimals.ts';
import { checksumDigits } from '../decimal/scan-decimal.ts';
import type { BookLevels } from './book-levels.ts';
import type { BookSide } from './book-side.ts';
import { CRC_START, crcOf, moveRegister, registerOf } from './crc32.ts';
import { Level } from './level.ts';

/**
 * Levels of each side that a checksum covers.
 * Source: docs.kraken.com/api/docs/guides/spot-ws-book-v1 and -v2, read 2026-05-27.
 */
export const CHECKSUM_LEVELS = 10;

/**
 * Kraken's checksum of a book: the best asks from low to high, then the best bids from high to low; of
 * each level the digits of price and quantity without the dot and leading zeros. A short side contributes
 * the levels it has.
 *
 * @returns the CRC-32 as a signed integer, which V8 never boxes; `>>> 0` is the number that is sent.
 */
export function bookChecksum(asks: BookSide, bids: BookSide): number {
  // The sides apart, so that each is computed anew only when its best levels changed.
  const afterAsks = asks.checksum(CRC_START, CHECKSUM_LEVELS);
  const ofBids = bids.checksum(0, CHECKSUM_LEVELS);
  return ~(moveRegister(afterAsks, bids.checksumDigits) ^ ofBids);
}

/**
 * Sets the checksum part of a level from its texts, each padded with zeros up to that many decimals.
 * For cold paths and simulators; the hot path does it while scanning. Allocates.
 */
export function checksumLevel(
  level: Level,
  priceText: string,
  qtyText: string,
  priceDecimals: number,
  qtyDecimals: number,
): void {
  const digits = checksumDigits(priceText, priceDecimals) + checksumDigits(qtyText, qtyDecimals);
  level.crc = registerOf(digits);
  level.crcDigits = digits.length;
}

/**
 * Computes the checksum parts of all levels of a side anew, padded to these decimals. A number marked
 * inexact keeps its old part, because its text is lost. Cold: formats every number.
 */
export function padSide(side: BookLevels, priceDecimals: number, qtyDecimals: number): void {
  const level = new Level();
  for (let i = 0; i < side.size; i++) {
    side.read(i, level);
    if ((level.priceDecimals | level.qtyDecimals) & INEXACT) continue;
    checksumLevel(
      level,
      formatDecimal(level.price, level.priceDecimals),
      formatDecimal(level.qty, level.qtyDecimals),
      priceDecimals,
      qtyDecimals,
    );
    side.apply(level);
  }
}

export interface Padding {
  readonly priceDecimals: number;
  readonly qtyDecimals: number;
}

/** Decimals beyond those sent that a price may have been stripped of. */
const PRICE_PADDING_MAX = 4;
/** Most decimals a quantity is taken to have when its zeros were stripped. */
const QTY_DECIMALS_MAX = 12;

/**
 * Finds the decimals to which digits must be padded for a book to have this checksum, starting from the
 * most decimals that any of its levels was sent with.
 *
 * At most 5 × 13 pairs are tried, so a damaged book passes by accident with a chance of 65 in 2^32 (1 in
 * 66 million), where a single check has 1 in 2^32. Cold: runs when the snapshot of an instrument whose
 * decimals are not known fails as read.
 */
export function findPadding(asks: BookLevels, bids: BookLevels, checksum: number): Padding | undefined {
  const wanted = checksum >>> 0;
  const level = new Level();
  const digits: { price: string; priceSent: number; qty: string; qtySent: number }[] = [];
  let priceFrom = 0;
  let qtyFrom = 0;
  for (const side of [asks, bids])
    for (let i = 0; i < side.size; i++) {
      side.read(i, level);
      const priceSent = decimalsOf(level.priceDecimals);
      const qtySent = decimalsOf(level.qtyDecimals);
      priceFrom = Math.max(priceFrom, priceSent);
      qtyFrom = Math.max(qtyFrom, qtySent);
      if (i >= CHECKSUM_LEVELS) continue;
      if ((level.priceDecimals | level.qtyDecimals) & INEXACT) return undefined;
      digits.push({
        price: checksumDigits(formatDecimal(level.price, level.priceDecimals), 0),
        priceSent,
        qty: checksumDigits(formatDecimal(level.qty, level.qtyDecimals), 0),
        qtySent,
      });
    }
  for (let priceDecimals = priceFrom; priceDecimals <= priceFrom + PRICE_PADDING_MAX; priceDecimals++)
    for (let qtyDecimals = qtyFrom; qtyDecimals <= Math.max(qtyFrom, QTY_DECIMALS_MAX); qtyDecimals++) {
      let register = CRC_START;
      for (const { price, priceSent, qty, qtySent } of digits) {
        register = padded(register, price, priceDecimals - priceSent);
        register = padded(register, qty, qtyDecimals - qtySent);
      }
      if (crcOf(register) === wanted) return { priceDecimals, qtyDecimals };
    }
  return undefined;
}

/** Zero itself has no digits, so it gets no zeros either. */
const padded = (register: number, digits: string, zeros: number): number =>
  digits === '' ? register : registerOf('0'.repeat(zeros), registerOf(digits, register));
