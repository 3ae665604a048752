/**
 * Sides of books whose levels carry checksum registers; see `scanned-side.ts`, which keeps them and makes
 * room before levels come. A change moves the levels on its shorter side only.
 */
import {
  ASKS_LIST,
  BIDS_LIST,
  COUNTS_AT,
  LISTS_AT,
  LIST_BYTES,
  MOVES,
  RECORD_AT,
  RECORD_FIXED,
  ROW_BYTES,
  SIDE_BEGIN,
  SIDE_CAPACITY,
  SIDE_COVERED,
  SIDE_DIGITS,
  SIDE_DIRECTION,
  SIDE_END,
  SIDE_LEVELS,
  SIDE_REGISTER,
} from '../layout';
import { moved, movedFar } from './crc';

/** Levels of a side that a checksum covers. */
const CHECKSUM_LEVELS: i32 = 10;
/** Half of them are folded apart from the others, so that the processor does both at once. */
const HALF: i32 = 5;
/** Levels from the best one on among which most changes fall. */
const NEAR: i32 = 8;
/** The register a checksum begins with; asks come first. */
const CRC_START: i32 = -1;

// @ts-ignore: decorator
@inline function qtysOf(levels: usize, capacity: usize): usize {
  return levels + (capacity << 3);
}
// @ts-ignore: decorator
@inline function crcsOf(levels: usize, capacity: usize): usize {
  return levels + (capacity << 4);
}
// @ts-ignore: decorator
@inline function smallsOf(levels: usize, capacity: usize): usize {
  return levels + (capacity << 4) + (capacity << 2);
}

// @ts-ignore: decorator
@inline function digitsOf(side: usize, level: i32): i32 {
  return load<u16>(smallsOf(load<u32>(side + SIDE_LEVELS), load<u32>(side + SIDE_CAPACITY)) + (<usize>level << 2) + 2);
}

/** Up to this many levels are moved one by one: copying memory calls out of WebAssembly, which costs as much. */
const ONE_BY_ONE_MAX: i32 = 32;

/** Moves `count` levels from one place to another, which may overlap. */
function move(side: usize, to: i32, from: i32, count: i32): void {
  const levels = <usize>load<u32>(side + SIDE_LEVELS);
  const capacity = <usize>load<u32>(side + SIDE_CAPACITY);
  const qtys = qtysOf(levels, capacity);
  const crcs = crcsOf(levels, capacity);
  const smalls = smallsOf(levels, capacity);
  if (count > ONE_BY_ONE_MAX) {
    memory.copy(levels + (<usize>to << 3), levels + (<usize>from << 3), <usize>count << 3);
    memory.copy(qtys + (<usize>to << 3), qtys + (<usize>from << 3), <usize>count << 3);
    memory.copy(crcs + (<usize>to << 2), crcs + (<usize>from << 2), <usize>count << 2);
    memory.copy(smalls + (<usize>to << 2), smalls + (<usize>from << 2), <usize>count << 2);
    return;
  }
  // From the end that is written first to the one that is read last.
  const step = to < from ? 1 : -1;
  let i = to < from ? 0 : count - 1;
  for (; count > 0; count--) {
    const target = <usize>(to + i);
    const source = <usize>(from + i);
    store<f64>(levels + (target << 3), load<f64>(levels + (source << 3)));
    store<f64>(qtys + (target << 3), load<f64>(qtys + (source << 3)));
    store<i32>(crcs + (target << 2), load<i32>(crcs + (source << 2)));
    store<i32>(smalls + (target << 2), load<i32>(smalls + (source << 2)));
    i += step;
  }
}

/** Puts the levels into the middle of the room there is. */
function centre(side: usize): void {
  const begin = load<i32>(side + SIDE_BEGIN);
  const size = load<i32>(side + SIDE_END) - begin;
  const middle = (load<i32>(side + SIDE_CAPACITY) - size) >> 1;
  move(side, middle, begin, size);
  store<i32>(side + SIDE_BEGIN, middle);
  store<i32>(side + SIDE_END, middle + size);
}

/** Makes room for a level before the one at `at`. @returns where it goes. */
function insert(side: usize, at: i32): i32 {
  if (load<i32>(side + SIDE_BEGIN) == 0 || load<i32>(side + SIDE_END) == load<i32>(side + SIDE_CAPACITY)) {
    const offset = at - load<i32>(side + SIDE_BEGIN);
    centre(side);
    at = load<i32>(side + SIDE_BEGIN) + offset;
  }
  const begin = load<i32>(side + SIDE_BEGIN);
  const end = load<i32>(side + SIDE_END);
  if (at - begin < end - at) {
    if (at > begin) move(side, begin - 1, begin, at - begin);
    store<i32>(side + SIDE_BEGIN, begin - 1);
    return at - 1;
  }
  if (end > at) move(side, at + 1, at, end - at);
  store<i32>(side + SIDE_END, end + 1);
  return at;
}

