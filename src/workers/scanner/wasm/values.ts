/**
 * Reads the values of a message: numbers, symbols and times. Each `take…` reads one at `at`, puts it into the slot at
 * `slot`, and returns where it ends, or 0 where it is none.
 *
 * Trusts nothing in the message, which is the network's: it may read up to `SLACK` bytes behind one. Every position
 * only grows.
 */
import {
  ALIGN_AT,
  FOUND,
  FOUND_LONG,
  FOUND_MORE_DECIMALS,
  LONG_AT,
  LONG_MAX,
  OP_PRICE,
  OP_QTY,
  OP_SIGNED,
  OP_UNSIGNED,
  POWERS_AT,
  SHIFT_AT,
  SYMBOL_AT,
  SYMBOL_BYTES_MAX,
  TABLE_HEADER,
  TABLE_SLOT,
  ZEROS_AT,
} from '../layout';
import { afterEight, moved } from './crc';

const ZERO: u8 = 0x30;
const DOT: u8 = 0x2e;
const MINUS: u8 = 0x2d;
const LETTER_Z: u8 = 0x5a;

/** Below this a mantissa divided by a power of ten is the float64 that prints as the same digits. */
const EXACT_BELOW: u64 = 1 << 52;
/** A number of more characters is not for us. */
const NUMBER_MAX: usize = 40;

/** Digits that a word holds, and a dot. */
const LONG_CHARACTERS: usize = 20;
const LONG_DECIMALS: i32 = 9;

/** As in `shared/decimal/decimals.ts`. */
const INEXACT: i32 = 0x80;
const HAS_REST: i32 = 0x40;
const REST_DECIMALS: i32 = 8;
const TWO_TO_37: f64 = 137_438_953_472;

// --- what the functions below leave for each other ------------------------------------------------------------

/** Bits of what was found in the message so far. */
export let found: i32 = 0;

let value: f64 = 0;
let decimals: i32 = 0;
/** Digits of the number, right-aligned, as numbers from 0 to 9. */
let digits: v128 = i64x2.splat(0);
/** Set where a number has too many digits for the lines above to hold it. */
let isLong: bool = false;

/** Register of digits begun at zero, and how many they are. */
let crc: i32 = 0;
let crcDigits: i32 = 0;

let instrument: i32 = 0;
let priceDecimals: i32 = 0;
let qtyDecimals: i32 = 0;

/** `2023-10-06T17:35` of the time read last, and that minute in microseconds since the epoch. */
let minute: v128 = i64x2.splat(0);
let minuteUs: f64 = 0;

// @ts-ignore: decorator
@inline function isDifferent(a: v128, b: v128): bool {
  return v128.any_true(v128.xor(a, b));
}

// --- numbers ---------------------------------------------------------------------------------------------------

/** The number that eight digits in a word make, the first one in the lowest byte. */
// @ts-ignore: decorator
@inline function eightDigits(word: u64): u64 {
  const pairs = word * 10 + (word >> 8);
  const lower = (pairs & 0x0000_00ff_0000_00ff) * 0x000f_4240_0000_0064;
  const upper = ((pairs >> 16) & 0x0000_00ff_0000_00ff) * 0x0000_2710_0000_0001;
  return (lower + upper) >> 32;
}

/** Whether a number that ends before this byte may not have ended yet. */
// @ts-ignore: decorator
@inline function mayGoOn(byte: u8): bool {
  return byte - ZERO < 10 || byte == DOT;
}

