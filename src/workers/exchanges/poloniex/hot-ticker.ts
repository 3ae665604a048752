import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, type Shape, signed, symbol, text, unsigned } from '../../scanner/shape.ts';
import { TICKER_PLACE, TickerDraft } from '../drafts.ts';
import { changeToPercent } from '../percent.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import { TICKER_NUMBERS, US_PER_MS } from './wire.ts';

/** Slots of the numbers that have a place in the record, in the order of `TICKER_NUMBERS`. */
const HIGH = 8;
const LOW = 9;
const CLOSE = 10;
const QUANTITY = 11;
const AMOUNT = 12;
const DAILY_CHANGE = 13;
const SHAPE: Shape = [
  text('{"channel":"ticker","data":[{"symbol":"'),
  symbol(0),
  text('","startTime":'),
  integer(1),
  text(',"open":"'),
  unsigned(2),
  text('","high":"'),
  unsigned(HIGH),
  text('","low":"'),
  unsigned(LOW),
  text('","close":"'),
  unsigned(CLOSE),
  text('","quantity":"'),
  unsigned(QUANTITY),
  text('","amount":"'),
  unsigned(AMOUNT),
  text('","tradeCount":'),
  integer(4),
  text(',"dailyChange":"'),
  signed(DAILY_CHANGE),
  text('","markPrice":"'),
  unsigned(5),
  text('","closeTime":'),
  integer(6),
  text(',"ts":'),
  integer(7),
  text('}]}'),
];

const NUMBERS = new ScannedNumbers(
  slotsFrom(HIGH, TICKER_NUMBERS.length),
  TICKER_NUMBERS.map(([, meaning]) => TICKER_PLACE[meaning]),
);

const INSTRUMENT = wordIndex(0);
const TIME = valueIndex(7);

/** Tickers of one instrument straight from the bytes. */
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
    draft.atUs = (float64[TIME]! * US_PER_MS) as ExchangeUs;
    NUMBERS.copyTo(draft, scanner);
    changeToPercent(draft);
    draft.write(this.#sink);
    return true;
  }
}
