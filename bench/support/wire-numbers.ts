/**
 * Messages of Kraken as `JSON.parse` gives them, as far as the benchmarks read them, and the numbers in them
 * that every variant adds up. Bids come before asks whatever the order on the wire, so that sums are equal to
 * the last bit.
 */

export interface V2Level {
  readonly price: number;
  readonly qty: number;
}

export interface V2Trade {
  readonly price: number;
  readonly qty: number;
  readonly timestamp: string;
}

export interface V2Book {
  readonly bids: readonly V2Level[];
  readonly asks: readonly V2Level[];
  readonly timestamp: string;
}

export interface V2Ticker {
  readonly bid: number;
  readonly bid_qty: number;
  readonly ask: number;
  readonly ask_qty: number;
  readonly last: number;
  readonly timestamp: string;
}

export type V2Message =
  | { readonly channel: 'trade'; readonly type: string; readonly data: readonly V2Trade[] }
  | { readonly channel: 'book'; readonly type: string; readonly data: readonly V2Book[] }
  | { readonly channel: 'ticker'; readonly type: string; readonly data: readonly V2Ticker[] };

export type V1Level = readonly [price: string, qty: string, time: string];

interface V1Sides {
  readonly bs?: readonly V1Level[];
  readonly as?: readonly V1Level[];
  readonly b?: readonly V1Level[];
  readonly a?: readonly V1Level[];
}

/** A book message: one or two objects of levels between the channel's number and its name. */
export type V1Message = readonly [number, ...V1Sides[], string, string];

const NO_LEVELS: readonly V1Level[] = [];

/** The levels of one side, whichever of the objects holds them. */
export function v1Levels(message: V1Message, side: 'bids' | 'asks'): readonly V1Level[] {
  for (let n = 1; n < message.length - 2; n++) {
    const sides = message[n] as V1Sides;
    const levels = side === 'bids' ? (sides.b ?? sides.bs) : (sides.a ?? sides.as);
    if (levels !== undefined) return levels;
  }
  return NO_LEVELS;
}

/** The numbers of one market message, in the order in which they are added. */
export function numbersOf(text: string): number[] {
  const message = JSON.parse(text) as V2Message | V1Message;
  if (!('channel' in message))
    return (['bids', 'asks'] as const).flatMap((side) =>
      v1Levels(message, side).flatMap(([price, qty]) => [Number(price), Number(qty)]),
    );
  switch (message.channel) {
    case 'trade':
      return message.data.flatMap(({ price, qty }) => [price, qty]);
    case 'book':
      return message.data.flatMap(({ bids, asks }) =>
        [...bids, ...asks].flatMap(({ price, qty }) => [price, qty]),
      );
    case 'ticker':
      return message.data.flatMap(({ bid, bid_qty, ask, ask_qty, last }) => [
        bid,
        bid_qty,
        ask,
        ask_qty,
        last,
      ]);
  }
}
