import { invariant } from '../../shared/invariant.ts';
import type { InstrumentId } from '../../shared/units.ts';

/** Longest venue symbol that is known or looked for, bytes. */
export const SYMBOL_BYTES_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITTLE_ENDIAN = true;

/** Four quotes, to find one of them in a word. */
const FOUR_QUOTES = 0x2222_2222;
const FOUR_ONES = 0x0101_0101;
const FOUR_HIGH_BITS = 0x8080_8080 | 0;

const HASH_PRIME = 0x9e37_79b1 | 0;

const mixed = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, HASH_PRIME);
  return product ^ (product >>> 15);
};

/** The lowest `count` bytes of a word, 0 to 3 of them; the others become zero. */
const firstBytes = (word: number, count: number): number => word & ((1 << (8 * count)) - 1);

/** Int32 words of one slot: hash, start in the pool, length in bytes (0: empty), id. */
const SLOT_WORDS = 4;

/**
 * Instrument ids by the bytes of their venue symbol, found without making a string.
 *
 * A symbol is taken as words of four bytes, the last one filled up with zeros (and all zeros where the
 * length is a multiple of four). Open addressing over slots in one array, at most half full; a symbol that
 * is met ends where its length and all its words agree, so a hash shared by two symbols costs a comparison
 * and never a wrong id.
 */
export class SymbolTable {
  /** What the last `scan` found: the id, or -1 where the symbol is not known. */
  id = -1;
  #slots = new Int32Array(64 * SLOT_WORDS);
  #mask = 63;
  #size = 0;
  #pool = new Int32Array(256);
  #pooled = 0;
  /** The symbol looked for. */
  readonly #words = new Int32Array(SYMBOL_BYTES_MAX / 4 + 1);

  /** Makes a symbol known; a symbol already known gets the new id. */
  add(venueSymbol: string, id: InstrumentId): void {
    const { length } = venueSymbol;
    invariant(length > 0 && length <= SYMBOL_BYTES_MAX, 'a venue symbol has 1 to 64 characters');
    const bytes = Uint8Array.from(venueSymbol, (character) => {
      const byte = character.charCodeAt(0);
      const plain = byte > 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH;
      invariant(plain, 'a venue symbol is printable ASCII that JSON writes without escapes');
      return byte;
    });
    const hash = this.#take(bytes, 0, length);
    const slot = this.#slotOf(length, hash);
    if (this.#slots[slot + 2] === 0) {
      const words = (length >> 2) + 1;
      if (this.#pooled + words > this.#pool.length) this.#growPool();
      this.#pool.set(this.#words.subarray(0, words), this.#pooled);
      this.#slots[slot] = hash;
      this.#slots[slot + 1] = this.#pooled;
      this.#slots[slot + 2] = length;
      this.#pooled += words;
      this.#size++;
    }
    this.#slots[slot + 3] = id;
    if (this.#size * 2 > this.#mask) this.#growSlots();
  }

  /** @returns the id of the symbol that is exactly `bytes[start..end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    return length <= SYMBOL_BYTES_MAX ? this.#idOf(length, this.#take(bytes, start, end)) : -1;
  }

  /**
   * Reads the symbol that begins at `at` and ends before a double quote, and leaves its id in `id`. `view`
   * is of the same memory as `bytes`.
   *
   * @returns the index of that quote, or -1 where none follows within `SYMBOL_BYTES_MAX` bytes.
   */
  scan(bytes: Uint8Array, view: DataView, at: number): number {
    const words = this.#words;
    // Words may be read past the quote, so not at the very end of the memory.
    if (at + SYMBOL_BYTES_MAX + 4 > view.byteLength) return this.#scanBytes(bytes, at);
    let hash = 0;
    for (let n = 0; n < words.length; n++) {
      const word = view.getInt32(at + n * 4, LITTLE_ENDIAN);
      // The high bit of the lowest byte that is a quote is the lowest one set here.
      const turned = word ^ FOUR_QUOTES;
      const quotes = (turned - FOUR_ONES) & ~turned & FOUR_HIGH_BITS;
      if (quotes !== 0) {
        const count = (31 - Math.clz32(quotes & -quotes)) >> 3;
        const last = firstBytes(word, count);
        words[n] = last;
        const length = n * 4 + count;
        if (length > SYMBOL_BYTES_MAX) break;
        this.id = this.#idOf(length, mixed(hash, last));
        return at + length;
      }
      words[n] = word;
      hash = mixed(hash, word);
    }
    this.id = -1;
    return -1;
  }

  #scanBytes(bytes: Uint8Array, at: number): number {
    const limit = Math.min(at + SYMBOL_BYTES_MAX + 1, bytes.length);
    for (let i = at; i < limit; i++)
      if (bytes[i] === QUOTE) {
        this.id = this.find(bytes, at, i);
        return i;
      }
    this.id = -1;
    return -1;
  }

  /** Puts a symbol of at most `SYMBOL_BYTES_MAX` bytes into `#words`. @returns its hash. */
  #take(bytes: Uint8Array, start: number, end: number): number {
    const words = this.#words;
    let hash = 0;
    for (let n = 0, at = start; ; n++, at += 4) {
      let word = 0;
      for (let i = Math.min(end - at, 4) - 1; i >= 0; i--) word = (word << 8) | bytes[at + i]!;
      words[n] = word;
      hash = mixed(hash, word);
      if (end - at < 4) return hash;
    }
  }

  #idOf(length: number, hash: number): number {
    const slot = this.#slotOf(length, hash);
    return this.#slots[slot + 2] === 0 ? -1 : this.#slots[slot + 3]!;
  }

  /** The slot that holds the symbol in `#words`, or the empty one where it would go. Ends: half the slots are empty. */
  #slotOf(length: number, hash: number): number {
    const slots = this.#slots;
    for (let n = hash >>> 15; ; n++) {
      const slot = (n & this.#mask) * SLOT_WORDS;
      const held = slots[slot + 2]!;
      if (held === 0) return slot;
      if (held === length && slots[slot] === hash && this.#isAt(slots[slot + 1]!, length)) return slot;
    }
  }

  #isAt(from: number, length: number): boolean {
    const pool = this.#pool;
    const words = this.#words;
    for (let n = length >> 2; n >= 0; n--) if (pool[from + n] !== words[n]) return false;
    return true;
  }

  #growPool(): void {
    const pool = new Int32Array(this.#pool.length * 2);
    pool.set(this.#pool);
    this.#pool = pool;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      if (old[from + 2] === 0) continue;
      // Every symbol is another, so the first empty slot is its place.
      let n = old[from]! >>> 15;
      while (this.#slots[(n & this.#mask) * SLOT_WORDS + 2] !== 0) n++;
      this.#slots.set(old.subarray(from, from + SLOT_WORDS), (n & this.#mask) * SLOT_WORDS);
    }
  }
}
