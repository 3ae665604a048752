import { ORDER_TYPE, SIDE } from '../../../shared/records/trade.ts';
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
import { integer, oneOf, rows, type Shape, symbol, text, time, unsigned } from '../../scanner/shape.ts';
import { TradeDraft } from '../drafts.ts';
import type { NewestTradeIds } from '../trade-ids.ts';

const TRADES = 0;
const SHAPE: Shape = [
  text('{"channel":"trade","type":"update","data":['),
  rows(
    TRADES,
    ']',
    ',',
    text('{"symbol":"'),
    symbol(0),
    oneOf(1, '","side":"buy","price":', '","side":"sell","price":'),
    unsigned(2),
    text(',"qty":'),
    unsigned(3),
    oneOf(4, ',"ord_type":"limit","trade_id":', ',"ord_type":"market","trade_id":'),
    integer(5),
    text(',"timestamp":"'),
    time(6),
    text('"}'),
  ),
  text(']}'),
];
const SIDES = [SIDE.buy, SIDE.sell] as const;
const ORDER_TYPES = [ORDER_TYPE.limit, ORDER_TYPE.market] as const;

const COUNT = countIndex(TRADES);
const INSTRUMENT = rowWordIndex(TRADES, 0);
const TAKER = rowWordIndex(TRADES, 1);
const PRICE = rowValueIndex(TRADES, 2);
const PRICE_DECIMALS = rowWordIndex(TRADES, 2);
const QTY = rowValueIndex(TRADES, 3);
const QTY_DECIMALS = rowWordIndex(TRADES, 3);
const ORDER = rowWordIndex(TRADES, 4);
const ID = rowValueIndex(TRADES, 5);
const TIME = rowValueIndex(TRADES, 6);

/**
 * Trade updates of one instrument, one or many trades in a message, straight from the bytes. Several
 * instruments in one message, a jump in the trade ids and everything unusual are left to the cold path.
 */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #ids: NewestTradeIds;
  readonly #shape: number;
  readonly #draft = new TradeDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols, ids: NewestTradeIds) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#ids = ids;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const count = int32[COUNT]!;
    if (count === 0 || !this.#isNext(count)) return false;
    const draft = this.#draft;
    for (let n = 0, value = 0, word = 0; n < count; n++, value += ROW_VALUES, word += ROW_WORDS) {
      draft.instrument = int32[INSTRUMENT + word] as InstrumentId;
      draft.side = SIDES[int32[TAKER + word]!]!;
      draft.price = float64[PRICE + value]!;
      draft.priceDecimals = int32[PRICE_DECIMALS + word]!;
      draft.qty = float64[QTY + value]!;
      draft.qtyDecimals = int32[QTY_DECIMALS + word]!;
      draft.orderType = ORDER_TYPES[int32[ORDER + word]!]!;
      draft.tradeId = float64[ID + value]!;
      draft.atUs = float64[TIME + value] as ExchangeUs;
      draft.write(this.#sink);
    }
    this.#ids.newest[draft.instrument] = draft.tradeId;
    return true;
  }

  /** Whether all trades are of one instrument and follow its newest one by one. */
  #isNext(count: number): boolean {
    const { int32, float64 } = this.#scanner;
    const instrument = int32[INSTRUMENT]!;
    let newest = this.#ids.newest[instrument]!;
    for (let n = 0, value = ID, word = INSTRUMENT; n < count; n++, value += ROW_VALUES, word += ROW_WORDS) {
      const id = float64[value]!;
      if (int32[word] !== instrument || (id - newest !== 1 && !Number.isNaN(newest))) return false;
      newest = id;
    }
    return true;
  }
}
