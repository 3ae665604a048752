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

/** Moves of up to this many bytes have a table of their own (4 KiB each); few levels have more digits. */
const MOVE_BYTES_MAX = 48;

/** For each length, four tables of 256: what each byte of the register becomes after that many zero bytes. */
const MOVES: Int32Array = (() => {
  const moves = new Int32Array((MOVE_BYTES_MAX + 1) * 1024);
  for (let lane = 0; lane < 4; lane++)
    for (let byte = 0; byte < 256; byte++) {
      let register = byte << (lane * 8);
      for (let length = 0; length <= MOVE_BYTES_MAX; length++) {
        moves[length * 1024 + lane * 256 + byte] = register | 0;
        register = CRC_TABLE[register & 255]! ^ (register >>> 8);
      }
    }
  return moves;
})();

/** The register after `length` further zero bytes. */
export function moveRegister(register: number, length: number): number {
  return length <= MOVE_BYTES_MAX ? moveNear(register, length) : moveFar(register, length);
}

function moveNear(register: number, length: number): number {
  const at = length * 1024;
  return (
    MOVES[at + (register & 255)]! ^
    MOVES[at + 256 + ((register >>> 8) & 255)]! ^
    MOVES[at + 512 + ((register >>> 16) & 255)]! ^
    MOVES[at + 768 + (register >>> 24)]!
  );
}

/** Apart from the near one, which V8 inlines into its callers because it does not loop. */
function moveFar(register: number, length: number): number {
  let left = length;
  let moved = register;
  for (; left > MOVE_BYTES_MAX; left -= MOVE_BYTES_MAX) moved = moveNear(moved, MOVE_BYTES_MAX);
  return moveNear(moved, left);
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
