/** One way of doing what a benchmark measures. */
export interface Variant<S> {
  readonly name: string;
  /** Runs once, checks its own answer, and says what was measured. A warm-up is short and its sample is thrown away. */
  run(isWarmUp: boolean): Promise<S>;
}

/**
 * Runs every variant once per round, beginning with another one each time, so that whatever else the machine
 * does meets all of them alike. One warm-up of each comes first where there are several rounds.
 *
 * @returns the samples of each variant, in the order of the variants, one per round.
 */
export async function interleave<S>(
  variants: readonly Variant<S>[],
  rounds: number,
  progress: (line: string) => void,
): Promise<S[][]> {
  for (const variant of rounds > 1 ? variants : []) {
    progress(`warm-up: ${variant.name}`);
    await variant.run(true);
  }
  const samples: S[][] = variants.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < variants.length; turn++) {
      const at = (round + turn) % variants.length;
      const variant = variants[at]!;
      progress(`round ${round + 1} of ${rounds}: ${variant.name}`);
      samples[at]!.push(await variant.run(false));
    }
  return samples;
}
