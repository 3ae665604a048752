/**
 * CRC-32 (IEEE 802.3, as in zlib), made for checksums over a book's best levels.
 *
 * The register is linear: the register of `AB` is the register of `A` moved on by the length of `B`, xor
 * the register of `B` begun at zero. So a level's part is computed once, when its digits are read, and a
 * whole book's checksum is one move and one xor per level, whatever the number of digits.
 *
 * Measured against native `zlib.crc32` over gathered digits in `bench/alternatives`.
 */
const POLYNOMIAL = 0xedb8_8320;

/** Bytewise table of the reflected polynomial. Signed, so that registers stay small integers in V8. */
export const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
  return c | 0;
});

/** Moves of fewer bytes than this have a table of their own; longer ones are taken in two steps. */
const NEAR_BYTES = 64;

/** Moves of this many times `NEAR_BYTES` have a table too, 0 to this. */
const FAR_STEPS_MAX = 16;

/** For each of `count` lengths, `stride` bytes apart, four tables of 256: what each byte of a register becomes. */
function moveTables(count: number, stride: number): Int32Array {
  const moves = new Int32Array(count * 1024);
  for (let lane = 0; lane < 4; lane++)
    for (let byte = 0; byte < 256; byte++) {
      let register = byte << (lane * 8);
      for (let n = 0; n < count; n++) {
        moves[n * 1024 + lane * 256 + byte] = register | 0;
        for (let zeros = 0; zeros < stride; zeros++) register = CRC_TABLE[register & 255]! ^ (register >>> 8);
      }
    }
  return moves;
}

const NEAR_MOVES = moveTables(NEAR_BYTES, 1);
const FAR_MOVES = moveTables(FAR_STEPS_MAX + 1, NEAR_BYTES);

/** The register after `length` further zero bytes. */
export function moveRegister(register: number, length: number): number {
  return length < NEAR_BYTES ? moved(NEAR_MOVES, register, length) : moveFar(register, length);
}

function moved(tables: Int32Array, register: number, table: number): number {
  const at = table * 1024;
  return (
    tables[at + (register & 255)]! ^
    tables[at + 256 + ((register >>> 8) & 255)]! ^
    tables[at + 512 + ((register >>> 16) & 255)]! ^
    tables[at + 768 + (register >>> 24)]!
  );
}

/** Apart from the near one, which V8 inlines into its callers because it does not loop. */
function moveFar(register: number, length: number): number {
  let steps = length >> 6;
  let far = register;
  for (; steps > FAR_STEPS_MAX; steps -= FAR_STEPS_MAX) far = moved(FAR_MOVES, far, FAR_STEPS_MAX);
  return moved(NEAR_MOVES, moved(FAR_MOVES, far, steps), length & (NEAR_BYTES - 1));
}

/** Register of ASCII text, begun at `register`. */
export function registerOf(text: string, register = 0): number {
  for (let i = 0; i < text.length; i++)
    register = CRC_TABLE[(register ^ text.charCodeAt(i)) & 255]! ^ (register >>> 8);
  return register;
}

/** The register a CRC-32 begins with. */
export const CRC_START = -1;

/** @returns the checksum as an unsigned number, from the register at the end. */
export const crcOf = (register: number): number => ~register >>> 0;
