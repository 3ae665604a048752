import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { NoticeSink } from '../../feed-events.ts';
import { NewestTradeIds } from '../trade-ids.ts';

/**
 * Binance counts the trades of a symbol one by one, so an id that jumps tells of trades we were never sent, and
 * one that does not grow of a message that came twice or late. Either is told before the trade, which is
 * delivered as it came.
 */
export class TradeIds extends NewestTradeIds {
  readonly #notices: NoticeSink;

  constructor(notices: NoticeSink) {
    super();
    this.#notices = notices;
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
