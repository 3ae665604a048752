import type { ObjectTally } from '../tally.ts';

type Change = readonly [side: 'buy' | 'sell', price: string, qty: string];

export type GeminiMessage =
  | { readonly type: 'l2_updates'; readonly changes: readonly Change[] }
  | { readonly type: 'trade'; readonly price: string; readonly quantity: string };

export function takeGemini(message: GeminiMessage, tally: ObjectTally): void {
  switch (message.type) {
    case 'l2_updates':
      // Changes are sent bids first here, so they may be taken as they come.
      for (const [, price, qty] of message.changes) {
        tally.add(Number(price));
        tally.add(Number(qty));
      }
      tally.count();
      break;
    case 'trade':
      tally.add(Number(message.price));
      tally.add(Number(message.quantity));
      tally.count();
      break;
  }
}
