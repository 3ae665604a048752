import { readDecimal, type ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../shared/json/read-json.ts';

/** What is wrong with an entry, for a person to read; undefined where nothing is. */
export type Problem = string | undefined;

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

export const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** The text under a key, or undefined where there is none. */
export function textAt(entry: JsonObject, key: string): string | undefined {
  const value = entry.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** Reads a number of either sign, which is written as a text. @returns false where the value is none. */
export const readNumber = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && readDecimal(value, into);

/** The same where the number is zero or more, and not written as less (`-0`). */
export const readUnsigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && !value.startsWith('-') && readDecimal(value, into);

/** A whole number of zero or more, below 2^53, as a number or as a text; undefined where the value is none. */
export function integerOf(value: JsonValue | undefined): number | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string' || !/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const integer = Number(text);
  return Number.isSafeInteger(integer) ? integer : undefined;
}
