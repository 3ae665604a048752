import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, maybe, oneOf, type Shape, symbol, text, time, unsigned } from '../../scanner/shape.ts';
import { TICKER_PLACE, TickerDraft } from '../drafts.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import { TICKER_NUMBERS } from './wire.ts';

/** Slots of the numbers that have a place in the record, in the order of `TICKER_NUMBERS`. */
const PRICE = 8;
const VOLUME = 9;
const LOW = 10;
const HIGH = 11;
const BID = 12;
const BID_SIZE = 13;
const ASK = 14;
const ASK_SIZE = 15;
const SHAPE: Shape = [
  text('{"type":"ticker","sequence":'),
  integer(1),
  text(',"product_id":"'),
  symbol(0),
  text('","price":"'),
  unsigned(PRICE),
  text('","open_24h":"'),
  unsigned(2),
  text('","volume_24h":"'),
  unsigned(VOLUME),
  text('","low_24h":"'),
  unsigned(LOW),
  text('","high_24h":"'),
  unsigned(HIGH),
  text('","volume_30d":"'),
  unsigned(3),
  text('","best_bid":"'),
  unsigned(BID),
  // Not there before 2022.
  maybe('","best_bid_size":"', unsigned(BID_SIZE)),
  text('","best_ask":"'),
  unsigned(ASK),
  maybe('","best_ask_size":"', unsigned(ASK_SIZE)),
  oneOf(4, '","side":"buy","time":"', '","side":"sell","time":"'),
  time(5),
  text('","trade_id":'),
  integer(6),
  text(',"last_size":"'),
  unsigned(7),
  text('"}'),
];

const NUMBERS = new ScannedNumbers(
  slotsFrom(PRICE, TICKER_NUMBERS.length),
  TICKER_NUMBERS.map(([, meaning]) => TICKER_PLACE[meaning]),
);

const INSTRUMENT = wordIndex(0);
const TIME = valueIndex(5);

/** Tickers straight from the bytes. */
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
    const { int32, float64 } = scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    draft.atUs = float64[TIME] as ExchangeUs;
    NUMBERS.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}
