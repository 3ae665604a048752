import { registerOf } from '../../../../src/shared/book/crc32.ts';
import { checksumDigits } from '../../../../src/shared/decimal/scan-decimal.ts';
import type { Random } from '../../../support/random.ts';

export const SYMBOLS = ['BTC/USD', 'ETH/USD', 'ALGO/USD'] as const;
const PRECISIONS = { 'BTC/USD': 1, 'ETH/USD': 2, 'ALGO/USD': 5 } as const;
const QTY_PRECISION = 8;
const DEPTH = 10;

type Symbol = (typeof SYMBOLS)[number];

/** Prices in steps of the last decimal, quantities in 1e-8; best level first. */
interface Book {
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}

/**
 * Valid messages of a made-up market in exactly Kraken's spelling, with checksums that hold. Seeded.
 */
export class MessageGenerator {
  readonly #random: Random;
  readonly #books = new Map<Symbol, Book>();
  readonly #tradeIds = new Map<Symbol, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const symbol = random.pick(SYMBOLS);
    const kind = random.below(10);
    if (kind < 6) return this.#book(symbol);
    if (kind < 8) return this.#trades(symbol);
    return kind < 9 ? this.#ticker(symbol) : '{"channel":"heartbeat"}';
  }

  #book(symbol: Symbol): string {
    const random = this.#random;
    const known = this.#books.get(symbol);
    const book = known ?? { bids: new Map(), asks: new Map() };
    this.#books.set(symbol, book);
    const changes = { bids: new Map<number, number>(), asks: new Map<number, number>() };
    const count = known === undefined ? DEPTH : random.below(4);
    for (let n = 0; n < count; n++) {
      if (known === undefined || random.percent(50))
        changes.bids.set(99_999 - random.below(60), this.#qty(known === undefined));
      if (known === undefined || random.percent(50))
        changes.asks.set(100_001 + random.below(60), this.#qty(known === undefined));
    }
    for (const side of ['bids', 'asks'] as const) {
      for (const [price, qty] of changes[side])
        if (qty === 0) book[side].delete(price);
        else book[side].set(price, qty);
      for (const [price] of best(book, side).slice(DEPTH)) book[side].delete(price);
    }
    const level = ([price, qty]: readonly [number, number]): string =>
      `{"price":${decimal(price, PRECISIONS[symbol])},"qty":${decimal(qty, QTY_PRECISION)}}`;
    const list = (side: 'bids' | 'asks'): string => [...changes[side]].map(level).join(',');
    const type = known === undefined ? 'snapshot' : 'update';
    return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":[${list('bids')}],"asks":[${list('asks')}],"checksum":${checksum(book, symbol)},"timestamp":"${this.#time()}"}]}`;
  }

  #trades(symbol: Symbol): string {
    const random = this.#random;
    const trades = Array.from({ length: 1 + random.below(3) }, () => {
      const id = (this.#tradeIds.get(symbol) ?? 1000) + (random.percent(90) ? 1 : random.below(5));
      this.#tradeIds.set(symbol, id);
      const price = decimal(100_000 + random.below(9), PRECISIONS[symbol]);
      return `{"symbol":"${symbol}","side":"${random.pick(['buy', 'sell'])}","price":${price},"qty":${decimal(this.#qty(true), QTY_PRECISION)},"ord_type":"${random.pick(['limit', 'market'])}","trade_id":${id},"timestamp":"${this.#time()}"}`;
    });
    return `{"channel":"trade","type":"update","data":[${trades.join(',')}]}`;
  }

  #ticker(symbol: Symbol): string {
    const number = (): string => decimal(this.#random.below(1_000_000), this.#random.below(9));
    const trades = this.#random.percent(50) ? `"trades":${this.#random.below(9999)},` : '';
    const change = this.#random.percent(50) ? '-' : '';
    return `{"channel":"ticker","type":"${this.#random.pick(['snapshot', 'update'])}","data":[{"symbol":"${symbol}","bid":${number()},"bid_qty":${number()},"ask":${number()},"ask_qty":${number()},"last":${number()},"volume":${number()},"vwap":${number()},"low":${number()},"high":${number()},"change":${change}${number()},"change_pct":${change}${number()},${trades}"timestamp":"${this.#time()}"}]}`;
  }

  #qty(positive: boolean): number {
    return !positive && this.#random.percent(30) ? 0 : 1 + this.#random.below(900_000_000);
  }

  #time(): string {
    const ms = 1_750_000_000_000 + this.#random.below(1_000_000_000);
    return new Date(ms).toISOString().replace('Z', `${this.#random.digits(3)}Z`);
  }
}

const decimal = (steps: number, decimals: number): string => {
  const digits = String(steps).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

const best = (book: Book, side: 'bids' | 'asks'): [number, number][] =>
  [...book[side]].sort(([a], [b]) => (side === 'bids' ? b - a : a - b));

function checksum(book: Book, symbol: Symbol): number {
  const digits = [...best(book, 'asks').slice(0, 10), ...best(book, 'bids').slice(0, 10)].map(
    ([price, qty]) =>
      checksumDigits(decimal(price, PRECISIONS[symbol]), 0) + checksumDigits(decimal(qty, QTY_PRECISION), 0),
  );
  return ~registerOf(digits.join(''), -1) >>> 0;
}