/** Reads digits, or digits with a dot between them, as JSON writes them. @returns where it ends, or 0. */
// @ts-ignore: decorator
@inline function readNumber(at: usize): usize {
  const numbers = i8x16.sub(v128.load(at), i8x16.splat(ZERO));
  const digitAt = i8x16.bitmask(i8x16.lt_u(numbers, i8x16.splat(10)));
  const whole = ctz(~digitAt);
  isLong = false;
  if (whole == 16 && mayGoOn(load<u8>(at + 16))) return skipLong(at);
  if (whole == 0 || (whole > 1 && load<u8>(at) == ZERO)) return 0;
  let fraction = 0;
  let end = at + whole;
  if (load<u8>(end) == DOT) {
    fraction = ctz(~(digitAt >> (whole + 1)));
    end += 1 + fraction;
    // With all sixteen bytes used, more of it may follow.
    if (whole + fraction >= 15 && mayGoOn(load<u8>(end))) return readSixteen(at, numbers, whole, fraction);
    if (fraction == 0) return 0;
  }
  const aligned = v128.swizzle(numbers, v128.load(ALIGN_AT + (<usize>(whole * 17 + fraction) << 4)));
  let mantissa = eightDigits(i64x2.extract_lane(aligned, 1));
  const upper = <u64>i64x2.extract_lane(aligned, 0);
  if (upper != 0) {
    mantissa += eightDigits(upper) * 100_000_000;
    if (mantissa >= EXACT_BELOW) return skipLong(at);
  }
  digits = aligned;
  decimals = fraction;
  value = <f64>mantissa / load<f64>(POWERS_AT + (<usize>fraction << 3));
  return end;
}

/** Goes on with a number of fifteen digits and a dot, which may have one digit more. @returns where it ends, or 0. */
function readSixteen(at: usize, numbers: v128, whole: i32, fraction: i32): usize {
  const last = load<u8>(at + 16) - ZERO;
  if (last > 9 || mayGoOn(load<u8>(at + 17))) return skipLong(at);
  const fifteen = v128.swizzle(numbers, v128.load(ALIGN_AT + (<usize>(whole * 17 + fraction) << 4)));
  const aligned = i8x16.replace_lane(v128.swizzle(fifteen, v128.load(SHIFT_AT + 16)), 15, last);
  const mantissa =
    eightDigits(<u64>i64x2.extract_lane(aligned, 0)) * 100_000_000 + eightDigits(i64x2.extract_lane(aligned, 1));
  if (mantissa >= EXACT_BELOW) return skipLong(at);
  digits = aligned;
  decimals = fraction + 1;
  value = <f64>mantissa / load<f64>(POWERS_AT + (<usize>decimals << 3));
  return at + 17;
}

/** A number that is not read here. Whether it is one at all is for the caller to see. */
function skipLong(at: usize): usize {
  let end = at;
  for (; end < at + NUMBER_MAX; end++) {
    const byte = load<u8>(end);
    if (!mayGoOn(byte)) break;
  }
  isLong = true;
  value = NaN;
  decimals = 0;
  return end < at + NUMBER_MAX ? end : 0;
}

/**
 * Reads the number in `[at, end)`, whose digits are more than a float64 holds exactly: of up to nineteen digits
 * and nine decimals, at least one before the dot. Sets `value`, the nearest float64, and `decimals`, the byte
 * beside it (see `shared/decimal/decimals.ts`).
 *
 * @returns false where it is not such a number; the caller's reading then decides.
 */
function readLong(at: usize, end: usize): bool {
  let mantissa: u64 = 0;
  let places = -1;
  if (load<u8>(at) - ZERO - 1 > 8 || end - at > LONG_CHARACTERS) return false;
  for (let i = at; i < end; i++) {
    const byte = load<u8>(i);
    if (byte != DOT) mantissa = mantissa * 10 + <u64>(byte - ZERO);
    else if (places < 0) places = <i32>(end - i) - 1;
    else return false;
  }
  if (places < 0 ? end - at == LONG_CHARACTERS : places == 0) return false;
  places = max(0, places);
  if (places > LONG_DECIMALS) return false;
  const power = <u64>load<f64>(POWERS_AT + (<usize>places << 3));
  const whole = mantissa / power;
  if (whole == 0) return false;
  // Long division: 64 digits behind the binary point, 32 at a time, since the power has less than 32 itself.
  const upper = (mantissa % power) << 32;
  const lower = (upper % power) << 32;
  const fraction = ((upper / power) << 32) | (lower / power);
  // As many of them behind the whole part as make 64 in all; the last one stands for whatever is left out.
  const spare = <i32>clz(whole);
  const kept = spare == 0 ? whole : (whole << spare) | (fraction >> (64 - spare));
  const isRounded = (spare == 0 ? fraction : fraction << spare) != 0 || lower % power != 0;
  value = <f64>(kept | <u64>isRounded) * reinterpret<f64>(<u64>(1023 - spare) << 52);
  decimals = decimalsByte(mantissa, places);
  return true;
}

