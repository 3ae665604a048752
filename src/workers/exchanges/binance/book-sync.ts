import type { Subscription } from '../../../shared/contract.ts';
import { BOOK_STATE, INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { TYPE } from '../../../shared/records/record-catalogue.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../../shared/units.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import type { BookMessage } from '../book-message.ts';
import type { CodecContext, RestRequest } from '../exchange.ts';
import type { PartialBooks } from './partial-books.ts';
import { snapshotPath } from './wire.ts';

/** What a book is doing. */
const PHASE = {
  /** Nobody subscribed to it. */
  none: 0,
  /** Its updates are kept until there is a snapshot they can be applied to. */
  waiting: 1,
  /** It has a snapshot, and every update since. */
  following: 2,
  /** It was given up, and is subscribed anew. */
  broken: 3,
} as const;

/** Snapshots asked for in a row that were all older than the first update kept. */
const SNAPSHOTS_MAX = 5;

/** Bytes of updates kept, of all books together. */
const KEPT_BYTES_MAX = 32 << 20;

/** Updates of one book on their way to its snapshot. */
class Waiting {
  readonly subscription: Subscription;
  readonly updates: Uint8Array[] = [];
  bytes = 0;
  /** First update id kept. */
  firstId = Number.NaN;
  /** Snapshots that came and were too old. */
  tooOld = 0;

  constructor(subscription: Subscription) {
    this.subscription = subscription;
  }
}

/**
 * Brings snapshots, which come over REST, and updates, which come over the stream, together: updates are kept
 * while a snapshot is asked for, those it has already are left out, and the others follow it one by one.
 *
 * Every update is checked from the first one on: its first id is the one after the last id of the update
 * before it. One that is missing, comes twice or comes late is therefore found at the next message of the
 * symbol, and that book alone is subscribed anew.
 *
 * Source: web-socket-streams.md, "How to manage a local order book correctly", as of 2025-11-12.
 */
export class BookSync {
  /** First update id of the update to be taken next; a field, because a double that is handed over is boxed. */
  firstId = Number.NaN;
  /** Reads an update that was kept. */
  readAgain: (bytes: Uint8Array) => void = () => {};
  readonly #context: CodecContext;
  readonly #books: BookIntegrity;
  readonly #partial: PartialBooks;
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #phases = new Uint8Array(INSTRUMENTS_MAX);
  /** Last update id heard on the stream; NaN before the first. */
  readonly #heard = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);
  /** Update id that the book has. */
  readonly #applied = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);
  readonly #waiting = new Map<InstrumentId, Waiting>();
  /** Books whose snapshot is asked for, by the request's key. */
  readonly #asked = new Map<string, InstrumentId>();
  #keptBytes = 0;

  constructor(context: CodecContext, symbols: ReadonlyMap<InstrumentId, string>, partial: PartialBooks) {
    this.#context = context;
    this.#books = context.books;
    this.#partial = partial;
    this.#symbols = symbols;
  }

  open(subscription: Subscription): void {
    const { instrument } = subscription;
    this.#books.open(subscription);
    const phase = this.#phases[instrument]!;
    const isWell = this.#books.state(instrument) !== BOOK_STATE.stale;
    // A request that is repeated, because its answer was lost, changes nothing.
    if (isWell && (phase === PHASE.waiting || phase === PHASE.following)) return;
    this.#forget(instrument);
    this.#phases[instrument] = PHASE.waiting;
    this.#waiting.set(instrument, new Waiting(subscription));
  }

  close(instrument: InstrumentId): void {
    this.#forget(instrument);
    // The request may be repeated when the book is subscribed otherwise already.
    if (!this.#partial.has(instrument)) this.#books.close(instrument);
  }

  reset(): void {
    this.#phases.fill(PHASE.none);
    this.#heard.fill(Number.NaN);
    this.#waiting.clear();
    this.#asked.clear();
    this.#keptBytes = 0;
  }

  /** The stream is there, so a snapshot that is asked for now is not older than it. */
  acknowledged(instrument: InstrumentId): void {
    const waiting = this.#waiting.get(instrument);
    if (waiting === undefined) return;
    this.#context.events.bookAwaited?.(waiting.subscription);
    this.#ask(instrument);
  }

  /**
   * Takes an update: `sequence` is its last update id, `firstId` above its first one. `bytes[start..end)` is
   * what it was read from.
   */
  take(message: BookMessage, bytes: Uint8Array, start: number, end: number): void {
    const { instrument } = message;
    const phase = this.#phases[instrument]!;
    if (phase === PHASE.none || phase === PHASE.broken) {
      // Still under way from before the book was subscribed otherwise.
      if (this.#partial.has(instrument))
        this.#context.sink.discard(TYPE.book, instrument, FAULTS.BOOK_INVALID.id, 1);
      else this.#books.take(message);
      return;
    }
    const heard = this.#heard[instrument]!;
    const { firstId } = this;
    if (message.sequence < firstId || (firstId !== heard + 1 && !Number.isNaN(heard))) {
      this.fail(instrument, FAULTS.SEQUENCE_GAP.id, `update ${firstId} came after ${heard}`, 1);
      return;
    }
    this.#heard[instrument] = message.sequence;
    if (phase === PHASE.waiting) {
      // Copied by hand: what sockets read into is filled again, and a Buffer's `slice` is no copy.
      this.#keep(instrument, new Uint8Array(bytes.subarray(start, end)));
      return;
    }
    const applied = this.#applied[instrument]!;
    if (message.sequence <= applied) return;
    if (firstId > applied + 1) {
      this.fail(instrument, FAULTS.SEQUENCE_GAP.id, `update ${firstId} came after snapshot ${applied}`, 1);
      return;
    }
    this.#applied[instrument] = message.sequence;
    this.#books.take(message);
  }

  /** @returns the book whose snapshot this request asked for, where it still waits for it. */
  awaited(request: RestRequest): InstrumentId {
    const instrument = this.#asked.get(request.key) ?? NO_INSTRUMENT;
    this.#asked.delete(request.key);
    return instrument !== NO_INSTRUMENT && this.#phases[instrument] === PHASE.waiting
      ? instrument
      : NO_INSTRUMENT;
  }

  /** Takes a snapshot, whose `sequence` is the last update id it has, and what followed it. */
  takeSnapshot(message: BookMessage): void {
    const { instrument, sequence } = message;
    const waiting = this.#waiting.get(instrument);
    if (waiting === undefined) return;
    if (waiting.firstId > sequence + 1) {
      if (++waiting.tooOld < SNAPSHOTS_MAX) this.#ask(instrument);
      else
        this.fail(
          instrument,
          FAULTS.SEQUENCE_GAP.id,
          `snapshot ${sequence} is older than update ${waiting.firstId}`,
          0,
        );
      return;
    }
    this.#forget(instrument);
    this.#phases[instrument] = PHASE.following;
    this.#applied[instrument] = sequence;
    this.#books.take(message);
    for (const update of waiting.updates) this.readAgain(update);
  }

  /**
   * The book cannot go on: it is stale until it is subscribed anew.
   *
   * @param records how many are lost by it, beside those that wait for their snapshot.
   */
  fail(instrument: InstrumentId, fault: FaultCode, detail: string, records: number): void {
    const phase = this.#phases[instrument]!;
    if (phase === PHASE.none) return;
    const lost = records + (this.#waiting.get(instrument)?.updates.length ?? 0);
    this.#forget(instrument);
    this.#phases[instrument] = PHASE.broken;
    this.#books.invalidate(instrument, fault, detail);
    if (lost > 0) this.#context.sink.discard(TYPE.book, instrument, fault, lost);
  }

  /** The exchange has no such book: it is given up. */
  refuse(instrument: InstrumentId, reason: string): void {
    const waiting = this.#waiting.get(instrument);
    this.#forget(instrument);
    if (waiting !== undefined) this.#context.events.refused(waiting.subscription, reason);
  }

  #forget(instrument: InstrumentId): void {
    const waiting = this.#waiting.get(instrument);
    if (waiting !== undefined) this.#keptBytes -= waiting.bytes;
    this.#waiting.delete(instrument);
    this.#phases[instrument] = PHASE.none;
    this.#heard[instrument] = Number.NaN;
  }

  #keep(instrument: InstrumentId, update: Uint8Array): void {
    const waiting = this.#waiting.get(instrument)!;
    if (this.#keptBytes + update.length > KEPT_BYTES_MAX) {
      // The snapshot will be older than what is kept from here on, and another is asked for.
      this.#keptBytes -= waiting.bytes;
      waiting.updates.length = 0;
      waiting.bytes = 0;
    }
    if (waiting.updates.length === 0) waiting.firstId = this.firstId;
    waiting.updates.push(update);
    waiting.bytes += update.length;
    this.#keptBytes += update.length;
    this.#ask(instrument);
  }

  #ask(instrument: InstrumentId): void {
    const symbol = this.#symbols.get(instrument);
    if (symbol === undefined) return;
    const path = snapshotPath(symbol);
    if (this.#asked.has(path)) return;
    this.#asked.set(path, instrument);
    this.#context.rest({ path, key: path });
  }
}
