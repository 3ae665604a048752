import { CHECKSUM_LEVELS, findPadding, padSide } from '../../shared/book/book-checksum.ts';
import type { BookLevels } from '../../shared/book/book-levels.ts';
import { Level } from '../../shared/book/level.ts';
import type { Subscription } from '../../shared/contract.ts';
import { FEED, FEED_COUNTER_WORDS } from '../../shared/counters/feed-counters.ts';
import {
  BOOK_STATE,
  INSTRUMENTS_MAX,
  SYMBOL,
  type SymbolCounters,
} from '../../shared/counters/symbol-counters.ts';
import { DECIMALS_MAX } from '../../shared/decimal/decimals.ts';
import { FAULTS, type FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import { invariant } from '../../shared/invariant.ts';
import { BOOK, bookBytes, LEVEL_BYTES } from '../../shared/records/book.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import type { ExchangeUs, InstrumentId } from '../../shared/units.ts';
import type { CodecEvents, NoticeSink, RecordSink } from '../feed-events.ts';
import type { Scanner } from '../scanner/scanner.ts';
import { BookMessage, type LevelList } from './book-message.ts';
import { CheckedBook } from './checked-book.ts';
import { ASK_COUNT, BID_COUNT, FIRST_ASK, FIRST_BID, readScannedSide } from './scanned-levels.ts';
import { finishScanned, SCANNED_RECORD } from './scanned-record.ts';

/** Where a book's state and checks are told. */
export type SymbolWords = Pick<SymbolCounters, 'set' | 'add'>;

export type BookState = (typeof BOOK_STATE)[keyof typeof BOOK_STATE];

/** A message of the exchange needs no more levels on a side than this many times the depth … */
const LEVELS_PER_DEPTH_MAX = 8;
/** … and some. */
const LEVELS_BESIDE_DEPTH_MAX = 1024;
/** The bound where the depth is not limited: sorting more takes too long to wait for. */
const LEVELS_MAX = 65_536;

/** One book that is followed. */
class TrackedBook extends CheckedBook {
  readonly instrument: InstrumentId;
  readonly subscription: Subscription;
  /** Levels per side; 0 where the subscription names none and nothing is cut. */
  readonly depth: number;
  /** Levels on one side of a message beyond which it is not taken for one. */
  readonly levelsMax: number;
  state: BookState = BOOK_STATE.absent;
  /** Of the message applied last, for snapshots written from here. NaN keeps the fields unboxed. */
  exchangeAtUs = Number.NaN as ExchangeUs;
  sequence = Number.NaN;
  /** The checksum that came with it. */
  stated = 0;
  hasChecksum = false;

  constructor(subscription: Subscription, scanner: Scanner | undefined) {
    super(scanner, subscription.depth ?? 0);
    this.instrument = subscription.instrument;
    this.subscription = subscription;
    this.depth = subscription.depth ?? 0;
    this.levelsMax =
      this.depth > 0 ? this.depth * LEVELS_PER_DEPTH_MAX + LEVELS_BESIDE_DEPTH_MAX : LEVELS_MAX;
  }
}

/**
 * Keeps the books of one feed, checks each message against the checksum sent with it, and lets through
 * only what holds.
 *
 * A book is absent until its first snapshot, live while every check holds, and stale from the first that
 * fails until a snapshot that holds. Of a book that is not live no update is delivered; each is counted
 * as discarded. A stale book can match again by itself, because a checksum covers ten levels only, so
 * nothing but a snapshot makes it live.
 *
 * Two checks there are: the checksum, where one is sent; else that the best bid lies below the best ask.
 * A book that is crossed and has the exchange's checksum is the exchange's book.
 *
 * `checksumsChecked` counts all checks, `checksumsFailed` those among them that did not hold.
 */
export class BookIntegrity {
  /** Called with what checksum digits are padded to from now on, for whoever makes registers of levels. */
  precisionChanged: (instrument: InstrumentId, priceDecimals: number, qtyDecimals: number) => void = () => {};
  /**
   * Records without a checksum carry a digest of the book as it is after them in its place, so that what two
   * connections say alike is the same book and not only the same change. Takes time for every level of a book.
   */
  writesDigests = false;
  readonly #sink: RecordSink;
  readonly #notices: NoticeSink;
  readonly #events: CodecEvents;
  readonly #symbols: SymbolWords;
  readonly #feed: { readonly local: Float64Array };
  readonly #scanner: Scanner | undefined;
  /** By instrument; `undefined` where no book is subscribed. */
  readonly #books: (TrackedBook | undefined)[] = [];
  /** By instrument, and kept for the feed's whole life: precision belongs to the instrument. */
  readonly #priceDecimals = new Uint8Array(INSTRUMENTS_MAX);
  readonly #qtyDecimals = new Uint8Array(INSTRUMENTS_MAX);
  /**
   * By instrument: why updates are discarded while the book is not live. Outlives the book, which is closed
   * and opened anew when it is resubscribed.
   */
  readonly #faults: FaultCode[] = new Array<FaultCode>(INSTRUMENTS_MAX).fill(FAULTS.BOOK_INVALID.id);
  readonly #level = new Level();
  /** Whole books on their way into a record. */
  readonly #whole = new BookMessage();

  /**
   * @param feed where this feed's counters are kept before they are published.
   * @param scanner whose memory the books are kept in; without it they are kept in JavaScript's.
   */
  constructor(
    sink: RecordSink,
    notices: NoticeSink,
    events: CodecEvents,
    symbols: SymbolWords,
    feed: { readonly local: Float64Array } = { local: new Float64Array(FEED_COUNTER_WORDS) },
    scanner?: Scanner,
  ) {
    this.#scanner = scanner;
    this.#sink = sink;
    this.#notices = notices;
    this.#events = events;
    this.#symbols = symbols;
    this.#feed = feed;
  }

  /**
   * Expects a book for this subscription; updates before its first snapshot are discarded. A book that is
   * open with the same depth goes on as it is, stale or live.
   */
  open(subscription: Subscription): void {
    const { instrument, depth = 0 } = subscription;
    invariant(instrument < INSTRUMENTS_MAX, 'a book is subscribed for a row of the instrument table');
    const before = this.#find(instrument);
    if (before?.depth === depth) return;
    before?.free();
    while (this.#books.length <= instrument) this.#books.push(undefined);
    this.#books[instrument] = new TrackedBook(subscription, this.#scanner);
    this.#symbols.set(instrument, SYMBOL.bookState, BOOK_STATE.absent);
  }

  close(instrument: InstrumentId): void {
    const book = this.#find(instrument);
    if (book === undefined) return;
    book.free();
    this.#books[instrument] = undefined;
    this.#symbols.set(instrument, SYMBOL.bookState, BOOK_STATE.absent);
  }

  /** Gives the memory of all books back. There are none any more. */
  dispose(): void {
    for (const book of this.#books) book?.free();
    this.#books.length = 0;
  }

  /** A new connection: every book is absent until its snapshot. */
  reset(): void {
    this.#faults.fill(FAULTS.BOOK_INVALID.id);
    for (const book of this.#books) {
      if (book === undefined) continue;
      book.clear();
      this.#enter(book, BOOK_STATE.absent);
    }
  }

  /** 0 absent, 1 live, 2 stale, by `BOOK_STATE`. */
  state(instrument: InstrumentId): BookState {
    return this.#find(instrument)?.state ?? BOOK_STATE.absent;
  }

  /**
   * Applies one message, checks it, and writes its record or says that the book is stale. There is no way
   * back from here: hand it over only when the whole message of the exchange has been read.
   */
  take(message: BookMessage): void {
    const book = this.#find(message.instrument);
    if (book === undefined || (book.state !== BOOK_STATE.live && !message.snapshot)) {
      this.#discard(message.instrument);
      return;
    }
    if (message.snapshot) book.clear();
    if (message.scanned && !book.isScanned) this.#readScanned(message);
    if (!this.#fits(book, message)) return;
    if (!this.#holds(book, message, this.#apply(book, message))) return;
    if (this.writesDigests && !message.hasChecksum) message.checksum = book.digest();
    if (book.state === BOOK_STATE.live) this.#write(book, message, message.snapshot ? FLAG.snapshot : 0);
    else this.#goLive(book, message);
  }

  /**
   * Marks a book stale for a reason found elsewhere. Of a book that is stale already only the event is
   * repeated: what was asked for to heal it did not.
   */
  invalidate(instrument: InstrumentId, fault: FaultCode, detail: string): void {
    const book = this.#find(instrument);
    if (book !== undefined) this.#fail(book, fault, detail, 0);
  }

  /** Decimals that checksum digits are padded to (0: as sent). */
  priceDecimals(instrument: InstrumentId): number {
    return instrument < INSTRUMENTS_MAX ? this.#priceDecimals[instrument]! : 0;
  }

  qtyDecimals(instrument: InstrumentId): number {
    return instrument < INSTRUMENTS_MAX ? this.#qtyDecimals[instrument]! : 0;
  }

  /**
   * Learns a higher precision of an instrument; digits of the levels held are padded anew. May be called
   * before the book is opened.
   */
  raisePrecision(instrument: InstrumentId, priceDecimals: number, qtyDecimals: number): void {
    if (instrument >= INSTRUMENTS_MAX) return;
    const price = Math.max(Math.min(priceDecimals, DECIMALS_MAX), this.#priceDecimals[instrument]!);
    const qty = Math.max(Math.min(qtyDecimals, DECIMALS_MAX), this.#qtyDecimals[instrument]!);
    if (price === this.#priceDecimals[instrument] && qty === this.#qtyDecimals[instrument]) return;
    this.#setPrecision(instrument, price, qty);
  }

  /**
   * Writes the whole book as a snapshot record flagged `refreshed`, with time, sequence and checksum of
   * the message applied last.
   *
   * @returns false where the book is not live and nothing was written.
   */
  writeSnapshot(instrument: InstrumentId): boolean {
    const book = this.#find(instrument);
    if (book === undefined || book.state !== BOOK_STATE.live) return false;
    const whole = this.#whole;
    whole.begin(instrument, true);
    whole.exchangeAtUs = book.exchangeAtUs;
    whole.sequence = book.sequence;
    whole.checksum = book.stated;
    whole.hasChecksum = book.hasChecksum;
    this.#listSide(book.bids, whole.bids);
    this.#listSide(book.asks, whole.asks);
    this.#write(book, whole, FLAG.snapshot | FLAG.refreshed);
    return true;
  }

  #find(instrument: InstrumentId): TrackedBook | undefined {
    // Compared first, because an index beyond the array, `NO_INSTRUMENT` say, makes V8 take a slow path.
    return instrument < this.#books.length ? this.#books[instrument] : undefined;
  }

  #discard(instrument: InstrumentId): void {
    const fault = this.#faults[instrument] ?? FAULTS.BOOK_INVALID.id;
    this.#sink.discard(TYPE.book, instrument, fault, 1);
  }

  /** Whether the book takes so many levels; says so where it does not. */
  #fits(book: TrackedBook, message: BookMessage): boolean {
    const bids = message.scanned ? this.#scanner!.int32[BID_COUNT]! : message.bids.count;
    const asks = message.scanned ? this.#scanner!.int32[ASK_COUNT]! : message.asks.count;
    return (bids <= book.spareLevels && asks <= book.spareLevels) || this.#fitsMany(book, bids, asks);
  }

  #fitsMany(book: TrackedBook, bids: number, asks: number): boolean {
    if (bids <= book.levelsMax && asks <= book.levelsMax && book.makeRoom(bids, asks)) return true;
    this.#fail(book, FAULTS.BOOK_INVALID.id, tooMany(book, bids, asks), 1);
    return false;
  }

  /** Applies the levels of a message. @returns the checksum of the book where the message has one, else whether it is crossed (1). */
  #apply(book: TrackedBook, message: BookMessage): number {
    if (message.scanned) return book.applyScanned(book.depth, message.hasChecksum ? 1 : 0);
    this.#applySide(book.bids, message.bids);
    this.#applySide(book.asks, message.asks);
    if (book.depth > 0) book.truncate(book.depth);
    if (message.hasChecksum) return book.checksum();
    return book.isCrossed ? 1 : 0;
  }

  /** Whether the book is the exchange's now that the message is applied; says so where it is not. */
  #holds(book: TrackedBook, message: BookMessage, computed: number): boolean {
    if (message.hasChecksum) {
      if (!this.#checksumHolds(book, message, computed)) return false;
    } else if (computed !== 0) {
      this.#fail(book, FAULTS.BOOK_INVALID.id, crossed(book), 1);
      return false;
    }
    book.exchangeAtUs = message.exchangeAtUs;
    book.sequence = message.sequence;
    book.stated = message.checksum;
    book.hasChecksum = message.hasChecksum;
    return true;
  }

  #enter(book: TrackedBook, state: BookState): void {
    book.state = state;
    this.#symbols.set(book.instrument, SYMBOL.bookState, state);
  }

  #applySide(side: BookLevels, levels: LevelList): void {
    const level = this.#level;
    const { count } = levels;
    for (let n = 0; n < count; n++) {
      levels.read(n, level);
      side.apply(level);
    }
  }

  #listSide(side: BookLevels, levels: LevelList): void {
    const level = this.#level;
    for (let i = 0; i < side.size; i++) {
      side.read(i, level);
      levels.add(level);
    }
  }

  #checksumHolds(book: TrackedBook, message: BookMessage, computed: number): boolean {
    this.#feed.local[FEED.checksumsChecked]!++;
    this.#symbols.add(book.instrument, SYMBOL.checksumsChecked);
    return computed === (message.checksum | 0) || this.#heals(book, message, computed);
  }

  /** Whether the checksum holds after all; says so where it does not. */
  #heals(book: TrackedBook, message: BookMessage, computed: number): boolean {
    if (message.snapshot && this.#learnPadding(book, message)) return true;
    this.#feed.local[FEED.checksumsFailed]!++;
    this.#symbols.add(book.instrument, SYMBOL.checksumsFailed);
    this.#fail(book, FAULTS.CHECKSUM_MISMATCH.id, mismatch(book, message, computed), 1);
    return false;
  }

  /**
   * A snapshot that fails as read may have been sent with its trailing zeros stripped, by an exchange that
   * has not told the precision. The decimals that make it hold are kept.
   */
  #learnPadding(book: TrackedBook, message: BookMessage): boolean {
    const padding = findPadding(book.asks, book.bids, message.checksum);
    if (padding === undefined) return false;
    this.#setPrecision(book.instrument, padding.priceDecimals, padding.qtyDecimals);
    return true;
  }

  #setPrecision(instrument: InstrumentId, priceDecimals: number, qtyDecimals: number): void {
    this.#priceDecimals[instrument] = priceDecimals;
    this.#qtyDecimals[instrument] = qtyDecimals;
    this.precisionChanged(instrument, priceDecimals, qtyDecimals);
    const book = this.#find(instrument);
    if (book === undefined) return;
    padSide(book.bids, priceDecimals, qtyDecimals);
    padSide(book.asks, priceDecimals, qtyDecimals);
  }

  #goLive(book: TrackedBook, snapshot: BookMessage): void {
    this.#enter(book, BOOK_STATE.live);
    this.#faults[book.instrument] = FAULTS.BOOK_INVALID.id;
    this.#notices.status(STATUSES.live.id, book.instrument, FAULTS.NONE.id, Number.NaN, '');
    this.#write(book, snapshot, FLAG.snapshot);
    this.#events.bookLive(book.subscription);
  }

  /** @param records how many are discarded by it; told after the status, so that one gap has them all. */
  #fail(book: TrackedBook, fault: FaultCode, detail: string, records: number): void {
    book.clear();
    this.#faults[book.instrument] = fault;
    // Said once: a status is never lost, so repeating it without bound would fill the memory.
    if (book.state !== BOOK_STATE.stale)
      this.#notices.status(STATUSES.stale.id, book.instrument, fault, Number.NaN, detail);
    this.#enter(book, BOOK_STATE.stale);
    if (records > 0) this.#sink.discard(TYPE.book, book.instrument, fault, records);
    this.#events.bookStale(book.subscription, fault);
  }

  #write(book: TrackedBook, message: BookMessage, flags: number): void {
    if (message.scanned) {
      this.#sink.put(finishScanned(this.#scanner!, book, message, flags), SCANNED_RECORD);
      return;
    }
    const sink = this.#sink;
    const { bids, asks } = message;
    const bidCount = bids.count;
    const askCount = asks.count;
    const count = bidCount + askCount;
    const bytes = bookBytes(count);
    const at = sink.claim(TYPE.book, bytes);
    const { view } = sink;
    writeFixedPart(view, at, book, message);
    if (flags !== 0) BOOK.field.flags.set(view, at, flags);
    BOOK.field.bidCount.set(view, at, bidCount);
    BOOK.field.askCount.set(view, at, askCount);
    const levels = at + BOOK.size;
    const decimals = levels + count * LEVEL_BYTES;
    const asksAt = levels + bidCount * LEVEL_BYTES;
    const askDecimals = decimals + bidCount * 2;
    // Zeros behind the last decimals; the decimals are written over the others.
    if (count > 0) view.setFloat64(at + bytes - 8, 0, true);
    writeSide(view, levels, decimals, bids);
    writeSide(view, asksAt, askDecimals, asks);
    sink.commit(bytes);
  }

  /** Puts the levels of a scanned message into its lists. */
  #readScanned(message: BookMessage): void {
    const scanner = this.#scanner!;
    message.scanned = false;
    readScannedSide(scanner, scanner.int32[BID_COUNT]!, FIRST_BID, message.bids, this.#level);
    readScannedSide(scanner, scanner.int32[ASK_COUNT]!, FIRST_ASK, message.asks, this.#level);
  }
}

