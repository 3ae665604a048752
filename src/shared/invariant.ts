/** A rule of ours did not hold. The thread that finds out ends; the supervisor starts the feed anew. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** The caller gave something that cannot work. Thrown at once, in the caller's thread. */
export class MisuseError extends Error {
  override readonly name = 'MisuseError';
}

/** @throws InvariantError naming the rule, which is stated as it holds: "the worker never …". */
export function invariant(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new InvariantError(`Invariant: ${rule}`);
}
