import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { type Shape, sortedRows, symbol, text, time, unsigned } from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';

// Plain numbers and not levels with checksum registers: Coinbase has no checksums.
const LEVEL: Shape = [unsigned(0), text('","'), unsigned(1), text('"]')];
const SHAPE: Shape = [
  text('{"type":"l2update","product_id":"'),
  symbol(0),
  text('","changes":['),
  sortedRows(']', ',', [BIDS_LIST, '["buy","', ...LEVEL], [ASKS_LIST, '["sell","', ...LEVEL]),
  text('],"time":"'),
  time(1),
  text('"}'),
];

const INSTRUMENT = wordIndex(0);
const TIME = valueIndex(1);

/** Changes of a book straight from the bytes. The message is read whole before the book hears of it. */
export class HotBook {
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #message = new BookMessage();

  constructor(books: BookIntegrity, scanner: Scanner, symbols: ScannedSymbols) {
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const message = this.#message;
    message.begin(int32[INSTRUMENT] as InstrumentId, false);
    message.exchangeAtUs = float64[TIME] as ExchangeUs;
    message.scanned = true;
    this.#books.take(message);
    return true;
  }
}
