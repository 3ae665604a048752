import type { Subscription } from '../../../shared/contract.ts';
import { BOOK_STATE } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
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
  /** Subscriptions that the next snapshot accepts. */
  waiting: Subscription[] = [];
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
    this.waiting = [];
    this.#newest = Number.NaN;
    this.#isPaused = false;
  }

  /** What comes from here on, up to a snapshot, need not be whole. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Takes the sequence of a frame with a snapshot, from where it goes on whatever was before. */
  begin(sequence: number, notices: NoticeSink): void {
    const missed = sequence - this.#newest - 1;
    this.#newest = sequence;
    if (missed > 0) this.#tell(missed, notices);
    this.#isPaused = false;
  }

  /** Takes the sequence of any other frame. */
  follow(sequence: number, books: BookIntegrity, notices: NoticeSink): Place {
    const newest = this.#newest;
    if (sequence === newest + 1) {
      this.#newest = sequence;
      return 'next';
    }
    const state = books.state(this.instrument);
    // While a snapshot is awaited again, frames of before the request still come, and need not be whole.
    if (state === BOOK_STATE.live || (state === BOOK_STATE.absent && Number.isNaN(newest)))
      books.invalidate(
        this.instrument,
        FAULTS.SEQUENCE_GAP.id,
        Number.isNaN(newest) ? `frame ${sequence} before any snapshot` : `frame ${sequence} after ${newest}`,
      );
    if (sequence <= newest) return 'old';
    this.#newest = sequence;
    if (!Number.isNaN(newest)) this.#tell(sequence - newest - 1, notices);
    return 'next';
  }

  /** Of trades nothing else tells that they were missed. */
  #tell(missed: number, notices: NoticeSink): void {
    if (this.trade !== undefined && !this.#isPaused)
      notices.status(STATUSES.fault.id, this.instrument, FAULTS.SEQUENCE_GAP.id, missed, '');
  }
}
