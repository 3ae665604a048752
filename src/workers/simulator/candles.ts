import type { Random } from './random.ts';

/** One candle of a simulated symbol. */
export interface Candle {
  /** µs since the Unix epoch. */
  readonly beginsAt: number;
  open: number;
  high: number;
  low: number;
  close: number;
  trades: number;
  /** Base units. */
  volume: number;
  /** Ticks times base units, for the volume-weighted price. */
  turnover: number;
  changedAt: number;
}

const KEPT = 12;

/** The last candles of one symbol in one interval. Begins with a seeded past. */
export class Candles {
  readonly intervalMinutes: number;
  readonly #kept: Candle[] = [];
  /** True when a trade changed the last candle since it was sent. */
  fresh = false;

  constructor(intervalMinutes: number, price: number, qty: number, now: number, random: Random) {
    this.intervalMinutes = intervalMinutes;
    const begin = this.#beginOf(now);
    for (let n = KEPT; n >= 1; n--) {
      const close = price + Math.round((random.next() - 0.5) * price * 0.002);
      const open = price + Math.round((random.next() - 0.5) * price * 0.002);
      const volume = qty * (1 + random.below(1_000_000)) * 1e-5;
      const beginsAt = begin - n * this.#lengthUs;
      this.#kept.push({
        beginsAt,
        open,
        high: Math.max(open, close) + random.below(3),
        low: Math.min(open, close) - random.below(3),
        close,
        trades: 1 + random.below(40),
        volume,
        turnover: volume * ((open + close) / 2),
        changedAt: beginsAt + this.#lengthUs - 1,
      });
    }
  }

  get all(): readonly Candle[] {
    return this.#kept;
  }

  get last(): Candle {
    return this.#kept.at(-1)!;
  }

  trade(tick: number, qty: number, now: number): void {
    this.fresh = true;
    const beginsAt = this.#beginOf(now);
    if (this.last.beginsAt !== beginsAt) {
      if (this.#kept.length === KEPT) this.#kept.shift();
      this.#kept.push({
        beginsAt,
        open: tick,
        high: tick,
        low: tick,
        close: tick,
        trades: 0,
        volume: 0,
        turnover: 0,
        changedAt: now,
      });
    }
    const candle = this.last;
    candle.high = Math.max(candle.high, tick);
    candle.low = Math.min(candle.low, tick);
    candle.close = tick;
    candle.trades++;
    candle.volume += qty;
    candle.turnover += qty * tick;
    candle.changedAt = now;
  }

  get #lengthUs(): number {
    return this.intervalMinutes * 60e6;
  }

  #beginOf(now: number): number {
    return Math.floor(now / this.#lengthUs) * this.#lengthUs;
  }
}
