import { LINES_MAX } from '../../shared/counters/feed-counters.ts';
import { type DurationNs, durationMs } from '../../shared/units.ts';
import { DueQueue } from './due-queue.ts';
import { HeldRecords } from './held-records.ts';
import { LineStatistics } from './line-statistics.ts';
import { RecordIdentity } from './record-identity.ts';

export { LINES_MAX };

/** Stands for no line at all. */
export const NO_LINE = -1;

export interface ArbiterOptions {
  /**
   * Whether the venue numbers the trades of an instrument one by one. Where it turns out not to, an instrument's
   * trades are no longer held for what seems to be missing.
   */
  readonly denseTrades: boolean;
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
  readonly held: HeldRecords;
  readonly due: DueQueue;
  /** The record being offered. */
  readonly id = new RecordIdentity();
  readonly isOpen: boolean[] = new Array<boolean>(LINES_MAX).fill(false);
  /** When everything a line is to say was known to be subscribed, ns; NaN before. */
  readonly subscribedAtNs = new Float64Array(LINES_MAX).fill(Number.NaN);
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
    this.held = new HeldRecords(options.heldBytesMax);
    this.due = new DueQueue(this.held);
  }

  open(line: number): void {
    this.isOpen[line] = true;
    this.subscribedAtNs[line] = Number.NaN;
    this.statistics[line] = new LineStatistics();
    this.#ages[line] = ++this.#age;
    this.#recount();
  }

  close(line: number): void {
    this.isOpen[line] = false;
    this.#recount();
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
