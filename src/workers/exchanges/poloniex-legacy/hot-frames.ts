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
import { integer, maybe, oneOf, rows, type Shape, text, unsigned } from '../../scanner/shape.ts';
import type { Channels } from './channels.ts';
import type { FrameDraft } from './frame-draft.ts';
import { TAKERS, US_PER_MS, US_PER_S } from './wire.ts';

/**
 * Changes and trades, in any order. Both begin with two numbers in quotes, and what follows depends on which
 * it is:
 *
 *     ["o",1,"price","size"]                          ["o",1,"price","size","ms"]
 *     ["t","id",1,"price","size",seconds]             ["t","id",1,"price","size",seconds,"ms"]
 *
 * so the shape takes both and some that are neither, which are told apart afterwards by what was there. Price
 * and size of a change are in the slots where a book looks for them.
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
    oneOf(4, '["o",0,"', '["o",1,"', '["t","'),
    unsigned(0),
    oneOf(5, '","', '",0,"', '",1,"'),
    unsigned(1),
    maybe('","', unsigned(2)),
    maybe('",', integer(3)),
    maybe(',"', integer(6)),
    oneOf(7, '"]', ']'),
  ),
  text(']]'),
];

const KIND_BIDS = 1;
const KIND_TRADE = 2;
/** In slot 5, between the two numbers of a change. */
const BETWEEN_CHANGE = 0;
/** In slot 7. */
const CLOSED_QUOTE = 0;

const ID = valueIndex(0);
const SEQUENCE = valueIndex(1);
const COUNT = countIndex(BIDS_LIST);
const ASK_COUNT = countIndex(ASKS_LIST);

/** Of a row, its first word being the first of slot 0. */
const ROWS_WORD = 2 * rowValueIndex(BIDS_LIST, 0);
const ASK_ROWS_WORD = 2 * rowValueIndex(ASKS_LIST, 0);
const word = (slot: number): number => rowWordIndex(BIDS_LIST, slot) - ROWS_WORD;
const value = (slot: number): number => rowValueIndex(BIDS_LIST, slot) - ROWS_WORD / 2;
const FIRST = value(0);
const FIRST_DECIMALS = word(0);
const SECOND = value(1);
const SECOND_DECIMALS = word(1);
const THIRD = value(2);
const THIRD_DECIMALS = word(2);
const SECONDS = value(3);
const KIND = word(4);
const BETWEEN = word(5);
const MS = value(6);
const CLOSED = word(7);
/** Words of a change's price and size, which begin its row. */
const CHANGE_WORDS = 8;

/** The cold path takes an id or time of this and more for none, or for another. */
const INTEGER_BELOW = 2 ** 52;

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
      if (!this.#readTime(row)) return false;
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

  /** The time of a change, if it has one. @returns false where the row is no change. */
  #readTime(row: number): boolean {
    const { int32, float64 } = this.#scanner;
    const at = row >> 1;
    const isChange = int32[row + BETWEEN] === BETWEEN_CHANGE && int32[row + CLOSED] === CLOSED_QUOTE;
    if (!isChange || float64[at + SECONDS]! >= 0 || float64[at + MS]! >= 0) return false;
    const ms = float64[at + THIRD]!;
    if (ms >= 0) {
      if (int32[row + THIRD_DECIMALS] !== 0 || ms >= INTEGER_BELOW) return false;
      this.#draft.message.exchangeAtUs = (ms * US_PER_MS) as ExchangeUs;
    }
    return true;
  }

  /** @returns false where the row is no trade, or one that the cold path has to look at. */
  #readTrade(row: number): boolean {
    const { int32, float64 } = this.#scanner;
    const at = row >> 1;
    const taker = int32[row + BETWEEN]! - 1;
    const isTrade = taker >= 0 && float64[at + THIRD]! >= 0 && float64[at + SECONDS]! >= 0;
    if (!isTrade || int32[row + FIRST_DECIMALS] !== 0 || float64[at + FIRST]! >= INTEGER_BELOW) return false;
    const hasMs = float64[at + MS]! >= 0;
    if (hasMs !== (int32[row + CLOSED] === CLOSED_QUOTE)) return false;
    const draft = this.#draft.addTrade();
    if (draft === undefined) return false;
    draft.tradeId = float64[at + FIRST]!;
    draft.side = TAKERS[taker] as Side;
    draft.price = float64[at + SECOND]!;
    draft.priceDecimals = int32[row + SECOND_DECIMALS]!;
    draft.qty = float64[at + THIRD]!;
    draft.qtyDecimals = int32[row + THIRD_DECIMALS]!;
    draft.atUs = (hasMs ? float64[at + MS]! * US_PER_MS : float64[at + SECONDS]! * US_PER_S) as ExchangeUs;
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
