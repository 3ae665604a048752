import { type ScannedDecimal, scanDecimal } from '../../../shared/decimal/scan-decimal.ts';

const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;

/** JSON refuses `007` and `-01`; `scanDecimal` does not, and the cold path must not disagree with the hot one. */
export const leadsWithZero = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === ZERO && bytes[at + 1]! >= ZERO && bytes[at + 1]! <= NINE;

/** A JSON number that is zero or more. @returns the index after it, or -1. */
export function scanUnsigned(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  return bytes[at] === MINUS || leadsWithZero(bytes, at) ? -1 : scanDecimal(bytes, at, into);
}

/** A JSON number of either sign. @returns the index after it, or -1. */
export function scanSigned(bytes: Uint8Array, at: number, into: ScannedDecimal): number {
  return leadsWithZero(bytes, bytes[at] === MINUS ? at + 1 : at) ? -1 : scanDecimal(bytes, at, into);
}
