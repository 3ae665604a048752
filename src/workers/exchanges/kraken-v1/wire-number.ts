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
 * Prices and quantities of Kraken v1 are decimals in quotes, without a sign.
 *
 * Nearly all fit the scanners. Those that do not, such as the 24-hour volume `888410096.36620085`, are read
 * from text here and now: that costs one short string, where the cold path would cost the whole message.
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
  let end = scanDecimal(bytes, at + 1, into);
  if (end < 0) end = scanText(bytes, at + 1, into);
  return end >= 0 && bytes[end] === BYTE.quote && bytes[end + 1] === then ? end + 2 : -1;
}

/** The same, and runs the digits through the checksum register in `into`. */
export function scanQuotedWithCrc(bytes: Uint8Array, at: number, then: number, into: ScannedDecimal): number {
  if (bytes[at] !== BYTE.quote) return -1;
  let end = scanDecimalWithCrc(bytes, at + 1, AS_SENT, into);
  if (end < 0) {
    end = scanText(bytes, at + 1, into);
    if (end < 0 || !addDigits(textOf(bytes, at + 1, end), into)) return -1;
  }
  return bytes[end] === BYTE.quote && bytes[end + 1] === then ? end + 2 : -1;
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

/** Reads what stands before the next quote. @returns the index of that quote, or -1. */
function scanText(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  const limit = Math.min(at + NUMBER_TEXT_MAX, bytes.length - 1);
  let end = at;
  while (end < limit && bytes[end] !== BYTE.quote) end++;
  return readText(textOf(bytes, at, end), into) ? end : -1;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function addDigits(text: string, into: ScannedDecimal): boolean {
  const digits = checksumDigits(text, AS_SENT);
  into.crc = registerOf(digits, into.crc);
  into.crcDigits += digits.length;
  return into.crcDigits <= CRC_DIGITS_MAX;
}
