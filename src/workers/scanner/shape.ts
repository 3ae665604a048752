import { invariant } from '../../shared/invariant.ts';
import {
  LISTS,
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
  SLOTS,
} from './layout.ts';

/** Bytes that a literal may have; the scanner reads as far behind a message without looking. */
const LITERAL_MAX = 256;

/** One part of a message, as operations of the scanner. */
export type Part = (program: Program) => void;

/** What a message looks like, byte by byte, and which of its parts go to which slot. */
export type Shape = readonly Part[];

const paddedLength = (length: number): number => (length + 15) & ~15;

/** Operations as bytes; see `layout.ts`. */
export class Program {
  readonly #bytes: number[] = [];
  /** Literals that the next op begins with. */
  #before = '';

  get length(): number {
    return this.#bytes.length;
  }

  /** Whether a literal waits for the op that reads on after it. */
  get expects(): boolean {
    return this.#before !== '';
  }

  /** What stands before whatever the next op reads. */
  expect(literal: string): void {
    this.#before += literal;
  }

  /** @returns where the op begins. */
  op(code: number, argument = 0, first = 0, second = 0): number {
    const at = this.length;
    const before = this.#before;
    this.#before = '';
    for (const word of [code | (argument << 8), before.length, first, second]) this.#word(word);
    if (before !== '') this.#literal(before);
    return at;
  }

  /** One of several literals, with what tells it apart. @returns where it begins. */
  choice(literal: string, mark: number): number {
    const at = this.length;
    for (const word of [literal.length, 0, mark, 0]) this.#word(word);
    this.#literal(literal);
    return at;
  }

  /** Where a literal of the op at `op` goes on: here. */
  goOnHere(op: number, choice: number): void {
    this.#set(choice + 4, this.length - op);
  }

  /** Sets a number of an op written before. */
  patch(op: number, number: 1 | 2, value: number): void {
    this.#set(op + 4 + number * 4, value);
  }

  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Filled up with zeros to a multiple of 16. */
  #literal(text: string): void {
    invariant(
      /^[ -~]+$/.test(text) && text.length <= LITERAL_MAX,
      `a literal is 1 to ${LITERAL_MAX} printable ASCII characters`,
    );
    for (let i = 0; i < paddedLength(text.length); i++)
      this.#bytes.push(i < text.length ? text.charCodeAt(i) : 0);
  }

  #set(at: number, word: number): void {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = (word >>> (i * 8)) & 255;
  }

  #word(word: number): void {
    for (let i = 0; i < 4; i++) this.#bytes.push((word >>> (i * 8)) & 255);
  }
}

/** The bytes of a shape. */
export function programOf(shape: Shape): Uint8Array {
  const program = new Program();
  for (const part of shape) part(program);
  program.op(OP_END);
  return program.toBytes();
}

/** What the same shape is known by to whoever compiles it and to whoever scans by it: 64 bits of FNV-1a as hexadecimal digits. */
export function shapeKey(program: Uint8Array): string {
  let key = 0xcbf29ce484222325n;
  for (const byte of program) key = BigInt.asUintN(64, (key ^ BigInt(byte)) * 0x100000001b3n);
  return key.toString(16).padStart(16, '0');
}

const toSlot =
  (code: number) =>
  (slot: number): Part => {
    invariant(slot >= 0 && slot < SLOTS, `a slot is 0 to ${SLOTS - 1}`);
    return (program) => void program.op(code, slot);
  };

/** Exactly these bytes. */
export const text =
  (literal: string): Part =>
  (program) =>
    program.expect(literal);

/** A symbol that is known, up to a quote: its id. */
export const symbol = toSlot(OP_SYMBOL);
/** A number of zero or more, as JSON writes it without an exponent: value and decimals byte. */
export const unsigned = toSlot(OP_UNSIGNED);
/** The same of either sign. */
export const signed = toSlot(OP_SIGNED);
/** An integer of zero or more, below 2^52: its value. */
export const integer = toSlot(OP_INTEGER);
/** A level's price: value, decimals byte. */
export const price = toSlot(OP_PRICE);
/** The quantity after the price in the slot before: value, decimals byte | digits << 8, checksum register of both. */
export const qty = toSlot(OP_QTY);
/** `2023-10-06T17:35:55.440295Z`: microseconds since the Unix epoch. */
export const time = toSlot(OP_TIME);
/** `1534614057.321597`, seconds since the Unix epoch: microseconds since then. */
export const seconds = toSlot(OP_SECONDS);

