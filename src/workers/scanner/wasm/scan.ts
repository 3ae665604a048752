/**
 * Reads one message by its shape, without knowing what it means. AssemblyScript, compiled to WebAssembly by
 * `scripts/build-scanner.mjs`, because JavaScript has neither 64-bit words nor sixteen bytes at once, and
 * these two are what reading text is made of.
 *
 * Shapes of the exchanges are compiled when the scanner is built, see `scripts/compile-shapes.mjs`. Here all others
 * are interpreted, op by op.
 *
 * Trusts the shape, which is ours, and nothing in the message, which is the network's: it may read up to
 * `SLACK` bytes behind a message and never takes one that does not end where it ends. Every position only
 * grows, and a list ends with its rows, so every scan ends.
 */
import {
  COMPILED_MAX,
  COUNTS_AT,
  FIRST_AT,
  LIST_BYTES,
  LISTS,
  LISTS_AT,
  OP_BYTES,
  OP_CHOICE,
  OP_END,
  OP_INTEGER,
  OP_MAYBE,
  OP_NEXT_ROW,
  OP_PRICE,
  OP_QTY,
  OP_ROWS,
  OP_SECONDS,
  OP_SIGNED,
  OP_SKIP,
  OP_SORT,
  OP_SYMBOL,
  OP_TIME,
  OP_UNSIGNED,
  ROW_BYTES,
  ROWS_MAX,
  SLOTS_AT,
} from '../layout';
import { scanCompiled } from './shapes';
import {
  begin,
  found,
  takeInteger,
  takePrice,
  takeQty,
  takeSeconds,
  takeSigned,
  takeSymbol,
  takeTime,
  takeUnsigned,
} from './values';

/** Whether the literal stands at `at`. Sixteen bytes at a time, the last ones together with some of those before. */
// @ts-ignore: decorator
@inline function matches(at: usize, literal: usize, length: usize): bool {
  if (length <= 16) {
    const first = v128.load(FIRST_AT + (length << 4));
    return !v128.any_true(v128.and(v128.xor(v128.load(at), v128.load(literal)), first));
  }
  const last = length - 16;
  let different = v128.xor(v128.load(at + last), v128.load(literal + last));
  for (let i: usize = 0; i < last; i += 16)
    different = v128.or(different, v128.xor(v128.load(at + i), v128.load(literal + i)));
  return !v128.any_true(different);
}

// @ts-ignore: decorator
@inline function padded(length: usize): usize {
  return (length + 15) & ~15;
}

/** No rows in the lists that these bits stand for. */
// @ts-ignore: decorator
@inline function clearLists(bits: usize): void {
  for (let list: usize = 0; list < <usize>LISTS; list++)
    if ((bits & (1 << list)) != 0) store<i32>(COUNTS_AT + (list << 2), 0);
}

/** The op at `op` is left out: its slot says NaN, or its lists have no rows, whatever an earlier message left there. */
// @ts-ignore: decorator
@inline function leaveOut(op: usize, row: usize): void {
  const head = load<u32>(op);
  const argument = <usize>(head >> 8);
  if ((head & 255) == OP_ROWS) clearLists(argument >> 8);
  else {
    store<f64>(row + (argument << 4), NaN);
    store<i64>(row + (argument << 4) + 8, 0);
  }
}

/** @returns the head of the first of `count` literals from `head` on that stands at `at`, or 0. */
function choiceAt(at: usize, head: usize, count: i32): usize {
  for (; count > 0; count--) {
    const length = <usize>load<u32>(head);
    if (matches(at, head + OP_BYTES, length)) return head;
    head += OP_BYTES + padded(length);
  }
  return 0;
}

/**
 * Scans the message in `[start, end)` by the shape at `shape`, or that was compiled under this number, with the symbols of the table at `symbols`.
 *
 * @returns bits of what was found; 0 where the message is not exactly of this shape.
 */
export function scan(shape: usize, symbols: usize, start: usize, end: usize): i32 {
  if (shape < COMPILED_MAX) return scanCompiled(<i32>shape, symbols, start, end);
  let op = shape;
  let at = start;
  let row: usize = SLOTS_AT;
  // Of the row, once there is one.
  let list: usize = 0;
  begin();
  for (;;) {
    const head = load<u32>(op);
    const argument = <usize>(head >> 8);
    const slot = row + (argument << 4);
    const length = <usize>load<u32>(op + 4);
    const from = op;
    op += OP_BYTES;
    if (length > 0) {
      if (matches(at, op, length)) at += length;
      else {
        if ((head & 255) != OP_MAYBE) return 0;
        leaveOut(op + padded(length), row);
        op = from + <usize>load<u32>(from + 8);
        continue;
      }
      op += padded(length);
    }
    switch (head & 255) {
      case OP_END:
        return at == end ? found : 0;
      case OP_CHOICE:
        op = choiceAt(at, op, load<i32>(from + 8));
        if (op == 0) return 0;
        at += <usize>load<u32>(op);
        store<i32>(slot + 8, load<i32>(op + 8));
        op = from + <usize>load<u32>(op + 4);
        break;
      case OP_SORT:
        op = choiceAt(at, op, load<i32>(from + 8));
        if (op == 0) return 0;
        at += <usize>load<u32>(op);
        list = <usize>load<u32>(op + 8);
        row = LISTS_AT + list * LIST_BYTES + <usize>load<i32>(COUNTS_AT + (list << 2)) * ROW_BYTES;
        op = from + <usize>load<u32>(op + 4);
        break;
      case OP_SKIP:
        op = from + <usize>load<u32>(from + 8);
        break;
      case OP_SYMBOL:
        at = takeSymbol(at, slot, symbols);
        break;
      case OP_UNSIGNED:
        at = takeUnsigned(at, slot);
        break;
      case OP_SIGNED:
        at = takeSigned(at, slot);
        break;
      case OP_PRICE:
        at = takePrice(at, slot);
        break;
      case OP_QTY:
        at = takeQty(at, slot);
        break;
      case OP_TIME:
        at = takeTime(at, slot);
        break;
      case OP_SECONDS:
        at = takeSeconds(at, slot);
        break;
      case OP_INTEGER:
        at = takeInteger(at, slot);
        break;
      case OP_ROWS:
        clearLists(argument >> 8);
        list = argument & 255;
        if (<u32>load<u8>(at) == load<u32>(from + 8)) op = from + <usize>load<u32>(from + 12);
        else row = LISTS_AT + list * LIST_BYTES;
        break;
      case OP_NEXT_ROW: {
        const counter = COUNTS_AT + (list << 2);
        const count = load<i32>(counter) + 1;
        store<i32>(counter, count);
        if (at < end && <usize>load<u8>(at) == argument) {
          if (count >= ROWS_MAX) return 0;
          at++;
          row += ROW_BYTES;
          op = from - <usize>load<u32>(from + 8);
        } else row = SLOTS_AT;
        break;
      }
      case OP_MAYBE:
        break;
      default:
        return 0;
    }
    if (at == 0) return 0;
  }
  return 0;
}
