import { SIDE } from '../../../shared/records/trade.ts';
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
} from '../../scanner/scanner.ts';
import { integer, oneOf, rows, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { TradeDraft } from '../drafts.ts';
import { US_PER_MS } from './wire.ts';

const TRADES = 0;
const SHAPE: Shape = [
  text('{"channel":"trades","data":['),
  rows(
    TRADES,
    ']',
    ',',
    text('{"symbol":"'),
    symbol(0),
    text('","amount":"'),
    unsigned(1),
    text('","quantity":"'),
    unsigned(2),
    oneOf(3, '","takerSide":"buy","createTime":', '","takerSide":"sell","createTime":'),
    integer(4),
    text(',"price":"'),
    unsigned(5),
    text('","id":"'),
    integer(6),
    text('","ts":'),
    integer(7),
    text('}'),
  ),
  text(']}'),
];
const SIDES = [SIDE.buy, SIDE.sell] as const;

const COUNT = countIndex(TRADES);
const INSTRUMENT = rowWordIndex(TRADES, 0);
const QTY = rowValueIndex(TRADES, 2);
const QTY_DECIMALS = rowWordIndex(TRADES, 2);
const TAKER = rowWordIndex(TRADES, 3);
const TIME = rowValueIndex(TRADES, 4);
const PRICE = rowValueIndex(TRADES, 5);
const PRICE_DECIMALS = rowWordIndex(TRADES, 5);
const ID = rowValueIndex(TRADES, 6);

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
    for (let n = 0, value = 0, word = 0; n < count; n++, value += ROW_VALUES, word += ROW_WORDS) {
      draft.instrument = int32[INSTRUMENT + word] as InstrumentId;
      draft.side = SIDES[int32[TAKER + word]!]!;
      draft.price = float64[PRICE + value]!;
      draft.priceDecimals = int32[PRICE_DECIMALS + word]!;
      draft.qty = float64[QTY + value]!;
      draft.qtyDecimals = int32[QTY_DECIMALS + word]!;
      draft.tradeId = float64[ID + value]!;
      draft.atUs = (float64[TIME + value]! * US_PER_MS) as ExchangeUs;
      draft.write(this.#sink);
    }
    return true;
  }
}
