import type { ExchangeName } from '../../shared/venues/venue.ts';
import { VENUES } from '../../shared/venues/venue-catalogue.ts';
import { type MarketPair, marketPairs } from './market-pairs.ts';
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

/** What a venue says of a symbol before anybody asks for its book. */
export interface Listing {
  readonly pair: MarketPair;
  /** Row in the market. */
  readonly index: number;
  /** As the venue spells it. */
  readonly venueSymbol: string;
  /** Zeros the venue prints behind the decimals of a price. */
  readonly zeros: string;
}

/** Decimals that the venue prints behind the point of a price; the further ones are zeros. */
function printedDecimals(exchange: ExchangeName, { priceDecimals, priceDecimalsV1 }: MarketPair): number {
  if (exchange === 'kraken-v1') return priceDecimalsV1;
  return exchange === 'poloniex-legacy' ? Math.max(priceDecimals, 8) : priceDecimals;
}

/**
 * All symbols of one venue. The same seed and options give the same market. Each symbol has chance of its
 * own and is made when it is first asked for, so thousands of them cost little until they are subscribed.
 */
export class Market {
  readonly listings: readonly Listing[];
  /** For what concerns no single symbol. */
  readonly random: Random;
  readonly #options: MarketOptions;
  readonly #byVenueSymbol: ReadonlyMap<string, Listing>;
  readonly #made = new Map<Listing, MarketSymbol>();

  constructor(options: MarketOptions) {
    const { exchange, pairs, seed } = options;
    this.#options = options;
    this.random = new Random(seed);
    const venue = VENUES[exchange];
    this.listings = marketPairs(pairs).map((pair, index) => {
      const decimals = printedDecimals(exchange, pair);
      const zeros = '0'.repeat(decimals - pair.priceDecimals);
      return { pair, index, venueSymbol: venue.toVenueSymbol(pair.symbol), zeros };
    });
    this.#byVenueSymbol = new Map(this.listings.map((listing) => [listing.venueSymbol, listing]));
  }

  /** All symbols; makes those that nobody asked for yet. */
  get symbols(): readonly MarketSymbol[] {
    return this.listings.map((listing) => this.#symbol(listing));
  }

  /** The symbol as the venue spells it, or undefined where it lists no such symbol. */
  find(venueSymbol: string): MarketSymbol | undefined {
    const listing = this.#byVenueSymbol.get(venueSymbol);
    return listing === undefined ? undefined : this.#symbol(listing);
  }

  #symbol(listing: Listing): MarketSymbol {
    let symbol = this.#made.get(listing);
    if (symbol === undefined) {
      const { seed, levels, now } = this.#options;
      symbol = new MarketSymbol(listing, levels, Random.of(seed, listing.index), now);
      this.#made.set(listing, symbol);
    }
    return symbol;
  }
}
