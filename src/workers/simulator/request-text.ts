/** Careful reading of what a client sent: whatever it is, the answer is a value. */
import { PAIRS_MAX } from '../../shared/simulator/market-size.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const integer = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) ? (value as number) : undefined;

/** Symbols of a request; undefined where it is no list of texts. */
export function symbolList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > PAIRS_MAX) return undefined;
  return value.every((symbol): symbol is string => typeof symbol === 'string' && symbol.length <= 64)
    ? value
    : undefined;
}
