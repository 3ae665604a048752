import { closest, distance } from 'fastest-levenshtein';

/** ` (did you mean "x"?)` for the candidate nearest to what was given, or an empty text where none is near. */
export function didYouMean(given: string, candidates: readonly string[]): string {
  if (candidates.length === 0) return '';
  const nearest = closest(given.toLowerCase(), [...candidates]);
  const near = distance(given.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, given.length / 3);
  return near ? ` (did you mean "${nearest}"?)` : '';
}
