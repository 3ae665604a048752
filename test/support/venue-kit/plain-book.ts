import type { TextLevel } from './venue-case.ts';

/** One side, best level first: levels in an array that is searched and spliced. */
class PlainSide {
  readonly levels: TextLevel[] = [];
  readonly #prices: number[] = [];
  /** 1 where higher prices are better, else -1. */
  readonly #sign: 1 | -1;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  apply(level: TextLevel): void {
    const price = Number(level[0]);
    let at = 0;
    for (let end = this.#prices.length; at < end; ) {
      const middle = (at + end) >> 1;
      if ((this.#prices[middle]! - price) * this.#sign > 0) at = middle + 1;
      else end = middle;
    }
    const held = this.#prices[at] === price ? 1 : 0;
    const isKept = Number(level[1]) !== 0;
    if (isKept && held === 1) this.levels[at] = level;
    else if (isKept) {
      this.#prices.splice(at, 0, price);
      this.levels.splice(at, 0, level);
    } else {
      this.#prices.splice(at, held);
      this.levels.splice(at, held);
    }
  }

  truncate(depth: number): void {
    if (this.levels.length <= depth) return;
    this.levels.length = depth;
    this.#prices.length = depth;
  }

  get best(): number {
    return this.#prices[0] ?? Number.NaN;
  }
}

/** A book as simple as can be, that shares nothing with the ones it is compared with. */
export class PlainBook {
  readonly #depth: number;
  #bids = new PlainSide(1);
  #asks = new PlainSide(-1);

  /** @param depth levels per side; 0 where nothing is cut. */
  constructor(depth: number) {
    this.#depth = depth;
  }

  get bids(): readonly TextLevel[] {
    return this.#bids.levels;
  }

  get asks(): readonly TextLevel[] {
    return this.#asks.levels;
  }

  get isCrossed(): boolean {
    return this.#bids.best >= this.#asks.best;
  }

  /** Takes the levels of one message, and only then cuts what is too deep. */
  apply(bids: readonly TextLevel[], asks: readonly TextLevel[], isSnapshot: boolean): void {
    if (isSnapshot) {
      this.#bids = new PlainSide(1);
      this.#asks = new PlainSide(-1);
    }
    for (const level of bids) this.#bids.apply(level);
    for (const level of asks) this.#asks.apply(level);
    if (this.#depth === 0) return;
    this.#bids.truncate(this.#depth);
    this.#asks.truncate(this.#depth);
  }

  /** Numbers of the best levels, to compare two books by. */
  top(count = Number.POSITIVE_INFINITY): readonly (readonly (readonly [number, number])[])[] {
    return [this.bids, this.asks].map((levels) =>
      levels.slice(0, count).map(([price, qty]) => [Number(price), Number(qty)] as const),
    );
  }
}
