import { crc32 } from 'node:zlib';
import type { PlainBook } from './plain-book.ts';
import type { TextLevel } from './venue-case.ts';

const LEVELS = 10;

const digits = (text: string): string => text.replace('.', '').replace(/^0+/, '');

/** Of levels seen before: most of the ten are the same from message to message. */
const known = new WeakMap<TextLevel, string>();

function digitsOf(level: TextLevel): string {
  const before = known.get(level);
  if (before !== undefined) return before;
  const made = digits(level[0]) + digits(level[1]);
  known.set(level, made);
  return made;
}

const side = (levels: readonly TextLevel[]): string => levels.slice(0, LEVELS).map(digitsOf).join('');

/**
 * CRC-32 over the ten best asks, then the ten best bids: the digits of price and quantity as they were sent,
 * without the point and the zeros before.
 *
 * Source: docs.kraken.com/api/docs/guides/spot-ws-book-v1 and -v2.
 */
export const topTenChecksum = (book: PlainBook): number => crc32(side(book.asks) + side(book.bids));
