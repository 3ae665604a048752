import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../../shared/units.ts';

/**
 * The newest trade of every instrument on this connection, by its event id. All events of the venue are
 * counted together, so the ids of a symbol's trades only grow and a jump tells nothing. They tell which
 * trades of the past are new where a stream was begun anew.
 */
export class TradeIds {
  readonly newest: Float64Array = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);

  reset(): void {
    this.newest.fill(Number.NaN);
  }

  /** The next trade of this instrument is the first of its subscription. */
  forget(instrument: InstrumentId): void {
    this.newest[instrument] = Number.NaN;
  }
}
