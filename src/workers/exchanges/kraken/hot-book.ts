import { Level } from '../../../shared/book/book-side.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import {
  countIndex,
  FOUND_MORE_DECIMALS,
  ROW_VALUES,
  rowValueIndex,
  rowWordIndex,
  type Scanner,
  valueIndex,
  wordIndex,
} from '../../scanner/scanner.ts';
import { integer, oneOf, price, qty, rows, type Shape, symbol, text, time } from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage, type LevelList, SINGLE } from '../book-message.ts';
import { learnPrecision } from './learn-precision.ts';

const BIDS = 0;
const ASKS = 1;
const LEVEL: Shape = [text('{"price":'), price(0), text(',"qty":'), qty(1), text('}')];
const SHAPE: Shape = [
  text('{"channel":"book","type":"'),
  oneOf(0, 'update","data":[{"symbol":"', 'snapshot","data":[{"symbol":"'),
  symbol(1),
  text('","bids":['),
  rows(BIDS, ']', ',', ...LEVEL),
  text('],"asks":['),
  rows(ASKS, ']', ',', ...LEVEL),
  text('],"checksum":'),
  integer(2),
  text(',"timestamp":"'),
  time(3),
  text('"}]}'),
];

const TYPE = wordIndex(0);
const INSTRUMENT = wordIndex(1);
const CHECKSUM = valueIndex(2);
const TIME = valueIndex(3);
const BID_COUNT = countIndex(BIDS);
const ASK_COUNT = countIndex(ASKS);
const FIRST_BID = rowValueIndex(BIDS, 0);
const FIRST_ASK = rowValueIndex(ASKS, 0);
/** From a level's price to its quantity, and from either to its word. */
const QTY = 2;
const PRICE_WORD = rowWordIndex(BIDS, 0) - 2 * FIRST_BID;
const QTY_WORD = rowWordIndex(BIDS, 1) - 2 * FIRST_BID;

const U32_MAX = 0xffff_ffff;
const DECIMALS = 255;

/**
 * Book messages, snapshot or update, straight from the bytes. The message is read whole, with the checksum
 * register of every level, before the book hears of it: a malformed message changes nothing.
 */
export class HotBook {
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #message = new BookMessage();
  readonly #level = new Level();

  constructor(books: BookIntegrity, scanner: Scanner, symbols: ScannedSymbols) {
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    const found = scanner.scan(this.#shape, this.#symbols.at, bytes, start, end);
    if (found === 0) return false;
    const { int32, float64 } = scanner;
    const checksum = float64[CHECKSUM]!;
    if (checksum > U32_MAX) return false;

    const message = this.#message;
    const snapshot = int32[TYPE] !== 0;
    message.begin(int32[INSTRUMENT] as InstrumentId, snapshot);
    message.hasChecksum = true;
    message.checksum = checksum | 0;
    message.exchangeAtUs = float64[TIME] as ExchangeUs;
    if ((found & FOUND_MORE_DECIMALS) === 0 && !snapshot && int32[BID_COUNT]! + int32[ASK_COUNT]! === 1) {
      const isBid = int32[BID_COUNT] === 1;
      message.single = isBid ? SINGLE.bid : SINGLE.ask;
      readLevel(scanner, isBid ? FIRST_BID : FIRST_ASK, message.level);
    } else {
      this.#readLevels();
      if ((found & FOUND_MORE_DECIMALS) !== 0) this.#learn(bytes, start, end);
    }
    this.#books.take(message);
    return true;
  }

  /** Learns the decimals, and reads the registers of levels anew that were made with fewer. */
  #learn(bytes: Uint8Array, start: number, end: number): void {
    const message = this.#message;
    const books = this.#books;
    const { instrument } = message;
    const again = learnPrecision(
      books,
      message,
      books.priceDecimals(instrument),
      books.qtyDecimals(instrument),
    );
    if (!again) return;
    this.#scanner.scan(this.#shape, this.#symbols.at, bytes, start, end);
    this.#readLevels();
  }

  #readLevels(): void {
    const { bids, asks } = this.#message;
    const { int32 } = this.#scanner;
    this.#readSide(bids, int32[BID_COUNT]!, FIRST_BID);
    this.#readSide(asks, int32[ASK_COUNT]!, FIRST_ASK);
  }

  #readSide(levels: LevelList, count: number, first: number): void {
    const level = this.#level;
    levels.clear();
    for (let n = 0, at = first; n < count; n++, at += ROW_VALUES) {
      readLevel(this.#scanner, at, level);
      levels.add(level);
    }
  }
}

/** Reads the level whose price is at this index. */
function readLevel(scanner: Scanner, at: number, level: Level): void {
  const { int32, float64 } = scanner;
  const qtyWord = int32[2 * at + QTY_WORD]!;
  level.price = float64[at]!;
  level.qty = float64[at + QTY]!;
  level.priceDecimals = int32[2 * at + PRICE_WORD]! & DECIMALS;
  level.qtyDecimals = qtyWord & DECIMALS;
  level.crcDigits = qtyWord >> 8;
  level.crc = int32[2 * at + QTY_WORD + 1]!;
}
