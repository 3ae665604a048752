import type { Chance } from '../../src/workers/session/seeded-random.ts';

/** Times of messages of one channel in a span of time, in ms, rising. */
export type Market = (spanMs: number, chance: Chance) => Float64Array;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A time from an exponential distribution. */
const exponential = (meanMs: number, chance: Chance): number => -Math.log(1 - chance()) * meanMs;

/** A number from the standard normal distribution, by Box and Muller. */
const normal = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

/** Gaps of any distribution, one after the other. */
const renewal =
  (gap: (chance: Chance) => number): Market =>
  (spanMs, chance) => {
    const times: number[] = [];
    for (let at = gap(chance); at < spanMs; at += gap(chance)) times.push(at);
    return Float64Array.from(times);
  };

/** Messages that know nothing of each other. */
export const poisson = (meanMs: number): Market => renewal((chance) => exponential(meanMs, chance));

/** Gaps of which the logarithm is normal: mostly short, and some very long. */
export const logNormal = (medianMs: number, sigma: number): Market =>
  renewal((chance) => medianMs * Math.exp(sigma * normal(chance)));

/** Gaps with a tail that falls as a power, as in markets of few traders; cut off at ten minutes. */
export const pareto = (leastMs: number, alpha: number): Market =>
  renewal((chance) => Math.min(leastMs * (1 - chance()) ** (-1 / alpha), 600_000));

/**
 * Messages that call forth others: each brings `branching` more on average, within seconds, and those theirs
 * (Hawkes, with an exponential kernel, drawn as clusters).
 */
export const hawkes =
  (quietMs: number, branching: number, echoMs: number): Market =>
  (spanMs, chance) => {
    const times: number[] = [...poisson(quietMs)(spanMs, chance)];
    for (let i = 0; i < times.length; i++) {
      // The number of children is Poisson; their times are exponential after the parent's.
      for (let p = chance(); p > Math.exp(-branching); p *= chance()) {
        const at = times[i]! + exponential(echoMs, chance);
        if (at < spanMs) times.push(at);
      }
    }
    return Float64Array.from(times).sort();
  };

/**
 * Days and nights: the same market, of which at four in the morning only one message in `quieter` is left.
 * The rate falls and rises smoothly, over hours.
 */
export const nights =
  (market: Market, quieter: number): Market =>
  (spanMs, chance) =>
    market(spanMs, chance).filter((at) => {
      const night = (1 + Math.cos((2 * Math.PI * (at - 4 * HOUR_MS)) / DAY_MS)) / 2;
      return chance() < quieter ** -night;
    });
