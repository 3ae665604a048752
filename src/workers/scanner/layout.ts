/**
 * Where things lie in the scanner's memory, addresses and lengths in bytes. Read by both compilers: the
 * scanner itself (`wasm/scan.ts`) and everything around it, which takes its number types for `number`.
 */

/** Powers of ten as float64, 10^0 to 10^22. */
export const POWERS_AT: usize = 0x0000;
/** By digits before and after the dot (17 × 17): which byte goes where, to right-align a number without its dot. */
export const ALIGN_AT: usize = 0x0400;
/** By number of bytes, 0 to 16: which byte goes where, to move sixteen of them to the left. */
export const SHIFT_AT: usize = 0x2000;
/** By number of bytes, 0 to 16: ASCII zeros in the last ones, nothing in the others. */
export const ZEROS_AT: usize = 0x2200;
/** By number of bytes, 0 to 16: all bits of the first ones. */
export const FIRST_AT: usize = 0x2400;
/** Eight tables of 256 for a checksum register that takes eight bytes at once. */
export const CRC_AT: usize = 0x2800;
/** The symbol being looked for, zeros after its last byte. */
export const SYMBOL_AT: usize = 0x15800;

/** What was read outside of any list. */
export const SLOTS_AT: usize = 0x16000;
/** A slot: a float64, then two int32 that say more of it. */
export const SLOT_BYTES: usize = 16;
export const SLOTS: i32 = 32;
/** Rows in each list, an int32 each. */
export const COUNTS_AT: usize = 0x16200;
export const LISTS_AT: usize = 0x60400;
export const LISTS: i32 = 3;
export const LIST_BYTES: usize = 0x10400;
/** A message with more rows in a list is not for the scanner. */
export const ROWS_MAX: i32 = 512;

/** Numbers of too many digits, left to the caller: how many, and 16 bytes on slot, begin, end and op | decimals << 8 of each. */
export const LONG_AT: usize = 0x38000;
export const LONG_MAX: i32 = 80;

/**
 * The book record that the message applied last makes. Its levels are written here when it is applied, the
 * rest by whoever delivers it.
 */
export const RECORD_AT: usize = 0x39300;
/** From there to the levels: what book records have in front of them. */
export const RECORD_FIXED: usize = 56;

/** By number of bytes, below 256: eight tables of 16 that move a checksum register on. Ten levels seldom have more digits. */
export const MOVES_AT: usize = 0x40000;
export const MOVES_BITS: i32 = 8;
export const MOVES: i32 = 1 << MOVES_BITS;
/** The same by multiples of 256 bytes, 0 to 16. */
export const FAR_MOVES_AT: usize = 0x18000;
export const FAR_MOVES: i32 = 16;

/** Bytes that may be read behind a message, whatever they are. */
export const SLACK: usize = 0x10000;
/** Sockets read into this. */
export const READ_AT: usize = 0xa0000;
export const READ_BYTES: usize = 0x10000;
/** Messages that lie elsewhere are copied here. */
export const COPY_AT: usize = READ_AT + READ_BYTES + SLACK;
export const COPY_BYTES: usize = 0x10000;
/** Below this the address of a shape is the number of one that was compiled, from 1 on. */
export const COMPILED_MAX: usize = 1024;
/** Shapes and symbol tables. */
export const HEAP_AT: usize = COPY_AT + COPY_BYTES + SLACK;
/** All of it. A page is only taken from the system once it is touched. */
export const MEMORY_BYTES: usize = 0x4000000;

export const SYMBOL_BYTES_MAX: usize = 64;

/** Header of a symbol table: slots - 1, then three unused. */
export const TABLE_HEADER: usize = 16;
/** Slot of a symbol table: id, address of its name, bytes of its name (0: empty), decimals of price | of quantity << 8. */
export const TABLE_SLOT: usize = 16;

/**
 * Operations of a shape, one after the other. Each begins with four int32: op | argument << 8, the length of
 * a literal that stands before what the op reads (0: none), and two numbers of the op. Then comes that
 * literal, filled up to a multiple of 16.
 */
/** The message ends here. */
export const OP_END: i32 = 0;
/**
 * One of several literals; its mark goes to the slot. Number: how many. Each literal has a head of four int32:
 * its length, the bytes from this op to where it goes on behind it, its mark, and one unused.
 */
export const OP_CHOICE: i32 = 1;
/** A symbol up to a quote; its id goes to the slot. */
export const OP_SYMBOL: i32 = 2;
/** A number of zero or more. */
export const OP_UNSIGNED: i32 = 3;
export const OP_SIGNED: i32 = 4;
/** A price, with the checksum register of its digits begun at zero. */
export const OP_PRICE: i32 = 5;
/** The quantity of the price in the slot before, with the register of both. */
export const OP_QTY: i32 = 6;
/** `2023-10-06T17:35:55.440295Z`, as microseconds since the epoch. */
export const OP_TIME: i32 = 7;
/** Rows begin. Argument: the list of the first one | bits of all lists << 8. Numbers: the byte that means there are none, bytes up to the end of the rows. */
export const OP_ROWS: i32 = 8;
/** A row ends; another follows where this byte does. Argument: the byte. Numbers: bytes back to the row's begin. */
export const OP_NEXT_ROW: i32 = 9;
/** These ops are left out where the literal does not stand here. Numbers: bytes up to the end of what is left out. */
export const OP_MAYBE: i32 = 10;
/** An integer of zero or more. */
export const OP_INTEGER: i32 = 11;
/** `1534614057.321597`, seconds since the epoch, as microseconds since then. */
export const OP_SECONDS: i32 = 12;
/** Goes on elsewhere. Number: how many bytes further. */
export const OP_SKIP: i32 = 13;
/** One of several literals, as in a choice; its mark is the list that the row goes to. */
export const OP_SORT: i32 = 14;
/** Bytes of an op, or of a literal among several, without its literal. */
export const OP_BYTES: usize = 16;
/** Bytes of a row. */
export const ROW_BYTES: usize = 128;

/** The lists that a message's levels are in: price in slot 0 of a row, quantity in slot 1. */
export const BIDS_LIST: i32 = 0;
export const ASKS_LIST: i32 = 1;
/** What else a message has rows of. */
export const TRADES_LIST: i32 = 2;

/**
 * One side of a book: a header of int32, and four arrays of as many levels as there is room for, the best
 * level last: prices and quantities as float64, checksum registers and small words as int32. A small word is
 * decimals of the price | of the quantity << 8 | digits in the register << 16.
 */
/** 1: the highest price is best (bids); -1: the lowest is (asks). */
export const SIDE_DIRECTION: usize = 0;
export const SIDE_CAPACITY: usize = 4;
/** First level, and the one after the last. */
export const SIDE_BEGIN: usize = 8;
export const SIDE_END: usize = 12;
/** Address of the arrays. */
export const SIDE_LEVELS: usize = 16;
/** Levels that the register below covers; 0 where it has to be made anew. */
export const SIDE_COVERED: usize = 20;
export const SIDE_REGISTER: usize = 24;
export const SIDE_DIGITS: usize = 28;
export const SIDE_BYTES: usize = 64;
/** Bytes of a level over all four arrays. */
export const LEVEL_BYTES: usize = 24;

/** What a scan found, as bits; 0 where the message is not of this shape. */
export const FOUND: i32 = 1;
/** Numbers were left to the caller. */
export const FOUND_LONG: i32 = 2;
/** A price or quantity has more decimals than its symbol is known to have. */
export const FOUND_MORE_DECIMALS: i32 = 4;