/** What book records have in front of their levels, but for the flags and the counts. */
function writeFixedPart(view: DataView, at: number, book: TrackedBook, message: BookMessage): void {
  const { field } = BOOK;
  field.instrument.set(view, at, book.instrument);
  field.exchangeAtUs.set(view, at, message.exchangeAtUs);
  field.sequence.set(view, at, message.sequence);
  field.checksum.set(view, at, message.checksum);
  field.depth.set(view, at, book.depth);
  field.hasChecksum.set(view, at, message.hasChecksum ? 1 : 0);
}

function writeSide(view: DataView, levels: number, decimals: number, list: LevelList): void {
  const { count, prices, qtys, priceDecimals, qtyDecimals } = list;
  for (let n = 0; n < count; n++) {
    view.setFloat64(levels + n * LEVEL_BYTES, prices[n]!, true);
    view.setFloat64(levels + n * LEVEL_BYTES + 8, qtys[n]!, true);
    view.setUint8(decimals + n * 2, priceDecimals[n]!);
    view.setUint8(decimals + n * 2 + 1, qtyDecimals[n]!);
  }
}

const mismatch = (book: TrackedBook, message: BookMessage, computed: number): string =>
  `${message.snapshot ? 'snapshot' : 'update'} says checksum ${message.checksum >>> 0}, ` +
  `the book has ${computed >>> 0} over ${Math.min(book.asks.size, CHECKSUM_LEVELS)} asks ` +
  `and ${Math.min(book.bids.size, CHECKSUM_LEVELS)} bids`;

const crossed = (book: TrackedBook): string =>
  `best bid ${book.bids.price(0)} is not below best ask ${book.asks.price(0)}`;

const tooMany = (book: TrackedBook, bids: number, asks: number): string =>
  `${bids} bids and ${asks} asks in one message of a book of depth ${book.depth}`;
