import type { JsonValue } from '../../../shared/json/read-json.ts';
import type { ExchangeUs } from '../../../shared/units.ts';
import { BYTE } from './wire-bytes.ts';

/** One half of a time: 16 decimal digits of microseconds are two integers of eight, each a small integer to V8. */
const HALF = 100_000_000;

/** First half of the earliest time whose microseconds a float64 no longer holds exactly, in the year 2255. */
const HIGH_END = 90_071_992;

/**
 * A time as Kraken v1 writes it: seconds since the Unix epoch with six decimals, in quotes. Read as
 * integers, because dividing by a million and multiplying again may miss by a microsecond.
 */
export class WireTime {
  high = 0;
  low = 0;

  clear(): void {
    this.high = 0;
    this.low = 0;
  }

  /** Takes over another time if it is later. */
  advance(other: WireTime): void {
    if (other.high < this.high || (other.high === this.high && other.low <= this.low)) return;
    this.high = other.high;
    this.low = other.low;
  }
}

export const microseconds = (time: WireTime): ExchangeUs => (time.high * HALF + time.low) as ExchangeUs;

/**
 * Reads `"1534614057.321597"`, ten digits and six decimals.
 *
 * @returns the index after the closing quote, or -1 where the bytes are others.
 */
export function scanTime(bytes: Uint8Array, at: number, into: WireTime): number {
  if (bytes[at] !== BYTE.quote || bytes[at + 11] !== BYTE.dot || bytes[at + 18] !== BYTE.quote) return -1;
  let high = 0;
  for (let i = at + 1; i < at + 9; i++) {
    const digit = bytes[i]! - BYTE.zero;
    if (digit < 0 || digit > 9) return -1;
    high = high * 10 + digit;
  }
  let low = 0;
  for (let i = at + 9; i < at + 18; i++) {
    if (i === at + 11) continue;
    const digit = bytes[i]! - BYTE.zero;
    if (digit < 0 || digit > 9) return -1;
    low = low * 10 + digit;
  }
  if (high >= HIGH_END) return -1;
  into.high = high;
  into.low = low;
  return at + 19;
}

const TIME_TEXT = /^(\d{1,10})(?:\.(\d{1,9}))?$/;

/** The cold path's reading: any number of seconds; what is finer than a microsecond is cut off. */
export function readTime(value: JsonValue | undefined, into: WireTime): boolean {
  const match = typeof value === 'string' ? TIME_TEXT.exec(value) : null;
  if (match === null) return false;
  const [, seconds = '', fraction = ''] = match;
  const digits = seconds.padStart(10, '0') + fraction.slice(0, 6).padEnd(6, '0');
  const high = Number(digits.slice(0, 8));
  if (high >= HIGH_END) return false;
  into.high = high;
  into.low = Number(digits.slice(8));
  return true;
}
