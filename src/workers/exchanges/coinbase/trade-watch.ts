import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { NoticeSink } from '../../feed-events.ts';
import { NewestTradeIds } from '../trade-ids.ts';

/**
 * Coinbase counts the trades of a product one by one, so an id that jumps tells of trades we were never sent. A
 * heartbeat names the newest one, so that the last trades before a quiet time are missed as well.
 *
 * Whether a heartbeat may overtake a match is not stated: what it names has to have come by the heartbeat after it,
 * a second later.
 */
export class TradeWatch extends NewestTradeIds {
  /** Of the heartbeat that is looked at. A field, because doubles that are handed over are boxed. */
  lastTradeId = Number.NaN;
  readonly #notices: NoticeSink;
  /** What the newest heartbeat named; NaN where none came, or no trades are subscribed. */
  readonly #named = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);
  /** Up to which id it was told that trades are missing. */
  readonly #toldTo = new Float64Array(INSTRUMENTS_MAX).fill(Number.NaN);

  constructor(notices: NoticeSink) {
    super();
    this.#notices = notices;
  }

  override reset(): void {
    super.reset();
    this.#named.fill(Number.NaN);
    this.#toldTo.fill(Number.NaN);
  }

  override forget(instrument: InstrumentId): void {
    super.forget(instrument);
    this.#named[instrument] = Number.NaN;
    this.#toldTo[instrument] = Number.NaN;
  }

  /** Takes in the newest trade before the subscription, before which nothing is missing. */
  begin(instrument: InstrumentId, id: number): void {
    if (!(id <= this.newest[instrument]!)) this.newest[instrument] = id;
  }

  /** Takes in a trade and tells what is missing before it. Cold path only. */
  take(instrument: InstrumentId, id: number): void {
    const newest = this.newest[instrument]!;
    if (Number.isNaN(newest) || id === newest + 1) {
      this.newest[instrument] = id;
      return;
    }
    const toldTo = this.#toldTo[instrument]!;
    // One that was told to be missing and only came late is what it is: a trade.
    if (id > newest && id <= toldTo) {
      this.newest[instrument] = id;
      return;
    }
    const known = toldTo > newest ? toldTo : newest;
    const missed = id - known - 1;
    if (missed > 0) this.#tell(instrument, missed, '');
    else if (id <= newest) this.#tell(instrument, 0, `trade ${id} came after ${newest}`);
    if (id > newest) this.newest[instrument] = id;
  }

  /** Takes in `lastTradeId` of a heartbeat, and tells which trades are missing that the one before it named. */
  beat(instrument: InstrumentId): void {
    const named = this.#named[instrument]!;
    this.#named[instrument] = this.lastTradeId;
    if (named > this.newest[instrument]! && !(named <= this.#toldTo[instrument]!))
      this.#missUpTo(instrument, named);
  }

  #missUpTo(instrument: InstrumentId, named: number): void {
    const newest = this.newest[instrument]!;
    const toldTo = this.#toldTo[instrument]!;
    this.#tell(instrument, named - (toldTo > newest ? toldTo : newest), '');
    this.#toldTo[instrument] = named;
  }

  #tell(instrument: InstrumentId, missed: number, detail: string): void {
    this.#notices.status(STATUSES.fault.id, instrument, FAULTS.SEQUENCE_GAP.id, missed, detail);
  }
}
