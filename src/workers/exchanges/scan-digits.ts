import { CRC_TABLE, moveRegister } from '../../shared/book/crc32.ts';
import { INEXACT, MANTISSA_EXACT_BELOW, POWERS_OF_TEN } from '../../shared/decimal/decimals.ts';
import { type ScannedDecimal, scanDecimal, scanDecimalWithCrc } from '../../shared/decimal/scan-decimal.ts';

/**
 * The decimals of hot messages, read four digits at a time. The same numbers as `scanDecimal` and
 * `scanDecimalWithCrc` read, less those that JSON refuses for a leading zero; the tests compare them.
 *
 * The longest chain in reading a book is the checksum register, which each digit waits for. Four digits
 * taken as one word wait once.
 */
const ZERO = 0x30;
const DOT = 0x2e;
const LITTLE_ENDIAN = true;

/** Digits that an int32 holds, whatever they are. */
const INT32_DIGITS = 9;

/** Turns four ASCII digits in a word into four numbers of a byte each. */
const FOUR_ZEROS = 0x3030_3030;

/**
 * Bits in the bytes of such a word that are no digits; 0 where all four are. Right up to the lowest of these
 * bytes: beyond it a carry may set bits that mean nothing.
 */
const nonDigits = (word: number): number => (word | (word + 0x0606_0606)) & 0xf0f0_f0f0;

/** Whether a word, begun as ASCII and turned by `FOUR_ZEROS`, is four numbers from 0 to 9. */
export const areDigits = (word: number): boolean => nonDigits(word) === 0;

/** How many digits such a word begins with, 0 to 4. */
export const leadingDigits = (word: number): number => {
  const others = nonDigits(word);
  return others === 0 ? 4 : (31 - Math.clz32(others & -others)) >> 3;
};

/** The number that four digits of a little-endian word make, the first digit in the lowest byte. */
export const fourDigits = (word: number): number => {
  // Each byte becomes ten times itself and the next one; two of them are the pairs.
  const pairs = Math.imul(word, 10) + (word >>> 8);
  return (pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff);
};

/** Four bytes as a word of four numbers; digits where `areDigits` says so. */
export const wordAt = (view: DataView, at: number): number => view.getInt32(at, LITTLE_ENDIAN) ^ FOUR_ZEROS;

/** A JSON number of zero or more, without exponent. @returns the index after it, or -1. */
export function scanUnsigned(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  into: ScannedDecimal,
): number {
  let i = at;
  let whole = 0;
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
    if (i - at >= INT32_DIGITS) return scanLong(bytes, at, into);
  }
  if (i === at || (bytes[at] === ZERO && i > at + 1)) return -1;
  let fraction = 0;
  let decimals = 0;
  if (bytes[i] === DOT) {
    const first = ++i;
    for (; i + 4 <= end; i += 4) {
      const word = wordAt(view, i);
      if (!areDigits(word)) break;
      if (i - first >= 8) return scanDecimal(bytes, at, into);
      fraction = fraction * 10_000 + fourDigits(word);
    }
    for (; i < end; i++) {
      const digit = bytes[i]! - ZERO;
      if (digit < 0 || digit > 9) break;
      if (i - first >= INT32_DIGITS) return scanDecimal(bytes, at, into);
      fraction = fraction * 10 + digit;
    }
    decimals = i - first;
    if (decimals === 0) return -1;
  }
  const scale = POWERS_OF_TEN[decimals]!;
  const mantissa = whole * scale + fraction;
  if (mantissa >= MANTISSA_EXACT_BELOW) return scanDecimal(bytes, at, into);
  into.value = mantissa / scale;
  into.decimals = decimals;
  return i;
}

/** A JSON number of either sign, without exponent. @returns the index after it, or -1. */
export function scanSigned(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  into: ScannedDecimal,
): number {
  if (bytes[at] !== 0x2d) return scanUnsigned(bytes, view, at, end, into);
  const next = scanUnsigned(bytes, view, at + 1, end, into);
  // What a float64 does not hold has its rest in the decimals, and that has a sign as well.
  if (into.decimals >= INEXACT) return scanDecimal(bytes, at, into);
  into.value = -into.value;
  return next;
}

/** A number of more whole digits than an int32 holds. */
const scanLong = (bytes: Uint8Array, at: number, into: ScannedDecimal): number =>
  bytes[at] === ZERO ? -1 : scanDecimal(bytes, at, into);

/** Like `scanUnsigned`, and runs the digits through the checksum register; see `scanDecimalWithCrc`. */
export function scanUnsignedWithCrc(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  minDecimals: number,
  into: ScannedDecimal,
): number {
  let crc = into.crc;
  let crcDigits = into.crcDigits;
  let i = at;
  let whole = 0;
  if (bytes[at] === ZERO) {
    const next = bytes[++i]! - ZERO;
    if (next >= 0 && next <= 9) return -1;
  } else {
    if (at + 4 <= end) {
      const word = wordAt(view, at);
      if (areDigits(word)) {
        whole = fourDigits(word);
        crc = moveRegister(crc ^ word ^ FOUR_ZEROS, 4);
        i += 4;
      }
    }
    for (; i < end; i++) {
      const byte = bytes[i]!;
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) break;
      if (i - at >= INT32_DIGITS) return scanDecimalWithCrc(bytes, at, minDecimals, into);
      whole = whole * 10 + digit;
      crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
    }
    crcDigits += i - at;
  }
  if (i === at) return -1;
  let fraction = 0;
  let decimals = 0;
  if (bytes[i] === DOT) {
    const first = ++i;
    for (; i + 4 <= end; i += 4) {
      const word = wordAt(view, i);
      if (!areDigits(word)) break;
      if (i - first >= 8) return scanDecimalWithCrc(bytes, at, minDecimals, into);
      if (whole !== 0 || fraction !== 0 || (word & 0xff) !== 0) {
        crc = moveRegister(crc ^ word ^ FOUR_ZEROS, 4);
        crcDigits += 4;
      } else if (word !== 0) {
        // Zeros lead: the digits from the first that is none go one by one.
        for (let n = 1, started = false; n < 4; n++) {
          const byte = bytes[i + n]!;
          if (!started && byte === ZERO) continue;
          started = true;
          crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
          crcDigits++;
        }
      }
      fraction = fraction * 10_000 + fourDigits(word);
    }
    for (; i < end; i++) {
      const byte = bytes[i]!;
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) break;
      if (i - first >= INT32_DIGITS) return scanDecimalWithCrc(bytes, at, minDecimals, into);
      fraction = fraction * 10 + digit;
      if (whole !== 0 || fraction !== 0) {
        crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
        crcDigits++;
      }
    }
    decimals = i - first;
    if (decimals === 0) return -1;
  }
  const scale = POWERS_OF_TEN[decimals]!;
  const mantissa = whole * scale + fraction;
  if (mantissa >= MANTISSA_EXACT_BELOW) return scanDecimalWithCrc(bytes, at, minDecimals, into);
  if (mantissa !== 0)
    for (let n = decimals; n < minDecimals; n++) {
      crc = CRC_TABLE[(crc ^ ZERO) & 255]! ^ (crc >>> 8);
      crcDigits++;
    }
  into.value = mantissa / scale;
  into.decimals = decimals;
  into.crc = crc;
  into.crcDigits = crcDigits;
  return i;
}
