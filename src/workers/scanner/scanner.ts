import { decimalsOf } from '../../shared/decimal/decimals.ts';
import { ScannedDecimal, scanDecimal, scanDecimalWithCrc } from '../../shared/decimal/scan-decimal.ts';
import {
  COPY_AT,
  COPY_BYTES,
  COUNTS_AT,
  FOUND_LONG,
  FOUND_MORE_DECIMALS,
  HEAP_AT,
  LIST_BYTES,
  LISTS_AT,
  LONG_AT,
  OP_PRICE,
  OP_QTY,
  OP_UNSIGNED,
  READ_AT,
  READ_BYTES,
  ROW_BYTES,
  SLOT_BYTES,
  SLOTS_AT,
} from './layout.ts';
import { fillTables } from './scanner-tables.ts';
import { programOf, type Shape, shapeKey } from './shape.ts';

export { FOUND_MORE_DECIMALS };

/** What is compiled from `wasm/`, and the memory it works in. */
export interface ScannerModule {
  readonly memory: ArrayBuffer;
  /** Numbers of the shapes that were compiled, by their keys. */
  readonly compiled: ReadonlyMap<string, number>;
  scan(shape: number, symbols: number, start: number, end: number): number;
  /** Hash of the symbol that stands at `at`, a quote after it. */
  hashOf(at: number): number;
  /** Whether no byte from `at` up to `end` is above 127: 0 or 1. */
  isAscii(at: number, end: number): number;
  /** Sets the level in the row at `row` in the side at `side`, or removes it. */
  applyLevel(side: number, row: number): void;
  /**
   * Applies the levels of the message scanned last to a book, cuts both sides, and writes them as they are in
   * the record at RECORD_AT. @returns its checksum where asked for (1), else whether it is crossed (1).
   */
  applyMessage(asks: number, bids: number, depth: number, isChecked: 0 | 1): number;
  checksum(asks: number, bids: number): number;
  /** As `bookDigest` has it. */
  digest(asks: number, bids: number): number;
  /** Whether the best bid is not below the best ask: 0 or 1. */
  isCrossed(asks: number, bids: number): number;
  truncate(side: number, depth: number): void;
}

/** Index in `float64` of a slot's value. */
export const valueIndex = (slot: number): number => (SLOTS_AT + slot * SLOT_BYTES) / 8;
/** Index in `int32` of what else a slot says; the checksum register is the next one. */
export const wordIndex = (slot: number): number => (SLOTS_AT + slot * SLOT_BYTES) / 4 + 2;
/** The same of a slot in the first row of a list. */
export const rowValueIndex = (list: number, slot: number): number =>
  (LISTS_AT + list * LIST_BYTES + slot * SLOT_BYTES) / 8;
export const rowWordIndex = (list: number, slot: number): number => rowValueIndex(list, slot) * 2 + 2;
/** From one row to the next, in `float64` and in `int32`. */
export const ROW_VALUES = ROW_BYTES / 8;
export const ROW_WORDS = ROW_BYTES / 4;
/** Index in `int32` of the number of rows in a list. */
export const countIndex = (list: number): number => COUNTS_AT / 4 + list;

/** Allocations are multiples of this, so that every one is aligned. */
const GRAIN = 64;

/**
 * Reads messages by their shape, many bytes at a time. What it found lies in `float64` and `int32` until the
 * next scan. One per thread: every codec of a thread has its shapes and symbols in the same memory.
 *
 * The memory never grows, because growing would take it away from the socket that reads into it.
 */
export class Scanner {
  readonly bytes: Uint8Array;
  readonly uint16: Uint16Array;
  readonly int32: Int32Array;
  readonly float64: Float64Array;
  /** Messages in these bytes are scanned where they lie; others are copied first. */
  readonly readBytes: { readonly buffer: ArrayBuffer; readonly byteOffset: number; readonly length: number };
  readonly module: ScannerModule;
  readonly #shapes = new Map<Shape, number>();
  readonly #number = new ScannedDecimal();
  #heap: number = HEAP_AT;
  /** What was given back, by its length. */
  readonly #free = new Map<number, number[]>();
  /** Memory of the last message, and where it begins in ours; -1 where it lies elsewhere. */
  #source: Uint8Array | undefined;
  #sourceAt = -1;

