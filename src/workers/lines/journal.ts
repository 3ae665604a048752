import type { RecordIdentity } from './record-identity.ts';

const ENTRIES_AT_FIRST = 64;
/** Records of one stream that a line may lag behind and still be recognised. */
export const JOURNAL_ENTRIES_MAX = 4096;

/**
 * What was delivered of one stream, the newest entries of it. Entries are counted from 1 and never counted
 * anew: an entry's number is its position in the stream, and a line is where its last recognised record is.
 */
export class Journal {
  /** Position of the newest entry; 0 where there is none yet. */
  head = 0;
  #mask = ENTRIES_AT_FIRST - 1;
  #a = new Int32Array(ENTRIES_AT_FIRST);
  #b = new Int32Array(ENTRIES_AT_FIRST);
  #checksums = new Int32Array(ENTRIES_AT_FIRST);
  #keys = new Float64Array(ENTRIES_AT_FIRST);
  #at = new Float64Array(ENTRIES_AT_FIRST);
  #lines = new Uint8Array(ENTRIES_AT_FIRST);

  /** Position of the oldest entry that is kept. */
  get oldest(): number {
    return Math.max(1, this.head - this.#mask);
  }

  /** True where the next entry overwrites the oldest. */
  get isFull(): boolean {
    return this.head > this.#mask;
  }

  get canGrow(): boolean {
    return this.#mask + 1 < JOURNAL_ENTRIES_MAX;
  }

  /** Order key of the newest entry; NaN where it has none or there is no entry. */
  get headKey(): number {
    return this.head === 0 ? Number.NaN : this.#keys[this.head & this.#mask]!;
  }

  /** When the newest entry was received, ns; NaN where there is none. */
  get headAt(): number {
    return this.head === 0 ? Number.NaN : this.#at[this.head & this.#mask]!;
  }

  push(id: RecordIdentity, line: number): void {
    const i = ++this.head & this.#mask;
    this.#a[i] = id.a;
    this.#b[i] = id.b;
    this.#checksums[i] = id.checksum;
    this.#keys[i] = id.key;
    this.#at[i] = id.at;
    this.#lines[i] = line;
  }

  /** @returns the first position after `after` with this content; 0 where there is none. */
  find(id: RecordIdentity, after: number): number {
    for (let n = Math.max(after + 1, this.oldest); n <= this.head; n++)
      if (this.#a[n & this.#mask] === id.a && this.#b[n & this.#mask] === id.b) return n;
    return 0;
  }

  /** @returns the position of a book that has this checksum at this time; 0 where there is none or several. */
  findState(id: RecordIdentity): number {
    let found = 0;
    for (let n = this.oldest; n <= this.head; n++) {
      const i = n & this.#mask;
      if (this.#checksums[i] !== id.checksum || this.#keys[i] !== id.key) continue;
      if (found !== 0) return 0;
      found = n;
    }
    return found;
  }

  /** Whether this position has that content. */
  is(position: number, a: number, b: number): boolean {
    const i = position & this.#mask;
    return position >= this.oldest && position <= this.head && this.#a[i] === a && this.#b[i] === b;
  }

  /** The newest position after `after` whose order key is not above this one; where there is none, that before all of them. */
  upTo(key: number, after: number): number {
    const first = Math.max(after + 1, this.oldest);
    let position = this.head;
    while (position >= first && this.#keys[position & this.#mask]! > key) position--;
    return position;
  }

  line(position: number): number {
    return this.#lines[position & this.#mask]!;
  }

  /** Nanoseconds from the receipt of the entry to that of the same record on another line. */
  ageNs(position: number, id: RecordIdentity): number {
    return id.at - this.#at[position & this.#mask]!;
  }

  /** Doubles the memory. Rare: when a line lags further behind than any did before. */
  grow(): void {
    const size = (this.#mask + 1) * 2;
    const from = this.#mask;
    const a = new Int32Array(size);
    const b = new Int32Array(size);
    const checksums = new Int32Array(size);
    const keys = new Float64Array(size);
    const at = new Float64Array(size);
    const lines = new Uint8Array(size);
    for (let n = this.oldest; n <= this.head; n++) {
      const to = n & (size - 1);
      a[to] = this.#a[n & from]!;
      b[to] = this.#b[n & from]!;
      checksums[to] = this.#checksums[n & from]!;
      keys[to] = this.#keys[n & from]!;
      at[to] = this.#at[n & from]!;
      lines[to] = this.#lines[n & from]!;
    }
    this.#mask = size - 1;
    this.#a = a;
    this.#b = b;
    this.#checksums = checksums;
    this.#keys = keys;
    this.#at = at;
    this.#lines = lines;
  }
}
