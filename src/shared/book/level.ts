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
  /** Digits in `crc`, at most 65535. */
  crcDigits = 0;
}
