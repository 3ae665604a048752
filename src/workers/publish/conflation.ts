import { FAULTS } from '../../shared/faults/fault-catalogue.ts';
import { GAP } from '../../shared/records/gap.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import type { InstrumentId } from '../../shared/units.ts';
import { NO_INSTRUMENT } from '../../shared/units.ts';
import { Hole } from './hole.ts';
import { LatestRecords } from './latest-records.ts';
import { type BookRefresher, type OverflowPolicy, REFRESH } from './overflow-policy.ts';
import { PendingNotices } from './pending-notices.ts';
import { recordMemory } from './record-memory.ts';
import type { RingOutput } from './ring-output.ts';
import type { Stamp } from './stamp.ts';
import { isNotice, type Tally } from './tally.ts';

const { instrument: INSTRUMENT_ID, typeId: TYPE_ID, receivedAtNs: RECEIVED_AT_NS } = HEADER.field;

/** Share of the ring that has to be free before a hole is closed: else the next burst would open another. */
const REOPEN_SHARE = 1 / 4;
/** Share that stays free for what is received meanwhile, while books are refreshed. */
const REFRESH_SHARE = 1 / 8;
/** Books and tickers refreshed at a time, so that reading the socket goes on in between. */
const REFRESHES_PER_TURN = 64;

/**
 * Keeps reading when the ring is full: the newest state of each book, ticker and quote is remembered, and
 * everything else that is received is dropped and counted.
 *
 *                 no room                      room again: gap, notices
 *     flowing ──────────────▶ blocked ───────────────────────────────────▶ refreshing
 *        ▲                       ▲                no room                     │  │
 *        │                       └────────────────────────────────────────────┘  │
 *        └───────────────────────────────────────────────────────────────────────┘
 *                       every book, ticker and quote is fresh
 *
 * While refreshing, everything flows except for books, tickers and quotes whose turn has not come.
 */
export class Conflation implements OverflowPolicy {
  readonly #output: RingOutput;
  readonly #tally: Tally;
  readonly #stamp: Stamp;
  readonly #books: BookRefresher;
  #phase: 'flowing' | 'blocked' | 'refreshing' = 'flowing';
  /** What is missing since the last gap record. What is folded while refreshing counts for the next one, if any. */
  readonly #hole = new Hole(NO_INSTRUMENT, FAULTS.RING_FULL.id);
  /** Instruments whose book on the strategy's side is behind ours, the one that waits longest first. */
  readonly #dirtyBooks = new Set<InstrumentId>();
  readonly #latest = new LatestRecords();
  readonly #notices = new PendingNotices();
  readonly #gap = recordMemory(GAP.size);

  constructor(output: RingOutput, tally: Tally, stamp: Stamp, books: BookRefresher) {
    this.#output = output;
    this.#tally = tally;
    this.#stamp = stamp;
    this.#books = books;
  }

  get busy(): boolean {
    return this.#phase !== 'flowing';
  }

  take(view: DataView, at: number): void {
    const awaitsRefresh = this.#phase === 'refreshing' && this.#awaitsRefresh(view, at);
    if (this.#phase !== 'blocked' && !awaitsRefresh) {
      if (this.#output.tryWrite(view, at)) return;
      this.#phase = 'blocked';
    }
    if (isNotice(TYPE_ID.get(view, at))) this.#notices.push(view, at);
    else this.#fold(view, at);
  }

  recover(): void {
    if (this.#phase === 'blocked' && this.#tryReopen()) this.#phase = 'refreshing';
    if (this.#phase !== 'refreshing') return;
    for (let n = 0; n < REFRESHES_PER_TURN; n++) {
      if (this.#latest.isEmpty && this.#dirtyBooks.size === 0) {
        this.#phase = 'flowing';
        this.#hole.clear();
        return;
      }
      if (!this.#hasRoom(REFRESH_SHARE) || !this.#refreshOne()) return;
    }
  }

  #awaitsRefresh(view: DataView, at: number): boolean {
    const typeId = TYPE_ID.get(view, at);
    if (typeId === TYPE.book) return this.#dirtyBooks.has(INSTRUMENT_ID.get(view, at));
    return LatestRecords.keeps(typeId) && this.#latest.has(view, at);
  }

  #fold(view: DataView, at: number): void {
    const typeId = TYPE_ID.get(view, at);
    const receivedAtNs = RECEIVED_AT_NS.get(view, at);
    if (typeId === TYPE.book) this.#dirtyBooks.add(INSTRUMENT_ID.get(view, at));
    else if (LatestRecords.keeps(typeId)) this.#latest.put(view, at);
    else {
      this.#hole.drop(typeId, 1, receivedAtNs);
      this.#tally.dropped(typeId, 1);
      return;
    }
    this.#hole.conflate(receivedAtNs);
    this.#tally.conflated(typeId);
  }

  /** Says what is missing, then what was to be said meanwhile. */
  #tryReopen(): boolean {
    if (!this.#hasRoom(REOPEN_SHARE)) return false;
    if (!this.#hole.isEmpty) {
      this.#hole.write(this.#gap, 0, this.#stamp);
      if (!this.#output.tryWrite(this.#gap, 0)) return false;
      this.#hole.clear();
    }
    return this.#notices.flush(this.#output);
  }

  #hasRoom(share: number): boolean {
    const { writer } = this.#output;
    return writer.freeBytes() >= writer.capacity * share;
  }

  /** @returns false to go on another time. */
  #refreshOne(): boolean {
    if (!this.#latest.isEmpty) return this.#latest.tryWriteOne(this.#output);
    const [instrument] = this.#dirtyBooks as Iterable<InstrumentId> as [InstrumentId];
    const refresh = this.#books.refresh(instrument);
    if (refresh === REFRESH.noRoom) return false;
    this.#dirtyBooks.delete(instrument);
    // The others need not wait for it.
    if (refresh === REFRESH.notNow) this.#dirtyBooks.add(instrument);
    if (refresh === REFRESH.tooLong)
      this.#books.spoil(instrument, 'its snapshot is longer than the ring’s longest record');
    return this.#phase === 'refreshing';
  }
}
