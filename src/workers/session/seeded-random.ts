/** A source of chance: each call gives a number in [0, 1). */
export type Chance = () => number;

/** Mulberry32: the same numbers for the same seed, so that a bad day can be played again. Not for secrets. */
export function seededRandom(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
