import { plainLines } from '../screen/typed-lines.ts';
import type { Screen, Telling } from './screen.ts';

/** Lines from a pipe or a file, and whoever reads what is told: no prompt, no cursor. */
export const pipedScreen = (input: NodeJS.ReadableStream, telling: Telling): Screen => ({
  ...telling,
  ...plainLines(input),
});
