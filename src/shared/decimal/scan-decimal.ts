import { CRC_TABLE, registerOf } from '../book/crc32.ts';
import {
  DECIMALS_MAX,
  decimalsOf,
  inexactDecimals,
  MANTISSA_EXACT_BELOW,
  POWERS_OF_TEN,
} from './decimals.ts';

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
  /** Register of the checksum over the digits, see `scanDecimalWithCrc`; a signed 32-bit integer, never boxed. */
  crc = 0;
  /** Digits that went into `crc`. */
  crcDigits = 0;
}

const ZERO = 0x30;
const NINE = 0x39;
const DOT = 0x2e;
const MINUS = 0x2d;

/** The highest power of ten that float64 holds exactly. */
const HOT_DECIMALS_MAX = POWERS_OF_TEN.length - 1;

/**
 * Reads a plain decimal (`-12.340`): digits without a leading zero, at most one dot with digits on both
 * sides, no exponent.
 *
 * Knows no end: it stops at the first byte that does not belong to the number, which may lie beyond the
 * message or the array (reading there is safe). The caller checks that the byte after the number is the
 * quote, comma or bracket it expects, and lies within the message: so it also finds out that an exponent
 * follows, which is for the cold path.
 *
 * @returns the index after it, or -1 where the bytes are no such number, or it has more than 22 decimals
 * or 39 characters; the cold path then decides, and `into` holds nothing of use. A number that float64
 * does not hold exactly is marked inexact.
 */
export function scanDecimal(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  let i = at;
  const negative = bytes[i] === MINUS;
  if (negative) i++;
  let high = 0;
  let low = 0;
  let lowDigits = 0;
  let dotAt = -1;
  const first = i;
  for (; ; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      // Two integer accumulators of nine digits each: float64 arithmetic digit by digit is the slower chain.
      if (high < 100_000_000) high = high * 10 + digit;
      else {
        if (lowDigits === 9) return scanLongDecimal(bytes, at, into);
        low = low * 10 + digit;
        lowDigits++;
      }
    } else if (bytes[i] === DOT && dotAt < 0) dotAt = i;
    else break;
  }
  const whole = (dotAt < 0 ? i : dotAt) - first;
  if (whole === 0 || dotAt === i - 1) return -1;
  if (whole > 1 && bytes[first] === ZERO) return -1;
  const decimals = dotAt < 0 ? 0 : i - dotAt - 1;
  const mantissa = lowDigits === 0 ? high : high * POWERS_OF_TEN[lowDigits]! + low;
  if (decimals > HOT_DECIMALS_MAX) return -1;
  if (mantissa >= MANTISSA_EXACT_BELOW) return scanLongDecimal(bytes, at, into);
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
        if (lowDigits === 9) return scanLongDecimalWithCrc(bytes, at, minDecimals, into);
        low = low * 10 + digit;
        lowDigits++;
      }
      if (started || digit !== 0) {
        started = true;
        crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
        crcDigits++;
      }
    } else if (byte === DOT && dotAt < 0) dotAt = i;
    else break;
  }
  const whole = (dotAt < 0 ? i : dotAt) - at;
  if (whole === 0 || dotAt === i - 1) return -1;
  if (whole > 1 && bytes[at] === ZERO) return -1;
  const decimals = dotAt < 0 ? 0 : i - dotAt - 1;
  const mantissa = lowDigits === 0 ? high : high * POWERS_OF_TEN[lowDigits]! + low;
  if (decimals > HOT_DECIMALS_MAX) return -1;
  if (mantissa >= MANTISSA_EXACT_BELOW) return scanLongDecimalWithCrc(bytes, at, minDecimals, into);
  // Zero has no digits in the checksum, so none are added to it either.
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

/** A number of more characters is left to the cold path. */
const LONG_DECIMAL_MAX = 40;

/** The digits, dot and minus that stand here; empty where they are more than a number is read from. Allocates. */
function longDecimalText(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = at; i < at + LONG_DECIMAL_MAX; i++) {
    const byte = bytes[i]!;
    if (!((byte >= ZERO && byte <= NINE) || byte === DOT || byte === MINUS)) return text;
    text += String.fromCharCode(byte);
  }
  return '';
}

/**
 * A decimal whose mantissa is longer than the accumulators keep exactly, such as the 24-hour volume
 * `888410096.36620085`. One short string is what it costs, where the cold path would cost the whole message.
 */
function scanLongDecimal(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  const text = longDecimalText(bytes, at);
  return readDecimal(text, into) && decimalsOf(into.decimals) <= HOT_DECIMALS_MAX ? at + text.length : -1;
}

function scanLongDecimalWithCrc(
  bytes: Uint8Array,
  at: number,
  minDecimals: number,
  into: ScannedDecimal,
): number {
  const end = scanLongDecimal(bytes, at, into);
  if (end < 0 || into.value < 0) return -1;
  const digits = checksumDigits(longDecimalText(bytes, at), minDecimals);
  into.crc = registerOf(digits, into.crc);
  into.crcDigits += digits.length;
  return end;
}

/** A number as JSON has it: no leading zeros, digits on both sides of a dot. */
const DECIMAL_TEXT = /^-?(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Longer texts are no numbers here: an exchange sends two dozen digits, not a page of them. */
const DECIMAL_TEXT_MAX = 256;

/**
 * Reads any decimal number from text, exponents included: the cold path's reading, which agrees with
 * `scanDecimal` wherever that one reads. Allocates.
 *
 * @returns false where the text is no number; `into` is then unchanged.
 */
export function readDecimal(text: string, into: ScannedDecimal): boolean {
  const match = text.length <= DECIMAL_TEXT_MAX ? DECIMAL_TEXT.exec(text) : null;
  if (match === null) return false;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const value = Number(text);
  if (!Number.isFinite(value)) return false;
  const decimals = Math.max(0, fraction.length - Number(exponent));
  const significant = (whole + fraction).replace(/^0+/, '').replace(/0+$/, '');
  const exact =
    decimals <= DECIMALS_MAX && significant.length <= 16 && Number(significant) < MANTISSA_EXACT_BELOW;
  into.value = value;
  into.decimals = exact
    ? decimals
    : inexactDecimals(value, mantissaOf(text, whole, fraction, exponent), decimals);
  return true;
}

/** The digits as one integer; only their number of decimals matters where there is an exponent. */
function mantissaOf(text: string, whole: string, fraction: string, exponent: string): bigint {
  if (Number(exponent) !== 0) return 0n;
  const mantissa = BigInt(whole + fraction);
  return text.startsWith('-') ? -mantissa : mantissa;
}

/**
 * The checksum digits of a price or quantity: zeros up to `minDecimals`, no dot, no leading zeros; empty
 * for zero and for a text that is no number. Allocates.
 */
export function checksumDigits(text: string, minDecimals: number): string {
  const match = text.length <= DECIMAL_TEXT_MAX ? DECIMAL_TEXT.exec(text) : null;
  if (match === null) return '';
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return '';
  const decimals = fraction.length - Number(exponent);
  return digits + '0'.repeat(Math.max(0, minDecimals - decimals, -decimals));
}