/** How the number `mantissa / 10^places` was written, `value` being the nearest float64. */
// @ts-ignore: decorator
@inline function decimalsByte(mantissa: u64, places: i32): i32 {
  let significant = mantissa;
  while (significant % 10 == 0) significant /= 10;
  if (significant < EXACT_BELOW) return places;
  if (places != REST_DECIMALS) return INEXACT | places;
  // The float64 in its eighth decimal, rounded half up. Its fraction has few enough bits for all of this.
  const whole = <u64>value;
  const scaled = <u64>((value - <f64>whole) * TWO_TO_37) * 100_000_000;
  const nearest = whole * 100_000_000 + ((scaled + (1 << 36)) >> 37);
  const rest = <i64>mantissa - <i64>nearest;
  return rest < -32 || rest > 31 ? INEXACT | places : INEXACT | HAS_REST | <i32>(rest + 32);
}

/**
 * Leaves the number in `[at, end)` to the caller.
 *
 * @param least decimals that its checksum digits have at least.
 * @returns false where there are too many of them.
 */
function noteLong(slot: usize, at: usize, end: usize, op: i32, least: i32): bool {
  const count = load<i32>(LONG_AT);
  if (count >= LONG_MAX) return false;
  const note = LONG_AT + 16 + (<usize>count << 4);
  store<u32>(note, <u32>slot);
  store<u32>(note + 4, <u32>at);
  store<u32>(note + 8, <u32>end);
  store<i32>(note + 12, op | (least << 8));
  store<i32>(LONG_AT, count + 1);
  return true;
}

// --- checksums -------------------------------------------------------------------------------------------------

/**
 * Register of the digits read last: without the dot and leading zeros, with zeros up to `least` decimals. A
 * register of zero stays zero over zero bytes, so what is not there may be taken for zero bytes in front.
 *
 * @returns false where they are more than sixteen.
 */
// @ts-ignore: decorator
@inline function checksumDigits(least: i32): bool {
  const notZero = i8x16.bitmask(i8x16.ne(digits, i8x16.splat(0)));
  if (notZero == 0) {
    crc = 0;
    crcDigits = 0;
    return true;
  }
  const missing = max(0, least - decimals);
  const count = 16 - ctz(notZero) + missing;
  if (count > 16) return false;
  let text = digits;
  if (missing > 0) text = v128.swizzle(text, v128.load(SHIFT_AT + (<usize>missing << 4)));
  text = v128.or(text, v128.load(ZEROS_AT + (<usize>count << 4)));
  const upper = count > 8 ? afterEight(0, i64x2.extract_lane(text, 0)) : 0;
  crc = afterEight(upper, i64x2.extract_lane(text, 1));
  crcDigits = count;
  return true;
}

// --- symbols ---------------------------------------------------------------------------------------------------

const QUOTES: u64 = 0x2222_2222_2222_2222;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

let symbolHash: u32 = 0;

/** Copies a symbol up to its quote and takes its hash. @returns its bytes; 0 where no quote follows soon. */
// @ts-ignore: decorator
@inline function copySymbol(at: usize): usize {
  let hash: u32 = 0;
  for (let i: usize = 0; i <= SYMBOL_BYTES_MAX; i += 8) {
    const word = load<u64>(at + i);
    const turned = word ^ QUOTES;
    // The high bit of the lowest byte that is a quote is the lowest one set here.
    const quotes = (turned - ONES) & ~turned & HIGH_BITS;
    const bits = quotes == 0 ? 64 : ctz(quotes) & ~7;
    const part = quotes == 0 ? word : word & ((<u64>1 << bits) - 1);
    store<u64>(SYMBOL_AT + i, part);
    const folded = part * 0x9e37_79b9_7f4a_7c15;
    hash = (hash ^ <u32>(folded >> 32)) * 0x9e37_79b1;
    if (quotes != 0) {
      symbolHash = hash ^ (hash >> 16);
      const length = i + <usize>(bits >> 3);
      return length <= SYMBOL_BYTES_MAX ? length : 0;
    }
  }
  return 0;
}

