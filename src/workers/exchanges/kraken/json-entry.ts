import { decimalsOf } from '../../../shared/decimal/decimals.ts';
import { readDecimal, type ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonValue } from '../../../shared/json/read-json.ts';
import type { TimeScanner } from '../scan-time.ts';

/** Reads a number of either sign. @returns false where the value is none. */
export const readNumber = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  value instanceof JsonNumber && readDecimal(value.text, into);

/** Reads a number that is zero or more, and not written as less (`-0`). @returns false where the value is none. */
export const readUnsigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  value instanceof JsonNumber && !value.text.startsWith('-') && readDecimal(value.text, into);

/** Reads the time under a key into the scanner. @returns false where the value is none. */
export const readTime = (value: JsonValue | undefined, times: TimeScanner): boolean =>
  typeof value === 'string' && times.read(value);

/** The decimals that were written, without the mark for an inexact number. */
export const writtenDecimals = (number: ScannedDecimal): number => decimalsOf(number.decimals);
