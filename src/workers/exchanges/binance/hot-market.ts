import { SIDE } from '../../../shared/records/trade.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import {
  integer,
  oneOf,
  type Part,
  type Shape,
  signed,
  symbol,
  text,
  unsigned,
} from '../../scanner/shape.ts';
import { QuoteDraft, TickerDraft, TradeDraft } from '../drafts.ts';
import { ScannedNumbers, slotsFrom } from '../scanned-numbers.ts';
import type { TradeIds } from './trade-ids.ts';
import { microseconds, QUOTE_KEYS, TICKER_KEYS } from './wire.ts';

/** Slots that all of these shapes begin with. */
const TIME_SLOT = 0;
const SYMBOL_SLOT = 1;
const TIME = valueIndex(TIME_SLOT);
const INSTRUMENT = wordIndex(SYMBOL_SLOT);

const begin = (event: string): Part[] => [
  text(`{"e":"${event}","E":`),
  integer(TIME_SLOT),
  text(',"s":"'),
  symbol(SYMBOL_SLOT),
];

const PRICE_AND_QTY: Shape = [text(',"p":"'), unsigned(3), text('","q":"'), unsigned(4)];
const TRADE_END: Shape = [
  text(',"T":'),
  integer(5),
  oneOf(6, ',"m":false,"M":true}', ',"m":true,"M":true}', ',"m":false,"M":false}', ',"m":true,"M":false}'),
];
export const TRADE_SHAPE: Shape = [
  ...begin('trade'),
  text('","t":'),
  integer(2),
  ...PRICE_AND_QTY,
  text('"'),
  ...TRADE_END,
];
/** The first and the last single trade of it are of no use: it has a number of its own. */
export const AGGREGATE_TRADE_SHAPE: Shape = [
  ...begin('aggTrade'),
  text('","a":'),
  integer(2),
  ...PRICE_AND_QTY,
  text('","f":'),
  integer(7),
  text(',"l":'),
  integer(7),
  ...TRADE_END,
];
const TRADE_ID = valueIndex(2);
const PRICE = valueIndex(3);
const QTY = valueIndex(4);
const PRICE_DECIMALS = wordIndex(3);
const QTY_DECIMALS = wordIndex(4);
const TRADED_AT = valueIndex(5);
const MAKER = wordIndex(6);

/** Trades, single or aggregated, straight from the bytes. One that does not follow the newest by one is left to the cold path. */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #ids: TradeIds;
  readonly #shape: number;
  readonly #draft = new TradeDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols, ids: TradeIds, shape: Shape) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#ids = ids;
    this.#shape = scanner.shape(shape);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const instrument = int32[INSTRUMENT] as InstrumentId;
    const { newest } = this.#ids;
    const id = float64[TRADE_ID]!;
    const before = newest[instrument]!;
    if (id - before !== 1 && !Number.isNaN(before)) return false;
    newest[instrument] = id;
    const draft = this.#draft;
    draft.instrument = instrument;
    draft.side = (int32[MAKER]! & 1) === 1 ? SIDE.sell : SIDE.buy;
    draft.price = float64[PRICE]!;
    draft.priceDecimals = int32[PRICE_DECIMALS]!;
    draft.qty = float64[QTY]!;
    draft.qtyDecimals = int32[QTY_DECIMALS]!;
    draft.tradeId = id;
    draft.atUs = microseconds(float64[TRADED_AT]!);
    draft.write(this.#sink);
    return true;
  }
}

/** Slot of the first number of a quote or ticker. */
const NUMBERS = 4;

const UPDATE_ID = valueIndex(2);
const QUOTE_NUMBERS = new ScannedNumbers(slotsFrom(NUMBERS, QUOTE_KEYS.length));
const QUOTE_SHAPE: Shape = [
  text('{"u":'),
  integer(2),
  text(',"s":"'),
  symbol(SYMBOL_SLOT),
  ...QUOTE_KEYS.flatMap((key, n) => [text(`","${key}":"`), unsigned(NUMBERS + n)]),
  text('"}'),
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
    draft.sequence = float64[UPDATE_ID]!;
    QUOTE_NUMBERS.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}

/** Keys of a ticker in the order of the wire; what the record has no place for goes to slot 3. */
const TICKER_WIRE = ['p', 'P', 'w', 'x', 'c', 'Q', 'b', 'B', 'a', 'A', 'o', 'h', 'l', 'v', 'q'] as const;
const UNUSED_SLOT = 3;
const tickerSlot = (key: string): number => {
  const n = (TICKER_KEYS as readonly string[]).indexOf(key);
  return n < 0 ? UNUSED_SLOT : NUMBERS + n;
};
const TICKER_NUMBERS = new ScannedNumbers(slotsFrom(NUMBERS, TICKER_KEYS.length));
const TICKER_SHAPE: Shape = [
  ...begin('24hrTicker'),
  ...TICKER_WIRE.flatMap((key) => [
    text(`","${key}":"`),
    (key === 'p' || key === 'P' ? signed : unsigned)(tickerSlot(key)),
  ]),
  text('","O":'),
  integer(UNUSED_SLOT),
  text(',"C":'),
  integer(UNUSED_SLOT),
  // The ids are -1 where nothing was traded for a day.
  ...['F', 'L'].flatMap((key) => [text(`,"${key}":`), signed(UNUSED_SLOT)]),
  text(',"n":'),
  integer(UNUSED_SLOT),
  text('}'),
];

/** Tickers of a day, straight from the bytes. */
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
    this.#shape = scanner.shape(TICKER_SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    draft.atUs = microseconds(float64[TIME]!);
    TICKER_NUMBERS.copyTo(draft, scanner);
    draft.write(this.#sink);
    return true;
  }
}
