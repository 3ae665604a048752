/** How large a simulated market may be. */

export const PAIRS_MAX = 5000;

/** The deepest window of a venue and what replenishes it. */
const LEVELS_MOST = 1200;
const LEVELS_LEAST = 50;
/** Levels per side in all books together, so that memory stays within some hundred MB when every book is used. */
const LEVELS_IN_ALL = 240_000;

/** Levels per side of each book, unless told: full depth for up to 200 symbols, fewer for many. */
export const levelsFor = (pairs: number): number =>
  Math.min(LEVELS_MOST, Math.max(LEVELS_LEAST, Math.floor(LEVELS_IN_ALL / pairs)));
