import { SIDE } from '../../../shared/records/trade.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import { type Scanner, valueIndex, wordIndex } from '../../scanner/scanner.ts';
import { integer, maybe, oneOf, type Shape, symbol, text, unsigned } from '../../scanner/shape.ts';
import { TradeDraft } from '../drafts.ts';
import { TIME_MS_MAX } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { type Streams, WANTS } from './streams.ts';

const SHAPE: Shape = [
  text('{"type":"trade","symbol":"'),
  symbol(0),
  text('","event_id":'),
  integer(1),
  text(',"timestamp":'),
  integer(2),
  text(',"price":"'),
  unsigned(3),
  text('","quantity":"'),
  unsigned(4),
  oneOf(5, '","side":"buy"', '","side":"sell"'),
  // Sent by newer servers only.
  maybe(',"tid":', integer(6)),
  text('}'),
];
const SIDES = [SIDE.buy, SIDE.sell] as const;

const INSTRUMENT = wordIndex(0);
const EVENT_ID = valueIndex(1);
const TIME = valueIndex(2);
const PRICE = valueIndex(3);
const PRICE_DECIMALS = wordIndex(3);
const QTY = valueIndex(4);
const QTY_DECIMALS = wordIndex(4);
const TAKER = wordIndex(5);

/** Trades straight from the bytes, each a message of its own. */
export class HotTrade {
  readonly #sink: RecordSink;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #streams: Streams;
  readonly #ids: NewestTradeIds;
  readonly #shape: number;
  readonly #draft = new TradeDraft();

  constructor(
    sink: RecordSink,
    scanner: Scanner,
    symbols: ScannedSymbols,
    streams: Streams,
    ids: NewestTradeIds,
  ) {
    this.#sink = sink;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#streams = streams;
    this.#ids = ids;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, this.#symbols.at, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const instrument = int32[INSTRUMENT] as InstrumentId;
    const wants = this.#streams.wants[instrument]!;
    // Whether it belongs to this subscription or to the one before is for the cold path.
    if ((wants & WANTS.answer) !== 0 || float64[TIME]! > TIME_MS_MAX) return false;
    if ((wants & WANTS.trades) === 0) return true;
    const draft = this.#draft;
    draft.instrument = instrument;
    draft.side = SIDES[int32[TAKER]!]!;
    draft.price = float64[PRICE]!;
    draft.priceDecimals = int32[PRICE_DECIMALS]!;
    draft.qty = float64[QTY]!;
    draft.qtyDecimals = int32[QTY_DECIMALS]!;
    draft.tradeId = float64[EVENT_ID]!;
    draft.atUs = (float64[TIME]! * 1000) as ExchangeUs;
    draft.write(this.#sink);
    if (!(draft.tradeId <= this.#ids.newest[instrument]!)) this.#ids.newest[instrument] = draft.tradeId;
    return true;
  }
}
