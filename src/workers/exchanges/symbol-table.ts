import { invariant } from '../../shared/invariant.ts';
import type { InstrumentId } from '../../shared/units.ts';

/** Longest venue symbol that is known or looked for, bytes. */
export const SYMBOL_BYTES_MAX = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

// Turn and mix in, which a processor does in two steps per byte; one multiplication at the end spreads it.
const hashed = (hash: number, byte: number): number => ((hash << 5) | (hash >>> 27)) ^ byte;
const HASH_PRIME = 0x9e37_79b1 | 0;

/** Int32 words of one slot: hash, start in the pool, length (0: empty), id. */
const SLOT_WORDS = 4;

/**
 * Instrument ids by the bytes of their venue symbol, found without making a string.
 *
 * Open addressing over slots in one array, at most half full; a symbol that is met ends where its length
 * and all its bytes agree, so a hash shared by two symbols costs a comparison and never a wrong id.
 */
export class SymbolTable {
  /** What the last `scan` found: the id, or -1 where the symbol is not known. */
  id = -1;
  #slots = new Int32Array(64 * SLOT_WORDS);
  #mask = 63;
  #size = 0;
  #pool = new Uint8Array(1024);
  #pooled = 0;

  /** Makes a symbol known; a symbol already known gets the new id. */
  add(venueSymbol: string, id: InstrumentId): void {
    const length = venueSymbol.length;
    invariant(length > 0 && length <= SYMBOL_BYTES_MAX, 'a venue symbol has 1 to 64 characters');
    if (this.#pooled + length > this.#pool.length) this.#growPool();
    const start = this.#pooled;
    let hash = 0;
    for (let i = 0; i < length; i++) {
      const byte = venueSymbol.charCodeAt(i);
      const plain = byte > 0x20 && byte < 0x7f && byte !== QUOTE && byte !== BACKSLASH;
      invariant(plain, 'a venue symbol is printable ASCII that JSON writes without escapes');
      this.#pool[start + i] = byte;
      hash = hashed(hash, byte);
    }
    const slot = this.#slotOf(this.#pool, start, length, hash);
    if (this.#slots[slot + 2] === 0) {
      this.#pooled += length;
      this.#slots[slot] = hash;
      this.#slots[slot + 1] = start;
      this.#slots[slot + 2] = length;
      this.#size++;
    }
    this.#slots[slot + 3] = id;
    if (this.#size * 2 > this.#mask) this.#growSlots();
  }

  /** @returns the id of the symbol that is exactly `bytes[start..end)`, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0;
    for (let i = start; i < end; i++) hash = hashed(hash, bytes[i]!);
    return this.#idOf(bytes, start, end - start, hash);
  }

  /**
   * Reads the symbol that begins at `at` and ends before a double quote, and leaves its id in `id`.
   *
   * @returns the index of that quote, or -1 where none follows within `SYMBOL_BYTES_MAX` bytes.
   */
  scan(bytes: Uint8Array, at: number): number {
    const limit = Math.min(at + SYMBOL_BYTES_MAX + 1, bytes.length);
    let hash = 0;
    for (let i = at; i < limit; i++) {
      const byte = bytes[i]!;
      if (byte === QUOTE) {
        this.id = this.#idOf(bytes, at, i - at, hash);
        return i;
      }
      hash = hashed(hash, byte);
    }
    this.id = -1;
    return -1;
  }

  #idOf(bytes: Uint8Array, start: number, length: number, hash: number): number {
    const slot = this.#slotOf(bytes, start, length, hash);
    return this.#slots[slot + 2] === 0 ? -1 : this.#slots[slot + 3]!;
  }

  /** The slot that holds these bytes, or the empty one where they would go. Ends: half the slots are empty. */
  #slotOf(bytes: Uint8Array, start: number, length: number, hash: number): number {
    const slots = this.#slots;
    const pool = this.#pool;
    for (let n = Math.imul(hash, HASH_PRIME) >>> 15; ; n++) {
      const slot = (n & this.#mask) * SLOT_WORDS;
      const held = slots[slot + 2]!;
      if (held === 0) return slot;
      if (held !== length || slots[slot] !== hash) continue;
      const from = slots[slot + 1]!;
      let i = 0;
      while (i < length && pool[from + i] === bytes[start + i]) i++;
      if (i === length) return slot;
    }
  }

  #growPool(): void {
    const pool = new Uint8Array(this.#pool.length * 2);
    pool.set(this.#pool);
    this.#pool = pool;
  }

  #growSlots(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let from = 0; from < old.length; from += SLOT_WORDS) {
      const length = old[from + 2]!;
      if (length === 0) continue;
      const slot = this.#slotOf(this.#pool, old[from + 1]!, length, old[from]!);
      this.#slots.set(old.subarray(from, from + SLOT_WORDS), slot);
    }
  }
}
