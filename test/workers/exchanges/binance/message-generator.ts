import type { Random } from '../../../support/random.ts';

export const SYMBOLS = ['BTCUSDT', 'ETHBTC', 'ADAEUR'] as const;

/** Valid messages of a made-up market in exactly Binance's spelling, raw or in envelopes. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #tradeIds = new Map<string, number>();
  readonly #updateIds = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    const random = this.#random;
    const symbol = random.pick(SYMBOLS);
    const kind = random.below(20);
    const [stream, payload] =
      kind < 10
        ? ['depth@100ms', this.#book(symbol)]
        : kind < 14
          ? ['trade', this.#trade(symbol)]
          : kind < 16
            ? ['bookTicker', this.#quote(symbol)]
            : kind < 18
              ? ['ticker', this.#ticker(symbol)]
              : kind < 19
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

  #trade(symbol: string): string {
    const id = this.#tradeId(symbol);
    return `{"e":"trade","E":${this.#time()},"s":"${symbol}","t":${id},"p":"${this.#price()}","q":"${this.#quantity()}","T":${this.#time()},"m":${this.#random.percent(50)},"M":true}`;
  }

  #aggregateTrade(symbol: string): string {
    const first = this.#tradeId(symbol);
    const last = first + this.#random.below(3);
    this.#tradeIds.set(symbol, last);
    return `{"e":"aggTrade","E":${this.#time()},"s":"${symbol}","a":${first},"p":"${this.#price()}","q":"${this.#quantity()}","f":${first},"l":${last},"T":${this.#time()},"m":${this.#random.percent(50)},"M":true}`;
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

const PIECES = [
  ...[
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '0',
    '9',
    '-',
    '.',
    'e5',
    ' ',
    '\u0000',
    '\u00ff',
    'null',
    '00',
  ],
  ...[
    '"p":"1.5",',
    '"s":"ETHBTC",',
    '"b":[],',
    '"U":5,',
    '1e-08',
    '"],["',
    '18446744073709551616',
    '","data":',
  ],
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
