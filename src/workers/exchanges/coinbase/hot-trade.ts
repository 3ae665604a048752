import { SIDE } from '../../../shared/records/trade.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, oneOf, type Shape, symbol, text, time, unsigned } from '../../scanner/shape.ts';
import { TradeDraft } from '../drafts.ts';
import { ORDER_IDS_BYTES, OrderIds } from './order-ids.ts';
import type { TradeWatch } from './trade-watch.ts';

const BEFORE_ID = '{"type":"match","trade_id":';
const BEFORE_MAKER = ',"maker_order_id":"';
const ID_DIGITS_MAX = 16;

/** The names of two orders are between the shapes; see `OrderIds`. */
const HEAD: Shape = [text(BEFORE_ID), integer(0), text(BEFORE_MAKER)];
const TAIL: Shape = [
  oneOf(1, '","side":"buy","size":"', '","side":"sell","size":"'),
  unsigned(2),
  text('","price":"'),
  unsigned(3),
  text('","product_id":"'),
  symbol(4),
  text('","sequence":'),
  integer(5),
  text(',"time":"'),
  time(6),
  text('"}'),
];
/** Of the taker, in the order in which the shape has those of the maker. */
const SIDES = [SIDE.sell, SIDE.buy] as const;

const ID = valueIndex(0);
const MAKER = wordIndex(1);
const QTY = valueIndex(2);
const QTY_DECIMALS = wordIndex(2);
const PRICE = valueIndex(3);
const PRICE_DECIMALS = wordIndex(3);
const INSTRUMENT = wordIndex(4);
const TIME = valueIndex(6);

const ZERO = 0x30;
const NINE = 0x39;

/** Trades straight from the bytes, as long as each is the next one of its product. */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #watch: TradeWatch;
  readonly #orderIds: OrderIds;
  readonly #head: number;
  readonly #tail: number;
  readonly #draft = new TradeDraft();

  constructor(sink: RecordSink, scanner: Scanner, symbols: ScannedSymbols, watch: TradeWatch) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#watch = watch;
    this.#orderIds = new OrderIds(scanner.module.memory);
    this.#head = scanner.shape(HEAD);
    this.#tail = scanner.shape(TAIL);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const maker = makerAt(bytes, start);
    const tail = maker + ORDER_IDS_BYTES;
    if (tail >= end || !this.#orderIds.stand(bytes, maker)) return false;
    const scanner = this.#scanner;
    // What the head leaves in its slot stays there: the tail has others.
    if (scanner.scan(this.#head, this.#symbols.at, bytes, start, maker) === 0) return false;
    if (scanner.scan(this.#tail, this.#symbols.at, bytes, tail, end) === 0) return false;
    const { int32, float64 } = scanner;
    const instrument = int32[INSTRUMENT] as InstrumentId;
    const id = float64[ID]!;
    const { newest } = this.#watch;
    // The cold path tells what is missing.
    if (id - newest[instrument]! !== 1 && !Number.isNaN(newest[instrument]!)) return false;
    newest[instrument] = id;
    const draft = this.#draft;
    draft.instrument = instrument;
    draft.side = SIDES[int32[MAKER]!]!;
    draft.price = float64[PRICE]!;
    draft.priceDecimals = int32[PRICE_DECIMALS]!;
    draft.qty = float64[QTY]!;
    draft.qtyDecimals = int32[QTY_DECIMALS]!;
    draft.tradeId = id;
    draft.atUs = float64[TIME] as ExchangeUs;
    draft.write(this.#sink);
    return true;
  }
}

/** Where the maker's order id begins, if the message is a match. */
function makerAt(bytes: Uint8Array, start: number): number {
  const digits = start + BEFORE_ID.length;
  let at = digits;
  while (at < digits + ID_DIGITS_MAX && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at + BEFORE_MAKER.length;
}
