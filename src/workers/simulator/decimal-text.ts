/** Integers of the market as the venue prints them: always all decimals, trailing zeros too. */

/** Quantities are integers of 10^-8 base units, called lots. */
export const LOT_DECIMALS = 8;
export const LOTS_PER_UNIT = 1e8;
/** Quantities stay below this, so that they are exact in a double: sixteen digits. */
export const LOTS_MAX = 9e15;

/** `ticks` of 10^-decimals, as text with exactly that many decimals and `zeros` appended. */
export function priceText(ticks: number, decimals: number, zeros: string): string {
  const digits = String(ticks);
  if (digits.length > decimals) {
    const point = digits.length - decimals;
    return digits.slice(0, point) + '.' + digits.slice(point) + zeros;
  }
  return '0.' + digits.padStart(decimals, '0') + zeros;
}

export const qtyText = (lots: number): string => priceText(lots, LOT_DECIMALS, '');

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `1534614057.321597` of microseconds since the Unix epoch. */
export function secondsText(us: number): string {
  const seconds = Math.floor(us / 1e6);
  return `${seconds}.${pad(us - seconds * 1e6, 6)}`;
}

/** `1661123517832` of microseconds since the Unix epoch. */
export const millisText = (us: number): string => String(Math.floor(us / 1000));

let cachedSecond = -1;
let cachedText = '';

/** `2023-10-06T17:35:55.440295Z` of microseconds since the Unix epoch. */
export function rfc3339Text(us: number): string {
  const seconds = Math.floor(us / 1e6);
  if (seconds !== cachedSecond) {
    cachedSecond = seconds;
    cachedText = new Date(seconds * 1000).toISOString().slice(0, 20);
  }
  return cachedText + pad(us - seconds * 1e6, 6) + 'Z';
}

/** The same with nanoseconds, as in candles. */
export const rfc3339NsText = (us: number): string => `${rfc3339Text(us).slice(0, -1)}000Z`;
