import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, oneOf, rows, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { BookMessage } from '../book-message.ts';
import type { BookUpdates } from './book-updates.ts';
import { US_PER_MS } from './wire.ts';

// Plain numbers and not levels with checksum registers: Poloniex has no checksums.
const LEVEL: Shape = [text('["'), unsigned(0), text('","'), unsigned(1), text('"]')];
const SHAPE: Shape = [
  text('{"channel":"book_lv2","data":[{"symbol":"'),
  symbol(0),
  text('","createTime":'),
  integer(1),
  text(',"asks":['),
  rows(ASKS_LIST, ']', ',', ...LEVEL),
  text('],"bids":['),
  rows(BIDS_LIST, ']', ',', ...LEVEL),
  text('],"lastId":'),
  integer(2),
  text(',"id":'),
  integer(3),
  text(',"ts":'),
  integer(4),
  oneOf(5, '}],"action":"update"}', '}],"action":"snapshot"}'),
];

const INSTRUMENT = wordIndex(0);
const TIME = valueIndex(1);
const LAST_ID = valueIndex(2);
const ID = valueIndex(3);
const ACTION = wordIndex(5);

/**
 * Messages of `book_lv2` of one instrument, snapshot or update, straight from the bytes. The message is read
 * whole before the book hears of it: a malformed message changes nothing.
 */
export class HotBook {
  readonly #updates: BookUpdates;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #message = new BookMessage();

  constructor(updates: BookUpdates, scanner: Scanner, symbols: ScannedSymbols) {
    this.#updates = updates;
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
    const updates = this.#updates;
    message.begin(int32[INSTRUMENT] as InstrumentId, int32[ACTION] !== 0);
    message.exchangeAtUs = (float64[TIME]! * US_PER_MS) as ExchangeUs;
    message.scanned = true;
    updates.lastId = float64[LAST_ID]!;
    updates.id = float64[ID]!;
    updates.takeChange(message);
    return true;
  }
}
