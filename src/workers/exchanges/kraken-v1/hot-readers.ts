import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import { type Shape, text } from '../../scanner/shape.ts';
import type { CodecContext } from '../exchange.ts';
import { HotBook } from './hot-book.ts';
import { HotCandle, HotQuote } from './hot-market.ts';
import { HotSnapshot } from './hot-snapshot.ts';
import { HotTicker } from './hot-ticker.ts';
import { HotTrade } from './hot-trade.ts';

const HEARTBEAT: Shape = [text('{"event":"heartbeat"}')];

const BYTE = {
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  a: 0x61,
  b: 0x62,
  s: 0x73,
  openBrace: 0x7b,
} as const;

/**
 * The hot shapes. The channel stands at the end of a message, so a message is told by how its payload begins:
 * `[[` trades, `["` a spread or a candle, `{"a":["` a ticker, `{"a":[[` and `{"b"` updates, `{"as"` a snapshot.
 */
export class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #scanner: Scanner;
  readonly #heartbeat: number;
  readonly #trade: HotTrade;
  readonly #ticker: HotTicker;
  readonly #quote: HotQuote;
  readonly #candle: HotCandle;
  readonly #book: HotBook;
  readonly #snapshot: HotSnapshot;

  /** @param depths by instrument: the depth its book is subscribed with, 0 where it is not. */
  constructor({ sink, books }: CodecContext, scanner: Scanner, depths: Uint16Array) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#scanner = scanner;
    this.#heartbeat = scanner.shape(HEARTBEAT);
    this.#trade = new HotTrade(sink, scanner, symbols);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#quote = new HotQuote(sink, scanner, symbols);
    this.#candle = new HotCandle(sink, scanner, symbols);
    this.#book = new HotBook(books, scanner, symbols, depths);
    this.#snapshot = new HotSnapshot(books, scanner, symbols, depths);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] === BYTE.openBrace)
      return this.#scanner.scan(this.#heartbeat, this.symbols.at, bytes, start, end) !== 0;
    // The channel's id is of any length.
    let at = start + 1;
    while (at < end && bytes[at] !== BYTE.comma) at++;
    at++;
    if (bytes[at] === BYTE.openBracket)
      return bytes[at + 1] === BYTE.openBracket
        ? this.#trade.read(bytes, start, end)
        : this.#quote.read(bytes, start, end) || this.#candle.read(bytes, start, end);
    if (bytes[at] !== BYTE.openBrace) return false;
    if (bytes[at + 2] === BYTE.b) return this.#book.readBidsAlone(bytes, start, end);
    if (bytes[at + 2] !== BYTE.a) return false;
    if (bytes[at + 3] === BYTE.s) return this.#snapshot.read(bytes, start, end);
    return bytes[at + 6] === BYTE.quote
      ? this.#ticker.read(bytes, start, end)
      : this.#book.readAsksFirst(bytes, start, end);
  }
}
