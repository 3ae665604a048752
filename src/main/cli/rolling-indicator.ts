/**
 * Runs on: a compute thread. The demo's heavy work: for every pair, how far its last price lies from the
 * mean of its recent prices, in standard deviations.
 */
export interface IndicatorTask {
  /** Prices of all pairs, `window` each, shared with the strategy; zero where nothing was traded yet. */
  readonly prices: SharedArrayBuffer;
  readonly pairs: number;
  readonly window: number;
}

/** @returns for each pair the deviation of its last price, NaN where there are fewer than two prices. */
export default function rollingIndicator({ prices, pairs, window }: IndicatorTask): Float64Array {
  const all = new Float64Array(prices);
  return Float64Array.from({ length: pairs }, (_, pair) => {
    // The strategy may write meanwhile: each price is one aligned float64, and an indicator may mix moments.
    const recent = all.slice(pair * window, (pair + 1) * window).filter((price) => price > 0);
    if (recent.length < 2) return Number.NaN;
    const mean = recent.reduce((sum, price) => sum + price, 0) / recent.length;
    const variance = recent.reduce((sum, price) => sum + (price - mean) ** 2, 0) / (recent.length - 1);
    return variance === 0 ? 0 : (recent[recent.length - 1]! - mean) / Math.sqrt(variance);
  });
}
