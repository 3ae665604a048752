import { INSTRUMENTS_MAX } from '../../shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../shared/units.ts';

/**
 * Id of the newest trade of every instrument on one connection; NaN before the first. What an id tells, whether
 * of a gap or only of what is new, is each venue's to say.
 *
 * Nothing is kept across connections, where a hole is announced anyway.
 */
export class NewestTradeIds {
  readonly newest: Float64Array = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);

  reset(): void {
    this.newest.fill(Number.NaN);
  }

  /** The next trade of this instrument is the first of its subscription and cannot tell a gap. */
  forget(instrument: InstrumentId): void {
    this.newest[instrument] = Number.NaN;
  }
}