/** Hash of the symbol that stands at `at`, a quote after it. */
export function hashOf(at: usize): u32 {
  return copySymbol(at) > 0 ? symbolHash : 0;
}

/** @returns where the symbol ends, or 0 where it is not in the table. */
// @ts-ignore: decorator
@inline function readSymbol(at: usize, table: usize): usize {
  const length = copySymbol(at);
  if (length == 0) return 0;
  const mask = load<u32>(table);
  // Ends: no table is ever full.
  for (let n = symbolHash & mask; ; n = (n + 1) & mask) {
    const slot = table + TABLE_HEADER + <usize>n * TABLE_SLOT;
    const held = <usize>load<u32>(slot + 8);
    if (held == 0) return 0;
    if (held != length) continue;
    const name = <usize>load<u32>(slot + 4);
    let i: usize = 0;
    while (i < length && load<u64>(name + i) == load<u64>(SYMBOL_AT + i)) i += 8;
    if (i < length) continue;
    instrument = load<i32>(slot);
    const known = load<i32>(slot + 12);
    priceDecimals = known & 255;
    qtyDecimals = known >> 8;
    return at + length;
  }
  return 0;
}

// --- times -----------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline function two(at: usize): i32 {
  return (<i32>load<u8>(at) - ZERO) * 10 + <i32>load<u8>(at + 1) - ZERO;
}

/** Where the digits of `2023-10-06T17:35` are. */
const MINUTE_DIGITS: i32 = 0b1101_1011_0110_1111;

/** Makes the minute that stands at `at` the current one. @returns false where it is none. */
function changeMinute(at: usize): bool {
  const text = v128.load(at);
  const numbers = i8x16.sub(text, i8x16.splat(ZERO));
  if (i8x16.bitmask(i8x16.lt_u(numbers, i8x16.splat(10))) != MINUTE_DIGITS) return false;
  if (load<u8>(at + 4) != 0x2d || load<u8>(at + 7) != 0x2d || load<u8>(at + 10) != 0x54) return false;
  if (load<u8>(at + 13) != 0x3a) return false;
  const year = two(at) * 100 + two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  const hour = two(at + 11);
  const ofHour = two(at + 14);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || hour > 23 || ofHour > 59) return false;
  const isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const longest = month == 2 ? (isLeap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  if (day > longest) return false;
  // Days since 1 March of year 0, where a leap day is the last of its year.
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const days = y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468;
  minuteUs = (<f64>days * 1440 + <f64>(hour * 60 + ofHour)) * 60_000_000;
  minute = text;
  return true;
}

const SIX_BYTES: u64 = 0xffff_ffff_ffff;
const SIX_ZEROS: u64 = 0x3030_3030_3030;
const SIX_SIXES: u64 = 0x0606_0606_0606;
const SIX_HIGH: u64 = 0xf0f0_f0f0_f0f0;

/** Reads a time of six digits of a second. @returns where it ends, or 0. */
// @ts-ignore: decorator
@inline function readTime(at: usize): usize {
  if (isDifferent(v128.load(at), minute) && !changeMinute(at)) return 0;
  // `:55.` with its punctuation and zeros turned to nothing, then `440295`.
  const second = load<u32>(at + 16) ^ 0x2e30_303a;
  const fraction = (load<u64>(at + 20) & SIX_BYTES) ^ SIX_ZEROS;
  const tens = (second >> 8) & 0xff;
  const ones = (second >> 16) & 0xff;
  if ((second & 0xff00_00ff) != 0 || tens > 5 || ones > 9) return 0;
  if (((fraction | (fraction + SIX_SIXES)) & SIX_HIGH) != 0 || load<u8>(at + 26) != LETTER_Z) return 0;
  value = minuteUs + <f64>(<u64>(tens * 10 + ones) * 1_000_000 + eightDigits(fraction << 16));
  return at + 27;
}

const EIGHT_ZEROS: u64 = 0x3030_3030_3030_3030;
const EIGHT_SIXES: u64 = 0x0606_0606_0606_0606;
const EIGHT_HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
/** Below this a float64 counts one by one. */
const COUNTED_BELOW: u64 = 1 << 53;

