import type { Random } from '../../../support/random.ts';

export type Change = readonly [side: 'buy' | 'sell', price: string, quantity: string];

export interface PastTrade {
  readonly id: number;
  /** Sent by newer servers only. */
  readonly tid?: number;
  readonly price?: string;
  readonly side?: string;
}

/** A trade as Gemini writes it. */
export const tradeText = (symbol: string, { id, tid, price = '100.50', side = 'buy' }: PastTrade): string =>
  `{"type":"trade","symbol":"${symbol}","event_id":${id},"timestamp":1624493670759,"price":"${price}","quantity":"0.5000","side":"${side}"${tid === undefined ? '' : `,"tid":${tid}`}}`;

const changesText = (changes: readonly Change[]): string => JSON.stringify(changes);

/** Changes of a book. */
export const update = (symbol: string, ...changes: readonly Change[]): string =>
  `{"type":"l2_updates","symbol":"${symbol}","changes":${changesText(changes)}}`;

/** The first message of a stream: a whole book and the past. */
export const first = (
  symbol: string,
  changes: readonly Change[],
  trades: readonly PastTrade[] = [],
): string =>
  `{"type":"l2_updates","symbol":"${symbol}","changes":${changesText(changes)},"trades":[${trades.map((past) => tradeText(symbol, past)).join(',')}],"auction_events":[]}`;

export const BOOK: readonly Change[] = [
  ['buy', '100.00', '1.5'],
  ['buy', '99.50', '2'],
  ['sell', '101.00', '0.00000001'],
  ['sell', '102.00', '3.00'],
];

export const HEARTBEAT = '{"type":"heartbeat","timestamp":1624493666869}';

/** Of the generator. */
export const SYMBOLS = ['BTCUSD', 'ETHUSD'] as const;

/** Valid messages in exactly Gemini's spelling, of books whose sides never cross. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #begun = new Set<string>();
  #eventId = 45_465_818_387;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const symbol = random.pick(SYMBOLS);
    if (!this.#begun.has(symbol)) {
      this.#begun.add(symbol);
      const past = Array.from({ length: random.below(6) }, () => this.#trade());
      return first(symbol, this.#changes(20, 1), random.percent(50) ? past : past.reverse());
    }
    const kind = random.below(10);
    if (kind < 7) return update(symbol, ...this.#changes(random.below(random.percent(5) ? 700 : 6), 0));
    return kind < 9 ? tradeText(symbol, this.#trade()) : HEARTBEAT;
  }

  #trade(): PastTrade {
    const random = this.#random;
    this.#eventId += 1 + random.below(1000);
    const price = `${random.below(100_000)}.${random.digits(1 + random.below(9))}`;
    const trade = { id: this.#eventId, price, side: random.pick(['buy', 'sell']) };
    return random.percent(30) ? { ...trade, tid: 2_840_140_800_042_677 + random.below(1e6) } : trade;
  }

  /** In any order: whether bids come first is nowhere promised. */
  #changes(count: number, least: number): Change[] {
    const random = this.#random;
    return Array.from({ length: count }, (): Change => {
      const isBid = random.percent(50);
      const price = `${isBid ? 99 - random.below(50) : 100 + random.below(50)}.${random.digits(2)}`;
      const qty =
        random.percent(30) && least === 0
          ? '0'
          : `${1 + random.below(9)}.${random.digits(1 + random.below(18))}`;
      return [isBid ? 'buy' : 'sell', price, qty];
    });
  }
}
