/**
 * One side of a simulated book: levels as integers, sorted with the best one last. On purpose not the
 * runtime's own book, so that the two check each other.
 */
export class Ladder {
  /** 1: the highest price is best (bids); -1: the lowest is (asks). */
  readonly direction: 1 | -1;
  #ticks = new Float64Array(64);
  #lots = new Float64Array(64);
  #times = new Float64Array(64);
  #size = 0;

  constructor(direction: 1 | -1) {
    this.direction = direction;
  }

  get size(): number {
    return this.#size;
  }

  /** Rank 0 is the best level. */
  tick(rank: number): number {
    return this.#ticks[this.#size - 1 - rank]!;
  }

  lots(rank: number): number {
    return this.#lots[this.#size - 1 - rank]!;
  }

  /** When the level was last changed, µs since the Unix epoch. */
  time(rank: number): number {
    return this.#times[this.#size - 1 - rank]!;
  }

  /** How many levels are better than this price: the rank it has, or would have. */
  rankOf(tick: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ticks[middle]! - tick) * this.direction <= 0) low = middle + 1;
      else high = middle;
    }
    return this.#size - low;
  }

  /** Lots at this price, 0 where there is no level. */
  lotsAt(tick: number): number {
    const rank = this.rankOf(tick);
    return rank < this.#size && this.tick(rank) === tick ? this.lots(rank) : 0;
  }

  /** Sets the level with this price; 0 lots remove it. */
  set(tick: number, lots: number, time: number): void {
    const rank = this.rankOf(tick);
    const found = rank < this.#size && this.tick(rank) === tick;
    if (lots === 0) {
      if (found) this.#remove(this.#size - 1 - rank);
      return;
    }
    if (!found) this.#open(this.#size - rank);
    const at = this.#size - 1 - rank;
    this.#ticks[at] = tick;
    this.#lots[at] = lots;
    this.#times[at] = time;
  }

  /** Drops the worst levels beyond `size`. */
  truncate(size: number): void {
    const excess = this.#size - size;
    if (excess <= 0) return;
    for (const column of [this.#ticks, this.#lots, this.#times]) column.copyWithin(0, excess, this.#size);
    this.#size = size;
  }

  #remove(at: number): void {
    for (const column of [this.#ticks, this.#lots, this.#times]) column.copyWithin(at, at + 1, this.#size);
    this.#size--;
  }

  #open(at: number): void {
    if (this.#size === this.#ticks.length) {
      this.#ticks = doubled(this.#ticks);
      this.#lots = doubled(this.#lots);
      this.#times = doubled(this.#times);
    }
    for (const column of [this.#ticks, this.#lots, this.#times]) column.copyWithin(at + 1, at, this.#size);
    this.#size++;
  }
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
