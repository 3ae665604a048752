/**
 * Runs one thread's code at exactly the n-th atomic operation of another's, on one thread and therefore the
 * same each time. Production code calls plain `Atomics` and knows nothing of it.
 *
 * This explores interleavings at atomic operations, not the reordering of plain ones by a processor;
 * test/stress is the complement.
 */
export type When = 'before' | 'after';

/** Where one side was interrupted. */
export interface Point {
  /** Atomic operation of that side, counted from 1. */
  readonly operation: number;
  readonly when: When;
}

/** Two threads' worth of code over fresh memory. */
export interface Scene {
  /** The side that is interrupted. */
  run(): void;
  /** The other side, run whole at the point. Its atomic operations are not counted. */
  intrude(): void;
  /** @throws when what must hold afterwards does not. */
  check(): void;
}

export interface Sweep {
  /** Points tried. */
  readonly points: number;
  /** Points at which the scene threw, with what. */
  readonly failures: readonly { readonly point: Point; readonly error: unknown }[];
}

const OPERATIONS = ['load', 'store', 'exchange', 'compareExchange', 'notify', 'waitAsync'] as const;

type AnyOperation = (...args: unknown[]) => unknown;

function preempted(run: () => void, intrude: () => void, { operation, when }: Point): void {
  let count = 0;
  let intruding = false;
  const intrudeOnce = (): void => {
    intruding = true;
    intrude();
    intruding = false;
  };
  // Replaced by hand: `mock.method` records every call with a stack trace, which made the sweeps ten times slower.
  const atomics = Atomics as unknown as Record<(typeof OPERATIONS)[number], AnyOperation>;
  const originals = OPERATIONS.map((name) => [name, atomics[name]] as const);
  for (const [name, original] of originals) {
    atomics[name] = (...args) => {
      if (intruding) return original.apply(Atomics, args);
      const here = ++count === operation;
      if (here && when === 'before') intrudeOnce();
      const result = original.apply(Atomics, args);
      if (here && when === 'after') intrudeOnce();
      return result;
    };
  }
  try {
    run();
  } finally {
    for (const [name, original] of originals) atomics[name] = original;
  }
}

/** Interrupts a fresh scene before and after each of its atomic operations, one at a time, and lastly not at all. */
export function sweep(scene: () => Scene): Sweep {
  let points = 0;
  const failures: { point: Point; error: unknown }[] = [];
  for (let operation = 1; ; operation++) {
    for (const when of ['before', 'after'] as const) {
      const point = { operation, when };
      const { run, intrude, check } = scene();
      let reached = false;
      const intrudeHere = (): void => {
        reached = true;
        intrude();
      };
      try {
        preempted(run, intrudeHere, point);
        check();
      } catch (error) {
        failures.push({ point, error });
      }
      if (!reached) return { points, failures };
      points++;
    }
  }
}
