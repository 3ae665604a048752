import { registerOf } from '../../../shared/book/crc32.ts';
import {
  checksumDigits,
  readDecimal,
  type ScannedDecimal,
  scanDecimal,
  scanDecimalWithCrc,
} from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import { BYTE } from './wire-bytes.ts';

/**
 * Prices and quantities of Kraken v1 are decimals in quotes, without a sign. What the scanners decline, a
 * number with an exponent say, is for the cold path.
 */

/** No number is longer than this: bounds the work that one hostile number can cause. */
const NUMBER_TEXT_MAX = 128;

/** Kraken v1's checksum takes the digits as they were sent. */
const AS_SENT = 0;

/** Digits of price and quantity that a level's checksum part may have, by the width of the field. */
const CRC_DIGITS_MAX = 255;

/**
 * Reads a decimal in quotes and the byte that has to follow it.
 *
 * @returns the index after that byte, or -1 where the bytes are others.
 */
export function scanQuoted(bytes: Uint8Array, at: number, then: number, into: ScannedDecimal): number {
  if (bytes[at] !== BYTE.quote || bytes[at + 1] === BYTE.minus) return -1;
  const end = scanDecimal(bytes, at + 1, into);
  return end >= 0 && bytes[end] === BYTE.quote && bytes[end + 1] === then ? end + 2 : -1;
}

/** The same, and runs the digits through the checksum register in `into`. */
export function scanQuotedWithCrc(bytes: Uint8Array, at: number, then: number, into: ScannedDecimal): number {
  if (bytes[at] !== BYTE.quote) return -1;
  const end = scanDecimalWithCrc(bytes, at + 1, AS_SENT, into);
  return end >= 0 && bytes[end] === BYTE.quote && bytes[end + 1] === then ? end + 2 : -1;
}

/** The cold path's reading of such a decimal. */
export function readQuoted(value: JsonValue | undefined, into: ScannedDecimal): value is string {
  return typeof value === 'string' && readText(value, into);
}

/** The same, and runs the digits through the checksum register in `into`. */
export const readQuotedWithCrc = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  readQuoted(value, into) && addDigits(value, into);

function readText(text: string, into: ScannedDecimal): boolean {
  return text.length <= NUMBER_TEXT_MAX && !text.startsWith('-') && readDecimal(text, into);
}

function addDigits(text: string, into: ScannedDecimal): boolean {
  const digits = checksumDigits(text, AS_SENT);
  into.crc = registerOf(digits, into.crc);
  into.crcDigits += digits.length;
  return into.crcDigits <= CRC_DIGITS_MAX;
}
