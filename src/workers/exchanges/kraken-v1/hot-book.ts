import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { ROW_VALUES, type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import {
  integer,
  maybe,
  oneOf,
  type Part,
  price,
  qty,
  rows,
  type Shape,
  seconds,
  symbol,
  text,
} from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { ASK_COUNT, BID_COUNT, FIRST_ASK, FIRST_BID } from '../scanned-levels.ts';
import { U32_MAX } from './wire.ts';

/** `[price, volume, time]`, and `"r"` after them where the level moved into the depth again. */
const LEVEL: Shape = [
  text('["'),
  price(0),
  text('","'),
  qty(1),
  text('","'),
  seconds(2),
  oneOf(3, '"]', '","r"]'),
];
export const ASKS: Part = rows(ASKS_LIST, ']', ',', ...LEVEL);
export const BIDS: Part = rows(BIDS_LIST, ']', ',', ...LEVEL);
/** From the price of a level to its time, in `float64`. */
export const LEVEL_TIME = valueIndex(2) - valueIndex(0);

const CHANNEL_ID = 0;
const END: Shape = [
  text('],"c":"'),
  integer(1),
  text('"},"book-'),
  integer(2),
  text('","'),
  symbol(3),
  text('"]'),
];
/** The bids stand in an object of their own, and the checksum in the last one. */
const ASKS_FIRST: Shape = [
  text('['),
  integer(CHANNEL_ID),
  text(',{"a":['),
  ASKS,
  maybe(']},{"b":[', BIDS),
  ...END,
];
const BIDS_ALONE: Shape = [text('['), integer(CHANNEL_ID), text(',{"b":['), BIDS, ...END];

const CHECKSUM = valueIndex(1);
const DEPTH = valueIndex(2);
const INSTRUMENT = wordIndex(3);

/**
 * Updates of books straight from the bytes. The message is read whole, with the checksum register of every
 * level, before the book hears of it. The venue writes all digits that its checksum is made of, so nothing is
 * known or learnt of decimals here.
 */
export class HotBook {
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #depths: Uint16Array;
  readonly #asksFirst: number;
  readonly #bidsAlone: number;
  readonly #message = new BookMessage();

  /** @param depths by instrument: the depth its book is subscribed with, 0 where it is not. */
  constructor(books: BookIntegrity, scanner: Scanner, symbols: ScannedSymbols, depths: Uint16Array) {
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#depths = depths;
    this.#asksFirst = scanner.shape(ASKS_FIRST);
    this.#bidsAlone = scanner.shape(BIDS_ALONE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  readAsksFirst(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#read(this.#asksFirst, bytes, start, end);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  readBidsAlone(bytes: Uint8Array, start: number, end: number): boolean {
    return this.#read(this.#bidsAlone, bytes, start, end);
  }

  #read(shape: number, bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    const { int32, float64 } = scanner;
    // A side that a message leaves out is not scanned, and would have the levels of the message before.
    int32[ASK_COUNT] = 0;
    int32[BID_COUNT] = 0;
    if (scanner.scan(shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const instrument = int32[INSTRUMENT] as InstrumentId;
    const depth = float64[DEPTH]!;
    const checksum = float64[CHECKSUM]!;
    if (depth === 0 || depth !== this.#depths[instrument] || checksum > U32_MAX) return false;
    const message = this.#message;
    message.begin(instrument, false);
    message.hasChecksum = true;
    message.checksum = checksum | 0;
    message.scanned = true;
    this.#takeTimes(FIRST_ASK, int32[ASK_COUNT]!);
    this.#takeTimes(FIRST_BID, int32[BID_COUNT]!);
    this.#books.take(message);
    return true;
  }

  /** The time of a message is the latest of its levels. */
  #takeTimes(first: number, count: number): void {
    const { float64 } = this.#scanner;
    const message = this.#message;
    for (let n = 0, at = first + LEVEL_TIME; n < count; n++, at += ROW_VALUES)
      if (float64[at]! > message.exchangeAtUs) message.exchangeAtUs = float64[at] as ExchangeUs;
  }
}
