import type { FloodServer } from './flood-server-process.ts';

/** How much is measured. */
export interface Scale {
  readonly rounds: number;
  /** Messages of one flood of the slowest variant; faster ones are given more of them. */
  readonly messages: number;
  /** Length of a run at a fixed rate. */
  readonly seconds: number;
  /** Messages over which the heaps may grow. */
  readonly heapMessages: number;
  /** Messages or updates of each micro benchmark. */
  readonly microMessages: number;
  /** Connections replaced by another, over all feeds together. */
  readonly rotations: number;
  /** Market messages that are lost on one line or the other, or on both. */
  readonly lineMessages: number;
}

export const DEFAULT_SCALE: Scale = {
  rounds: 5,
  messages: 100_000,
  seconds: 1,
  heapMessages: 10_000_000,
  microMessages: 200_000,
  rotations: 200,
  lineMessages: 200_000,
};

export const QUICK_SCALE: Scale = {
  rounds: 1,
  messages: 15_000,
  seconds: 0.15,
  heapMessages: 100_000,
  microMessages: 5_000,
  rotations: 8,
  lineMessages: 10_000,
};

export interface PartContext {
  readonly server: FloodServer;
  readonly scale: Scale;
  readonly progress: (line: string) => void;
}

/** What a person reads. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whole sentences on how to read it. */
  readonly notes: readonly string[];
}

export interface PartResult {
  readonly tables: readonly Table[];
  /** Every sample of every round, for `--json`. */
  readonly samples: unknown;
}

/** One part of the run. Throws when a variant's answer is wrong: a fast wrong run fails. */
export interface Part {
  readonly name: string;
  run(context: PartContext): Promise<PartResult>;
}
