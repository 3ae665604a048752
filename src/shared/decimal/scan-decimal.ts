import { CRC_TABLE } from '../book/crc32.ts';
import { DECIMALS_MAX, INEXACT, MANTISSA_EXACT_BELOW, POWERS_OF_TEN } from './decimals.ts';

/**
 * A decimal number read from bytes or text, and where the reading ended.
 *
 * An object that is filled again and again, because a double returned or passed between functions that
 * are not inlined is boxed on the heap, once per message.
 */
export class ScannedDecimal {
  /** The number, correctly rounded. NaN at first so that V8 keeps the field unboxed. */
  value = Number.NaN;
  /** Decimals byte: how it was written. */
  decimals = 0;
  /** Register of the checksum over the digits, see `scanDecimalWithCrc`; a signed 32-bit integer. */
  crc = 0;
  /** Digits that went into `crc`. */
  crcDigits = 0;
}

const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;

/**
 * Reads a plain decimal (`-12.340`): digits, at most one dot with digits on both sides, no exponent.
 *
 * @returns the index after it, or -1 where the bytes are no such number or its mantissa is too long to
 * be exact; the cold path then decides.
 */
export function scanDecimal(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  let i = at;
  const negative = bytes[i] === MINUS;
  if (negative) i++;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let decimals = 0;
  let dotAt = -1;
  const first = i;
  for (; ; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      // Two integer accumulators of nine digits each: float64 arithmetic digit by digit is the slower chain.
      if (high < 100_000_000) high = high * 10 + digit;
      else {
        low = low * 10 + digit;
        if (++lowDigits > 9) return -1;
      }
    } else if (bytes[i] === DOT && dotAt < 0 && i > first) dotAt = i;
    else break;
  }
  if (i === first || dotAt === i - 1) return -1;
  if (dotAt >= 0) decimals = i - dotAt - 1;
  const mantissa = lowDigits === 0 ? high : high * POWERS_OF_TEN[lowDigits]! + low;
  if (mantissa >= MANTISSA_EXACT_BELOW || decimals > 22) return -1;
  const value = mantissa / POWERS_OF_TEN[decimals]!;
  into.value = negative ? -value : value;
  into.decimals = decimals;
  return i;
}

/**
 * Like `scanDecimal`, without a sign, and runs the digits through the checksum register in `into.crc`:
 * the dot and leading zeros left out, as Kraken's checksum wants them. Set `crc` and `crcDigits` to 0
 * before a price and leave them for its quantity. With fewer decimals than `minDecimals`, zeros follow.
 */
export function scanDecimalWithCrc(
  bytes: Uint8Array,
  at: number,
  minDecimals: number,
  into: ScannedDecimal,
): number {
  let i = at;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let dotAt = -1;
  let crc = into.crc;
  let started = false;
  let crcDigits = into.crcDigits;
  for (; ; i++) {
    const byte = bytes[i]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (high < 100_000_000) high = high * 10 + digit;
      else {
        low = low * 10 + digit;
        if (++lowDigits > 9) return -1;
      }
      if (started || digit !== 0) {
        started = true;
        crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
        crcDigits++;
      }
    } else if (byte === DOT && dotAt < 0 && i > at) dotAt = i;
    else break;
  }
  if (i === at || dotAt === i - 1) return -1;
  const decimals = dotAt < 0 ? 0 : i - dotAt - 1;
  const mantissa = lowDigits === 0 ? high : high * POWERS_OF_TEN[lowDigits]! + low;
  if (mantissa >= MANTISSA_EXACT_BELOW || decimals > 22) return -1;
  if (started)
    for (let n = decimals; n < minDecimals; n++) {
      crc = CRC_TABLE[(crc ^ ZERO) & 255]! ^ (crc >>> 8);
      crcDigits++;
    }
  into.value = mantissa / POWERS_OF_TEN[decimals]!;
  into.decimals = decimals;
  into.crc = crc;
  into.crcDigits = crcDigits;
  return i;
}

const DECIMAL_TEXT = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,5}))?$/;

/**
 * Reads any decimal number from text, exponents included: the cold path's reading, which agrees with
 * `scanDecimal` wherever that one reads. Allocates.
 *
 * @returns false where the text is no number; `into` is then unchanged.
 */
export function readDecimal(text: string, into: ScannedDecimal): boolean {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return false;
  const [, , whole = '', fraction = '', exponent = '0'] = match;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const decimals = Math.max(0, fraction.length - Number(exponent));
  const significant = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  const exact =
    decimals <= DECIMALS_MAX && significant.length <= 16 && Number(significant) < MANTISSA_EXACT_BELOW;
  into.value = value;
  into.decimals = Math.min(decimals, DECIMALS_MAX) | (exact ? 0 : INEXACT);
  return true;
}

/** The checksum digits of a price or quantity: zeros up to `minDecimals`, no dot, no leading zeros. Allocates. */
export function checksumDigits(text: string, minDecimals: number): string {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return '';
  const [, , whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const decimals = fraction.length - shift;
  const zeros = decimals < 0 ? -decimals + minDecimals : Math.max(0, minDecimals - decimals);
  return (digits + '0'.repeat(zeros)).replace(/^0+/, '');
}
