import type { Side } from '../../../shared/records/trade.ts';
import type { ExchangeUs } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST, TRADES_LIST } from '../../scanner/layout.ts';
import {
  countIndex,
  ROW_VALUES,
  rowValueIndex,
  rowWordIndex,
  type Scanner,
  valueIndex,
} from '../../scanner/scanner.ts';
import {
  either,
  integer,
  maybe,
  oneOf,
  type Shape,
  sortedRows,
  text,
  unsigned,
} from '../../scanner/shape.ts';
import type { BookMessage } from '../book-message.ts';
import type { Channels } from './channels.ts';
import type { FrameDraft } from './frame-draft.ts';
import { TAKERS, US_PER_MS, US_PER_S } from './wire.ts';

/** Slots of a change, the first two where a book looks for them. */
const CHANGE = { price: 0, qty: 1, ms: 2 } as const;
/** Slots of a trade. */
const TRADE = { id: 0, taker: 1, price: 2, qty: 3, seconds: 4, hasMs: 5, ms: 6 } as const;

const CHANGE_SHAPE: Shape = [
  unsigned(CHANGE.price),
  text('","'),
  unsigned(CHANGE.qty),
  maybe('","', integer(CHANGE.ms)),
  text('"]'),
];

/**
 * Changes and trades, in any order, with or without the later milliseconds:
 *
 *     ["o",1,"price","size"]                          ["o",1,"price","size","ms"]
 *     ["t","id",1,"price","size",seconds]             ["t","id",1,"price","size",seconds,"ms"]
 */
const SHAPE: Shape = [
  text('['),
  integer(0),
  text(','),
  integer(1),
  text(',['),
  sortedRows(
    ']',
    ',',
    [ASKS_LIST, '["o",0,"', ...CHANGE_SHAPE],
    [BIDS_LIST, '["o",1,"', ...CHANGE_SHAPE],
    [
      TRADES_LIST,
      '["t","',
      integer(TRADE.id),
      oneOf(TRADE.taker, '",0,"', '",1,"'),
      unsigned(TRADE.price),
      text('","'),
      unsigned(TRADE.qty),
      text('",'),
      integer(TRADE.seconds),
      either(TRADE.hasMs, [']'], [',"', integer(TRADE.ms), text('"]')]),
    ],
  ),
  text(']]'),
];

const ID = valueIndex(0);
const SEQUENCE = valueIndex(1);
const BIDS = countIndex(BIDS_LIST);
const ASKS = countIndex(ASKS_LIST);
const TRADES = countIndex(TRADES_LIST);

/** Milliseconds of the first change of each side; NaN where it has none. */
const BID_MS = rowValueIndex(BIDS_LIST, CHANGE.ms);
const ASK_MS = rowValueIndex(ASKS_LIST, CHANGE.ms);

/** Of the first trade; what is in words is in those of twice the row as well. */
const value = (slot: number): number => rowValueIndex(TRADES_LIST, slot);
const word = (slot: number): number => rowWordIndex(TRADES_LIST, slot);
const TRADE_ID = value(TRADE.id);
const TAKER = word(TRADE.taker);
const PRICE = value(TRADE.price);
const PRICE_DECIMALS = word(TRADE.price);
const QTY = value(TRADE.qty);
const QTY_DECIMALS = word(TRADE.qty);
const SECONDS = value(TRADE.seconds);
const HAS_MS = word(TRADE.hasMs);
const TRADED_AT_MS = value(TRADE.ms);

/** Symbols are numbers here and looked up by the venue's channels. */
const NO_SYMBOLS = 0;

/** Frames of pairs straight from the bytes. Snapshots are for the cold path. */
export class HotFrames {
  readonly #scanner: Scanner;
  readonly #channels: Channels;
  readonly #draft: FrameDraft;
  readonly #shape: number;

  constructor(scanner: Scanner, channels: Channels, draft: FrameDraft) {
    this.#scanner = scanner;
    this.#channels = channels;
    this.#draft = draft;
    this.#shape = scanner.shape(SHAPE);
  }

  /** @returns false where the message is not exactly of this shape; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    if (scanner.scan(this.#shape, NO_SYMBOLS, bytes, start, end) === 0) return false;
    const { int32, float64 } = scanner;
    const id = float64[ID]! | 0;
    const pair = id === float64[ID] ? this.#channels.byId(id) : undefined;
    if (pair === undefined) return false;
    const draft = this.#draft;
    draft.begin(pair.instrument);
    const trades = int32[TRADES]!;
    for (let n = 0; n < trades; n++) if (!this.#readTrade(n * ROW_VALUES)) return false;
    const bids = int32[BIDS]!;
    const asks = int32[ASKS]!;
    if (bids > 0) this.#date(draft.message, BID_MS, bids);
    if (asks > 0) this.#date(draft.message, ASK_MS, asks);
    draft.message.scanned = true;
    draft.changes = bids + asks;
    draft.sequence = float64[SEQUENCE]!;
    draft.deliver(pair);
    return true;
  }

  /** Makes the latest time of these changes that of the message, which a return value would have to be boxed for. */
  #date(message: BookMessage, first: number, count: number): void {
    const { float64 } = this.#scanner;
    for (let n = 0, at = first; n < count; n++, at += ROW_VALUES) {
      // One that is not there is NaN, and later than none.
      const us = float64[at]! * US_PER_MS;
      if (us > message.exchangeAtUs) message.exchangeAtUs = us as ExchangeUs;
    }
  }

  /** @param row how many values behind the first trade. @returns false where a frame has no room for one more. */
  #readTrade(row: number): boolean {
    const { int32, float64 } = this.#scanner;
    const draft = this.#draft.addTrade();
    if (draft === undefined) return false;
    draft.tradeId = float64[row + TRADE_ID]!;
    draft.side = TAKERS[int32[2 * row + TAKER]!] as Side;
    draft.price = float64[row + PRICE]!;
    draft.priceDecimals = int32[2 * row + PRICE_DECIMALS]!;
    draft.qty = float64[row + QTY]!;
    draft.qtyDecimals = int32[2 * row + QTY_DECIMALS]!;
    draft.atUs = (
      int32[2 * row + HAS_MS] === 0
        ? float64[row + SECONDS]! * US_PER_S
        : float64[row + TRADED_AT_MS]! * US_PER_MS
    ) as ExchangeUs;
    return true;
  }
}
