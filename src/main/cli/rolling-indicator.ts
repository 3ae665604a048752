/**
 * Runs on: a compute thread. The demo's heavy work: for every pair, how far its last price lies from the
 * mean of its recent prices, in standard deviations.
 */
export interface IndicatorTask {
  /** Prices of all pairs, float64, `window` each in circles, shared with the strategy. */
  readonly prices: SharedArrayBuffer;
  /** Trades that each pair had, int32: the newest price is the one before this place of its circle. */
  readonly trades: SharedArrayBuffer;
  readonly pairs: number;
  readonly window: number;
}

/** @returns for each pair the deviation of its last price, NaN where there are fewer than two prices. */
export default function rollingIndicator({ prices, trades, pairs, window }: IndicatorTask): Float64Array {
  const all = new Float64Array(prices);
  const counts = new Int32Array(trades);
  return Float64Array.from({ length: pairs }, (_, pair) => {
    // The strategy may write meanwhile: each price is one aligned float64, and an indicator may mix moments.
    const traded = Atomics.load(counts, pair);
    const recent = all.slice(pair * window, pair * window + Math.min(traded, window));
    if (recent.length < 2) return Number.NaN;
    const newest = recent[(traded - 1) % window]!;
    const mean = recent.reduce((sum, price) => sum + price, 0) / recent.length;
    const variance = recent.reduce((sum, price) => sum + (price - mean) ** 2, 0) / (recent.length - 1);
    return variance === 0 ? 0 : (newest - mean) / Math.sqrt(variance);
  });
}
