import type { Random } from '../../../support/random.ts';

const SYMBOLS = ['BTC_USDT', 'BCH_USDT', 'BTC_USDC'] as const;
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

const PIECES = [
  ...'"\\{}[],:09-. \u0000\u00ffe',
  'null',
  '"0.5",',
  '"symbol":"BCH_USDT",',
  '"bids":[],',
  '"lastId":5,',
  '00',
  '1e-08',
  '],["',
  '},{',
  ']},{',
  '9007199254740993',
  '4503599627370497',
  '18446744073709551616',
];

/** Up to three edits of the bytes: flip, delete, insert, truncate, repeat a piece, put in a piece of another message. */
export function mutate(message: string, other: string, random: Random): Uint8Array {
  let bytes = Buffer.from(message);
  for (let edits = 1 + random.below(3); edits > 0 && bytes.length > 0; edits--) {
    const at = random.below(bytes.length);
    const length = 1 + random.below(random.percent(50) ? 3 : 40);
    const [before, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.below(7)) {
      case 0:
        bytes = Buffer.from(bytes);
        bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        bytes = Buffer.concat([before, rest.subarray(length)]);
        break;
      case 2:
        bytes = Buffer.concat([before, Buffer.from(random.pick(PIECES), 'latin1'), rest]);
        break;
      case 3:
        bytes = Buffer.from(before);
        break;
      case 4:
        bytes = Buffer.concat([before, rest.subarray(0, length), rest]);
        break;
      case 5:
        bytes = Buffer.concat([before, Buffer.from(other).subarray(at, at + length), rest.subarray(length)]);
        break;
      default: {
        // Another digit for a digit: the message stays well-formed and says something else.
        const digit = bytes.findIndex((byte, i) => i >= at && byte >= 0x30 && byte <= 0x39);
        bytes = Buffer.from(bytes);
        if (digit >= 0) bytes[digit] = 0x30 + random.below(10);
      }
    }
  }
  return bytes;
}
