import type { HeldRecords } from './held-records.ts';
import type { Journal } from './journal.ts';
import type { RecordIdentity } from './record-identity.ts';

/** How a line stands to one stream. */
export const STANCE = {
  /** It has nothing that could be delivered: no verified book. */
  absent: 0,
  /** Which of its records follows the last one delivered is not known. */
  unaligned: 1,
  /** It is at `cursor` in the journal. */
  aligned: 2,
} as const;
export type Stance = (typeof STANCE)[keyof typeof STANCE];

const NO_WORDS = new Int32Array(0);
const NO_DOUBLES = new Float64Array(0);
const ENTRIES_AT_FIRST = 8;
/** Records of one stream that are remembered of a line whose place is not known. The oldest go first. */
export const TAIL_ENTRIES_MAX = 1024;

/** Where one line is in one stream, and those of its last records that may have to be delivered yet. */
export class LineTail {
  stance: Stance = STANCE.unaligned;
  /** Its place was settled by silence, so what it says first may be older than the head all the same. */
  isGuessed = false;
  /** Position of the last record of this line that was recognised. */
  cursor = 0;
  /** Entries that are remembered. */
  count = 0;
  /** Those among them whose record is held. */
  records = 0;
  /** Time of the exchange in the record from which on records are remembered, µs; NaN where none is. */
  sinceUs = Number.NaN;
  /** When the line's first and its last record of this stream were received, ns; NaN while there is none. */
  firstAt = Number.NaN;
  lastAt = Number.NaN;
  /** What the line said last. */
  lastA = 0;
  lastB = 0;
  lastChecksum = 0;
  lastKey = Number.NaN;

  #first = 0;
  /** -1 while there is no memory: most lines of most streams never have anything to remember. */
  #mask = -1;
  #a = NO_WORDS;
  #b = NO_WORDS;
  #checksums = NO_WORDS;
  #handles = NO_WORDS;
  #keys = NO_DOUBLES;
  #at = NO_DOUBLES;

  heard(id: RecordIdentity): void {
    if (Number.isNaN(this.firstAt)) this.firstAt = id.at;
    this.lastAt = id.at;
  }

  said(id: RecordIdentity): void {
    this.lastA = id.a;
    this.lastB = id.b;
    this.lastChecksum = id.checksum;
    this.lastKey = id.key;
  }

  reset(held: HeldRecords): void {
    this.clear(held);
    this.stance = STANCE.unaligned;
    this.isGuessed = false;
    this.cursor = 0;
    this.firstAt = this.lastAt = this.lastKey = Number.NaN;
    this.lastA = this.lastB = this.lastChecksum = 0;
  }

  /** @param handle of the record; 0 where it is remembered by what it says only. */
  remember(id: RecordIdentity, handle: number, held: HeldRecords): void {
    if (this.count > this.#mask) {
      if (this.count < TAIL_ENTRIES_MAX) this.#grow();
      else this.shift(held);
    }
    const i = (this.#first + this.count++) & this.#mask;
    this.#a[i] = id.a;
    this.#b[i] = id.b;
    this.#checksums[i] = id.checksum;
    this.#handles[i] = handle;
    this.#keys[i] = id.key;
    this.#at[i] = id.at;
    if (handle !== 0) this.records++;
  }

  /** @returns the index of the remembered entry with this content; -1 where there is none. */
  indexOf(id: RecordIdentity): number {
    for (let n = 0; n < this.count; n++) {
      const i = (this.#first + n) & this.#mask;
      if (this.#a[i] === id.a && this.#b[i] === id.b) return n;
    }
    return -1;
  }

  /** @returns the index of the only entry without a record that has this checksum and time; -1 otherwise. */
  indexOfState(id: RecordIdentity): number {
    let found = -1;
    for (let n = 0; n < this.count; n++) {
      const i = (this.#first + n) & this.#mask;
      if (this.#handles[i] !== 0 || this.#checksums[i] !== id.checksum || this.#keys[i] !== id.key) continue;
      if (found >= 0) return -1;
      found = n;
    }
    return found;
  }

  /**
   * @returns the index of the remembered entry with this content that follows the one the journal has at
   * `before`, the two being different; -1 where there is none.
   */
  indexOfChange(id: RecordIdentity, journal: Journal, before: number): number {
    if (journal.is(before, id.a, id.b)) return -1;
    for (let n = 1; n < this.count; n++) {
      const i = (this.#first + n) & this.#mask;
      const last = (i - 1) & this.#mask;
      if (this.#a[i] !== id.a || this.#b[i] !== id.b) continue;
      if (journal.is(before, this.#a[last]!, this.#b[last]!)) return n;
    }
    return -1;
  }

  /** When the oldest remembered entry was received, ns; NaN where none is. */
  get oldestAt(): number {
    return this.count === 0 ? Number.NaN : this.#at[this.#first]!;
  }

  /** Order key of the oldest remembered entry; NaN where none is. */
  get oldestKey(): number {
    return this.count === 0 ? Number.NaN : this.#keys[this.#first]!;
  }

  /** Order key of the newest remembered entry; NaN where none is. */
  get newestKey(): number {
    return this.count === 0 ? Number.NaN : this.#keys[(this.#first + this.count - 1) & this.#mask]!;
  }

  /** Fills `id` with the remembered entry of this index, oldest first. */
  read(index: number, id: RecordIdentity): void {
    const i = (this.#first + index) & this.#mask;
    id.a = this.#a[i]!;
    id.b = this.#b[i]!;
    id.checksum = this.#checksums[i]!;
    id.key = this.#keys[i]!;
    id.at = this.#at[i]!;
  }

  /** Takes the oldest entry out. @returns its handle, which the caller has to free; 0 where it has none. */
  take(): number {
    const handle = this.#handles[this.#first]!;
    this.#first = (this.#first + 1) & this.#mask;
    this.count--;
    if (handle !== 0) this.records--;
    return handle;
  }

  /** Forgets the oldest entry. */
  shift(held: HeldRecords): void {
    const handle = this.take();
    if (handle !== 0) held.free(handle);
  }

  clear(held: HeldRecords): void {
    while (this.count > 0) this.shift(held);
  }

  #grow(): void {
    const size = Math.max(ENTRIES_AT_FIRST, (this.#mask + 1) * 2);
    const a = new Int32Array(size);
    const b = new Int32Array(size);
    const checksums = new Int32Array(size);
    const handles = new Int32Array(size);
    const keys = new Float64Array(size);
    const at = new Float64Array(size);
    for (let n = 0; n < this.count; n++) {
      const i = (this.#first + n) & this.#mask;
      a[n] = this.#a[i]!;
      b[n] = this.#b[i]!;
      checksums[n] = this.#checksums[i]!;
      handles[n] = this.#handles[i]!;
      keys[n] = this.#keys[i]!;
      at[n] = this.#at[i]!;
    }
    this.#first = 0;
    this.#mask = size - 1;
    this.#a = a;
    this.#b = b;
    this.#checksums = checksums;
    this.#handles = handles;
    this.#keys = keys;
    this.#at = at;
  }
}
