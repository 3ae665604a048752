import type { InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, wordIndex } from '../../scanner/scanner.ts';
import { type Shape, sortedRows, symbol, text, unsigned } from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { type Streams, WANTS } from './streams.ts';

/**
 * Only changes: a message with the past behind them begins a stream and is for the cold path. Prices and
 * quantities are plain numbers here, because there is no checksum that would want their digits.
 */
const LEVEL: Shape = [unsigned(0), text('","'), unsigned(1), text('"]')];
const SHAPE: Shape = [
  text('{"type":"l2_updates","symbol":"'),
  symbol(0),
  text('","changes":['),
  sortedRows(']', ',', [BIDS_LIST, '["buy","', ...LEVEL], [ASKS_LIST, '["sell","', ...LEVEL]),
  text(']}'),
];

const INSTRUMENT = wordIndex(0);

/** Changes of books straight from the bytes, both sides in any order. */
export class HotL2 {
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #streams: Streams;
  readonly #shape: number;
  readonly #message = new BookMessage();

  constructor(books: BookIntegrity, scanner: Scanner, symbols: ScannedSymbols, streams: Streams) {
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#streams = streams;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const instrument = scanner.int32[INSTRUMENT] as InstrumentId;
    if ((this.#streams.wants[instrument]! & WANTS.book) === 0) return true;
    const message = this.#message;
    message.begin(instrument, false);
    message.scanned = true;
    this.#books.take(message);
    return true;
  }
}
