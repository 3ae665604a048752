import { invariant } from '../../shared/invariant.ts';
import type { InstrumentId } from '../../shared/units.ts';
import { SYMBOL_BYTES_MAX, TABLE_HEADER, TABLE_SLOT } from './layout.ts';
import type { Scanner } from './scanner.ts';

const SLOTS_FIRST = 32;
const NAME = /^[!#-[\]-~]+$/;

interface Entry {
  readonly id: InstrumentId;
  readonly nameAt: number;
  readonly hash: number;
  readonly bytes: number;
  slot: number;
}

/** Of a name with a quote after it, for the hash, and zeros up to the next word, for the comparison. */
const nameBytes = (length: number): number => (length & ~7) + 16;

const tableBytes = (slots: number): number => TABLE_HEADER + slots * TABLE_SLOT;

/**
 * Symbols that the scanner finds in messages, with the decimals of their books. Open addressing, at most half
 * full. A symbol for which there is no room is not found, so its messages take the cold path.
 */
export class ScannedSymbols {
  readonly #scanner: Scanner;
  readonly #entries = new Map<string, Entry>();
  readonly #byId = new Map<InstrumentId, Entry>();
  #slots = SLOTS_FIRST;
  #at: number;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#at = this.#makeTable(SLOTS_FIRST) ?? 0;
    invariant(this.#at > 0, 'the scanner has room for a table of symbols');
  }

  /** Address of the table, anew after each `add`. */
  get at(): number {
    return this.#at;
  }

  /** Makes a symbol known. One that is known already keeps its id. */
  add(venueSymbol: string, id: InstrumentId): void {
    if (this.#entries.has(venueSymbol)) return;
    const { length } = venueSymbol;
    invariant(
      length <= SYMBOL_BYTES_MAX && NAME.test(venueSymbol),
      'a venue symbol is 1 to 64 printable ASCII characters that JSON writes without escapes',
    );
    if ((this.#entries.size + 1) * 2 > this.#slots && !this.#grow()) return;
    const nameAt = this.#scanner.allocate(nameBytes(length));
    if (nameAt === undefined) return;
    const { bytes } = this.#scanner;
    for (let i = 0; i < length; i++) bytes[nameAt + i] = venueSymbol.charCodeAt(i);
    bytes[nameAt + length] = 0x22;
    const hash = this.#scanner.hashOf(nameAt);
    bytes[nameAt + length] = 0;
    const entry: Entry = { id, nameAt, hash, bytes: length, slot: 0 };
    this.#place(entry, 0);
    this.#entries.set(venueSymbol, entry);
    this.#byId.set(id, entry);
  }

  /** Tells how many decimals an instrument's prices and quantities have, for the checksum of its levels. */
  setDecimals(id: InstrumentId, price: number, qty: number): void {
    const entry = this.#byId.get(id);
    if (entry !== undefined) this.#scanner.int32[entry.slot / 4 + 3] = price | (qty << 8);
  }

  /** Gives all its memory back. It is not used any more. */
  free(): void {
    for (const { nameAt, bytes } of this.#entries.values()) this.#scanner.free(nameAt, nameBytes(bytes));
    this.#scanner.free(this.#at, tableBytes(this.#slots));
    this.#entries.clear();
    this.#byId.clear();
  }

  #place(entry: Entry, decimals: number): void {
    const { int32 } = this.#scanner;
    const mask = this.#slots - 1;
    for (let n = entry.hash & mask; ; n = (n + 1) & mask) {
      const slot = this.#at + TABLE_HEADER + n * TABLE_SLOT;
      if (int32[slot / 4 + 2] !== 0) continue;
      entry.slot = slot;
      int32.set([entry.id, entry.nameAt, entry.bytes, decimals], slot / 4);
      return;
    }
  }

  #makeTable(slots: number): number | undefined {
    const at = this.#scanner.allocate(tableBytes(slots));
    if (at !== undefined) this.#scanner.int32[at / 4] = slots - 1;
    return at;
  }

  #grow(): boolean {
    const at = this.#makeTable(this.#slots * 2);
    if (at === undefined) return false;
    const { int32 } = this.#scanner;
    const old = this.#at;
    const oldBytes = tableBytes(this.#slots);
    this.#at = at;
    this.#slots *= 2;
    for (const entry of this.#entries.values()) this.#place(entry, int32[entry.slot / 4 + 3]!);
    this.#scanner.free(old, oldBytes);
    return true;
  }
}
