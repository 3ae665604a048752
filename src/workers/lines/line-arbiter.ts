import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { INSTRUMENTS_MAX } from '../../shared/counters/symbol-counters.ts';
import { invariant } from '../../shared/invariant.ts';
import { CANDLE } from '../../shared/records/candle.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import type { InstrumentId, MonotonicNs } from '../../shared/units.ts';
import { BookStream } from './book-stream.ts';
import type { DueQueue } from './due-queue.ts';
import { type ArbiterOptions, DEFAULT_OPTIONS, LineSet, NO_LINE } from './line-set.ts';
import type { LineStatistics } from './line-statistics.ts';
import { OrderedStream } from './ordered-stream.ts';
import { TradeStream } from './trade-stream.ts';
import { type LineStream, VERDICT, type Verdict } from './verdict.ts';

const {
  typeId: TYPE_ID,
  flags: FLAGS,
  instrument: INSTRUMENT_ID,
  sequence: SEQUENCE,
  receivedAtNs: RECEIVED_AT_NS,
  exchangeAtUs: EXCHANGE_AT_US,
} = HEADER.field;

/** Candle intervals of one instrument that are told apart. */
const INTERVALS_MAX = 16;
/** Records of a line before its loss and its wins say anything. */
const JUDGED_FROM = 2_000;
/** A line is bad that lost this share of the records … */
const LOSS_SHARE_BAD = 0.002;
/** … and this many times the share of the best line. */
const LOSS_RATIO_BAD = 4;
/** A line is bad that is rarely first … */
const WIN_SHARE_BAD = 0.05;
/** … and usually later than the other by this much. */
const LAG_US_BAD = 50_000;

/**
 * Decides, record by record, which of several lines is heard. Lines are connections subscribed to the same
 * things; all of them say the exchange's records in the exchange's order, each with its own delay, and each
 * may lose some or fall away.
 *
 *     line 0 ──┐                      ┌── deliver ──────────────▶ ring
 *     line 1 ──┼─▶ offer ─▶ stream ───┼── duplicate, late, hidden: dropped and counted
 *              │   one per type and   └── held ─▶ due ──────────▶ ring, in order, after what was missing
 *              │   instrument                      gaps, books to write anew
 *
 * What is delivered of a stream is in the exchange's order, has no record twice, and lacks only what no line
 * had, or what the stream's own rule could not know to be missing; see the streams. The first arrival is
 * delivered at once wherever that can be decided at once.
 *
 * The arbiter reads no clock and does no I/O: the time is in the records, and handed to the rare calls.
 * Nothing is allocated per record once the streams and their memory are there. Memory is bounded per
 * stream, by the number of streams, and in bytes of records held.
 *
 * Use, for a hand-over from line 0 to line 1:
 *
 *     open(0)               from here on every record of line 0 is offered
 *     open(1)               before line 1 subscribes anything
 *     subscribed(1)         once all of it is acknowledged
 *     handedOver(0, 1)      asked from time to time
 *     close(0)              line 0 may end its connection
 *     isSettled             nobody needs to ask any more: records of line 1 may go to the ring directly
 *
 * Two lines for good are opened alike, and a line that ends is closed.
 */
export class LineArbiter {
  readonly #set: LineSet;
  readonly #streams: LineStream[] = [];
  readonly #trades: (TradeStream | undefined)[] = [];
  readonly #books: (BookStream | undefined)[] = [];
  /** Streams without numbers, by type and instrument. */
  readonly #ordered: readonly (OrderedStream | undefined)[][] = Array.from({ length: 16 }, () => []);
  /** Candles by instrument, one stream per interval. */
  readonly #candles: ({ readonly minutes: number; readonly stream: OrderedStream }[] | undefined)[] = [];
  /** Streams in which time alone makes something happen, and when it first does. */
  #waiting: LineStream[] = [];
  #deadline = Number.POSITIVE_INFINITY;
  /** Since when a hand-over is asked for, ns; NaN while none is. */
  #handOverSince = Number.NaN;
  #handOverTo = NO_LINE;
  /** The stream that was in the way last. */
  #blocking = 0;

