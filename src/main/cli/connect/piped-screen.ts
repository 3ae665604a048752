import { createInterface } from 'node:readline';
import type { Screen, Telling } from './screen.ts';

/** Lines from a pipe or a file, and whoever reads what is told: no prompt, no cursor. */
export function pipedScreen(input: NodeJS.ReadableStream, telling: Telling): Screen {
  const readline = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  const lines = readline[Symbol.asyncIterator]();
  return { ...telling, lines: { [Symbol.asyncIterator]: () => lines }, end: () => readline.close() };
}