  constructor(module: ScannerModule) {
    const { memory } = module;
    this.module = module;
    this.bytes = new Uint8Array(memory);
    this.uint16 = new Uint16Array(memory);
    this.int32 = new Int32Array(memory);
    this.float64 = new Float64Array(memory);
    this.readBytes = { buffer: memory, byteOffset: READ_AT, length: READ_BYTES };
    fillTables(memory);
  }

  /** Number of a shape that was compiled, else its address; the same for the same one. */
  shape(shape: Shape): number {
    const known = this.#shapes.get(shape);
    if (known !== undefined) return known;
    const program = programOf(shape);
    const at = this.module.compiled.get(shapeKey(program)) ?? this.#interpreted(program);
    this.#shapes.set(shape, at);
    return at;
  }

  #interpreted(program: Uint8Array): number {
    const at = this.allocate(program.length);
    if (at === undefined) throw new Error('the scanner has no room for another shape');
    this.bytes.set(program, at);
    return at;
  }

  /** @returns the address of zeroed memory, or undefined where there is none left. */
  allocate(bytes: number): number | undefined {
    const length = Math.ceil(bytes / GRAIN) * GRAIN;
    const freed = this.#free.get(length)?.pop();
    if (freed !== undefined) {
      this.bytes.fill(0, freed, freed + length);
      return freed;
    }
    if (this.#heap + length > this.bytes.length) return undefined;
    const at = this.#heap;
    this.#heap += length;
    return at;
  }

  /** Gives back what was allocated with as many bytes. */
  free(at: number, bytes: number): void {
    const length = Math.ceil(bytes / GRAIN) * GRAIN;
    const freed = this.#free.get(length);
    if (freed === undefined) this.#free.set(length, [at]);
    else freed.push(at);
  }

  /** Hash of the symbol that stands at `at`, a quote after it. */
  hashOf(at: number): number {
    return this.module.hashOf(at);
  }

  /**
   * Scans the message `bytes[start..end)`.
   *
   * @param shape from `shape()`.
   * @param symbols address of a table of symbols.
   * @returns 0 where it is not of this shape; else bits, `FOUND_MORE_DECIMALS` among them.
   */
  scan(shape: number, symbols: number, bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceAt = bytes.buffer === this.module.memory ? bytes.byteOffset : -1;
    }
    const offset = this.#sourceAt;
    if (offset < 0) return this.#scanCopy(shape, symbols, bytes, start, end);
    const found = this.module.scan(shape, symbols, offset + start, offset + end);
    return (found & FOUND_LONG) === 0 ? found : this.#readLong(found);
  }

  /** Messages that did not come whole in one chunk, and those of `ws`. */
  #scanCopy(shape: number, symbols: number, bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > COPY_BYTES) return 0;
    this.bytes.set(bytes.subarray(start, end), COPY_AT);
    const found = this.module.scan(shape, symbols, COPY_AT, COPY_AT + length);
    return (found & FOUND_LONG) === 0 ? found : this.#readLong(found);
  }

  /** Numbers of more digits than a float64 holds, or nearly as many. */
  #readLong(found: number): number {
    const { bytes, int32, float64 } = this;
    const number = this.#number;
    let result = found;
    const count = int32[LONG_AT / 4]!;
    for (let n = 0, note = LONG_AT / 4 + 4; n < count; n++, note += 4) {
      const slot = int32[note]!;
      const at = int32[note + 1]!;
      const end = int32[note + 2]!;
      const op = int32[note + 3]! & 255;
      const least = int32[note + 3]! >> 8;
      let next: number;
      if (op === OP_PRICE || op === OP_QTY) {
        number.crc = op === OP_QTY ? int32[slot / 4 - 1]! : 0;
        number.crcDigits = op === OP_QTY ? int32[slot / 4 - 2]! >> 8 : 0;
        next = scanDecimalWithCrc(bytes, at, least, number);
        int32[slot / 4 + 3] = number.crc;
        if (decimalsOf(number.decimals) > least) result |= FOUND_MORE_DECIMALS;
      } else {
        number.crcDigits = 0;
        next = scanDecimal(bytes, at, number);
      }
      if (next !== end || (op === OP_UNSIGNED && number.value < 0)) return 0;
      float64[slot / 8] = number.value;
      int32[slot / 4 + 2] = number.decimals | (number.crcDigits << 8);
    }
    return result;
  }
}
