import { aligned, defineRecord, u16, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/**
 * One book message of the exchange, whole: `bidCount` bid levels, then `askCount` ask levels, in the
 * order sent. A level is price f64, quantity f64 (0 removes the level); after all levels come their
 * decimals, two bytes each (price, quantity), padded with zeros to a multiple of 8.
 */
export const BOOK = defineRecord({
  name: 'book',
  typeId: 3,
  size: 56,
  tail: 'levels: price f64, quantity f64 each, bids first; then price and quantity decimals, u8 each; zeros up to a multiple of 8',
  fields: {
    ...HEADER_FIELDS,
    checksum: u32(
      'checksum as sent; where the exchange sent none 0, or a digest of the book for the worker itself',
    ),
    depth: u16('depth subscribed; after the record is applied each side is cut to it'),
    hasChecksum: u16<0 | 1>('1 if the exchange sent a checksum (and it held)'),
    bidCount: u32('bid levels that follow'),
    askCount: u32('ask levels that follow, after the bids'),
  },
});

/** Bytes of one level before the decimals. */
export const LEVEL_BYTES = 16;

/** Bytes of a book record with this many levels on both sides together. */
export const bookBytes = (levels: number): number => BOOK.size + levels * LEVEL_BYTES + aligned(levels * 2);
