import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { maybe, oneOf, type Shape, signed, symbol, text, time, unsigned } from '../../scanner/shape.ts';
import { TickerDraft } from '../drafts.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import { TICKER_NUMBERS } from './wire.ts';

/** Slot of the first number; the others follow in the order of the wire. */
const NUMBERS = 4;
const SHAPE: Shape = [
  text('{"channel":"ticker","type":"'),
  oneOf(0, 'update","data":[{"symbol":"', 'snapshot","data":[{"symbol":"'),
  symbol(1),
  text('"'),
  ...TICKER_NUMBERS.flatMap((name, n) => [text(`,"${name}":`), signed(NUMBERS + n)]),
  // The 24-hour number of trades, sent by newer servers only; it has no place in the record.
  maybe(',"trades":', unsigned(2)),
  text(',"timestamp":"'),
  time(3),
  text('"}]}'),
];

const INSTRUMENT = wordIndex(1);
const TIME = valueIndex(3);
/** Kraken sends no turnover, which comes last in the record. */
const SENT = new ScannedNumbers(slotsFrom(NUMBERS, TICKER_NUMBERS.length));

/** Tickers of one instrument, snapshot or update, straight from the bytes. */
export class HotTicker {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #draft = new TickerDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    draft.atUs = float64[TIME] as ExchangeUs;
    SENT.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}
