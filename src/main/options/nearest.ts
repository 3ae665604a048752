import { closest, distance } from 'fastest-levenshtein';

/** Nobody misspells a word into a longer text, and the distance costs the product of both lengths. */
const GIVEN_LENGTH_MAX = 64;

/** ` (did you mean "x"?)` for the candidate nearest to what was given, or an empty text where none is near. */
export function didYouMean(given: string, candidates: readonly string[]): string {
  if (candidates.length === 0 || given.length > GIVEN_LENGTH_MAX) return '';
  const lowered = candidates.map((candidate) => candidate.toLowerCase());
  const nearest = closest(given.toLowerCase(), lowered);
  const away = distance(given.toLowerCase(), nearest);
  // Two letters are little in a word and everything in a word of two.
  const near = away <= Math.max(2, given.length / 3) && away < nearest.length;
  return near ? ` (did you mean "${candidates[lowered.indexOf(nearest)]}"?)` : '';
}

const NEAREST_MAX = 3;

/**
 * The symbols of a list nearest to one that is not among them, nearest first; none where none is near. Another
 * quote of the same base is near, and so is the pair the other way round.
 */
export function nearestSymbols(given: string, listed: readonly string[]): readonly string[] {
  const [base = '', quote = ''] = given.split('/');
  const reversed = `${quote}/${base}`;
  return listed
    .map((symbol) => ({ symbol, away: symbol === reversed ? 0 : distance(given, symbol) }))
    .filter(({ symbol, away }) => away <= Math.max(2, given.length / 3) || symbol.startsWith(`${base}/`))
    .sort((a, b) => a.away - b.away || (a.symbol < b.symbol ? -1 : 1))
    .slice(0, NEAREST_MAX)
    .map(({ symbol }) => symbol);
}
