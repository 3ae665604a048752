import type { Overflow } from '../../shared/contract.ts';
import type { FeedCounterWriter } from '../../shared/counters/counter-block.ts';
import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import type { StatusCode } from '../../shared/faults/status-catalogue.ts';
import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import { invariant } from '../../shared/invariant.ts';
import { aligned } from '../../shared/layout/define-record.ts';
import { GAP } from '../../shared/records/gap.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import { STATUS } from '../../shared/records/status.ts';
import { RING_FULL, type RingWriter } from '../../shared/ring/ring-writer.ts';
import { writeUtf8 } from '../../shared/text/utf8.ts';
import type { FeedId, InstrumentId, MonotonicNs } from '../../shared/units.ts';
import type { NoticeSink, RecordSink } from '../feed-events.ts';
import { BACKLOG_BYTES_MAX, Backlog } from './backlog.ts';
import { Conflation } from './conflation.ts';
import { Hole } from './hole.ts';
import { type BookRefresher, type OverflowPolicy, REFRESH, type Refresh } from './overflow-policy.ts';
import type { RecordGate } from './record-gate.ts';
import { recordMemory } from './record-memory.ts';
import { RecordQueue } from './record-queue.ts';
import { RingOutput } from './ring-output.ts';
import { FLAGS_MASK, FLAGS_SHIFT, Stamp, TYPE_MASK, WORD } from './stamp.ts';
import { DISCARDED, StreamGaps } from './stream-gaps.ts';
import { Tally } from './tally.ts';

const { bytes: BYTES, typeId: TYPE_ID, flags: FLAGS, instrument: INSTRUMENT_ID } = HEADER.field;
const RECEIVED_AT_NS = HEADER.field.receivedAtNs;

/** Longest detail of a status, bytes of UTF-8. */
export const DETAIL_BYTES_MAX = 1024;

export interface PublisherOptions {
  readonly writer: RingWriter;
  readonly counters: FeedCounterWriter;
  readonly feed: FeedId;
  readonly overflow: Overflow;
  readonly epoch: number;
  /** Bound of what waits under `backpressure`; for tests. */
  readonly backlogBytesMax?: number;
}

/**
 * Puts the records of one feed into its ring, and accounts for every one that was received.
 *
 *                        ┌── room, nothing waits ─────────────────────────────▶ ring
 *     claim … commit ────┤
 *                        └── else ─▶ set aside ── end of message ─▶ policy ──▶ ring, sooner or later
 *
 * A message of nothing but records that find room is written where it will be read. From the first record
 * on that does not (or is a notice, or a count of discarded ones) the rest of the message is set aside and
 * settled, in order, at its end. So taking back a message undoes bytes and counts, never a decision.
 */
export class Publisher implements RecordSink, NoticeSink {
  view: DataView;
  /**
   * Writes the book of an instrument as a snapshot through this sink, or returns false if it is not live.
   * Called between messages only.
   */
  refreshBook: (instrument: InstrumentId) => boolean = () => false;
  /**
   * Whether the book that would be written is as the records that were let through so far left it. One that is
   * ahead of them would be followed by what it has already, and one that is behind lacks what does not come again.
   */
  mayRefreshBook: (instrument: InstrumentId) => boolean = () => true;

  readonly #writer: RingWriter;
  readonly #words: Int32Array;
  readonly #recordBytesMax: number;
  readonly #counters: FeedCounterWriter;
  readonly #tally: Tally;
  readonly #stamp: Stamp;
  readonly #output: RingOutput;
  readonly #policy: OverflowPolicy;
  readonly #backpressure: boolean;

  /** The claim that is not committed yet. */
  #at = 0;
  #typeId = 0;

  #inMessage = false;
  /** End of the ring's records when the message began. */
  #mark = 0;
  /** Type ids of the message's records in the ring, to take back their counts. */
  #journal = new Uint8Array(64);
  #journaled = 0;

  /** True while records go to `#staged` instead of the ring. */
  #aside = false;
  readonly #staged = new RecordQueue();
  /** True where a message is set aside from its first record on. */
  #busy = false;

  #gate: RecordGate | undefined;

  readonly #gaps = new StreamGaps();
  /** Books that are wrong on the strategy's side and stay so until a snapshot gets through. */
  readonly #spoiled = new Set<InstrumentId>();
  /** Gap records and statuses of our own are made here. */
  readonly #notice = recordMemory(Math.max(GAP.size, STATUS.size + DETAIL_BYTES_MAX));
  /** How the refresh under way ended; undefined while there is none. */
  #refresh: Refresh | undefined;

