import type { ObjectTally } from '../tally.ts';

interface Level {
  readonly price: number;
  readonly qty: number;
}

interface Trade {
  readonly price: number;
  readonly qty: number;
  readonly timestamp: string;
}

interface Book {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly timestamp: string;
}

interface Ticker {
  readonly bid: number;
  readonly bid_qty: number;
  readonly ask: number;
  readonly ask_qty: number;
  readonly last: number;
  readonly timestamp: string;
}

/** Answers to requests have no channel. */
export type KrakenMessage =
  | { readonly channel: 'trade'; readonly type: string; readonly data: readonly Trade[] }
  | { readonly channel: 'book'; readonly type: string; readonly data: readonly Book[] }
  | { readonly channel: 'ticker'; readonly type: string; readonly data: readonly Ticker[] };

export function takeKraken(message: KrakenMessage, tally: ObjectTally): void {
  const { type } = message;
  switch (message.channel) {
    case 'trade':
      for (const trade of message.data) {
        tally.add(trade.price);
        tally.add(trade.qty);
        tally.sample(trade.timestamp, type);
        tally.count();
      }
      break;
    case 'book':
      for (const book of message.data) {
        for (const { price, qty } of book.bids) {
          tally.add(price);
          tally.add(qty);
        }
        for (const { price, qty } of book.asks) {
          tally.add(price);
          tally.add(qty);
        }
        tally.sample(book.timestamp, type);
        tally.count();
      }
      break;
    case 'ticker':
      for (const ticker of message.data) {
        tally.add(ticker.bid);
        tally.add(ticker.bid_qty);
        tally.add(ticker.ask);
        tally.add(ticker.ask_qty);
        tally.add(ticker.last);
        tally.sample(ticker.timestamp, type);
        tally.count();
      }
      break;
  }
}
