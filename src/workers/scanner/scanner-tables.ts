import { CRC_TABLE, moveRegister } from '../../shared/book/crc32.ts';
import { POWERS_OF_TEN } from '../../shared/decimal/decimals.ts';
import {
  ALIGN_AT,
  CRC_AT,
  FAR_MOVES,
  FAR_MOVES_AT,
  FIRST_AT,
  MOVES,
  MOVES_AT,
  POWERS_AT,
  SHIFT_AT,
  ZEROS_AT,
} from './layout.ts';

/** Bytes taken at once. */
const VECTOR = 16;
const ASCII_ZERO = 0x30;
/** Taken by a shuffle as "nothing". */
const NOWHERE = 0x80;
const CRC_BYTES = 8;

/** Writes the tables that the scanner looks things up in. */
export function fillTables(memory: ArrayBuffer): void {
  const bytes = new Uint8Array(memory);
  new Float64Array(memory, POWERS_AT).set(POWERS_OF_TEN);
  for (let whole = 0; whole <= VECTOR; whole++)
    for (let fraction = 0; whole + fraction <= VECTOR; fraction++) {
      const at = ALIGN_AT + (whole * (VECTOR + 1) + fraction) * VECTOR;
      const first = VECTOR - whole - fraction;
      for (let lane = 0; lane < VECTOR; lane++) {
        const digit = lane - first;
        // The dot stands before the fraction, so its digits are one further on.
        bytes[at + lane] = digit < 0 ? NOWHERE : digit < whole ? digit : digit + 1;
      }
    }
  for (let count = 0; count <= VECTOR; count++)
    for (let lane = 0; lane < VECTOR; lane++) {
      const at = count * VECTOR + lane;
      bytes[SHIFT_AT + at] = lane + count < VECTOR ? lane + count : NOWHERE;
      bytes[ZEROS_AT + at] = lane >= VECTOR - count ? ASCII_ZERO : 0;
      bytes[FIRST_AT + at] = lane < count ? 0xff : 0;
    }
  const words = new Int32Array(memory);
  for (let byte = 0; byte < 256; byte++) {
    let register = CRC_TABLE[byte]!;
    for (let after = 0; after < CRC_BYTES; after++) {
      words[CRC_AT / 4 + after * 256 + byte] = register;
      register = moveRegister(register, 1);
    }
  }
  for (let nibble = 0; nibble < 8; nibble++)
    for (let bits = 0; bits < 16; bits++) {
      const place = nibble * 16 + bits;
      const register = bits << (nibble * 4);
      for (let length = 0; length < MOVES; length++)
        words[MOVES_AT / 4 + length * 128 + place] = moveRegister(register, length);
      for (let steps = 0; steps <= FAR_MOVES; steps++)
        words[FAR_MOVES_AT / 4 + steps * 128 + place] = moveRegister(register, steps * MOVES);
    }
}