function remove(side: usize, at: i32): void {
  const begin = load<i32>(side + SIDE_BEGIN);
  const end = load<i32>(side + SIDE_END);
  if (at - begin < end - 1 - at) {
    if (at > begin) move(side, begin + 1, begin, at - begin);
    store<i32>(side + SIDE_BEGIN, begin + 1);
  } else {
    if (end - 1 > at) move(side, at, at + 1, end - 1 - at);
    store<i32>(side + SIDE_END, end - 1);
  }
}

/** The level with this index, best first, or one before it, is not what it was. */
// @ts-ignore: decorator
@inline function touched(side: usize, index: i32): void {
  if (index < load<i32>(side + SIDE_COVERED)) store<i32>(side + SIDE_COVERED, 0);
}

/**
 * The level at `at` gets another register of as many digits: the register kept changes by what the level's
 * changes by, moved over the digits after it.
 */
// @ts-ignore: decorator
@inline function changed(side: usize, at: i32, difference: i32): void {
  const worst = load<i32>(side + SIDE_END) - load<i32>(side + SIDE_COVERED);
  if (at < worst) return;
  let after = 0;
  for (let i = max(worst, load<i32>(side + SIDE_BEGIN)); i < at; i++) after += digitsOf(side, i);
  const register = load<i32>(side + SIDE_REGISTER);
  store<i32>(side + SIDE_REGISTER, register ^ (after < MOVES ? moved(difference, after) : movedFar(difference, after)));
}

/** Sets the level in a row of a list, or removes it where its quantity is zero. */
export function applyLevel(side: usize, row: usize): void {
  const price = load<f64>(row);
  const qty = load<f64>(row + 16);
  const direction = load<i32>(side + SIDE_DIRECTION);
  const levels = <usize>load<u32>(side + SIDE_LEVELS);
  const capacity = <usize>load<u32>(side + SIDE_CAPACITY);
  const begin = load<i32>(side + SIDE_BEGIN);
  const end = load<i32>(side + SIDE_END);
  // Place of the first level, from the worst on, that is not worse than this price.
  let low = begin;
  let high = end;
  const sign = <f64>direction;
  const near = end - NEAR;
  if (near > low) {
    if ((load<f64>(levels + (<usize>near << 3)) - price) * sign < 0) low = near + 1;
    else high = near;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((load<f64>(levels + (<usize>middle << 3)) - price) * sign < 0) low = middle + 1;
    else high = middle;
  }
  const found = low < end && load<f64>(levels + (<usize>low << 3)) == price;
  if (qty == 0) {
    if (found) {
      touched(side, end - 1 - low);
      remove(side, low);
    }
    return;
  }
  const word = load<i32>(row + 24);
  const crc = load<i32>(row + 28);
  const digits = word >> 8;
  let at = low;
  if (found) {
    if (digitsOf(side, at) == digits) changed(side, at, load<i32>(crcsOf(levels, capacity) + (<usize>at << 2)) ^ crc);
    else touched(side, end - 1 - at);
  } else {
    at = insert(side, low);
    touched(side, load<i32>(side + SIDE_END) - 1 - at);
  }
  store<f64>(levels + (<usize>at << 3), price);
  store<f64>(qtysOf(levels, capacity) + (<usize>at << 3), qty);
  store<i32>(crcsOf(levels, capacity) + (<usize>at << 2), crc);
  store<i32>(
    smallsOf(levels, capacity) + (<usize>at << 2),
    (load<i32>(row + 8) & 255) | ((word & 255) << 8) | (digits << 16),
  );
}

/** Cuts a side to its best `depth` levels. */
export function truncate(side: usize, depth: i32): void {
  const end = load<i32>(side + SIDE_END);
  if (end - load<i32>(side + SIDE_BEGIN) <= depth) return;
  store<i32>(side + SIDE_BEGIN, end - depth);
  touched(side, depth);
}

// @ts-ignore: decorator
@inline function after(register: i32, length: i32): i32 {
  return length < MOVES ? moved(register, length) : movedFar(register, length);
}

