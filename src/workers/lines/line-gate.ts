import { FEED, LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../shared/faults/status-catalogue.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { STATUS } from '../../shared/records/status.ts';
import type { RecordGate } from '../publish/record-gate.ts';
import type { LineArbiter } from './line-arbiter.ts';
import { VERDICT } from './verdict.ts';

const { instrument: INSTRUMENT_ID, receivedAtNs: RECEIVED_AT_NS, typeId: TYPE_ID } = HEADER.field;
/** Type ids are one byte. */
const TYPE_IDS = 256;

const { code: CODE, fault: FAULT } = STATUS.field;

/**
 * Asks the arbiter about what the lines of a feed write. One line writes at a time; what the feed writes of
 * its own, with no line, always goes on.
 */
export class LineGate implements RecordGate {
  /** The line that writes now; undefined for the feed itself. */
  line: number | undefined;
  readonly #arbiter: LineArbiter;
  readonly #counters: Float64Array;
  /** Books that the strategy knows as stale: what their lines discard is lost to it. */
  readonly #stale = new Set<number>();
  /** Lines that were opened beside another: the instruments of which each has said a ticker since. */
  readonly #begun = new Map<number, Set<number>>();
  /** By line and type. */
  readonly #offered = new Float64Array(LINES_MAX * TYPE_IDS);

  /** @param counters of the feed, by `FEED`. */
  constructor(arbiter: LineArbiter, counters: Float64Array) {
    this.#arbiter = arbiter;
    this.#counters = counters;
  }

  /** Records of a type that a line had. */
  offered(line: number, typeId: number): number {
    return this.#offered[line * TYPE_IDS + typeId]!;
  }

  admits(view: DataView, at: number): boolean {
    if (this.line === undefined) return true;
    if (TYPE_ID.get(view, at) === TYPE.ticker && this.#isState(INSTRUMENT_ID.get(view, at))) return false;
    this.#offered[this.line * TYPE_IDS + TYPE_ID.get(view, at)]!++;
    const verdict = this.#arbiter.offer(this.line, view, at);
    if (verdict === VERDICT.deliver) return true;
    if (verdict !== VERDICT.held) this.#counters[FEED.duplicates]!++;
    return false;
  }

  /** A connection of this line is open, and nothing is subscribed on it yet. */
  opened(line: number): void {
    this.#begun.set(line, new Set());
  }

  admitsStatus(view: DataView, at: number): boolean {
    const instrument = INSTRUMENT_ID.get(view, at);
    const code = CODE.get(view, at);
    if (code === STATUSES.disconnected.id) this.#arbiter.disconnected();
    if (this.line === undefined) {
      this.#note(code, instrument);
      return true;
    }
    let isTold = true;
    if (code === STATUSES.live.id) isTold = this.#arbiter.bookLive(this.line, instrument);
    else if (code === STATUSES.stale.id)
      isTold = this.#arbiter.bookStale(this.line, instrument, RECEIVED_AT_NS.get(view, at));
    // What one line was never sent, another may have been: the arbiter tells what is missing on all of them.
    else if (FAULT.get(view, at) === FAULTS.SEQUENCE_GAP.id) isTold = false;
    if (isTold) this.#note(code, instrument);
    return isTold;
  }

  admitsDiscard(typeId: number, instrument: number): boolean {
    return this.line === undefined || (typeId === TYPE.book && this.#stale.has(instrument));
  }

  /**
   * Whether this ticker is the first of its instrument on a line that follows another. Most venues answer a
   * subscription with the state of things, and not all of them say so: it is no event, and whoever leads has
   * told it.
   */
  #isState(instrument: number): boolean {
    const line = this.line!;
    const begun = line === this.#arbiter.lead ? undefined : this.#begun.get(line);
    if (begun === undefined || begun.has(instrument)) return false;
    begun.add(instrument);
    this.#counters[FEED.duplicates]!++;
    return true;
  }

  #note(code: number, instrument: number): void {
    if (code === STATUSES.stale.id) this.#stale.add(instrument);
    else if (code === STATUSES.live.id) this.#stale.delete(instrument);
  }
}
