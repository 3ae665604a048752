import type { ObjectTally } from '../tally.ts';

type Level = readonly [price: string, size: string];
type Change = readonly [side: 'buy' | 'sell', price: string, size: string];

export type CoinbaseMessage =
  | { readonly type: 'match'; readonly price: string; readonly size: string }
  | { readonly type: 'l2update'; readonly changes: readonly Change[] }
  | { readonly type: 'snapshot'; readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  | {
      readonly type: 'ticker';
      readonly price: string;
      readonly best_bid: string;
      readonly best_bid_size: string;
      readonly best_ask: string;
      readonly best_ask_size: string;
    };

export function takeCoinbase(message: CoinbaseMessage, tally: ObjectTally): void {
  switch (message.type) {
    case 'match':
      tally.add(Number(message.price));
      tally.add(Number(message.size));
      tally.count();
      break;
    case 'l2update':
      // Changes are sent bids first here, so they may be taken as they come.
      for (const [, price, size] of message.changes) {
        tally.add(Number(price));
        tally.add(Number(size));
      }
      tally.count();
      break;
    case 'snapshot':
      for (const side of [message.bids, message.asks])
        for (const [price, size] of side) {
          tally.add(Number(price));
          tally.add(Number(size));
        }
      tally.count();
      break;
    case 'ticker':
      tally.add(Number(message.best_bid));
      tally.add(Number(message.best_bid_size));
      tally.add(Number(message.best_ask));
      tally.add(Number(message.best_ask_size));
      tally.add(Number(message.price));
      tally.count();
      break;
  }
}