/** The first of these literals that stands here: its index. */
export const oneOf =
  (slot: number, ...literals: readonly string[]): Part =>
  (program) => {
    const op = program.op(OP_CHOICE, slot, literals.length);
    const choices = literals.map((literal, n) => program.choice(literal, n));
    for (const choice of choices) program.goOnHere(op, choice);
  };

/**
 * The first of these that begins with the literal that stands here: its index, and the parts that follow in it.
 * Slots of the others keep what an earlier message left there.
 */
export const either =
  (slot: number, ...branches: readonly (readonly [literal: string, ...parts: Shape])[]): Part =>
  (program) => {
    const op = program.op(OP_CHOICE, slot, branches.length);
    const choices = branches.map(([literal], n) => program.choice(literal, n));
    putBranches(
      program,
      op,
      choices,
      branches.map(([, ...parts]) => parts),
    );
  };

/** The parts behind each of the literals `choices` of the op at `op`, all of which go on behind the last of them. */
function putBranches(
  program: Program,
  op: number,
  choices: readonly number[],
  shapes: readonly Shape[],
): void {
  const skips: number[] = [];
  for (const [n, parts] of shapes.entries()) {
    program.goOnHere(op, choices[n]!);
    for (const part of parts) part(program);
    // The last one goes on by itself, if nothing that it expects would be taken for the others' as well.
    if (n < shapes.length - 1 || program.expects) skips.push(program.op(OP_SKIP));
  }
  for (const skip of skips) program.patch(skip, 1, program.length - skip);
}

/**
 * These parts where this literal begins them, else nothing: then the first of them is NaN, or a list without
 * rows. What stands before them is read in any case.
 */
export const maybe =
  (literal: string, ...parts: Shape): Part =>
  (program) => {
    invariant(!program.expects, 'an optional part follows something that is read');
    program.expect(literal);
    const op = program.op(OP_MAYBE);
    for (const part of parts) part(program);
    invariant(!program.expects, 'an optional part ends with something that is read');
    program.patch(op, 1, program.length - op);
  };

/** Rows of a list, a character between them. @param none the character that stands here where there are none. */
export const rows =
  (list: number, none: string, separator: string, ...parts: Shape): Part =>
  (program) =>
    putRows(program, [list], none, separator, () => {
      for (const part of parts) part(program);
    });

/** Rows of several lists in any order, a character between them: what a row begins with tells its list. */
export const sortedRows =
  (
    none: string,
    separator: string,
    ...branches: readonly (readonly [list: number, literal: string, ...parts: Shape])[]
  ): Part =>
  (program) => {
    const lists = branches.map(([list]) => list);
    putRows(program, lists, none, separator, () => {
      const op = program.op(OP_SORT, 0, branches.length);
      const choices = branches.map(([list, literal]) => program.choice(literal, list));
      putBranches(
        program,
        op,
        choices,
        branches.map(([, , ...parts]) => parts),
      );
    });
  };

function putRows(
  program: Program,
  lists: readonly number[],
  none: string,
  separator: string,
  putRow: () => void,
): void {
  for (const list of lists) invariant(list >= 0 && list < LISTS, `a list is 0 to ${LISTS - 1}`);
  const bits = lists.reduce((all, list) => all | (1 << list), 0);
  const op = program.op(OP_ROWS, lists[0]! | (bits << 8), none.charCodeAt(0) || 0);
  const first = program.length;
  putRow();
  const next = program.op(OP_NEXT_ROW, separator.charCodeAt(0));
  program.patch(next, 1, next - first);
  program.patch(op, 2, program.length - op);
}
