import { Level } from '../../../shared/book/level.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { ROWS_MAX } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { ROW_VALUES, type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, type Shape, symbol, text } from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList } from '../book-message.ts';
import { BID_COUNT, FIRST_BID, readScannedSide } from '../scanned-levels.ts';
import { BIDS, LEVEL_TIME } from './hot-book.ts';
import { LEVELS_MAX } from './wire.ts';

const HEAD: Shape = [text('['), integer(0), text(',{"as":[')];
/** Levels of either side. */
const LEVELS: Shape = [BIDS];
const BETWEEN: Shape = [text('],"bs":[')];
const TAIL: Shape = [text(']},"book-'), integer(1), text('","'), symbol(2), text('"]')];

const DEPTH = valueIndex(1);
const INSTRUMENT = wordIndex(2);

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const LETTER_B = 0x62;
const CLOSE_BRACE = 0x7d;
/** From the first letter of the bids' key to where what stands between the sides begins and ends. */
const BETWEEN_BEFORE = 3;
const BETWEEN_AFTER = 5;

/** Levels in so many bytes are no more than the scanner takes at once. */
const PIECE_BYTES = ROWS_MAX * '["1","1","1534614248.123678"],'.length;

/**
 * Snapshots of books. The scanner takes one in pieces, because one of depth 1000 has more levels than its
 * lists. Each piece has to be exactly what stands there, so all of them together are the message.
 */
export class HotSnapshot {
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #depths: Uint16Array;
  readonly #head: number;
  readonly #levels: number;
  readonly #between: number;
  readonly #tail: number;
  readonly #message = new BookMessage();
  readonly #level = new Level();

  /** @param depths by instrument: the depth its book is subscribed with, 0 where it is not. */
  constructor(books: BookIntegrity, scanner: Scanner, symbols: ScannedSymbols, depths: Uint16Array) {
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#depths = depths;
    this.#head = scanner.shape(HEAD);
    this.#levels = scanner.shape(LEVELS);
    this.#between = scanner.shape(BETWEEN);
    this.#tail = scanner.shape(TAIL);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const snapshot = bytes.subarray(start, end);
    const asksAt = snapshot.indexOf(OPEN_BRACKET, 1) + 1;
    const keyAt = snapshot.indexOf(LETTER_B, asksAt);
    const bidsAt = keyAt + BETWEEN_AFTER;
    const tailAt = snapshot.indexOf(CLOSE_BRACE, bidsAt) - 1;
    if (asksAt === 0 || keyAt < 0 || tailAt < 0 || !this.#begin(snapshot, tailAt)) return false;
    const asksEnd = keyAt - BETWEEN_BEFORE;
    const { asks, bids } = this.#message;
    const isWhole =
      this.#scan(this.#head, snapshot, 0, asksAt) &&
      this.#readSide(snapshot, asksAt, asksEnd, asks) &&
      this.#scan(this.#between, snapshot, asksEnd, bidsAt) &&
      this.#readSide(snapshot, bidsAt, tailAt, bids);
    if (isWhole) this.#books.take(this.#message);
    return isWhole;
  }

  /** Begins the message by what its end says of it. */
  #begin(snapshot: Uint8Array, tailAt: number): boolean {
    if (!this.#scan(this.#tail, snapshot, tailAt, snapshot.length)) return false;
    const { int32, float64 } = this.#scanner;
    const instrument = int32[INSTRUMENT] as InstrumentId;
    const depth = float64[DEPTH]!;
    this.#message.begin(instrument, true);
    return depth > 0 && depth === this.#depths[instrument];
  }

  #readSide(snapshot: Uint8Array, start: number, end: number, levels: LevelList): boolean {
    let at = start;
    while (at < end) {
      let pieceEnd = end;
      if (end - at > PIECE_BYTES) {
        // Before the last level that begins here: a level has no other bracket like its first.
        pieceEnd = snapshot.lastIndexOf(OPEN_BRACKET, at + PIECE_BYTES) - 1;
        if (pieceEnd <= at || snapshot[pieceEnd] !== COMMA) return false;
      }
      if (!this.#scan(this.#levels, snapshot, at, pieceEnd) || !this.#take(levels)) return false;
      at = pieceEnd + 1;
    }
    return true;
  }

  /** Adds the levels scanned last. The time of a message is the latest of its levels. */
  #take(levels: LevelList): boolean {
    const { int32, float64 } = this.#scanner;
    const message = this.#message;
    const count = int32[BID_COUNT]!;
    readScannedSide(this.#scanner, count, FIRST_BID, levels, this.#level);
    for (let n = 0, at = FIRST_BID + LEVEL_TIME; n < count; n++, at += ROW_VALUES)
      if (float64[at]! > message.exchangeAtUs) message.exchangeAtUs = float64[at] as ExchangeUs;
    return levels.count <= LEVELS_MAX;
  }

  #scan(shape: number, snapshot: Uint8Array, start: number, end: number): boolean {
    return this.#scanner.scan(shape, this.#symbols.at, snapshot, start, end) !== 0;
  }
}
