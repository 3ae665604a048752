import type { BookLevels } from './book-levels.ts';
import { Level } from './level.ts';

const bits = new DataView(new ArrayBuffer(8));
const level = new Level();

/**
 * A digest of all levels of a book, best first, asks before bids: two books with the same digest are taken for the
 * same book. `wasm/book.ts` computes the same of a book in the scanner's memory.
 *
 * @returns 32 bits, signed.
 */
export function bookDigest(asks: BookLevels, bids: BookLevels): number {
  return digestSide(bids, digestSide(asks, 0));
}

function digestSide(side: BookLevels, start: number): number {
  let digest = digestWord(side.size, start);
  for (let i = 0; i < side.size; i++) {
    side.read(i, level);
    digest = digestNumber(level.qty, digestNumber(level.price, digest));
  }
  return digest;
}

function digestNumber(value: number, start: number): number {
  bits.setFloat64(0, value, true);
  return digestWord(bits.getInt32(4, true), digestWord(bits.getInt32(0, true), start));
}

/** One step of MurmurHash3, x86, 32 bits. */
function digestWord(word: number, start: number): number {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const digest = start ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((digest << 13) | (digest >>> 19), 5) + 0xe6546b64) | 0;
}
