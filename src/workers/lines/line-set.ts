import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { type DurationNs, durationMs } from '../../shared/units.ts';
import { DueQueue } from './due-queue.ts';
import { HeldRecords } from './held-records.ts';
import { LineStatistics } from './line-statistics.ts';
import { RecordIdentity } from './record-identity.ts';

export { LINES_MAX };

/** Lines that are behind are looked at again this often by those who wait for them. */
export const LOOK_AGAIN_NS = durationMs(10);

/** Stands for no line at all. */
export const NO_LINE = -1;

export interface ArbiterOptions {
  /**
   * Whether the venue numbers the trades of an instrument one by one. Where it turns out not to, an instrument's
   * trades are no longer held for what seems to be missing.
   */
  readonly denseTrades: boolean;
  /**
   * Whether the number of a book record grows from each to the next, and is the same on every connection. A time
   * of whole milliseconds says less, and a snapshot may have none.
   */
  readonly numberedBooks: boolean;
  /** Least time a record is held for another line to fill the hole before it. */
  readonly holdMs: number;
  /** Most time, however far apart the lines are. */
  readonly holdMsMax: number;
  /** How long a stream must be silent on the lines that lead it before another line takes it over. */
  readonly silenceMs: number;
  /** After this long a hand-over no longer waits for the streams whose lines could not be aligned. */
  readonly handOverMs: number;
  /** Most bytes of records that are held. */
  readonly heldBytesMax: number;
}

export const DEFAULT_OPTIONS: ArbiterOptions = {
  denseTrades: true,
  numberedBooks: false,
  holdMs: 50,
  holdMsMax: 1_000,
  silenceMs: 500,
  handOverMs: 5_000,
  heldBytesMax: 16 * 1024 * 1024,
};

/** The lines, and what all streams share. */
export class LineSet {
  readonly options: ArbiterOptions;
  readonly silenceNs: DurationNs;
  readonly handOverNs: DurationNs;
  readonly held: HeldRecords;
  readonly due: DueQueue;
  /** The record being offered. */
  readonly id = new RecordIdentity();
  readonly isOpen: boolean[] = new Array<boolean>(LINES_MAX).fill(false);
  /** When everything a line is to say was known to be subscribed, ns; NaN before. */
  readonly subscribedAtNs = new Float64Array(LINES_MAX).fill(Number.NaN);
  /** The newest time of the exchange in anything that each line said, µs; -1 where there was none. */
  readonly saidUs = new Float64Array(LINES_MAX).fill(-1);
  /** The time of the exchange in the first trade or update of a book that each line said, µs; NaN before there was one. */
  readonly beganUs = new Float64Array(LINES_MAX).fill(Number.NaN);
  /** When each line said anything last, ns; NaN before it did. */
  readonly saidAtNs = new Float64Array(LINES_MAX).fill(Number.NaN);
  readonly statistics: LineStatistics[] = Array.from({ length: LINES_MAX }, () => new LineStatistics());
  /**
   * The line that is open longest. What it says is what the strategy knows, so of a stream that nothing is
   * known of its word is taken, and other lines wait for it.
   */
  lead = NO_LINE;
  count = 0;
  readonly #ages = new Int32Array(LINES_MAX);
  #age = 0;

  constructor(options: ArbiterOptions) {
    this.options = options;
    this.silenceNs = durationMs(options.silenceMs);
    this.handOverNs = durationMs(options.handOverMs);
    this.held = new HeldRecords(options.heldBytesMax);
    this.due = new DueQueue(this.held);
    this.id.numbersBooks = options.numberedBooks;
  }

  open(line: number): void {
    this.isOpen[line] = true;
    this.subscribedAtNs[line] = Number.NaN;
    this.saidUs[line] = -1;
    this.beganUs[line] = Number.NaN;
    this.saidAtNs[line] = Number.NaN;
    this.statistics[line] = new LineStatistics();
    this.#ages[line] = ++this.#age;
    this.#recount();
  }

  close(line: number): void {
    this.isOpen[line] = false;
    this.#recount();
  }

  /**
   * Whether what the exchange said by that time, µs, may still be on its way on this line: it goes on speaking, and
   * has not come that far. So it is of a line whose messages have piled up, in a thread that stood still or before
   * a receive window that was full. How long nothing came of one stream says nothing of it.
   */
  isBehind(line: number, us: number, now: number): boolean {
    return this.isOpen[line]! && this.saidUs[line]! < us && now - this.saidAtNs[line]! < this.silenceNs;
  }

  /** Whether that holds of any line but this one, which waits `since` then, and not for too long. */
  isAnyBehind(but: number, us: number, since: number, now: number): boolean {
    if (now - since >= this.handOverNs) return false;
    for (let line = 0; line < LINES_MAX; line++)
      if (line !== but && this.isBehind(line, us, now)) return true;
    return false;
  }

  /** How long to hold a record for other lines: three times as long as any of them usually lags. Cold. */
  holdNs(): number {
    const { holdMs, holdMsMax } = this.options;
    let lagMs = 0;
    for (let line = 0; line < LINES_MAX; line++) {
      const { lag } = this.statistics[line]!;
      if (this.isOpen[line] && lag.total > 0) lagMs = Math.max(lagMs, lag.percentileUs(99) / 1000);
    }
    return durationMs(Math.min(holdMsMax, Math.max(holdMs, 3 * lagMs)));
  }

  #recount(): void {
    this.count = 0;
    this.lead = NO_LINE;
    for (let line = 0; line < LINES_MAX; line++) {
      if (!this.isOpen[line]) continue;
      this.count++;
      if (this.lead === NO_LINE || this.#ages[line]! < this.#ages[this.lead]!) this.lead = line;
    }
  }
}
