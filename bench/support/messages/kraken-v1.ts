import type { ObjectTally } from '../tally.ts';

type Level = readonly [price: string, qty: string, time: string];

interface Sides {
  readonly bs?: readonly Level[];
  readonly as?: readonly Level[];
  readonly b?: readonly Level[];
  readonly a?: readonly Level[];
}

type Trade = readonly [price: string, qty: string, time: string, side: string, type: string, misc: string];

interface Ticker {
  readonly a: readonly [price: string, wholeLots: number, lots: string];
  readonly b: readonly [price: string, wholeLots: number, lots: string];
  readonly c: readonly [price: string, lots: string];
}

/** One or two objects of levels between the channel's number and its name. */
type Book = readonly [channel: number, ...sides: Sides[], name: string, pair: string];

/** Market messages are arrays, everything else is an object. */
export type KrakenV1Message =
  | readonly [channel: number, trades: readonly Trade[], name: string, pair: string]
  | readonly [channel: number, ticker: Ticker, name: string, pair: string]
  | Book
  | { readonly event: string };

const NO_LEVELS: readonly Level[] = [];

/** The levels of one side, whichever of the objects holds them. */
function levelsOf(book: Book, side: 'bids' | 'asks'): readonly Level[] {
  for (let n = 1; n < book.length - 2; n++) {
    const sides = book[n] as Sides;
    const levels = side === 'bids' ? (sides.b ?? sides.bs) : (sides.a ?? sides.as);
    if (levels !== undefined) return levels;
  }
  return NO_LEVELS;
}

export function takeKrakenV1(message: KrakenV1Message, tally: ObjectTally): void {
  if (!Array.isArray(message)) return;
  switch (message[message.length - 2]) {
    case 'trade':
      for (const [price, qty] of message[1] as readonly Trade[]) {
        tally.add(Number(price));
        tally.add(Number(qty));
        tally.count();
      }
      break;
    case 'ticker': {
      const { a, b, c } = message[1] as Ticker;
      tally.add(Number(b[0]));
      tally.add(Number(b[2]));
      tally.add(Number(a[0]));
      tally.add(Number(a[2]));
      tally.add(Number(c[0]));
      tally.count();
      break;
    }
    // Books have their depth in the name.
    default:
      takeBook(message as Book, tally);
  }
}

function takeBook(book: Book, tally: ObjectTally): void {
  for (const [price, qty] of levelsOf(book, 'bids')) {
    tally.add(Number(price));
    tally.add(Number(qty));
  }
  for (const [price, qty] of levelsOf(book, 'asks')) {
    tally.add(Number(price));
    tally.add(Number(qty));
  }
  tally.count();
}
