import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import {
  countIndex,
  ROW_VALUES,
  ROW_WORDS,
  rowValueIndex,
  rowWordIndex,
  type Scanner,
  wordIndex,
} from '../../scanner/scanner.ts';
import { integer, oneOf, rows, type Shape, seconds, symbol, text, unsigned } from '../../scanner/shape.ts';
import { TradeDraft } from '../drafts.ts';
import { ORDER_TYPES, SIDES } from './wire.ts';

const TRADES = 0;
const WORDS = [...SIDES.keys()].flatMap((side) =>
  [...ORDER_TYPES.keys()].map((type) => [side, type] as const),
);
const SHAPE: Shape = [
  text('['),
  integer(0),
  text(',['),
  rows(
    TRADES,
    ']',
    ',',
    text('["'),
    unsigned(0),
    text('","'),
    unsigned(1),
    text('","'),
    seconds(2),
    oneOf(3, ...WORDS.map(([side, type]) => `","${side}","${type}",""]`)),
  ),
  text('],"trade","'),
  symbol(1),
  text('"]'),
];
const SIDE_OF_WORDS = WORDS.map(([side]) => SIDES.get(side)!);
const ORDER_TYPE_OF_WORDS = WORDS.map(([, type]) => ORDER_TYPES.get(type)!);

const INSTRUMENT = wordIndex(1);
const COUNT = countIndex(TRADES);
const PRICE = rowValueIndex(TRADES, 0);
const PRICE_DECIMALS = rowWordIndex(TRADES, 0);
const QTY = rowValueIndex(TRADES, 1);
const QTY_DECIMALS = rowWordIndex(TRADES, 1);
const TIME = rowValueIndex(TRADES, 2);
const WORDS_INDEX = rowWordIndex(TRADES, 3);

/** Trades, one or many in a message, straight from the bytes. */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #shape: number;
  readonly #draft = new TradeDraft();

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
    const count = int32[COUNT]!;
    const draft = this.#draft;
    draft.instrument = int32[INSTRUMENT] as InstrumentId;
    for (let n = 0, value = 0, word = 0; n < count; n++, value += ROW_VALUES, word += ROW_WORDS) {
      const words = int32[WORDS_INDEX + word]!;
      draft.side = SIDE_OF_WORDS[words]!;
      draft.orderType = ORDER_TYPE_OF_WORDS[words]!;
      draft.price = float64[PRICE + value]!;
      draft.priceDecimals = int32[PRICE_DECIMALS + word]!;
      draft.qty = float64[QTY + value]!;
      draft.qtyDecimals = int32[QTY_DECIMALS + word]!;
      draft.atUs = float64[TIME + value] as ExchangeUs;
      draft.write(this.#sink);
    }
    return true;
  }
}
