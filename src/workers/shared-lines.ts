import { COUNTED, LINE, LINES_MAX, lineWord } from '../shared/counters/feed-counters.ts';
import { FAULTS } from '../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../shared/faults/status-catalogue.ts';
import { TYPE } from '../shared/records/record-catalogue.ts';
import { CONNECTION_STATE_CODES } from '../shared/session/connection-state.ts';
import { durationMs, type InstrumentId, later, type MonotonicNs } from '../shared/units.ts';
import { VENUES } from '../shared/venues/venue-catalogue.ts';
import type { FeedLine, LineHost } from './feed-line.ts';
import { DUE } from './lines/due-queue.ts';
import { LineArbiter } from './lines/line-arbiter.ts';
import { LineGate } from './lines/line-gate.ts';

/** Statistics of lines are for people: this often is enough. */
const STATISTICS_EVERY = durationMs(250);

/**
 * What several lines of one feed write, brought together by the arbiter: the gate through which each of their
 * records goes, and what the arbiter has written besides.
 */
export class SharedLines {
  readonly arbiter: LineArbiter;
  readonly #host: LineHost;
  readonly #lines: readonly (FeedLine | undefined)[];
  readonly #gate: LineGate;
  readonly #digestsBooks: boolean;
  #countedAt = Number.NEGATIVE_INFINITY as MonotonicNs;

  /** @param lines of the feed, by index. */
  constructor(host: LineHost, lines: readonly (FeedLine | undefined)[]) {
    const { exchange } = host.config;
    const venue = exchange === 'raw' ? undefined : VENUES[exchange];
    this.arbiter = new LineArbiter({
      denseTrades: venue?.sparseTradeIds !== true,
      numberedBooks: venue?.numberedBooks === true,
    });
    this.#digestsBooks = venue?.bareBooks === true;
    this.#host = host;
    this.#lines = lines;
    this.#gate = new LineGate(this.arbiter, host.counters.local);
    host.publisher.gate = this.#gate;
  }

  /** A connection of this line is open, and nothing is subscribed on it yet. */
  open(line: FeedLine): void {
    this.#listen(line);
    this.#gate.opened(line.index);
  }

  /** A line that was the only one so far is one of several from now on. */
  goOn(line: FeedLine, instruments: Iterable<InstrumentId>): void {
    this.#listen(line);
    for (const instrument of instruments) {
      const newest = line.newestTrade(instrument);
      if (!Number.isNaN(newest)) this.arbiter.seedTrade(instrument, newest);
    }
  }

  /** What is written from now on is this line's. */
  enter(line: FeedLine): void {
    this.#gate.line = line.index;
    this.#host.publisher.epoch = line.epoch;
  }

  /** What is written from now on is the feed's own. */
  leave(): void {
    this.#gate.line = undefined;
    if (!this.arbiter.due.isEmpty) this.#writeDue();
  }

  /** Writes how many records of each kind this line had, in the order of `COUNTED`. */
  countKinds(line: FeedLine, into: Float64Array): void {
    for (const [row, name] of COUNTED.entries()) into[row] = this.#gate.offered(line.index, TYPE[name]);
  }

  /** Does what is due by now. Between messages. */
  advance(now: MonotonicNs): void {
    this.arbiter.advance(now);
    if (!this.arbiter.due.isEmpty) this.#writeDue();
    if (now < later(this.#countedAt, STATISTICS_EVERY)) return;
    this.#countedAt = now;
    this.count();
  }

  /** Nobody needs to ask any more. */
  end(): void {
    this.#host.publisher.gate = undefined;
    for (const line of this.#lines) if (line !== undefined) line.books.writesDigests = false;
  }

  /** Brings the counters of the lines up to date. */
  count(): void {
    const { local } = this.#host.counters;
    for (let index = 0; index < LINES_MAX; index++) {
      const line = this.#lines[index];
      local[lineWord(index, LINE.state)] =
        line === undefined || line.isRetired ? 0 : CONNECTION_STATE_CODES[line.state] + 1;
      const { offered, wins, duplicates, late, lost, lead } = this.arbiter.statistics(index);
      local[lineWord(index, LINE.offered)] = offered;
      local[lineWord(index, LINE.wins)] = wins;
      local[lineWord(index, LINE.duplicates)] = duplicates;
      local[lineWord(index, LINE.late)] = late;
      local[lineWord(index, LINE.lost)] = lost;
      local[lineWord(index, LINE.leadP50Us)] = lead.percentileUs(50);
      local[lineWord(index, LINE.leadP99Us)] = lead.percentileUs(99);
    }
  }

  #listen(line: FeedLine): void {
    this.arbiter.open(line.index);
    line.books.writesDigests = this.#digestsBooks;
  }

  #writeDue(): void {
    const { due } = this.arbiter;
    const { publisher, edge } = this.#host;
    const suspects: [number, InstrumentId][] = [];
    publisher.beginMessage(edge.now());
    for (let kind = due.take(); kind !== DUE.nothing; kind = due.take()) {
      const instrument = due.instrument as InstrumentId;
      if (kind === DUE.record) publisher.insert(due.view);
      else if (kind === DUE.gap)
        publisher.status(STATUSES.fault.id, instrument, FAULTS.SEQUENCE_GAP.id, due.missing, '');
      else if (kind === DUE.stale)
        publisher.status(
          STATUSES.stale.id,
          instrument,
          FAULTS.BOOK_INVALID.id,
          Number.NaN,
          'no line has this book',
        );
      else if (kind === DUE.snapshot) this.#writeBook(due.line, instrument);
      else suspects.push([due.line, instrument]);
    }
    publisher.endMessage();
    for (const [line, instrument] of suspects)
      this.#lines[line]?.invalidateBook(instrument, 'it may differ from the other line’s out of sight');
  }

  #writeBook(index: number, instrument: InstrumentId): void {
    const { publisher } = this.#host;
    const line = this.#lines[index];
    if (line?.isLive(instrument) !== true) {
      this.arbiter.bookWritten(index, instrument, false);
      return;
    }
    publisher.epoch = line.epoch;
    if (this.arbiter.isAnnounced(instrument))
      publisher.status(STATUSES.live.id, instrument, FAULTS.NONE.id, Number.NaN, '');
    this.arbiter.bookWritten(index, instrument, line.books.writeSnapshot(instrument));
  }
}