  constructor(options: Partial<ArbiterOptions> = {}) {
    this.#set = new LineSet({ ...DEFAULT_OPTIONS, ...options });
  }

  /** Lines that are open. */
  get lines(): number {
    return this.#set.count;
  }

  /** The line that is open longest; -1 where there is none. */
  get lead(): number {
    return this.#set.lead;
  }

  /**
   * Listens to a line, all of whose records are offered from now on and none that it received before now.
   * The first line may have been heard before; of any other nothing was delivered yet.
   */
  open(line: number): void {
    invariant(line >= 0 && line < LINES_MAX, 'a line is one of those there is room for');
    invariant(!this.#set.isOpen[line], 'a line is opened once');
    this.#set.open(line);
    for (const stream of this.#streams) stream.opened(line);
    this.#handOverSince = Number.NaN;
  }

  /** All that the line is to say is subscribed by now, as the exchange acknowledged. */
  subscribed(line: number, now: MonotonicNs): void {
    this.#set.subscribedAtNs[line] = now;
  }

  /** Whether the line is listened to. */
  isOpen(line: number): boolean {
    return this.#set.isOpen[line]!;
  }

  /** A line is heard no more, because another took over or because its connection ended. */
  close(line: number, now: MonotonicNs): void {
    if (!this.#set.isOpen[line]) return;
    this.#set.close(line);
    for (const stream of this.#streams) {
      stream.closed(line, now);
      this.#watch(stream);
    }
    this.#handOverSince = Number.NaN;
  }

  /** Tells the id of the trade of an instrument that was delivered last, before anything was offered. */
  seedTrade(instrument: InstrumentId, id: number): void {
    if (this.#set.options.denseTrades) this.#tradesOf(instrument)?.seed(id);
  }

  /**
   * Decides about a whole record. Its length is set, and it will not be taken back.
   *
   * Records that are no market data of one instrument are those of the lead.
   */
  offer(line: number, view: DataView, at: number): Verdict {
    const set = this.#set;
    if (!set.isOpen[line]) return VERDICT.hidden;
    const statistics = set.statistics[line]!;
    statistics.offer();
    const stream = this.#streamOf(view, at);
    if (stream === undefined) {
      if (line === set.lead) return VERDICT.deliver;
      statistics.duplicates++;
      return VERDICT.duplicate;
    }
    set.id.at = RECEIVED_AT_NS.get(view, at);
    set.saidAtNs[line] = set.id.at;
    // It was heard before it was listened to here, and what it said last may be piled up.
    if (Number.isNaN(set.saidAtNs[set.lead])) set.saidAtNs[set.lead] = set.id.at;
    // A candle may state when it will end.
    const us = stream.typeId === TYPE.candle ? -1 : EXCHANGE_AT_US.get(view, at);
    if (us > set.saidUs[line]!) set.saidUs[line] = us;
    if (us >= 0 && Number.isNaN(set.beganUs[line]) && isEvent(stream.typeId, view, at))
      set.beganUs[line] = us;
    if (stream.compares) set.id.read(stream.typeId, view, at);
    const verdict = stream.offer(line, view, at);
    if (stream.waits) this.#watch(stream);
    return verdict;
  }

  /**
   * A line's book is found right by a snapshot; to be asked where its status would be written.
   *
   * @returns true where the status is to be written; else the arbiter asks for the book when it is wanted.
   */
  bookLive(line: number, instrument: InstrumentId): boolean {
    return this.#set.isOpen[line]! && (this.#bookOf(instrument)?.live(line) ?? line === this.#set.lead);
  }

  /**
   * A line's book is found wrong; to be asked where its status would be written, in order with the records.
   *
   * @returns true where the status is to be written; else another line serves the book, or may soon.
   */
  bookStale(line: number, instrument: InstrumentId, now: MonotonicNs): boolean {
    if (!this.#set.isOpen[line]) return false;
    const stream = this.#booksOf(instrument);
    const isTold = stream.stale(line, now);
    this.#watch(stream);
    return isTold;
  }

  /** The strategy is told that there is no connection any more: it trusts no book until it is live again. */
  disconnected(): void {
    for (const stream of this.#books) stream?.disconnected();
  }

  /** Does what is due by now; what comes of it is in `due`. */
  advance(now: MonotonicNs): void {
    if (now < this.#deadline) return;
    this.#deadline = Number.POSITIVE_INFINITY;
    const waiting = this.#waiting;
    let kept = 0;
    for (const stream of waiting) {
      stream.tick(now);
      if (stream.waits) {
        waiting[kept++] = stream;
        this.#deadline = Math.min(this.#deadline, stream.deadline());
      } else stream.listed = false;
    }
    waiting.length = kept;
  }

  /** When `advance` has something to do, ns; Infinity: not before another record. */
  nextDeadline(): number {
    return this.#deadline;
  }

  /**
   * What is to be written besides the records delivered. Take all of it after the records of a message were
   * offered, and after each call that takes a time. For a snapshot taken from it `bookWritten` is called next.
   */
  get due(): DueQueue {
    return this.#set.due;
  }

  /** Whether the snapshot taken from `due` is to be preceded by the status `live`. */
  isAnnounced(instrument: InstrumentId): boolean {
    return this.#bookOf(instrument)?.isAnnounced ?? true;
  }

  /** The book that `due` asked for was written from the books of that line, or is not live there. */
  bookWritten(line: number, instrument: InstrumentId, isWritten: boolean): void {
    const stream = this.#bookOf(instrument);
    if (stream === undefined) return;
    stream.snapshotWritten(line, isWritten);
    this.#watch(stream);
  }

  /**
   * The line whose own book is the one delivered last, to write it anew after an overflow; -1 where there is none,
   * which is for a while only where the strategy trusts the book.
   */
  bookLine(instrument: InstrumentId): number {
    const stream = this.#bookOf(instrument);
    return stream === undefined ? this.#set.lead : stream.lineAtHead();
  }

  /** Whether the strategy takes its book of this instrument for right: no word to the contrary was said. */
  isBookTrusted(instrument: InstrumentId): boolean {
    return this.#set.count > 0 && this.#bookOf(instrument)?.isBroken !== true;
  }

  /**
   * Whether `from` can be closed now without a record missed: `to` has been subscribed for so long that what
   * the exchange sent before is no longer on its way, `from` has come past where `to` began, and in every stream
   * `to` knows its place, or nothing came for as long. So two lines overlap at least for `silenceMs`, which is to
   * be longer than any lag. After a bounded time of asking it is true in any case, and what could not be aligned
   * is settled by `close`: books by a snapshot, others by a gap of unknown length.
   */
  handedOver(from: number, to: number, now: MonotonicNs): boolean {
    if (Number.isNaN(this.#handOverSince) || this.#handOverTo !== to) {
      this.#handOverSince = now;
      this.#handOverTo = to;
    }
    if (now - this.#handOverSince >= this.#set.handOverNs) return true;
    if (!(now - this.#set.subscribedAtNs[to]! >= this.#set.silenceNs)) return false;
    // What the exchange said before `to` began may still be on its way on `from`, and comes on no other line.
    if (this.#set.isBehind(from, this.#set.beganUs[to]!, now)) return false;
    const streams = this.#streams;
    // What was in the way the last time is the first to be asked.
    for (let n = 0; n < streams.length; n++) {
      const i = (this.#blocking + n) % streams.length;
      if (streams[i]!.handedOver(from, to, now)) continue;
      this.#blocking = i;
      return false;
    }
    return true;
  }

  /** Whether the only line left is where the delivered records end in every stream. */
  isSettled(now: MonotonicNs): boolean {
    const { lead, count, due } = this.#set;
    if (count !== 1 || !due.isEmpty) return false;
    for (const stream of this.#streams) if (!stream.caughtUp(lead, now)) return false;
    return true;
  }

  statistics(line: number): LineStatistics {
    return this.#set.statistics[line]!;
  }

  /** A line that loses or lags so much more than the best one that it should be replaced; -1: none. */
  worstLine(): number {
    const { isOpen, statistics } = this.#set;
    let best = Number.POSITIVE_INFINITY;
    for (let line = 0; line < LINES_MAX; line++)
      if (isOpen[line]) best = Math.min(best, statistics[line]!.lossShare);
    let worst = NO_LINE;
    for (let line = 0; line < LINES_MAX; line++) {
      const each = statistics[line]!;
      if (!isOpen[line] || this.#set.count < 2 || each.offered < JUDGED_FROM) continue;
      const loses = each.lossShare >= LOSS_SHARE_BAD && each.lossShare >= LOSS_RATIO_BAD * best;
      const lags = each.winShare <= WIN_SHARE_BAD && each.lag.percentileUs(50) >= LAG_US_BAD;
      if (!loses && !lags) continue;
      if (worst === NO_LINE || each.lossShare > statistics[worst]!.lossShare) worst = line;
    }
    return worst;
  }

  #watch(stream: LineStream): void {
    if (!stream.waits) return;
    if (!stream.listed) {
      stream.listed = true;
      this.#waiting.push(stream);
    }
    this.#deadline = Math.min(this.#deadline, stream.deadline());
  }

  #streamOf(view: DataView, at: number): LineStream | undefined {
    const typeId = TYPE_ID.get(view, at);
    const instrument = INSTRUMENT_ID.get(view, at);
    if (instrument >= INSTRUMENTS_MAX) return undefined;
    switch (typeId) {
      case TYPE.trade:
        return this.#set.options.denseTrades && SEQUENCE.get(view, at) >= 0
          ? this.#tradesOf(instrument)
          : this.#orderedOf(typeId, instrument);
      case TYPE.book:
        return this.#booksOf(instrument);
      case TYPE.candle:
        return this.#candlesOf(instrument, CANDLE.field.intervalMinutes.get(view, at));
      case TYPE.ticker:
      case TYPE.quote:
        return this.#orderedOf(typeId, instrument);
      default:
        return undefined;
    }
  }

  #bookOf(instrument: number): BookStream | undefined {
    return instrument < this.#books.length ? this.#books[instrument] : undefined;
  }

  #booksOf(instrument: number): BookStream {
    let stream = this.#bookOf(instrument);
    if (stream === undefined) {
      invariant(instrument < INSTRUMENTS_MAX, 'a book belongs to a row of the instrument table');
      stream = new BookStream(this.#set, instrument);
      place(this.#books, instrument, stream);
      this.#streams.push(stream);
    }
    return stream;
  }

  #tradesOf(instrument: number): TradeStream | undefined {
    if (instrument >= INSTRUMENTS_MAX) return undefined;
    let stream = instrument < this.#trades.length ? this.#trades[instrument] : undefined;
    if (stream === undefined) {
      stream = new TradeStream(this.#set, instrument);
      place(this.#trades, instrument, stream);
      this.#streams.push(stream);
    }
    return stream;
  }

  #orderedOf(typeId: number, instrument: number): OrderedStream {
    const row = this.#ordered[typeId]!;
    let stream = instrument < row.length ? row[instrument] : undefined;
    if (stream === undefined) {
      stream = new OrderedStream(this.#set, typeId, instrument);
      place(row, instrument, stream);
      this.#streams.push(stream);
    }
    return stream;
  }

  #candlesOf(instrument: number, minutes: number): OrderedStream | undefined {
    let row = instrument < this.#candles.length ? this.#candles[instrument] : undefined;
    if (row === undefined) {
      row = [];
      place(this.#candles, instrument, row);
    }
    for (let n = 0; n < row.length; n++) if (row[n]!.minutes === minutes) return row[n]!.stream;
    if (row.length === INTERVALS_MAX) return undefined;
    const stream = new OrderedStream(this.#set, TYPE.candle, instrument);
    row.push({ minutes, stream });
    this.#streams.push(stream);
    return stream;
  }
}

/** Whether a record is new by nature: no state of things, and no history. */
const isEvent = (typeId: number, view: DataView, at: number): boolean =>
  (typeId === TYPE.trade || typeId === TYPE.book) && (FLAGS.get(view, at) & FLAG.snapshot) === 0;

/** Puts a value at its index without making the array sparse. */
function place<T>(row: (T | undefined)[], index: number, value: T): void {
  while (row.length <= index) row.push(undefined);
  row[index] = value;
}
