import { registerOf } from '../../../shared/book/crc32.ts';
import { checksumDigits, type ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonValue } from '../../../shared/json/read-json.ts';
import type { ExchangeUs } from '../../../shared/units.ts';
import { readQuoted } from '../json-entry.ts';

const INTEGER_TEXT = /^(?:0|[1-9]\d*)$/;

/** True for a JSON integer without a sign, of any length. */
export const isInteger = (value: JsonValue | undefined): value is JsonNumber =>
  value instanceof JsonNumber && INTEGER_TEXT.test(value.text);

/** Kraken v1's checksum takes the digits as they were sent. */
const AS_SENT = 0;

/** Digits of price and quantity that a level's checksum part may have. */
const CRC_DIGITS_MAX = 255;

/** Reads a price or quantity, and runs its digits through the checksum register in `into`. */
export function readQuotedWithCrc(value: JsonValue | undefined, into: ScannedDecimal): boolean {
  if (typeof value !== 'string' || !readQuoted(value, into)) return false;
  const digits = checksumDigits(value, AS_SENT);
  into.crc = registerOf(digits, into.crc);
  into.crcDigits += digits.length;
  return into.crcDigits <= CRC_DIGITS_MAX;
}

const TIME_TEXT = /^(\d{1,10})(?:\.(\d{1,9}))?$/;

/**
 * A time as Kraken v1 writes it, `"1534614057.321597"`: seconds since the Unix epoch. What is finer than a
 * microsecond is cut off. Undefined where the value is none, or later than a float64 counts microseconds exactly.
 */
export function timeOf(value: JsonValue | undefined): ExchangeUs | undefined {
  const match = typeof value === 'string' ? TIME_TEXT.exec(value) : null;
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  // By its digits, because multiplying the seconds may miss by a microsecond.
  const us = Number(whole + fraction.slice(0, 6).padEnd(6, '0'));
  return Number.isSafeInteger(us) ? (us as ExchangeUs) : undefined;
}
