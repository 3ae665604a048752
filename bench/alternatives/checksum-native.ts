import { crc32 } from 'node:zlib';
import { bookChecksum, CHECKSUM_LEVELS } from '../../src/shared/book/book-checksum.ts';
import { BookSide } from '../../src/shared/book/book-side.ts';
import { Level } from '../../src/shared/book/level.ts';
import { bookUpdates } from '../micro/book.ts';

/**
 * The checksum of a book after a one-level update, two ways:
 *
 *   combined   each level keeps the CRC register of its digits; the book's is one move and one xor a level
 *   gathered   each level keeps its digits as bytes; they are copied together and given to `zlib.crc32`
 *
 * Both keep the same books (`BookSide`) and see the same updates, and both have ready what a level keeps:
 * the register or the digits. Each costs a pass over the digits when the level is read.
 */
export interface ChecksumComparison {
  readonly depth: number;
  readonly combinedNs: number;
  readonly gatheredNs: number;
  /** Times as long as the combined registers take. */
  readonly ratio: number;
}

const DIGITS_MAX = 64;

/** Gathers the digits of the best levels; a level's `crc` is here the index of the update that set it. */
class GatheredDigits {
  readonly #digits: readonly Uint8Array[];
  readonly #bytes = Buffer.alloc(2 * CHECKSUM_LEVELS * DIGITS_MAX);
  readonly #level = new Level();

  constructor(digits: readonly Uint8Array[]) {
    this.#digits = digits;
  }

  checksum(asks: BookSide, bids: BookSide): number {
    const end = this.#gather(bids, this.#gather(asks, 0));
    return crc32(this.#bytes.subarray(0, end)) | 0;
  }

  #gather(side: BookSide, start: number): number {
    const bytes = this.#bytes;
    const level = this.#level;
    const count = Math.min(CHECKSUM_LEVELS, side.size);
    let at = start;
    for (let i = 0; i < count; i++) {
      side.read(i, level);
      const digits = this.#digits[level.crc]!;
      // Byte by byte: a call of `set` costs more for a dozen of them.
      for (let n = 0; n < digits.length; n++) bytes[at++] = digits[n]!;
    }
    return at;
  }
}

function compare(depth: number, count: number): ChecksumComparison {
  const updates = bookUpdates(Math.min(count, 4096), depth);
  const numbered = updates.map(({ level }, n) => Object.assign(new Level(), level, { crc: n }));
  const gathered = new GatheredDigits(updates.map(({ digits }) => digits));
  const round = (way: 'combined' | 'gathered'): { ns: number; sum: number } => {
    const asks = new BookSide('asks');
    const bids = new BookSide('bids');
    let sum = 0;
    const began = process.hrtime.bigint();
    for (let n = 0; n < count; n++) {
      const { side, level } = updates[n % updates.length]!;
      const of = side === 'asks' ? asks : bids;
      of.apply(way === 'combined' ? level : numbered[n % updates.length]!);
      of.truncate(depth);
      sum = (sum + (way === 'combined' ? bookChecksum(asks, bids) : gathered.checksum(asks, bids))) | 0;
    }
    return { ns: Number(process.hrtime.bigint() - began) / count, sum };
  };
  const best = { combined: Number.POSITIVE_INFINITY, gathered: Number.POSITIVE_INFINITY };
  const sums = new Set<number>();
  for (let n = 0; n < 3; n++)
    for (const way of ['combined', 'gathered'] as const) {
      const { ns, sum } = round(way);
      best[way] = Math.min(best[way], ns);
      sums.add(sum);
    }
  if (sums.size !== 1) throw new Error('the two ways to a checksum disagree');
  return {
    depth,
    combinedNs: best.combined,
    gatheredNs: best.gathered,
    ratio: best.gathered / best.combined,
  };
}

/** @throws Error when the two ways do not come to the same checksums. */
export function run(options: { readonly updates: number }): ChecksumComparison[] {
  return [10, 1000].map((depth) => compare(depth, options.updates));
}

if (import.meta.filename === process.argv[1]) console.table(run({ updates: 1_000_000 }));
