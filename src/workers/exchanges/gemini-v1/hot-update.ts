import { SIDE } from '../../../shared/records/trade.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { ASKS_LIST, BIDS_LIST } from '../../scanner/layout.ts';
import type { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import {
  countIndex,
  ROW_WORDS,
  rowWordIndex,
  type Scanner,
  valueIndex,
  wordIndex,
} from '../../scanner/scanner.ts';
import {
  integer,
  oneOf,
  type Shape,
  signed,
  sortedRows,
  symbol,
  text,
  unsigned,
} from '../../scanner/shape.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { BookMessage } from '../book-message.ts';
import { TradeDraft } from '../drafts.ts';
import { TIME_MS_MAX } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { type Carried, TAKES } from './carried.ts';
import type { SocketSequence } from './socket-sequence.ts';

/** Slots of a message. */
const SLOT = {
  eventId: 0,
  seconds: 1,
  time: 2,
  number: 3,
  tradeId: 4,
  price: 5,
  amount: 6,
  maker: 7,
  symbol: 8,
} as const;
/** Slots of a row, the first two where a book looks for them. */
const ROW = { price: 0, remaining: 1, delta: 2, reason: 3, symbol: 4 } as const;

const HEAD: Shape = [
  text('{"type":"update","eventId":'),
  integer(SLOT.eventId),
  text(',"timestamp":'),
  integer(SLOT.seconds),
  text(',"timestampms":'),
  integer(SLOT.time),
  text(',"socket_sequence":'),
  integer(SLOT.number),
  text(',"events":['),
];

/** On a connection of several symbols every event ends with its own. */
const named = (slot: number): Shape => [text(',"symbol":"'), symbol(slot), text('"}')];
const UNNAMED: Shape = [text('}')];

/**
 * As they are sent: a level that changes, the only one or one of several; a trade; a trade and the levels that it
 * changes. What remains of a level is all that counts, how that came about is only passed over.
 */
function shapes(changeEnd: Shape, tradeEnd: Shape): Readonly<Record<'changes' | 'trade' | 'both', Shape>> {
  const level: Shape = [
    unsigned(ROW.price),
    text('","remaining":"'),
    unsigned(ROW.remaining),
    text('","delta":"'),
    signed(ROW.delta),
    oneOf(ROW.reason, '","reason":"place"', '","reason":"cancel"', '","reason":"trade"'),
    ...changeEnd,
  ];
  const changes = sortedRows(
    '',
    ',',
    [BIDS_LIST, '{"type":"change","side":"bid","price":"', ...level],
    [ASKS_LIST, '{"type":"change","side":"ask","price":"', ...level],
  );
  const trade: Shape = [
    ...HEAD,
    text('{"type":"trade","tid":'),
    integer(SLOT.tradeId),
    text(',"price":"'),
    unsigned(SLOT.price),
    text('","amount":"'),
    unsigned(SLOT.amount),
    oneOf(SLOT.maker, '","makerSide":"bid"', '","makerSide":"ask"'),
    ...tradeEnd,
  ];
  return {
    changes: [...HEAD, changes, text(']}')],
    trade: [...trade, text(']}')],
    both: [...trade, text(','), changes, text(']}')],
  };
}

const OF_ONE_SYMBOL = shapes(UNNAMED, UNNAMED);
const OF_SEVERAL = shapes(named(ROW.symbol), named(SLOT.symbol));

/** The taker sells to a bid. */
const TAKER_SIDES = [SIDE.sell, SIDE.buy] as const;

const EVENT_ID = valueIndex(SLOT.eventId);
const TIME = valueIndex(SLOT.time);
const NUMBER = valueIndex(SLOT.number);
const TRADE_ID = valueIndex(SLOT.tradeId);
const PRICE = valueIndex(SLOT.price);
const PRICE_DECIMALS = wordIndex(SLOT.price);
const AMOUNT = valueIndex(SLOT.amount);
const AMOUNT_DECIMALS = wordIndex(SLOT.amount);
const MAKER = wordIndex(SLOT.maker);
const TRADE_SYMBOL = wordIndex(SLOT.symbol);
/** Of the symbol in the first row of each side, and of how many rows there are. */
const CHANGES = [BIDS_LIST, ASKS_LIST].map((list) => ({
  count: countIndex(list),
  symbol: rowWordIndex(list, ROW.symbol),
}));

/** What a message of a shape has. */
const HAS = { changes: 1, trade: 2 } as const;

/** Updates straight from the bytes, where all of one is of one symbol, its state has come, and none is missing. */
export class HotUpdate {
  readonly #sink: RecordSink;
  readonly #books: BookIntegrity;
  readonly #scanner: Scanner;
  readonly #symbols: ScannedSymbols;
  readonly #carried: Carried;
  readonly #sequence: SocketSequence;
  readonly #tradeIds: NewestTradeIds;
  readonly #ofOneSymbol: ScannedShapes;
  readonly #ofSeveral: ScannedShapes;
  readonly #draft = new TradeDraft();
  readonly #changes = new BookMessage();

  constructor(
    sink: RecordSink,
    books: BookIntegrity,
    scanner: Scanner,
    symbols: ScannedSymbols,
    carried: Carried,
    sequence: SocketSequence,
    tradeIds: NewestTradeIds,
  ) {
    this.#sink = sink;
    this.#books = books;
    this.#scanner = scanner;
    this.#symbols = symbols;
    this.#carried = carried;
    this.#sequence = sequence;
    this.#tradeIds = tradeIds;
    this.#ofOneSymbol = scannedShapes(scanner, OF_ONE_SYMBOL);
    this.#ofSeveral = scannedShapes(scanner, OF_SEVERAL);
  }

  /** @returns false where the message is not exactly of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const { only, takes } = this.#carried;
    const parts = this.#scan(only === NO_INSTRUMENT ? this.#ofSeveral : this.#ofOneSymbol, bytes, start, end);
    if (parts === 0) return false;
    const { float64 } = this.#scanner;
    if (float64[NUMBER] !== this.#sequence.next[0] || float64[TIME]! > TIME_MS_MAX) return false;
    const instrument = only === NO_INSTRUMENT ? this.#symbol(parts) : only;
    if (instrument === NO_INSTRUMENT || (takes[instrument]! & TAKES.begun) === 0) return false;
    this.#sequence.next[0]!++;
    if ((parts & HAS.trade) !== 0 && (takes[instrument]! & TAKES.trades) !== 0)
      this.#deliverTrade(instrument);
    if ((parts & HAS.changes) !== 0 && (takes[instrument]! & TAKES.book) !== 0)
      this.#deliverChanges(instrument);
    return true;
  }

  /** @returns bits of what the message has; 0 where it is of no shape. */
  #scan(of: ScannedShapes, bytes: Uint8Array, start: number, end: number): number {
    const scanner = this.#scanner;
    const { at } = this.#symbols;
    if (scanner.scan(of.changes, at, bytes, start, end) !== 0) return HAS.changes;
    if (scanner.scan(of.both, at, bytes, start, end) !== 0) return HAS.trade | HAS.changes;
    return scanner.scan(of.trade, at, bytes, start, end) !== 0 ? HAS.trade : 0;
  }

  /** The symbol that all events name; `NO_INSTRUMENT` where they are of several. */
  #symbol(parts: number): InstrumentId {
    const { int32 } = this.#scanner;
    let only: number | undefined = (parts & HAS.trade) !== 0 ? int32[TRADE_SYMBOL] : undefined;
    if ((parts & HAS.changes) !== 0)
      for (const { count, symbol } of CHANGES)
        for (let n = 0, at = symbol; n < int32[count]!; n++, at += ROW_WORDS) {
          only ??= int32[at]!;
          if (int32[at] !== only) return NO_INSTRUMENT;
        }
    return (only ?? NO_INSTRUMENT) as InstrumentId;
  }

  #deliverTrade(instrument: InstrumentId): void {
    const { int32, float64 } = this.#scanner;
    const draft = this.#draft;
    draft.instrument = instrument;
    draft.side = TAKER_SIDES[int32[MAKER]!]!;
    draft.price = float64[PRICE]!;
    draft.priceDecimals = int32[PRICE_DECIMALS]!;
    draft.qty = float64[AMOUNT]!;
    draft.qtyDecimals = int32[AMOUNT_DECIMALS]!;
    draft.tradeId = float64[TRADE_ID]!;
    draft.atUs = (float64[TIME]! * 1000) as ExchangeUs;
    draft.write(this.#sink);
    this.#carried.takes[instrument]! &= ~TAKES.hole;
    const { newest } = this.#tradeIds;
    if (!(draft.tradeId <= newest[instrument]!)) newest[instrument] = draft.tradeId;
  }

  #deliverChanges(instrument: InstrumentId): void {
    const scanner = this.#scanner;
    const changes = this.#changes;
    changes.begin(instrument, false);
    changes.scanned = true;
    changes.exchangeAtUs = (scanner.float64[TIME]! * 1000) as ExchangeUs;
    changes.sequence = scanner.float64[EVENT_ID]!;
    this.#books.take(changes);
  }
}

interface ScannedShapes {
  readonly changes: number;
  readonly trade: number;
  readonly both: number;
}

const scannedShapes = (scanner: Scanner, of: ReturnType<typeof shapes>): ScannedShapes => ({
  changes: scanner.shape(of.changes),
  trade: scanner.shape(of.trade),
  both: scanner.shape(of.both),
});
