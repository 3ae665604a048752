import { decimalsOf } from '../../../shared/decimal/decimals.ts';
import { readDecimal, type ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../shared/json/read-json.ts';
import type { TimeScanner } from '../scan-time.ts';

/** What is wrong with an entry, for a person to read; undefined where nothing is. */
export type Problem = string | undefined;

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

export const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** The text under a key, or undefined where there is none. */
export function textAt(entry: JsonObject, key: string): string | undefined {
  const value = entry.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** Reads a number of either sign. @returns false where the value is none. */
export const readNumber = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  value instanceof JsonNumber && readDecimal(value.text, into);

/** Reads a number that is zero or more, and not written as less (`-0`). @returns false where the value is none. */
export const readUnsigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  value instanceof JsonNumber && !value.text.startsWith('-') && readDecimal(value.text, into);

/** A whole number from 0 to `max`, written without fraction and exponent; undefined where the value is none. */
export function integerOf(value: JsonValue | undefined, max: number): number | undefined {
  if (!(value instanceof JsonNumber) || !/^\d{1,16}$/.test(value.text)) return undefined;
  const integer = Number(value.text);
  return integer <= max ? integer : undefined;
}

/** Reads the time under a key into the scanner. @returns false where the value is none. */
export const readTime = (value: JsonValue | undefined, times: TimeScanner): boolean =>
  typeof value === 'string' && times.read(value);

/** The decimals that were written, without the mark for an inexact number. */
export const writtenDecimals = (number: ScannedDecimal): number => decimalsOf(number.decimals);
