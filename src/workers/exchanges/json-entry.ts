import { decimalsOf } from '../../shared/decimal/decimals.ts';
import { readDecimal, type ScannedDecimal } from '../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../shared/json/read-json.ts';
import type { ExchangeUs } from '../../shared/units.ts';

/** What is wrong with an entry, for a person to read; undefined where nothing is. */
export type Problem = string | undefined;

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

export const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** The text under a key, or undefined where there is none. */
export function textAt(entry: JsonObject, key: string): string | undefined {
  const value = entry.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** Decimals that a price or quantity may have; more is no number of a market. */
const DECIMALS_MAX = 22;

const readText = (text: string, into: ScannedDecimal): boolean =>
  readDecimal(text, into) && decimalsOf(into.decimals) <= DECIMALS_MAX;

/** Reads a decimal in quotes that is zero or more, as prices and quantities are written, and no `-0`. */
export const readQuoted = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && !value.startsWith('-') && readText(value, into);

/** The same of either sign, as changes are written. */
export const readQuotedSigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  typeof value === 'string' && readText(value, into);

/** Reads a number that is zero or more, as the numbers of candles are written. */
export const readUnsigned = (value: JsonValue | undefined, into: ScannedDecimal): boolean =>
  value instanceof JsonNumber && !value.text.startsWith('-') && readText(value.text, into);

/** A whole number from 0 to `max`, written without fraction and exponent; undefined where the value is none. */
export function integerOf(value: JsonValue | undefined, max: number): number | undefined {
  if (!(value instanceof JsonNumber) || !/^(?:0|[1-9]\d{0,15})$/.test(value.text)) return undefined;
  const integer = Number(value.text);
  return integer <= max ? integer : undefined;
}

/** A whole number of zero or more, below 2^53, as a number or as a text; undefined where the value is none. */
export function integerOrText(value: JsonValue | undefined): number | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  if (typeof text !== 'string' || !/^(?:0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const integer = Number(text);
  return Number.isSafeInteger(integer) ? integer : undefined;
}

/** The last millisecond whose microseconds a float64 counts exactly. */
export const TIME_MS_MAX: number = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** A time in milliseconds since the Unix epoch, as microseconds; undefined where the value is none. */
export function timeOf(value: JsonValue | undefined): ExchangeUs | undefined {
  const ms = integerOf(value, TIME_MS_MAX);
  return ms === undefined ? undefined : ((ms * 1000) as ExchangeUs);
}
