import { Level } from '../../../shared/book/level.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { FOUND_MORE_DECIMALS, type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, oneOf, price, qty, rows, type Shape, symbol, text, time } from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { ASK_COUNT, BID_COUNT, FIRST_ASK, FIRST_BID, readScannedSide } from '../scanned-levels.ts';
import { learnPrecision } from './learn-precision.ts';

const LEVEL: Shape = [text('{"price":'), price(0), text(',"qty":'), qty(1), text('}')];
const SHAPE: Shape = [
  text('{"channel":"book","type":"'),
  oneOf(0, 'update","data":[{"symbol":"', 'snapshot","data":[{"symbol":"'),
  symbol(1),
  text('","bids":['),
  rows(BIDS_LIST, ']', ',', ...LEVEL),
  text('],"asks":['),
  rows(ASKS_LIST, ']', ',', ...LEVEL),
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

const U32_MAX = 0xffff_ffff;

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
    message.scanned = true;
    if ((found & FOUND_MORE_DECIMALS) !== 0) this.#learn(bytes, start, end);
    this.#books.take(message);
    return true;
  }

  /** Learns the decimals, and scans anew what was scanned with fewer. */
  #learn(bytes: Uint8Array, start: number, end: number): void {
    const message = this.#message;
    const books = this.#books;
    const { instrument } = message;
    const { int32 } = this.#scanner;
    readScannedSide(this.#scanner, int32[BID_COUNT]!, FIRST_BID, message.bids, this.#level);
    readScannedSide(this.#scanner, int32[ASK_COUNT]!, FIRST_ASK, message.asks, this.#level);
    const again = learnPrecision(
      books,
      message,
      books.priceDecimals(instrument),
      books.qtyDecimals(instrument),
    );
    message.bids.clear();
    message.asks.clear();
    if (again) this.#scanner.scan(this.#shape, this.#symbols.at, bytes, start, end);
  }
}
