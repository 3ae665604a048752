import type { ObjectTally } from '../tally.ts';

type Level = readonly [price: string, qty: string];

interface Trade {
  readonly e: 'trade';
  readonly p: string;
  readonly q: string;
}

interface BookUpdate {
  readonly e: 'depthUpdate';
  readonly b: readonly Level[];
  readonly a: readonly Level[];
}

interface Ticker {
  readonly e: '24hrTicker';
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
  readonly c: string;
}

interface Quote {
  readonly e?: undefined;
  readonly u: number;
  readonly b: string;
  readonly B: string;
  readonly a: string;
  readonly A: string;
}

/** Over REST. */
interface Snapshot {
  readonly e?: undefined;
  readonly u?: undefined;
  readonly lastUpdateId: number;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

interface Answer {
  readonly e?: undefined;
  readonly u?: undefined;
  readonly lastUpdateId?: undefined;
  readonly id: number;
}

export type BinanceMessage = Trade | BookUpdate | Ticker | Quote | Snapshot | Answer;

export function takeBinance(message: BinanceMessage, tally: ObjectTally): void {
  switch (message.e) {
    case 'trade':
      tally.add(Number(message.p));
      tally.add(Number(message.q));
      tally.count();
      break;
    case 'depthUpdate':
      takeLevels(message.b, message.a, tally);
      break;
    case '24hrTicker':
      tally.add(Number(message.b));
      tally.add(Number(message.B));
      tally.add(Number(message.a));
      tally.add(Number(message.A));
      tally.add(Number(message.c));
      tally.count();
      break;
    default:
      // Best bid and ask come without a name.
      if (message.u !== undefined) {
        tally.add(Number(message.b));
        tally.add(Number(message.B));
        tally.add(Number(message.a));
        tally.add(Number(message.A));
        tally.count();
      } else if (message.lastUpdateId !== undefined) takeLevels(message.bids, message.asks, tally);
  }
}

function takeLevels(bids: readonly Level[], asks: readonly Level[], tally: ObjectTally): void {
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
