/**
 * Numbers in a block of messages that count: ids of trades, and the states of books on venues that number
 * these. A block is sent in circles and a number that comes again is not what an exchange sends, so their
 * digits are written anew for each pass.
 */
import type { ChannelName } from '../../src/shared/venues/venue.ts';
import type { MarketSymbol } from '../../src/workers/simulator/market-symbol.ts';
import type { FloodExchange } from './flood-plan.ts';

/** Of every counter, so that its places keep their width from pass to pass. */
const DIGITS = 9;
/** The lowest number with so many digits: where the states of books begin. Ids of trades begin there too. */
export const FIRST_COUNT: number = 10 ** (DIGITS - 1);

const ASCII_ZERO = 48;

type Counter = 'trades' | 'updates';

/** One number in each message of a channel. */
interface CounterRule {
  readonly counter: Counter;
  /** What stands before its digits. */
  readonly before: RegExp;
  /** True where the message counts and this is its own number; else it is that of the last one that did. */
  readonly counts: boolean;
}

const counts = (counter: Counter, before: RegExp): CounterRule => ({ counter, before, counts: true });
const repeats = (counter: Counter, before: RegExp): CounterRule => ({ counter, before, counts: false });

const RULES: Readonly<Record<FloodExchange, Partial<Record<ChannelName, readonly CounterRule[]>>>> = {
  kraken: { trade: [counts('trades', /"trade_id":/)] },
  'kraken-v1': {},
  binance: {
    trade: [counts('trades', /"t":/)],
    book: [counts('updates', /"U":/), counts('updates', /"u":/)],
    quote: [repeats('updates', /"u":/)],
  },
  poloniex: {
    trade: [counts('trades', /"id":"/)],
    book: [repeats('updates', /"lastId":/), counts('updates', /"id":/)],
  },
  'poloniex-legacy': {
    // Every frame of a pair is counted, whatever is in it.
    trade: [counts('updates', /^\[\d+,/), counts('trades', /"t","/)],
    book: [counts('updates', /^\[\d+,/)],
  },
  gemini: { trade: [counts('trades', /"event_id":/)] },
  coinbase: { trade: [counts('trades', /"trade_id":/)] },
};

/** How far the counters of one symbol are. */
class SymbolCounts {
  readonly newest: Record<Counter, number>;
  /** Numbers used up by one pass through the block. */
  readonly perPass: Record<Counter, number> = { trades: 0, updates: 0 };

  constructor({ nextTradeId, book }: MarketSymbol) {
    this.newest = { trades: nextTradeId - 1, updates: book.id };
  }
}

interface Place {
  readonly at: number;
  readonly counter: Counter;
  readonly counts: SymbolCounts;
  /** On the first pass. */
  readonly first: number;
}

/** Finds the counters in the messages of a block, which are given in its order. */
export class CounterFinder {
  readonly #rules: Partial<Record<ChannelName, readonly CounterRule[]>>;
  readonly #places: Place[] = [];
  readonly #symbols = new Map<MarketSymbol, SymbolCounts>();

  constructor(exchange: FloodExchange) {
    this.#rules = RULES[exchange];
  }

  /** @param at where the text of the message begins in the block. */
  message(channel: ChannelName, symbol: MarketSymbol, text: string, at: number): void {
    const rules = this.#rules[channel] ?? [];
    const symbolCounts = this.#countsOf(symbol);
    const { newest, perPass } = symbolCounts;
    for (const { counter, before, counts } of rules) {
      const found = before.exec(text);
      const digits = found === null ? -1 : found.index + found[0].length;
      if (found === null || /^\d*/.exec(text.slice(digits))![0].length !== DIGITS)
        throw new Error(`no number of ${DIGITS} digits behind ${before}: ${text}`);
      const first = newest[counter] + (counts ? 1 : 0);
      this.#places.push({ at: at + digits, counter, counts: symbolCounts, first });
    }
    for (const counter of ['trades', 'updates'] as const)
      if (rules.some((rule) => rule.counter === counter && rule.counts)) {
        newest[counter]++;
        perPass[counter]++;
      }
  }

  places(): CounterPlaces {
    return new CounterPlaces(this.#places);
  }

  #countsOf(symbol: MarketSymbol): SymbolCounts {
    let symbolCounts = this.#symbols.get(symbol);
    if (symbolCounts === undefined) {
      symbolCounts = new SymbolCounts(symbol);
      this.#symbols.set(symbol, symbolCounts);
    }
    return symbolCounts;
  }
}

/** Where the counters of a block are written, in order of place, and what they say. */
export class CounterPlaces {
  readonly #at: Uint32Array;
  readonly #first: Int32Array;
  readonly #perPass: Int32Array;

  constructor(places: readonly Place[]) {
    this.#at = Uint32Array.from(places, ({ at }) => at);
    this.#first = Int32Array.from(places, ({ first }) => first);
    this.#perPass = Int32Array.from(places, ({ counts, counter }) => counts.perPass[counter]);
  }

  /** Writes the counters in `frames[from..to)` as they are on a pass, 0 being the first. */
  write(frames: Uint8Array, from: number, to: number, pass: number): void {
    const places = this.#at;
    for (let n = firstAtLeast(places, from); n < places.length && places[n]! < to; n++) {
      let value = this.#first[n]! + pass * this.#perPass[n]!;
      const at = places[n]!;
      for (let place = at + DIGITS - 1; place >= at; place--) {
        const tenth = Math.trunc(value / 10);
        frames[place] = ASCII_ZERO + value - tenth * 10;
        value = tenth;
      }
    }
  }
}

/** Index of the first value in `sorted` that is not below this one. */
export function firstAtLeast(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
