/** What is said about samples: medians and percentiles, never means, since one pause of the machine moves a mean. */

const ascending = (samples: ArrayLike<number>): Float64Array => Float64Array.from(samples).sort();

/** The smallest sample that at least this share of all samples does not exceed; NaN where there are none. */
function nearestRank(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** The middle sample, or the mean of the two in the middle; NaN where there are none. */
export function median(samples: ArrayLike<number>): number {
  const sorted = ascending(samples);
  const half = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

export function percentiles(samples: ArrayLike<number>): Percentiles {
  const sorted = ascending(samples);
  return {
    p50: nearestRank(sorted, 0.5),
    p99: nearestRank(sorted, 0.99),
    p999: nearestRank(sorted, 0.999),
  };
}

/** The median of each percentile over several rounds. */
export const medianPercentiles = (rounds: readonly Percentiles[]): Percentiles => ({
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
  p999: median(rounds.map(({ p999 }) => p999)),
});

/**
 * How many times the baseline a variant is: the median of the ratios of each round, because the two of one
 * round ran under the same conditions and those of different rounds did not.
 */
export const medianRatio = (samples: readonly number[], baseline: readonly number[]): number =>
  median(samples.map((sample, round) => sample / baseline[round]!));
