import { readDecimal, type ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../shared/json/read-json.ts';

/** Ids and times are below this; what is not is read nowhere exactly. */
const INTEGER_BELOW = 2 ** 52;

/** No number is longer than this: bounds the work that one hostile number can cause. */
const NUMBER_TEXT_MAX = 128;

/** The integer of zero or more under a key, or undefined where there is none. */
export function integerAt(entry: JsonObject, key: string): number | undefined {
  const value = entry.get(key);
  if (!(value instanceof JsonNumber) || !/^\d{1,16}$/.test(value.text)) return undefined;
  const integer = Number(value.text);
  return integer < INTEGER_BELOW ? integer : undefined;
}

/** Reads a number of either sign, sent as text. @returns false where the value is none. */
export const readNumber = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && value.length <= NUMBER_TEXT_MAX && readDecimal(value, into);

/** Reads a number that is zero or more, and not written as less (`-0`). @returns false where the value is none. */
export const readUnsigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && !value.startsWith('-') && readNumber(value, into);
