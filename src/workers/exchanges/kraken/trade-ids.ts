import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import type { InstrumentId } from '../../../shared/units.ts';

/**
 * The newest trade id of every instrument on this connection. Kraken counts the trades of a book one by
 * one, so an update that jumps by more than one tells of trades we were never sent.
 *
 * An id that comes again, or an older one, is no gap: it is delivered as it came, and whoever wants each
 * trade once compares ids. Nothing is kept across connections, where a hole is announced anyway.
 */
export class TradeIds {
  readonly newest: Float64Array = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);

  reset(): void {
    this.newest.fill(Number.NaN);
  }

  /** The next trade of this instrument is the first of its subscription and cannot tell a gap. */
  forget(instrument: InstrumentId): void {
    this.newest[instrument] = Number.NaN;
  }
}
