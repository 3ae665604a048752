import type { ObjectTally } from '../tally.ts';

type Level = readonly [price: string, qty: string];

interface Trade {
  readonly price: string;
  readonly quantity: string;
}

interface Book {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
}

/** Has neither bid nor ask. */
interface Ticker {
  readonly close: string;
}

/** Answers to requests name the channel and have no data. */
export type PoloniexMessage =
  | { readonly channel: 'trades'; readonly data?: readonly Trade[] }
  | { readonly channel: 'book_lv2'; readonly data?: readonly Book[] }
  | { readonly channel: 'ticker'; readonly data?: readonly Ticker[] };

export function takePoloniex(message: PoloniexMessage, tally: ObjectTally): void {
  if (message.data === undefined) return;
  switch (message.channel) {
    case 'trades':
      for (const { price, quantity } of message.data) {
        tally.add(Number(price));
        tally.add(Number(quantity));
        tally.count();
      }
      break;
    case 'book_lv2':
      for (const { bids, asks } of message.data) {
        for (const [price, qty] of bids) {
          tally.add(Number(price));
          tally.add(Number(qty));
        }
        for (const [price, qty] of asks) {
          tally.add(Number(price));
          tally.add(Number(qty));
        }
        tally.count();
      }
      break;
    case 'ticker':
      for (const { close } of message.data) {
        tally.add(Number(close));
        tally.count();
      }
      break;
  }
}
