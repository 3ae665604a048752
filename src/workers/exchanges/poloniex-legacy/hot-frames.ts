import type { Side } from '../../../shared/records/trade.ts';
import type { ExchangeUs } from '../../../shared/units.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import {
  countIndex,
  ROW_WORDS,
  rowValueIndex,
  rowWordIndex,
  type Scanner,
  valueIndex,
} from '../../scanner/scanner.ts';
import { either, integer, maybe, oneOf, rows, type Shape, text, unsigned } from '../../scanner/shape.ts';
import type { Channels } from './channels.ts';
import type { FrameDraft } from './frame-draft.ts';
import { TAKERS, US_PER_MS, US_PER_S } from './wire.ts';

const CHANGE: Shape = [unsigned(0), text('","'), unsigned(1), maybe('","', integer(2)), text('"]')];

/**
 * Changes and trades, in any order, with or without the later milliseconds:
 *
 *     ["o",1,"price","size"]                          ["o",1,"price","size","ms"]
 *     ["t","id",1,"price","size",seconds]             ["t","id",1,"price","size",seconds,"ms"]
 *
 * Price and size of a change are in the slots where a book looks for them.
 */
const SHAPE: Shape = [
  text('['),
  integer(0),
  text(','),
  integer(1),
  text(',['),
  rows(
    BIDS_LIST,
    ']',
    ',',
    either(
      3,
      ['["o",0,"', ...CHANGE],
      ['["o",1,"', ...CHANGE],
      [
        '["t","',
        integer(2),
        oneOf(4, '",0,"', '",1,"'),
        unsigned(0),
        text('","'),
        unsigned(1),
        text('",'),
        integer(5),
        either(6, [']'], [',"', integer(7), text('"]')]),
      ],
    ),
  ),
  text(']]'),
];

const KIND_BIDS = 1;
const KIND_TRADE = 2;
const WITH_MS = 1;

const ID = valueIndex(0);
const SEQUENCE = valueIndex(1);
const COUNT = countIndex(BIDS_LIST);
const ASK_COUNT = countIndex(ASKS_LIST);

/** Of a row, its first word being the first of slot 0. */
const ROWS_WORD = 2 * rowValueIndex(BIDS_LIST, 0);
const ASK_ROWS_WORD = 2 * rowValueIndex(ASKS_LIST, 0);
const word = (slot: number): number => rowWordIndex(BIDS_LIST, slot) - ROWS_WORD;
const value = (slot: number): number => rowValueIndex(BIDS_LIST, slot) - ROWS_WORD / 2;
const PRICE = value(0);
const PRICE_DECIMALS = word(0);
const QTY = value(1);
const QTY_DECIMALS = word(1);
/** Of a change; NaN where it has none. */
const CHANGED_AT_MS = value(2);
const TRADE_ID = value(2);
const KIND = word(3);
const TAKER = word(4);
const SECONDS = value(5);
const TIME_KIND = word(6);
const TRADED_AT_MS = value(7);
/** Words of a change's price and size, which begin its row. */
const CHANGE_WORDS = 8;

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
    let bids = 0;
    let asks = 0;
    const count = int32[COUNT]!;
    for (let n = 0, row = ROWS_WORD; n < count; n++, row += ROW_WORDS) {
      if (int32[row + KIND] === KIND_TRADE) {
        if (!this.#readTrade(row)) return false;
        continue;
      }
      const ms = float64[(row >> 1) + CHANGED_AT_MS]!;
      if (ms >= 0) draft.message.exchangeAtUs = (ms * US_PER_MS) as ExchangeUs;
      draft.changes++;
      // A change takes the place of one of the rows read already, itself at the most.
      if (int32[row + KIND] === KIND_BIDS) this.#move(row, ROWS_WORD + bids++ * ROW_WORDS);
      else this.#move(row, ASK_ROWS_WORD + asks++ * ROW_WORDS);
    }
    int32[COUNT] = bids;
    int32[ASK_COUNT] = asks;
    draft.message.scanned = true;
    draft.sequence = float64[SEQUENCE]!;
    draft.deliver(pair);
    return true;
  }

  /** @returns false where a frame has no room for one more. */
  #readTrade(row: number): boolean {
    const { int32, float64 } = this.#scanner;
    const at = row >> 1;
    const draft = this.#draft.addTrade();
    if (draft === undefined) return false;
    draft.tradeId = float64[at + TRADE_ID]!;
    draft.side = TAKERS[int32[row + TAKER]!] as Side;
    draft.price = float64[at + PRICE]!;
    draft.priceDecimals = int32[row + PRICE_DECIMALS]!;
    draft.qty = float64[at + QTY]!;
    draft.qtyDecimals = int32[row + QTY_DECIMALS]!;
    const hasMs = int32[row + TIME_KIND] === WITH_MS;
    draft.atUs = (
      hasMs ? float64[at + TRADED_AT_MS]! * US_PER_MS : float64[at + SECONDS]! * US_PER_S
    ) as ExchangeUs;
    return true;
  }

  /** Puts price and size of a change into the row that is the next one of its side. */
  #move(from: number, to: number): void {
    if (from === to) return;
    const { int32 } = this.#scanner;
    // As integers: a float64 that is copied as a number need not keep its bits.
    for (let n = 0; n < CHANGE_WORDS; n++) int32[to + n] = int32[from + n]!;
  }
}
