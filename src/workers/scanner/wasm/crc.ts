/** Registers of the checksum, as in `shared/book/crc32.ts`. */
import { CRC_AT, FAR_MOVES, FAR_MOVES_AT, MOVES, MOVES_AT, MOVES_BITS } from '../layout';

// @ts-ignore: decorator
@inline function entry(table: usize, index: u32): i32 {
  return load<i32>(CRC_AT + table * 1024 + (<usize>index << 2));
}

/** The register after eight more bytes. */
// @ts-ignore: decorator
@inline export function afterEight(register: i32, word: u64): i32 {
  const lower = <u32>word ^ <u32>register;
  const upper = <u32>(word >> 32);
  return (
    entry(7, lower & 255) ^
    entry(6, (lower >> 8) & 255) ^
    entry(5, (lower >> 16) & 255) ^
    entry(4, lower >> 24) ^
    entry(3, upper & 255) ^
    entry(2, (upper >> 8) & 255) ^
    entry(1, (upper >> 16) & 255) ^
    entry(0, upper >> 24)
  );
}

// @ts-ignore: decorator
@inline function nibble(tables: usize, n: usize, bits: u32): i32 {
  return load<i32>(tables + (n << 6) + (<usize>((bits >> (<u32>n << 2)) & 15) << 2));
}

/** By nibbles: twice the lookups of bytes, in tables so small that all of them stay in the fastest cache. */
// @ts-ignore: decorator
@inline function movedBy(tables: usize, register: i32): i32 {
  const bits = <u32>register;
  return (
    nibble(tables, 0, bits) ^
    nibble(tables, 1, bits) ^
    nibble(tables, 2, bits) ^
    nibble(tables, 3, bits) ^
    nibble(tables, 4, bits) ^
    nibble(tables, 5, bits) ^
    nibble(tables, 6, bits) ^
    nibble(tables, 7, bits)
  );
}

/** The register after `length` zero bytes, fewer than `MOVES`. */
// @ts-ignore: decorator
@inline export function moved(register: i32, length: i32): i32 {
  return movedBy(MOVES_AT + (<usize>length << 9), register);
}

/** The same of any length. */
export function movedFar(register: i32, length: i32): i32 {
  let steps = length >> MOVES_BITS;
  while (steps > FAR_MOVES) {
    register = movedBy(FAR_MOVES_AT + (<usize>FAR_MOVES << 9), register);
    steps -= FAR_MOVES;
  }
  if (steps > 0) register = movedBy(FAR_MOVES_AT + (<usize>steps << 9), register);
  return moved(register, length & (MOVES - 1));
}
