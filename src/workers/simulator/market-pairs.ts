/** The symbols of the simulated market: twenty that look like real ones, and as many more as are asked for. */
import { PAIRS_MAX } from '../../shared/simulator/market-size.ts';

export interface MarketPair {
  /** `BTC/USD` */
  readonly symbol: string;
  /** Price the market begins at and wanders around. */
  readonly price: number;
  /** Decimals of a price, which is kept as an integer number of these. */
  readonly priceDecimals: number;
  /** Decimals Kraken v1 prints; the further ones are zeros. */
  readonly priceDecimalsV1: number;
  /** A usual quantity on one level, in base units. */
  readonly qty: number;
}

const pair = (
  symbol: string,
  price: number,
  priceDecimals: number,
  priceDecimalsV1: number,
  qty: number,
): MarketPair => ({ symbol, price, priceDecimals, priceDecimalsV1, qty });

/**
 * BTT/USD has twelve decimals. PEPE/USD has quantities of up to sixteen digits, more than a double prints
 * exactly with `toFixed`. Several have more decimals on v1 than on v2, as on the venue.
 */
const LISTED: readonly MarketPair[] = [
  pair('BTC/USD', 63348.5, 1, 5, 0.4),
  pair('ETH/USD', 1873.37, 2, 5, 6),
  pair('DOGE/USD', 0.1911234, 7, 7, 9000),
  pair('SOL/USD', 148.325, 3, 6, 25),
  pair('XRP/USD', 2.14375, 5, 8, 2500),
  pair('BTT/USD', 0.000000612345, 12, 12, 900_000),
  pair('PEPE/USD', 0.0000091246, 10, 10, 12_000_000),
  pair('ADA/USD', 0.712345, 6, 6, 3000),
  pair('LTC/USD', 289.41, 2, 5, 9),
  pair('ETH/BTC', 0.029573, 6, 6, 5),
  pair('LINK/USD', 14.10512, 5, 5, 60),
  pair('XMR/USD', 354.14, 2, 8, 11),
  pair('DOT/USD', 6.2431, 4, 4, 200),
  pair('ALGO/USD', 0.22875, 5, 5, 5000),
  pair('AVAX/USD', 31.485, 3, 3, 40),
  pair('BTC/EUR', 58210.4, 1, 5, 0.3),
  pair('ETH/EUR', 1721.64, 2, 5, 5),
  pair('USDT/USD', 0.99985, 5, 8, 20_000),
  pair('ATOM/USD', 7.4125, 4, 4, 120),
  pair('SC/EUR', 0.042965, 6, 6, 15_000),
];

/** Currencies more symbols are quoted in, with how many of them a US dollar buys. */
const QUOTES: readonly (readonly [string, number])[] = [
  ['EUR', 0.919],
  ['GBP', 0.787],
  ['USDT', 1.0002],
  ['USDC', 0.9999],
  ['CAD', 1.371],
  ['AUD', 1.522],
  ['CHF', 0.884],
  ['JPY', 151.7],
  ['BTC', 0.00001578],
  ['ETH', 0.0005338],
  ['TUSD', 1.001],
  ['PYUSD', 0.9998],
];

/** Decimals that give a price five digits or more. Twelve are the most. */
const decimalsFor = (price: number): number =>
  Math.min(12, Math.max(1, 5 - Math.floor(Math.log10(price) + 1e-9)));

/** The first `count` symbols, always the same ones. */
export function marketPairs(count: number): readonly MarketPair[] {
  const pairs = LISTED.slice(0, Math.min(count, PAIRS_MAX));
  const taken = new Set(LISTED.map(({ symbol }) => symbol));
  for (const [quote, perDollar] of QUOTES)
    for (const listed of LISTED) {
      if (pairs.length >= count) return pairs;
      const [base, listedQuote] = listed.symbol.split('/');
      const symbol = `${base}/${quote}`;
      if (listedQuote !== 'USD' || base === quote || taken.has(symbol)) continue;
      const price = listed.price * perDollar;
      // Twelve decimals are the most; below this a price would have too few digits to move.
      if (price < 1e-8) continue;
      taken.add(symbol);
      const priceDecimals = decimalsFor(price);
      pairs.push(pair(symbol, price, priceDecimals, Math.max(priceDecimals, 5), listed.qty));
    }
  for (let n = 1; pairs.length < Math.min(count, PAIRS_MAX); n++) {
    // Spread over nine powers of ten by the golden ratio, so that neighbours differ.
    const price = 10 ** (((n * 0.618034) % 1) * 9 - 5);
    const priceDecimals = decimalsFor(price);
    pairs.push(
      pair(`SIM${n}/USD`, price, priceDecimals, Math.max(priceDecimals, 5), Math.max(0.01, 2000 / price)),
    );
  }
  return pairs;
}