  constructor(options: PublisherOptions) {
    const { writer, counters, overflow } = options;
    this.view = writer.view;
    this.#writer = writer;
    this.#words = writer.words;
    this.#recordBytesMax = writer.recordBytesMax;
    invariant(this.#recordBytesMax >= this.#notice.byteLength, 'every notice fits every ring');
    this.#counters = counters;
    this.#tally = new Tally(counters.local);
    this.#stamp = new Stamp(options.feed, options.epoch);
    this.#output = new RingOutput(writer, this.#tally);
    this.#backpressure = overflow === 'backpressure';
    const books: BookRefresher = {
      refresh: (instrument) => this.#refreshBook(instrument),
      spoil: (instrument, why) => this.#spoil(instrument, why),
    };
    this.#policy = this.#backpressure
      ? new Backlog(
          this.#output,
          this.#tally,
          this.#stamp,
          books,
          options.backlogBytesMax ?? BACKLOG_BYTES_MAX,
        )
      : new Conflation(this.#output, this.#tally, this.#stamp, books);
  }

  /** Stamped on every record from here on. */
  set epoch(epoch: number) {
    this.#stamp.epoch = epoch;
  }

  /** Time of notices that no message causes; `beginMessage` sets it as well. */
  set nowNs(now: MonotonicNs) {
    this.#stamp.receivedAtNs = now;
  }

  /** Asked about every record from here on, or nobody where undefined. Between messages. */
  set gate(gate: RecordGate | undefined) {
    if (this.#inMessage) this.endMessage();
    this.#gate = gate;
    this.#updateBusy();
  }

  /** True while records wait for room: call `publish` from time to time, even if nothing arrives. */
  get degraded(): boolean {
    return this.#policy.busy;
  }

  /** True while no further message should be read from the socket. */
  get wantsPause(): boolean {
    return this.#backpressure && this.#policy.busy;
  }

  claim(typeId: number, bytes: number): number {
    this.#typeId = typeId;
    if (this.#aside || bytes > this.#recordBytesMax) return this.#claimAside(typeId, bytes);
    const at = this.#writer.tryClaim(bytes);
    if (at === RING_FULL) return this.#claimAside(typeId, bytes);
    this.#at = at;
    this.#stamp.write(this.view, at, typeId);
    return at;
  }

  commit(bytes: number): void {
    BYTES.set(this.view, this.#at, bytes);
    if (this.#aside) {
      this.#commitAside(bytes);
      return;
    }
    this.#writer.commit(bytes);
    this.#count(this.#typeId);
  }

  put(words: Int32Array, from: number): void {
    const bytes = words[from + WORD.bytes]!;
    const typeId = words[from + WORD.kind]! & TYPE_MASK;
    if (!this.#aside && bytes <= this.#recordBytesMax) {
      const at = this.#writer.append(bytes);
      if (at !== RING_FULL) {
        this.#stamp.copy(words, from, this.#words, at >> 2, bytes);
        this.#count(typeId);
        return;
      }
    }
    this.#putAside(words, from, typeId, bytes);
  }

  /** Writes a whole record that was made before, its header included. */
  insert(record: DataView): void {
    const bytes = BYTES.get(record, 0);
    const at = this.#claimAside(TYPE_ID.get(record, 0), bytes);
    for (let i = 0; i < bytes; i += 4) this.view.setInt32(at + i, record.getInt32(i, true), true);
    this.commit(bytes);
  }

  beginMessage(receivedAtNs: MonotonicNs): void {
    if (this.#inMessage) this.endMessage();
    if (this.#busy) this.recover();
    this.#stamp.receivedAtNs = receivedAtNs;
    this.#inMessage = true;
    this.#journaled = 0;
    this.#mark = this.#writer.mark();
  }

  /** Ends the message, after which it cannot be taken back. The next one and `publish` end it as well. */
  endMessage(): void {
    this.#inMessage = false;
    this.#journaled = 0;
    if (this.#aside) this.#settle();
  }

  /** Notices are taken back with the message, since it will be read again. */
  rollback(): void {
    invariant(this.#inMessage, 'only the message being read is taken back');
    while (this.#journaled > 0) this.#tally.takenBack(this.#journal[--this.#journaled]!);
    this.#writer.rollback(this.#mark);
    this.#staged.clear();
    this.#setAside(this.#busy);
  }

  discard(typeId: number, instrument: InstrumentId, fault: FaultCode, records: number): void {
    const { field, size } = DISCARDED;
    const at = this.#claimAside(DISCARDED.typeId, size);
    const { view } = this;
    field.instrument.set(view, at, instrument);
    field.records.set(view, at, records);
    field.fault.set(view, at, fault);
    field.kind.set(view, at, typeId);
    field.reserved.set(view, at, 0);
    this.commit(size);
  }

  status(code: StatusCode, instrument: InstrumentId, fault: FaultCode, value: number, detail: string): void {
    const at = this.#claimAside(TYPE.status, STATUS.size + DETAIL_BYTES_MAX);
    this.commit(this.#writeStatus(this.view, at, code, instrument, fault, value, detail));
  }

  /** Moves on what waits for room. Visible to the strategy after the next `publish`. */
  recover(): void {
    if (this.#inMessage) this.endMessage();
    if (this.#policy.busy) this.#policy.recover();
    this.#updateBusy();
  }

  /**
   * Shows everything to the strategy: at the end of each socket chunk, and from time to time while
   * `degraded`.
   *
   * @returns true if anything new became visible, which is when the doorbell is to be rung.
   */
  publish(): boolean {
    if (this.#inMessage) this.endMessage();
    if (this.#busy) this.recover();
    // Counters first: a record that is taken is never one that is not counted yet.
    this.#tally.sum();
    this.#counters.publish();
    return this.#writer.publish();
  }

  /** A record of this message was taken into the ring. */
  #count(typeId: number): void {
    this.#tally.delivered(typeId);
    if (this.#journaled === this.#journal.length) this.#growJournal();
    this.#journal[this.#journaled++] = typeId;
  }

  #putAside(words: Int32Array, from: number, typeId: number, bytes: number): void {
    const at = this.#claimAside(typeId, bytes);
    const { view } = this;
    FLAGS.set(view, at, (words[from + WORD.kind]! >>> FLAGS_SHIFT) & FLAGS_MASK);
    view.setInt32(at + 4 * WORD.instrument, words[from + WORD.instrument]!, true);
    for (let i: number = WORD.own; i < bytes / 4; i++) view.setInt32(at + 4 * i, words[from + i]!, true);
    this.commit(bytes);
  }

  #claimAside(typeId: number, bytes: number): number {
    this.#aside = true;
    const at = this.#staged.claim(bytes);
    this.view = this.#staged.view;
    this.#at = at;
    this.#stamp.write(this.view, at, typeId);
    return at;
  }

  #commitAside(bytes: number): void {
    if (this.#refresh !== undefined) {
      // Not taken into the queue: it goes to the ring at once, or the book is written anew another time.
      if (bytes > this.#recordBytesMax) this.#refresh = REFRESH.tooLong;
      else if (this.#output.tryWriteRefreshed(this.view, this.#at)) this.#refresh = REFRESH.written;
      else this.#refresh = REFRESH.noRoom;
      return;
    }
    this.#staged.commit(bytes);
    if (!this.#inMessage) this.#settle();
  }

  /** Decides about what was set aside, in order. */
  #settle(): void {
    const staged = this.#staged;
    while (!staged.isEmpty) {
      this.#settleOne(staged.view, staged.head);
      staged.shift();
    }
    this.#updateBusy();
  }

  #settleOne(view: DataView, at: number): void {
    const gate = this.#gate;
    switch (TYPE_ID.get(view, at)) {
      case DISCARDED.typeId: {
        const { field } = DISCARDED;
        if (gate?.admitsDiscard(field.kind.get(view, at), INSTRUMENT_ID.get(view, at)) === false) return;
        this.#lose(
          view,
          at,
          field.kind.get(view, at),
          field.fault.get(view, at),
          field.records.get(view, at),
        );
        return;
      }
      case TYPE.status:
        if (gate?.admitsStatus(view, at) === false) return;
        this.#announceBefore(view, at);
        this.#policy.take(view, at);
        return;
      default:
        if (gate?.admits(view, at) === false) return;
        this.#settleRecord(view, at);
    }
  }

  #settleRecord(view: DataView, at: number): void {
    const typeId = TYPE_ID.get(view, at);
    const instrument = INSTRUMENT_ID.get(view, at);
    const bytes = BYTES.get(view, at);
    const spoiled = typeId === TYPE.book && this.#spoiled.has(instrument);
    if (bytes > this.#recordBytesMax) {
      this.#lose(view, at, typeId, FAULTS.RING_FULL.id, 1);
      const why = `a record of ${bytes} bytes; this ring takes ${this.#recordBytesMax} at most`;
      if (typeId === TYPE.book) this.#spoil(instrument, why);
      else this.#say(STATUSES.fault.id, instrument, why);
    } else if (spoiled && (FLAGS.get(view, at) & FLAG.snapshot) === 0) {
      this.#lose(view, at, typeId, FAULTS.RING_FULL.id, 1);
    } else {
      if (spoiled) this.#spoiled.delete(instrument);
      this.#policy.take(view, at);
    }
  }

  /**
   * Counts records that will not be delivered. Books are announced when the book is whole again, since
   * their instrument is stale until then; anything else at once.
   */
  #lose(view: DataView, at: number, typeId: number, fault: FaultCode, records: number): void {
    const instrument = INSTRUMENT_ID.get(view, at);
    const receivedAtNs = RECEIVED_AT_NS.get(view, at);
    this.#tally.dropped(typeId, records);
    if (typeId === TYPE.book) {
      this.#gaps.add(instrument, fault, records, receivedAtNs);
      return;
    }
    const hole = new Hole(instrument, fault);
    hole.drop(typeId, records, receivedAtNs);
    this.#announce(hole);
  }

  /** Announces what is missing of a book before the status that says how its story goes on. */
  #announceBefore(view: DataView, at: number): void {
    const code = STATUS.field.code.get(view, at);
    const instrument = INSTRUMENT_ID.get(view, at);
    if (code === STATUSES.live.id || code === STATUSES.unsubscribed.id)
      this.#announce(this.#gaps.take(instrument));
    else if (code === STATUSES.closed.id)
      for (const instrument of this.#gaps.instruments()) this.#announce(this.#gaps.take(instrument));
  }

  #announce(hole: Hole | undefined): void {
    if (hole === undefined) return;
    hole.write(this.#notice, 0, this.#stamp);
    this.#policy.take(this.#notice, 0);
  }

  #spoil(instrument: InstrumentId, why: string): void {
    if (this.#spoiled.has(instrument)) return;
    this.#spoiled.add(instrument);
    this.#say(STATUSES.stale.id, instrument, why);
  }

  #say(code: StatusCode, instrument: InstrumentId, detail: string): void {
    const view = this.#notice;
    this.#stamp.write(view, 0, TYPE.status);
    const bytes = this.#writeStatus(view, 0, code, instrument, FAULTS.RING_FULL.id, Number.NaN, detail);
    BYTES.set(view, 0, bytes);
    this.#policy.take(view, 0);
  }

  /** @returns the bytes of the record. */
  #writeStatus(
    view: DataView,
    at: number,
    code: StatusCode,
    instrument: InstrumentId,
    fault: FaultCode,
    value: number,
    detail: string,
  ): number {
    const { field, size } = STATUS;
    field.instrument.set(view, at, instrument);
    field.code.set(view, at, code);
    field.fault.set(view, at, fault);
    field.value.set(view, at, value);
    const detailBytes = writeUtf8(detail, view, at + size, DETAIL_BYTES_MAX);
    field.detailBytes.set(view, at, detailBytes);
    const bytes = size + aligned(detailBytes);
    for (let i = size + detailBytes; i < bytes; i++) view.setUint8(at + i, 0);
    return bytes;
  }

  #refreshBook(instrument: InstrumentId): Refresh {
    // The strategy knows this book as stale, so it waits for a snapshot that comes after `live`.
    if (this.#spoiled.has(instrument)) return REFRESH.notLive;
    if (!this.mayRefreshBook(instrument)) return REFRESH.notNow;
    this.#aside = true;
    this.#refresh = REFRESH.notLive;
    try {
      this.refreshBook(instrument);
      return this.#refresh;
    } finally {
      this.#refresh = undefined;
    }
  }

  #updateBusy(): void {
    this.#busy = this.#policy.busy || this.#spoiled.size > 0 || this.#gate !== undefined;
    this.#setAside(this.#busy);
  }

  #setAside(aside: boolean): void {
    this.#aside = aside;
    if (!aside) this.view = this.#writer.view;
  }

  #growJournal(): void {
    const journal = new Uint8Array(this.#journal.length * 2);
    journal.set(this.#journal);
    this.#journal = journal;
  }
}
