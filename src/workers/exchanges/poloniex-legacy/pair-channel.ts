import type { Subscription } from '../../../shared/contract.ts';
import { BOOK_STATE } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { skippedFrame } from '../../../shared/venues/poloniex-legacy.ts';
import type { NoticeSink } from '../../feed-events.ts';
import type { BookIntegrity } from '../book-integrity.ts';

/** Whether a frame goes on from the one before it, or repeats what was heard or passed over. */
export type Place = 'next' | 'old';

/**
 * The channel of one pair: its book and its trades in one sequence, which both consume. What is missing of it
 * is missing of both.
 */
export class PairChannel {
  readonly instrument: InstrumentId;
  readonly name: string;
  /** The number it goes by in frames; undefined until it is known. */
  id: number | undefined;
  book: Subscription | undefined;
  trade: Subscription | undefined;
  /** True from the request to subscribe on this connection until the one to unsubscribe. */
  isOpen = false;
  /** True once the venue answered the newest of these requests. */
  isAccepted = false;
  /** Requests to leave it that no answer came to on this connection. */
  leaving = 0;
  /** Subscriptions that the next snapshot accepts. */
  waiting: Subscription[] = [];
  /**
   * Id of the newest trade on this connection, NaN before the first. Each pair counts its own one by one: over
   * REST they stand beside ids that all pairs share.
   */
  newestTrade = Number.NaN;
  /**
   * Sequence of the frame at hand, set before `begin` and `follow`: a double that is handed over is boxed. NaN
   * keeps the field unboxed.
   */
  sequence = Number.NaN;
  /** Sequence of the newest frame on this connection; NaN before the first. */
  #newest = Number.NaN;
  /** True while what is missing was not subscribed. */
  #isPaused = false;

  constructor(instrument: InstrumentId, name: string) {
    this.instrument = instrument;
    this.name = name;
  }

  /** A new connection begins: nothing is subscribed on it. */
  reset(): void {
    this.book = undefined;
    this.trade = undefined;
    this.isOpen = false;
    this.isAccepted = false;
    this.leaving = 0;
    this.waiting = [];
    this.newestTrade = Number.NaN;
    this.#newest = Number.NaN;
    this.#isPaused = false;
  }

  /** What comes from here on, up to a snapshot, need not be whole. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Takes a frame with a snapshot, from where it goes on whatever was before. */
  begin(notices: NoticeSink): void {
    const before = this.#newest;
    this.#newest = this.sequence;
    this.#tell(before, notices);
    this.#isPaused = false;
  }

  /** Takes any other frame. */
  follow(books: BookIntegrity, notices: NoticeSink): Place {
    if (this.sequence !== this.#newest + 1) return this.#jump(books, notices);
    this.#newest = this.sequence;
    return 'next';
  }

  #jump(books: BookIntegrity, notices: NoticeSink): Place {
    const { sequence } = this;
    const newest = this.#newest;
    const state = books.state(this.instrument);
    // While a snapshot is awaited again, frames of before the request still come, and need not be whole.
    if (state === BOOK_STATE.live || (state === BOOK_STATE.absent && Number.isNaN(newest)))
      books.invalidate(
        this.instrument,
        FAULTS.SEQUENCE_GAP.id,
        Number.isNaN(newest) ? `frame ${sequence} before any snapshot` : skippedFrame(sequence, newest),
      );
    if (sequence <= newest) return 'old';
    this.#newest = sequence;
    this.#tell(newest, notices);
    return 'next';
  }

  /** Of trades nothing else tells that they were missed. */
  #tell(before: number, notices: NoticeSink): void {
    const { sequence } = this;
    const missed = sequence - before - 1;
    if (!(missed > 0) || this.trade === undefined || this.#isPaused) return;
    const detail = skippedFrame(sequence, before);
    notices.status(STATUSES.fault.id, this.instrument, FAULTS.SEQUENCE_GAP.id, missed, detail);
  }
}
