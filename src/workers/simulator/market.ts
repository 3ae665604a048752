import type { ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { marketPairs } from './market-pairs.ts';
import { MarketSymbol } from './market-symbol.ts';
import { Random } from './random.ts';

export interface MarketOptions {
  readonly exchange: ExchangeName;
  readonly pairs: number;
  readonly seed: number;
  readonly levels: number;
  /** Wall clock, µs since the Unix epoch. */
  readonly now: () => number;
}

/** All symbols of one venue. The same seed and options give the same market. */
export class Market {
  readonly symbols: readonly MarketSymbol[];
  readonly random: Random;
  readonly #byVenueSymbol: ReadonlyMap<string, MarketSymbol>;

  constructor({ exchange, pairs, seed, levels, now }: MarketOptions) {
    this.random = new Random(seed);
    const venue = VENUES[exchange];
    this.symbols = marketPairs(pairs).map((pair, index) => {
      const decimals = exchange === 'kraken-v1' ? pair.priceDecimalsV1 : pair.priceDecimals;
      const zeros = '0'.repeat(decimals - pair.priceDecimals);
      const spelling = { symbol: venue.toVenueSymbol(pair.symbol), zeros };
      return new MarketSymbol(pair, index, spelling, levels, this.random, now);
    });
    this.#byVenueSymbol = new Map(this.symbols.map((symbol) => [symbol.venueSymbol, symbol]));
  }

  /** The symbol as the venue spells it, or undefined where it lists no such symbol. */
  find(venueSymbol: string): MarketSymbol | undefined {
    return this.#byVenueSymbol.get(venueSymbol);
  }
}
