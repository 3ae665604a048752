/**
 * How a number was written, in one byte beside its float64, so that the text that the exchange sent can be
 * printed again:
 *
 *     0ddddddd   the float64 holds the number; d decimals, 0 to 100
 *     11rrrrrr   eight decimals, and the number is r - 32 of the last of them more than the float64: the
 *                eighteen digits of a cheap coin's volume (all digits are kept)
 *     10dddddd   more digits than are kept, d decimals: the float64 is the nearest one
 */

/** Set in a decimals byte when the float64 beside it is not the number that was sent but the nearest one. */
export const INEXACT = 0x80;

/** Set with `INEXACT` where the rest is kept in the byte. */
const HAS_REST = 0x40;

/** Decimals that a number with a rest has. */
const REST_DECIMALS = 8;
const REST_OFFSET = 32;
const LOW_BITS = 0x3f;

/** Decimals that the number was written with. */
export const decimalsOf = (byte: number): number =>
  byte < INEXACT ? byte : byte & HAS_REST ? REST_DECIMALS : byte & LOW_BITS;

/** The byte for a number that no float64 holds: with the rest where that fits. Cold: makes big integers. */
export function inexactDecimals(value: number, mantissa: bigint, decimals: number): number {
  if (decimals === REST_DECIMALS && Math.abs(value) < 1e21) {
    const rest = mantissa - lastDecimals(value);
    if (rest >= -32n && rest < 32n) return INEXACT | HAS_REST | (Number(rest) + REST_OFFSET);
  }
  return INEXACT | Math.min(decimals, LOW_BITS);
}

/** A float64 as a whole number of its eighth decimal, rounded as `toFixed` does. */
const lastDecimals = (value: number): bigint => BigInt(value.toFixed(REST_DECIMALS).replace('.', ''));

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
  const decimals = decimalsOf(decimalsByte);
  if (!Number.isFinite(value)) return String(value);
  if (decimalsByte >= (INEXACT | HAS_REST)) return withRest(value, (decimalsByte & LOW_BITS) - REST_OFFSET);
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

function withRest(value: number, rest: number): string {
  const whole = lastDecimals(value) + BigInt(rest);
  const digits = String(whole < 0n ? -whole : whole).padStart(REST_DECIMALS + 1, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -REST_DECIMALS)}.${digits.slice(-REST_DECIMALS)}`;
}
