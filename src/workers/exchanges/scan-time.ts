import type { ExchangeUs } from '../../shared/units.ts';

const ZERO = 0x30;
const US_PER_DAY = 86_400_000_000;
const US_PER_MINUTE = 60_000_000;
const US_PER_S = 1_000_000;

const DAYS_IN_MONTH = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** Longest text read as a time: `2023-10-04T16:26:30.524394914Z`. */
const TIME_CHARACTERS_MAX = 30;

/** What a missing digit turns a number into: negative, whatever is added to it. */
const NO_NUMBER = -1_000_000;

const twoDigits = (bytes: Uint8Array, at: number): number => {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_NUMBER;
};

/**
 * Reads RFC 3339 times in UTC (`2023-10-06T17:35:55.440295Z`), with none to nine digits of a second; what
 * is finer than a microsecond is cut off. The result stays in a field, because a returned double is boxed.
 *
 * Years before 1970 are refused, so that a time never looks like `NONE`. Second 60, a leap second, is the
 * first of the next minute.
 */
export class TimeScanner {
  /** The time read last. NaN at first so that V8 keeps the field unboxed. */
  us = Number.NaN as ExchangeUs;
  // Nearly every time read has the date of the one before it.
  #date = 0;
  #dateUs = Number.NaN;
  readonly #text = new Uint8Array(TIME_CHARACTERS_MAX + 1);

  /** @returns the index after the `Z`, or -1 where the bytes are no such time. */
  scan(bytes: Uint8Array, at: number): number {
    if (at + 20 > bytes.length) return -1;
    const date =
      twoDigits(bytes, at) * 1_000_000 +
      twoDigits(bytes, at + 2) * 10_000 +
      twoDigits(bytes, at + 5) * 100 +
      twoDigits(bytes, at + 8);
    if (date !== this.#date && !this.#changeDate(date)) return -1;
    const hour = twoDigits(bytes, at + 11);
    const minute = twoDigits(bytes, at + 14);
    const second = twoDigits(bytes, at + 17);
    const inRange = hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60;
    const punctuated =
      bytes[at + 4] === 0x2d &&
      bytes[at + 7] === 0x2d &&
      bytes[at + 10] === 0x54 &&
      bytes[at + 13] === 0x3a &&
      bytes[at + 16] === 0x3a;
    if (!inRange || !punctuated) return -1;
    let i = at + 19;
    let fraction = 0;
    if (bytes[i] === 0x2e) {
      const first = ++i;
      for (; i < first + 9 && i < bytes.length; i++) {
        const digit = bytes[i]! - ZERO;
        if (digit < 0 || digit > 9) break;
        if (i < first + 6) fraction = fraction * 10 + digit;
      }
      if (i === first) return -1;
      for (let n = i - first; n < 6; n++) fraction *= 10;
    }
    if (i >= bytes.length || bytes[i] !== 0x5a) return -1;
    const minuteUs = this.#dateUs + (hour * 60 + minute) * US_PER_MINUTE;
    this.us = (minuteUs + (second * US_PER_S + fraction)) as ExchangeUs;
    return i + 1;
  }

  /** Reads text that is such a time as a whole; agrees with `scan` because it is `scan`. */
  read(text: string): boolean {
    const { length } = text;
    if (length > TIME_CHARACTERS_MAX) return false;
    for (let i = 0; i < length; i++) this.#text[i] = Math.min(text.charCodeAt(i), 0xff);
    this.#text[length] = 0;
    return this.scan(this.#text, 0) === length;
  }

  /** @param date as a number with the digits YYYYMMDD; negative where one of them is missing. */
  #changeDate(date: number): boolean {
    const year = Math.floor(date / 10_000);
    const month = Math.floor(date / 100) % 100;
    const day = date % 100;
    if (year < 1970 || month < 1 || month > 12 || day < 1) return false;
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    if (day > DAYS_IN_MONTH[month]! + (leap && month === 2 ? 1 : 0)) return false;
    let days = day - 1;
    for (let m = 1; m < month; m++) days += DAYS_IN_MONTH[m]!;
    if (leap && month > 2) days++;
    // Leap days of whole years since 1970: those before this year less those before 1970.
    const before = year - 1;
    days += Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 477;
    this.#date = date;
    this.#dateUs = (days + (year - 1970) * 365) * US_PER_DAY;
    return true;
  }
}
