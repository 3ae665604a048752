import type { ObjectTally } from '../tally.ts';

type Side = Readonly<Record<string, string>>;

type Entry =
  | readonly [
      kind: 'i',
      book: { readonly currencyPair: string; readonly orderBook: readonly [asks: Side, bids: Side] },
      ms: string,
    ]
  | readonly [kind: 'o', side: number, price: string, qty: string, ms: string]
  | readonly [kind: 't', id: string, side: number, price: string, qty: string, seconds: number, ms: string];

type Ticker = readonly [pair: number, last: string, ask: string, bid: string, ...rest: (string | number)[]];

const TICKERS = 1002;

/** Answers and heartbeats are shorter. */
export type PoloniexLegacyMessage =
  | readonly [channel: number, sequence: null, ticker: Ticker]
  | readonly [channel: number, sequence: number, entries: readonly Entry[]]
  | readonly [channel: number, answer?: number];

export function takePoloniexLegacy(message: PoloniexLegacyMessage, tally: ObjectTally): void {
  if (message.length < 3) return;
  if (message[0] === TICKERS) {
    const [, last, ask, bid] = message[2] as Ticker;
    tally.add(Number(bid));
    tally.add(Number(ask));
    tally.add(Number(last));
  } else for (const entry of message[2] as readonly Entry[]) takeEntry(entry, tally);
  tally.count();
}

/** Changes are sent bids first here, so they may be taken as they come. */
function takeEntry(entry: Entry, tally: ObjectTally): void {
  switch (entry[0]) {
    case 'o':
      tally.add(Number(entry[2]));
      tally.add(Number(entry[3]));
      break;
    case 't':
      tally.add(Number(entry[3]));
      tally.add(Number(entry[4]));
      break;
    case 'i': {
      const [asks, bids] = entry[1].orderBook;
      for (const side of [bids, asks])
        for (const [price, qty] of Object.entries(side)) {
          tally.add(Number(price));
          tally.add(Number(qty));
        }
      break;
    }
  }
}