/** Brings the register over the best levels of a side up to date. */
function cover(side: usize, start: i32): void {
  if (load<i32>(side + SIDE_COVERED) == CHECKSUM_LEVELS) return;
  const levels = <usize>load<u32>(side + SIDE_LEVELS);
  const capacity = <usize>load<u32>(side + SIDE_CAPACITY);
  const crcs = crcsOf(levels, capacity);
  const best = load<i32>(side + SIDE_END) - 1;
  const size = min(load<i32>(side + SIDE_END) - load<i32>(side + SIDE_BEGIN), CHECKSUM_LEVELS);
  const upper = min(size, HALF);
  let better = start;
  let worse = 0;
  let betterDigits = 0;
  let worseDigits = 0;
  for (let n = 0; n < upper; n++) {
    const i = best - n;
    const digits = digitsOf(side, i);
    better = after(better, digits) ^ load<i32>(crcs + (<usize>i << 2));
    betterDigits += digits;
    if (n + HALF < size) {
      const j = i - HALF;
      const others = digitsOf(side, j);
      worse = after(worse, others) ^ load<i32>(crcs + (<usize>j << 2));
      worseDigits += others;
    }
  }
  store<i32>(side + SIDE_REGISTER, after(better, worseDigits) ^ worse);
  store<i32>(side + SIDE_DIGITS, betterDigits + worseDigits);
  store<i32>(side + SIDE_COVERED, CHECKSUM_LEVELS);
}

/** The checksum of a book. */
export function checksum(asks: usize, bids: usize): i32 {
  cover(asks, CRC_START);
  cover(bids, 0);
  return ~(after(load<i32>(asks + SIDE_REGISTER), load<i32>(bids + SIDE_DIGITS)) ^ load<i32>(bids + SIDE_REGISTER));
}

// @ts-ignore: decorator
@inline function digestWord(word: i32, start: i32): i32 {
  return rotl<i32>(start ^ (rotl<i32>(word * <i32>0xcc9e_2d51, 15) * 0x1b87_3593), 13) * 5 + <i32>0xe654_6b64;
}

/** Best level first. */
function digestSide(side: usize, start: i32): i32 {
  const levels = <usize>load<u32>(side + SIDE_LEVELS);
  const qtys = qtysOf(levels, load<u32>(side + SIDE_CAPACITY));
  const begin = load<i32>(side + SIDE_BEGIN);
  const end = load<i32>(side + SIDE_END);
  let digest = digestWord(end - begin, start);
  for (let i = end - 1; i >= begin; i--) {
    const at = <usize>i << 3;
    digest = digestWord(load<i32>(levels + at), digest);
    digest = digestWord(load<i32>(levels + at + 4), digest);
    digest = digestWord(load<i32>(qtys + at), digest);
    digest = digestWord(load<i32>(qtys + at + 4), digest);
  }
  return digest;
}

/** As `shared/book/book-digest.ts` has it. */
export function digest(asks: usize, bids: usize): i32 {
  return digestSide(bids, digestSide(asks, 0));
}

/** Applies a list, and writes it as it is in a record: prices and quantities to one place, decimals to another. */
function applyList(side: usize, list: usize, levels: usize, decimals: usize): void {
  let row = LISTS_AT + list * LIST_BYTES;
  for (let count = load<i32>(COUNTS_AT + (list << 2)); count > 0; count--) {
    applyLevel(side, row);
    store<f64>(levels, load<f64>(row));
    store<f64>(levels + 8, load<f64>(row + 16));
    store<u16>(decimals, (load<i32>(row + 8) & 255) | ((load<i32>(row + 24) & 255) << 8));
    row += ROW_BYTES;
    levels += 16;
    decimals += 2;
  }
}

// @ts-ignore: decorator
@inline function bestOf(side: usize): f64 {
  return load<f64>(<usize>load<u32>(side + SIDE_LEVELS) + (<usize>(load<i32>(side + SIDE_END) - 1) << 3));
}

/** Whether the best bid is not below the best ask. */
export function isCrossed(asks: usize, bids: usize): bool {
  if (load<i32>(asks + SIDE_END) == load<i32>(asks + SIDE_BEGIN)) return false;
  if (load<i32>(bids + SIDE_END) == load<i32>(bids + SIDE_BEGIN)) return false;
  return bestOf(bids) >= bestOf(asks);
}

/**
 * Applies the levels of the message scanned last, cuts both sides, and makes the levels of its record.
 *
 * @returns the checksum of the book where it is asked for, else whether it is crossed.
 */
export function applyMessage(asks: usize, bids: usize, depth: i32, isChecked: i32): i32 {
  const bidCount = <usize>load<i32>(COUNTS_AT + (BIDS_LIST << 2));
  const count = bidCount + <usize>load<i32>(COUNTS_AT + (ASKS_LIST << 2));
  const levels = RECORD_AT + RECORD_FIXED;
  const decimals = levels + (count << 4);
  // Zeros behind the last decimals; the decimals are written over the others.
  store<u64>(decimals + ((count << 1) & ~7), 0);
  applyList(bids, BIDS_LIST, levels, decimals);
  applyList(asks, ASKS_LIST, levels + (bidCount << 4), decimals + (bidCount << 1));
  if (depth > 0) {
    truncate(bids, depth);
    truncate(asks, depth);
  }
  return isChecked != 0 ? checksum(asks, bids) : <i32>isCrossed(asks, bids);
}
