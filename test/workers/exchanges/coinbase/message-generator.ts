import type { Random } from '../../../support/random.ts';

export const PRODUCTS = ['BTC-USD', 'BAND-GBP', 'SKL-BTC'] as const;
const DECIMALS = { 'BTC-USD': 2, 'BAND-GBP': 4, 'SKL-BTC': 8 } as const;

type Product = (typeof PRODUCTS)[number];

/** Valid messages of a made-up market in exactly Coinbase's spelling, trades counted one by one. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #begun = new Set<Product>();
  readonly #tradeIds = new Map<Product, number>();
  #sequence = 177_100_030;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const product = random.pick(PRODUCTS);
    if (!this.#begun.has(product)) {
      this.#begun.add(product);
      return this.#snapshot(product);
    }
    const kind = random.below(10);
    if (kind < 5) return this.#changes(product);
    if (kind < 7) return this.#match(product);
    return kind < 9 ? this.#ticker(product) : this.#heartbeat(product);
  }

  #snapshot(product: Product): string {
    const side = (first: number, step: number): string =>
      Array.from(
        { length: 1 + this.#random.below(20) },
        (_, n) => `["${this.#decimal(first + step * n, DECIMALS[product])}","${this.#size()}"]`,
      ).join(',');
    return `{"type":"snapshot","product_id":"${product}","asks":[${side(100_001, 1)}],"bids":[${side(99_999, -1)}]}`;
  }

  #changes(product: Product): string {
    const random = this.#random;
    const change = (): string => {
      const isBid = random.percent(50);
      const steps = isBid ? 99_999 - random.below(60) : 100_001 + random.below(60);
      const size = random.percent(30) ? random.pick(['0', '0.00000000']) : this.#size();
      return `["${isBid ? 'buy' : 'sell'}","${this.#decimal(steps, DECIMALS[product])}","${size}"]`;
    };
    const changes = Array.from({ length: random.below(6) }, change);
    return `{"type":"l2update","product_id":"${product}","changes":[${changes.join(',')}],"time":"${this.#time()}"}`;
  }

  #match(product: Product): string {
    const random = this.#random;
    const id = (this.#tradeIds.get(product) ?? 280_231) + 1;
    this.#tradeIds.set(product, id);
    const price = this.#decimal(100_000 + random.below(9), DECIMALS[product]);
    return `{"type":"match","trade_id":${id},"maker_order_id":"${this.#orderId()}","taker_order_id":"${this.#orderId()}","side":"${random.pick(['buy', 'sell'])}","size":"${this.#size()}","price":"${price}","product_id":"${product}","sequence":${this.#sequence++},"time":"${this.#time()}"}`;
  }

  #ticker(product: Product): string {
    const random = this.#random;
    const number = (): string => this.#decimal(random.below(1_000_000), random.below(9));
    const isNew = random.percent(50);
    const sizeOf = (side: 'bid' | 'ask'): string => (isNew ? `"best_${side}_size":"${this.#size()}",` : '');
    return `{"type":"ticker","sequence":${this.#sequence++},"product_id":"${product}","price":"${number()}","open_24h":"${number()}","volume_24h":"${this.#size()}","low_24h":"${number()}","high_24h":"${number()}","volume_30d":"${this.#size()}","best_bid":"${number()}",${sizeOf('bid')}"best_ask":"${number()}",${sizeOf('ask')}"side":"${random.pick(['buy', 'sell'])}","time":"${this.#time()}","trade_id":${random.below(999_999)},"last_size":"${this.#size()}"}`;
  }

  #heartbeat(product: Product): string {
    return `{"type":"heartbeat","last_trade_id":${this.#tradeIds.get(product) ?? 0},"product_id":"${product}","sequence":${this.#sequence++},"time":"${this.#time()}"}`;
  }

  /** Now and then as many digits as a cheap coin's size has. */
  #size(): string {
    const random = this.#random;
    if (random.percent(5)) return `1864178${random.digits(4)}.6349${random.digits(4)}`;
    return this.#decimal(1 + random.below(900_000_000), random.below(9));
  }

  #time(): string {
    return new Date(1_618_677_817_000 + this.#random.below(1_000_000_000))
      .toISOString()
      .replace('Z', `${this.#random.digits(3)}Z`);
  }

  #orderId(): string {
    const hex = (length: number): string =>
      Array.from({ length }, () => this.#random.below(16).toString(16)).join('');
    return [8, 4, 4, 4, 12].map(hex).join('-');
  }

  #decimal(steps: number, decimals: number): string {
    const digits = String(steps).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  }
}
