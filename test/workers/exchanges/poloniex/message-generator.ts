import type { Random } from '../../../support/random.ts';

export const SYMBOLS = ['BTC_USDT', 'BCH_USDT', 'BTC_USDC'] as const;
const DECIMALS = { BTC_USDT: 2, BCH_USDT: 4, BTC_USDC: 8 } as const;

type Symbol = (typeof SYMBOLS)[number];

/** Valid messages of a made-up market in exactly Poloniex's spelling, with ids that chain. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #ids = new Map<Symbol, number>();
  #tradeId = 60_000_000;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const symbol = random.pick(SYMBOLS);
    const kind = random.below(10);
    if (kind < 6) return this.#book(symbol);
    return kind < 8 ? this.#trades(symbol) : this.#ticker(symbol);
  }

  #book(symbol: Symbol): string {
    const random = this.#random;
    const known = this.#ids.get(symbol);
    const lastId = known ?? random.below(1_000_000);
    const id = lastId + 1 + (random.percent(20) ? random.below(15) : 0);
    this.#ids.set(symbol, id);
    const count = (): number => (known === undefined ? 1 + random.below(20) : random.below(4));
    const level = (base: number): string =>
      `["${this.#decimal(base, DECIMALS[symbol])}","${known !== undefined && random.percent(30) ? '0' : this.#qty()}"]`;
    const side = (first: number, step: number): string =>
      Array.from({ length: count() }, () => level(first + step * random.below(60))).join(',');
    const action = known === undefined || random.percent(2) ? 'snapshot' : 'update';
    return `{"channel":"book_lv2","data":[{"symbol":"${symbol}","createTime":${this.#time()},"asks":[${side(100_001, 1)}],"bids":[${side(99_999, -1)}],"lastId":${lastId},"id":${id},"ts":${this.#time()}}],"action":"${action}"}`;
  }

  #trades(symbol: Symbol): string {
    const random = this.#random;
    const trades = Array.from({ length: 1 + random.below(3) }, () => {
      const price = this.#decimal(100_000 + random.below(9), DECIMALS[symbol]);
      return `{"symbol":"${symbol}","amount":"${this.#qty()}","quantity":"${this.#qty()}","takerSide":"${random.pick(['buy', 'sell'])}","createTime":${this.#time()},"price":"${price}","id":"${++this.#tradeId}","ts":${this.#time()}}`;
    });
    return `{"channel":"trades","data":[${trades.join(',')}]}`;
  }

  #ticker(symbol: Symbol): string {
    const number = (): string => this.#decimal(this.#random.below(1_000_000), this.#random.below(9));
    const sign = this.#random.percent(50) ? '-' : '';
    return `{"channel":"ticker","data":[{"symbol":"${symbol}","startTime":${this.#time()},"open":"${number()}","high":"${number()}","low":"${number()}","close":"${number()}","quantity":"${this.#qty()}","amount":"${number()}","tradeCount":${this.#random.below(99_999)},"dailyChange":"${sign}${number()}","markPrice":"${number()}","closeTime":${this.#time()},"ts":${this.#time()}}]}`;
  }

  /** Now and then as many digits as a cheap coin's quantity has. */
  #qty(): string {
    const random = this.#random;
    if (random.percent(5)) return `1864178${random.digits(4)}.6349${random.digits(4)}`;
    return this.#decimal(1 + random.below(900_000_000), random.below(9));
  }

  #time(): number {
    return 1_661_122_415_605 + this.#random.below(1_000_000_000);
  }

  #decimal(steps: number, decimals: number): string {
    const digits = String(steps).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }
}
