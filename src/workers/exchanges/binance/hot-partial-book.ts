import { Level } from '../../../shared/book/level.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, rows, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { BookMessage } from '../book-message.ts';
import { ASK_COUNT, BID_COUNT, FIRST_ASK, FIRST_BID, readScannedSide } from '../scanned-levels.ts';
import type { PartialBooks } from './partial-books.ts';

const LEVEL: Shape = [text('["'), unsigned(0), text('","'), unsigned(1), text('"]')];
// The payload does not name its symbol: the name of the stream does.
const SHAPE: Shape = [
  text('{"stream":"'),
  symbol(0),
  text('","data":{"lastUpdateId":'),
  integer(1),
  text(',"bids":['),
  rows(BIDS_LIST, ']', ',', ...LEVEL),
  text('],"asks":['),
  rows(ASKS_LIST, ']', ',', ...LEVEL),
  text(']}}'),
];

const INSTRUMENT = wordIndex(0);
const LAST_ID = valueIndex(1);

/** Best levels of books, straight from the bytes. */
export class HotPartialBook {
  readonly #books: PartialBooks;
  readonly #scanner: Scanner;
  readonly #streams: ScannedSymbols;
  readonly #shape: number;
  readonly #message = new BookMessage();
  readonly #level = new Level();

  /** @param streams names of streams, and whose they are. */
  constructor(books: PartialBooks, scanner: Scanner, streams: ScannedSymbols) {
    this.#books = books;
    this.#scanner = scanner;
    this.#streams = streams;
    this.#shape = scanner.shape(SHAPE);
  }

  /**
   * @param start where the envelope begins.
   * @returns false where the message is not exactly of this shape; nothing has then been delivered.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#streams.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const message = this.#message;
    message.begin(int32[INSTRUMENT] as InstrumentId, true);
    message.sequence = float64[LAST_ID]!;
    // Into lists, since it is compared with the message before it, and twenty levels are few.
    readScannedSide(scanner, int32[BID_COUNT]!, FIRST_BID, message.bids, this.#level);
    readScannedSide(scanner, int32[ASK_COUNT]!, FIRST_ASK, message.asks, this.#level);
    this.#books.take(message);
    return true;
  }
}
