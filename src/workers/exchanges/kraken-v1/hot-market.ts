import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, type Shape, seconds, symbol, text, unsigned } from '../../scanner/shape.ts';
import { CANDLE_PLACE, CandleDraft, QUOTE_PLACE, QuoteDraft } from '../drafts.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import { INTERVAL_MAX, U32_MAX, US_PER_MINUTE } from './wire.ts';

/** Slots that both shapes begin with. */
const CHANNEL_ID = 0;
const SYMBOL_SLOT = 1;
const TIME_SLOT = 2;
/** Slot of the first number; the others follow in the order of the record. */
const NUMBERS = 3;

const INSTRUMENT = wordIndex(SYMBOL_SLOT);
const TIME = valueIndex(TIME_SLOT);

const QUOTE_NUMBERS = new ScannedNumbers(slotsFrom(NUMBERS, Object.keys(QUOTE_PLACE).length));
const QUOTE_SHAPE: Shape = [
  text('['),
  integer(CHANNEL_ID),
  text(',["'),
  unsigned(NUMBERS + QUOTE_PLACE.bid),
  text('","'),
  unsigned(NUMBERS + QUOTE_PLACE.ask),
  text('","'),
  seconds(TIME_SLOT),
  text('","'),
  unsigned(NUMBERS + QUOTE_PLACE.bidQty),
  text('","'),
  unsigned(NUMBERS + QUOTE_PLACE.askQty),
  text('"],"spread","'),
  symbol(SYMBOL_SLOT),
  text('"]'),
];

/** Best bid and ask, straight from the bytes. */
export class HotQuote {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #draft = new QuoteDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(QUOTE_SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    draft.atUs = float64[TIME] as ExchangeUs;
    QUOTE_NUMBERS.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}

const CANDLE_PLACES = Object.values(CANDLE_PLACE);
const END_SLOT = NUMBERS + CANDLE_PLACES.length;
const TRADES_SLOT = END_SLOT + 1;
const INTERVAL_SLOT = END_SLOT + 2;
const CANDLE_NUMBERS = new ScannedNumbers(slotsFrom(NUMBERS, CANDLE_PLACES.length));
const CANDLE_SHAPE: Shape = [
  text('['),
  integer(CHANNEL_ID),
  text(',["'),
  seconds(TIME_SLOT),
  text('","'),
  seconds(END_SLOT),
  ...CANDLE_PLACES.flatMap((place) => [text('","'), unsigned(NUMBERS + place)]),
  text('",'),
  integer(TRADES_SLOT),
  text('],"ohlc-'),
  integer(INTERVAL_SLOT),
  text('","'),
  symbol(SYMBOL_SLOT),
  text('"]'),
];
const CANDLE_END = valueIndex(END_SLOT);
const TRADES = valueIndex(TRADES_SLOT);
const INTERVAL = valueIndex(INTERVAL_SLOT);

/** Candles straight from the bytes. */
export class HotCandle {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #draft = new CandleDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#shape = scanner.shape(CANDLE_SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const interval = float64[INTERVAL]!;
    const trades = float64[TRADES]!;
    if (interval === 0 || interval > INTERVAL_MAX || trades > U32_MAX) return false;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    draft.atUs = float64[TIME] as ExchangeUs;
    draft.beginUs = (float64[CANDLE_END]! - interval * US_PER_MINUTE) as ExchangeUs;
    draft.trades = trades;
    draft.intervalMinutes = interval;
    CANDLE_NUMBERS.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}
