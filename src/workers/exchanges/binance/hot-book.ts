import type { InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, rows, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { BookMessage } from '../book-message.ts';
import type { BookSync } from './book-sync.ts';
import { microseconds } from './wire.ts';

const LEVEL: Shape = [text('["'), unsigned(0), text('","'), unsigned(1), text('"]')];
const SHAPE: Shape = [
  text('{"e":"depthUpdate","E":'),
  integer(0),
  text(',"s":"'),
  symbol(1),
  text('","U":'),
  integer(2),
  text(',"u":'),
  integer(3),
  text(',"b":['),
  rows(BIDS_LIST, ']', ',', ...LEVEL),
  text('],"a":['),
  rows(ASKS_LIST, ']', ',', ...LEVEL),
  text(']}'),
];

const TIME = valueIndex(0);
const INSTRUMENT = wordIndex(1);
const FIRST_ID = valueIndex(2);
const LAST_ID = valueIndex(3);

/** Updates of books straight from the bytes. */
export class HotBook {
  readonly #sync: BookSync;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #message = new BookMessage();

  constructor(sync: BookSync, scanner: Scanner, symbols: ScannedSymbols) {
    this.#sync = sync;
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
    message.scanned = true;
    message.exchangeAtUs = microseconds(float64[TIME]!);
    message.sequence = float64[LAST_ID]!;
    this.#sync.firstId = float64[FIRST_ID]!;
    this.#sync.take(message, bytes, start, end);
    return true;
  }
}
