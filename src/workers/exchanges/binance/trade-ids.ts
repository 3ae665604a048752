import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { NoticeSink } from '../../feed-events.ts';

/**
 * The newest trade id of every instrument on this connection. Binance counts the trades of a symbol one by
 * one, so an id that jumps tells of trades we were never sent, and one that does not grow of a message that
 * came twice or late. Either is told before the trade, which is delivered as it came.
 *
 * Nothing is kept across connections, where a hole is announced anyway.
 */
export class TradeIds {
  readonly newest: Float64Array = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);
  readonly #notices: NoticeSink;

  constructor(notices: NoticeSink) {
    this.#notices = notices;
  }

  reset(): void {
    this.newest.fill(Number.NaN);
  }

  /** The next trade of this instrument is the first of its subscription and cannot tell a gap. */
  forget(instrument: InstrumentId): void {
    this.newest[instrument] = Number.NaN;
  }

  /** Takes in trades `first` to `last`, and tells what is missing before them. Cold path only. */
  take(instrument: InstrumentId, first: number, last: number): void {
    const newest = this.newest[instrument]!;
    if (Number.isNaN(newest) || first === newest + 1) {
      this.newest[instrument] = last;
      return;
    }
    const missed = first - newest - 1;
    const detail = missed > 0 ? '' : `trade ${first} came after ${newest}`;
    this.#notices.status(STATUSES.fault.id, instrument, FAULTS.SEQUENCE_GAP.id, Math.max(missed, 0), detail);
    this.newest[instrument] = Math.max(newest, last);
  }
}
