import type { Random } from '../../../support/random.ts';

export const SYMBOLS = ['BTCUSDT', 'ETHBTC', 'ADAEUR'] as const;

/** The symbol whose book is sent by its best levels, and how many these are. */
export const PARTIAL = { symbol: 'ADAEUR', depth: 5 } as const;

/** Valid messages of a made-up market in exactly Binance's spelling, raw or in envelopes. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #tradeIds = new Map<string, number>();
  readonly #updateIds = new Map<string, number>();
  readonly #best = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const symbol = random.pick(SYMBOLS);
    const kind = random.below(20);
    if (kind < 10 && symbol === PARTIAL.symbol) return this.#partialBook(symbol);
    const [stream, payload] =
      kind < 10
        ? ['depth@100ms', this.#book(symbol)]
        : kind < 13
          ? ['trade', this.#trade(symbol)]
          : kind < 15
            ? ['bookTicker', this.#quote(symbol)]
            : kind < 17
              ? ['ticker', this.#ticker(symbol)]
              : kind < 18
                ? ['kline_1m', this.#candle(symbol)]
                : ['aggTrade', this.#aggregateTrade(symbol)];
    return random.percent(50) ? payload : `{"stream":"${symbol.toLowerCase()}@${stream}","data":${payload}}`;
  }

  /** What the venue answers when it is asked for a book now. */
  snapshot(symbol: string): string {
    const levels = (base: number, step: number): string =>
      Array.from({ length: 20 }, (_, n) => this.#level(base + n * step, this.#qty())).join(',');
    const id = this.#updateIds.get(symbol) ?? 1000;
    return `{"lastUpdateId":${id},"bids":[${levels(99_999, -1)}],"asks":[${levels(100_001, 1)}]}`;
  }

  #book(symbol: string): string {
    const random = this.#random;
    const first = (this.#updateIds.get(symbol) ?? 1000) + 1 + (random.percent(98) ? 0 : random.below(4));
    const last = first + random.below(4);
    this.#updateIds.set(symbol, last);
    const levels = (base: number, step: number): string =>
      Array.from({ length: random.below(5) }, () =>
        this.#level(base + random.below(50) * step, random.percent(30) ? 0 : this.#qty()),
      ).join(',');
    return `{"e":"depthUpdate","E":${this.#time()},"s":"${symbol}","U":${first},"u":${last},"b":[${levels(99_999, -1)}],"a":[${levels(100_001, 1)}]}`;
  }

  /** Mostly the book of the message before with a few levels changed, always in an envelope. */
  #partialBook(symbol: string): string {
    const random = this.#random;
    const id =
      (this.#updateIds.get(symbol) ?? 1000) + (random.percent(96) ? 1 + random.below(5) : -random.below(3));
    this.#updateIds.set(symbol, id);
    const best = (this.#best.get(symbol) ?? 100_000) + random.below(3) - 1;
    this.#best.set(symbol, best);
    const levels = (from: number, step: number): string => {
      const shown: string[] = [];
      for (let price = from; shown.length < PARTIAL.depth && random.percent(97); price += step)
        if (random.percent(80))
          shown.push(this.#level(price, 1 + (price % 7) + (random.percent(20) ? 10 : 0)));
      return shown.join(',');
    };
    return `{"stream":"${symbol.toLowerCase()}@depth${PARTIAL.depth}@100ms","data":{"lastUpdateId":${id},"bids":[${levels(best - 1, -1)}],"asks":[${levels(best + 1, 1)}]}}`;
  }

  #trade(symbol: string): string {
    const id = this.#tradeId(symbol);
    return `{"e":"trade","E":${this.#time()},"s":"${symbol}","t":${id},"p":"${this.#price()}","q":"${this.#quantity()}","T":${this.#time()},"m":${this.#random.percent(50)},"M":true}`;
  }

  #aggregateTrade(symbol: string): string {
    const id = this.#tradeId(symbol);
    return `{"e":"aggTrade","E":${this.#time()},"s":"${symbol}","a":${id},"p":"${this.#price()}","q":"${this.#quantity()}","f":${id * 2},"l":${id * 2 + this.#random.below(3)},"T":${this.#time()},"m":${this.#random.percent(50)},"M":true}`;
  }

  #quote(symbol: string): string {
    return `{"u":${this.#random.below(1e9)},"s":"${symbol}","b":"${this.#price()}","B":"${this.#quantity()}","a":"${this.#price()}","A":"${this.#quantity()}"}`;
  }

  #ticker(symbol: string): string {
    const price = (): string => this.#price();
    const sign = this.#random.percent(50) ? '-' : '';
    const ids = this.#random.percent(10) ? '"F":-1,"L":-1,"n":0' : '"F":0,"L":18150,"n":18151';
    return `{"e":"24hrTicker","E":${this.#time()},"s":"${symbol}","p":"${sign}${price()}","P":"${sign}${price()}","w":"${price()}","x":"${price()}","c":"${price()}","Q":"${price()}","b":"${price()}","B":"${price()}","a":"${price()}","A":"${price()}","o":"${price()}","h":"${price()}","l":"${price()}","v":"${this.#random.digits(12)}1.5","q":"18","O":0,"C":86400000,${ids}}`.replace(
      /"0+(\d)/g,
      '"$1',
    );
  }

  #candle(symbol: string): string {
    return `{"e":"kline","E":${this.#time()},"s":"${symbol}","k":{"t":1672515780000,"T":1672515839999,"s":"${symbol}","i":"${this.#random.pick(['1m', '1h', '1s'])}","f":100,"L":200,"o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","n":100,"x":false,"q":"1.0000","V":"500","Q":"0.500","B":"123456"}}`;
  }

  #tradeId(symbol: string): number {
    const id = (this.#tradeIds.get(symbol) ?? 1000) + (this.#random.percent(95) ? 1 : this.#random.below(5));
    this.#tradeIds.set(symbol, id);
    return id;
  }

  #level(price: number, qty: number): string {
    return `["${decimal(price, 2)}","${decimal(qty, 8)}"]`;
  }

  #price(): string {
    return decimal(this.#random.below(10_000_000), this.#random.below(9));
  }

  #quantity(): string {
    return decimal(this.#qty(), 8);
  }

  #qty(): number {
    return 1 + this.#random.below(900_000_000);
  }

  /** Milliseconds, or microseconds as they are sent when asked for. */
  #time(): number {
    const ms = 1_750_000_000_000 + this.#random.below(1_000_000_000);
    return this.#random.percent(80) ? ms : ms * 1000 + this.#random.below(1000);
  }
}

const decimal = (steps: number, decimals: number): string => {
  const digits = String(steps).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** What puts the venue's own words into messages where they do not belong. */
export const PIECES = [
  '"p":"1.5",',
  '"s":"ETHBTC",',
  '"b":[],',
  '"U":5,',
  '","data":',
  '"lastUpdateId":7',
  'adaeur@depth5@100ms',
] as const;
