/** Buckets of a histogram: bucket n counts times from 2^(n-1) to below 2^n µs, the first everything below 1. */
const BUCKETS = 40;
/** Times after which all buckets are halved, so that a histogram tells of the last while. */
const TIMES_MAX = 65_536;
/** Records after which the recent counts are halved. */
const RECENT_MAX = 16_384;

/** Times in powers of two of a microsecond; of the recent ones, more weight on the newer. */
export class TimeHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  addNs(ns: number): void {
    const us = ns / 1000;
    // Beyond 2^31 µs, half an hour, all are alike.
    const bucket = us >= 2 ** 31 ? 32 : us < 1 ? 0 : 32 - Math.clz32(us);
    this.#counts[bucket]!++;
    if (++this.#total < TIMES_MAX) return;
    this.#total = 0;
    for (let n = 0; n < BUCKETS; n++) {
      this.#counts[n] = Math.floor(this.#counts[n]! / 2);
      this.#total += this.#counts[n]!;
    }
  }

  /** @returns µs, linear within a bucket; NaN where nothing was counted. */
  percentileUs(percent: number): number {
    let left = (this.#total * percent) / 100;
    if (this.#total === 0) return Number.NaN;
    for (let n = 0; n < BUCKETS; n++) {
      const count = this.#counts[n]!;
      if (count > 0 && left <= count) {
        const from = n === 0 ? 0 : 2 ** (n - 1);
        return from + (2 ** n - from) * (left / count);
      }
      left -= count;
    }
    return Number.NaN;
  }
}

/** What one line did, since it was opened. */
export class LineStatistics {
  /** Records the line had, whatever became of them. */
  offered = 0;
  /** Records that were delivered because this line had them first. */
  wins = 0;
  /** Records another line had first. */
  duplicates = 0;
  /** Records that came when a later one of their stream was delivered already. */
  late = 0;
  /** Records of a line whose place in the stream was not known yet. */
  hidden = 0;
  /** Records that had to wait for others. */
  held = 0;
  /** Records another line had and this one did not. */
  lost = 0;
  /** By how much this line was first. */
  readonly lead = new TimeHistogram();
  /** By how much another line was first. */
  readonly lag = new TimeHistogram();

  #recentOffered = 0;
  #recentLost = 0;
  #recentWins = 0;

  /** Share of the recent records that this line did not have. */
  get lossShare(): number {
    const all = this.#recentOffered + this.#recentLost;
    return all === 0 ? 0 : this.#recentLost / all;
  }

  /** Share of the recent records of this line in which it was first. */
  get winShare(): number {
    return this.#recentOffered === 0 ? Number.NaN : this.#recentWins / this.#recentOffered;
  }

  offer(): void {
    this.offered++;
    if (++this.#recentOffered < RECENT_MAX) return;
    this.#recentOffered /= 2;
    this.#recentLost /= 2;
    this.#recentWins /= 2;
  }

  win(): void {
    this.wins++;
    this.#recentWins++;
  }

  lose(records: number): void {
    this.lost += records;
    this.#recentLost += records;
  }
}