/** Reads seconds of ten digits and six decimals. @returns where they end, or 0. */
// @ts-ignore: decorator
@inline function readSeconds(at: usize): usize {
  const upper = load<u64>(at) ^ EIGHT_ZEROS;
  // The last two digits of the seconds, moved over the dot to those of the fraction.
  const lower = ((load<u64>(at + 9) & ~(<u64>0xffff)) | <u64>load<u16>(at + 8)) ^ EIGHT_ZEROS;
  if (((upper | lower | (upper + EIGHT_SIXES) | (lower + EIGHT_SIXES)) & EIGHT_HIGH) != 0) return 0;
  const us = eightDigits(upper) * 100_000_000 + eightDigits(lower);
  if (load<u8>(at + 10) != DOT || us >= COUNTED_BELOW) return 0;
  value = <f64>us;
  return at + 17;
}

// --- one of each, into its slot --------------------------------------------------------------------------------

/** A message begins. */
// @ts-ignore: decorator
@inline export function begin(): void {
  found = FOUND;
  // Until a symbol says otherwise.
  priceDecimals = 0;
  qtyDecimals = 0;
  store<i32>(LONG_AT, 0);
}

export function takeSymbol(at: usize, slot: usize, symbols: usize): usize {
  const end = readSymbol(at, symbols);
  store<i32>(slot + 8, instrument);
  return end;
}

export function takeUnsigned(at: usize, slot: usize): usize {
  const end = readNumber(at);
  if (end == 0) return 0;
  if (isLong && !readLong(at, end)) {
    if (!noteLong(slot, at, end, OP_UNSIGNED, 0)) return 0;
    found |= FOUND_LONG;
  }
  store<f64>(slot, value);
  store<i32>(slot + 8, decimals);
  return end;
}

export function takeSigned(at: usize, slot: usize): usize {
  const isNegative = load<u8>(at) == MINUS;
  const end = readNumber(at + <usize>isNegative);
  if (end == 0 || (isLong && !noteLong(slot, at, end, OP_SIGNED, 0))) return 0;
  if (isLong) found |= FOUND_LONG;
  store<f64>(slot, isNegative ? -value : value);
  store<i32>(slot + 8, decimals);
  return end;
}

export function takeInteger(at: usize, slot: usize): usize {
  const end = readNumber(at);
  if (end == 0 || isLong || decimals != 0) return 0;
  store<f64>(slot, value);
  return end;
}

export function takePrice(at: usize, slot: usize): usize {
  const end = readNumber(at);
  if (end == 0) return 0;
  if (isLong || !checksumDigits(priceDecimals)) {
    if (!noteLong(slot, at, end, OP_PRICE, priceDecimals)) return 0;
    found |= FOUND_LONG;
    // So that the quantity is left to the caller as well: its register goes on from the price's.
    store<i32>(slot + 8, -1);
    return end;
  }
  if (decimals > priceDecimals) found |= FOUND_MORE_DECIMALS;
  store<f64>(slot, value);
  store<i32>(slot + 8, decimals | (crcDigits << 8));
  store<i32>(slot + 12, crc);
  return end;
}

export function takeQty(at: usize, slot: usize): usize {
  const end = readNumber(at);
  if (end == 0) return 0;
  const before = load<i32>(slot - 8) >> 8;
  if (isLong || before < 0 || !checksumDigits(qtyDecimals)) {
    if (!noteLong(slot, at, end, OP_QTY, qtyDecimals)) return 0;
    found |= FOUND_LONG;
    return end;
  }
  if (decimals > qtyDecimals) found |= FOUND_MORE_DECIMALS;
  store<f64>(slot, value);
  store<i32>(slot + 8, decimals | ((before + crcDigits) << 8));
  store<i32>(slot + 12, moved(load<i32>(slot - 4), crcDigits) ^ crc);
  return end;
}

export function takeTime(at: usize, slot: usize): usize {
  const end = readTime(at);
  store<f64>(slot, value);
  return end;
}

export function takeSeconds(at: usize, slot: usize): usize {
  const end = readSeconds(at);
  store<f64>(slot, value);
  return end;
}
