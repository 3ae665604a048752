import { createInterface } from 'node:readline';

/** Where lines come from. */
export interface TypedLines {
  /** They end when there is no more to say, or with `end`. */
  readonly lines: AsyncIterable<string>;
  /** Takes no more lines. */
  end(): void;
}

/** Lines from a pipe, a file, or a terminal that edits them itself: no prompt, no cursor. */
export function plainLines(input: NodeJS.ReadableStream): TypedLines {
  const readline = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  const lines = readline[Symbol.asyncIterator]();
  return { lines: { [Symbol.asyncIterator]: () => lines }, end: () => readline.close() };
}
