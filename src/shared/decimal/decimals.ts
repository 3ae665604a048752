/**
 * How a number was written, in one byte beside its float64: the number of decimals, and whether the
 * float64 holds it exactly. With both, the text that the exchange sent can be printed again.
 */

/** Set in a decimals byte when the number sent has more digits than the float64 beside it keeps. */
export const INEXACT = 0x80;

/** More decimals than this do not fit the byte's purpose; the number is then marked inexact. */
export const DECIMALS_MAX = 100;

/**
 * Below this, an integer mantissa divided by a power of ten gives a float64 from which the very same
 * decimal can be printed: the spacing of float64 is then finer than the last decimal.
 */
export const MANTISSA_EXACT_BELOW = 2 ** 52;

/** Powers of ten that float64 holds exactly. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/** @returns the number as it was written, in plain decimals, e.g. `('0.1', 3)` as `0.100`. Allocates the text. */
export function formatDecimal(value: number, decimalsByte: number): string {
  const decimals = decimalsByte & ~INEXACT;
  if (!Number.isFinite(value)) return String(value);
  // Neither toFixed nor String prints the sign of a negative zero.
  if (Object.is(value, -0)) return '-' + formatDecimal(0, decimalsByte);
  if (decimals < POWERS_OF_TEN.length && Math.abs(value) * POWERS_OF_TEN[decimals]! < MANTISSA_EXACT_BELOW)
    return value.toFixed(decimals);
  // Here the digits that count are fewer than those written (trailing zeros) or the number is inexact:
  // the shortest text that reads back as this float64, with zeros up to the decimals written.
  const shortest = plain(value);
  const dot = shortest.indexOf('.');
  const shown = dot < 0 ? 0 : shortest.length - dot - 1;
  if (shown >= decimals) return shortest;
  return (dot < 0 ? shortest + '.' : shortest) + '0'.repeat(decimals - shown);
}

/** The shortest text of a float64, without an exponent. */
function plain(value: number): string {
  const text = String(value);
  const e = text.indexOf('e');
  if (e < 0) return text;
  const negative = text.startsWith('-');
  const digits = text.slice(negative ? 1 : 0, e);
  const exponent = Number(text.slice(e + 1));
  const dot = digits.indexOf('.');
  const mantissa = digits.replace('.', '');
  const point = (dot < 0 ? digits.length : dot) + exponent;
  const body =
    point <= 0
      ? '0.' + '0'.repeat(-point) + mantissa
      : point >= mantissa.length
        ? mantissa + '0'.repeat(point - mantissa.length)
        : mantissa.slice(0, point) + '.' + mantissa.slice(point);
  return negative ? '-' + body : body;
}
