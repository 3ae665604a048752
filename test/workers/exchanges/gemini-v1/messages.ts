import type { Random } from '../../../support/random.ts';

/** Price and quantity that remains. */
export type Level = readonly [side: 'bid' | 'ask', price: string, remaining: string];

const symbolPart = (symbol: string | undefined): string =>
  symbol === undefined ? '' : `,"symbol":"${symbol}"`;

/** Events as the venue writes them; on a connection of one symbol they do not name it. */
export const initial = ([side, price, remaining]: Level, symbol?: string): string =>
  `{"type":"change","reason":"initial","price":"${price}","delta":"${remaining}","remaining":"${remaining}","side":"${side}"${symbolPart(symbol)}}`;

export const change = (
  [side, price, remaining]: Level,
  symbol?: string,
  { delta = '-2', reason = 'cancel' } = {},
): string =>
  `{"type":"change","side":"${side}","price":"${price}","remaining":"${remaining}","delta":"${delta}","reason":"${reason}"${symbolPart(symbol)}}`;

export const trade = (
  { tid, price = '100.50', makerSide = 'ask' }: { tid: number; price?: string; makerSide?: string },
  symbol?: string,
): string =>
  `{"type":"trade","tid":${tid},"price":"${price}","amount":"0.5000","makerSide":"${makerSide}"${symbolPart(symbol)}}`;

/** The first message of a connection, which has no time. */
export const first = (...events: readonly string[]): string =>
  `{"type":"update","eventId":5375461993,"socket_sequence":0,"events":[${events.join(',')}]}`;

export const update = (number: number, ...events: readonly string[]): string =>
  `{"type":"update","eventId":${5_375_503_736 + number},"timestamp":1547759964,"timestampms":1547759964051,"socket_sequence":${number},"events":[${events.join(',')}]}`;

export const heartbeat = (number: number): string =>
  `{"type":"heartbeat","timestampms":1547742998508,"sequence":31,"trace_id":"b8biknoqppr32kc7gfgg","socket_sequence":${number}}`;

export const BOOK: readonly Level[] = [
  ['bid', '100.00', '1.5'],
  ['bid', '99.50', '2'],
  ['ask', '101.00', '0.00000001'],
  ['ask', '102.00', '3.00'],
];

export const whole = (symbol?: string): string[] => BOOK.map((level) => initial(level, symbol));

/** Valid messages of one connection in exactly Gemini's spelling, of books whose sides never cross. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #symbols: readonly (string | undefined)[];
  #number = 0;
  #tid = 5_375_547_515;

  /** @param symbols of the connection; none where it is of a single one. */
  constructor(random: Random, ...symbols: readonly string[]) {
    this.#random = random;
    this.#symbols = symbols.length === 0 ? [undefined] : symbols;
  }

  next(): string {
    const random = this.#random;
    if (this.#number === 0) {
      this.#number++;
      return first(...this.#symbols.flatMap((symbol) => whole(symbol)));
    }
    const number = this.#number++;
    const symbol = random.pick(this.#symbols);
    const kind = random.below(20);
    if (kind === 0) return heartbeat(number);
    const count = 1 + random.below(random.percent(5) ? 200 : 4);
    const changes = Array.from({ length: count }, () => this.#change(symbol));
    if (kind < 12) return update(number, ...changes);
    const makerSide = random.percent(5) ? 'auction' : random.pick(['bid', 'ask']);
    this.#tid += 1 + random.below(1000);
    const price = `${random.below(100_000)}.${random.digits(1 + random.below(9))}`;
    const traded = trade({ tid: this.#tid, price, makerSide }, symbol);
    return kind < 16 ? update(number, traded) : update(number, traded, ...changes);
  }

  #change(symbol: string | undefined): string {
    const random = this.#random;
    const isBid = random.percent(50);
    const price = `${isBid ? 99 - random.below(50) : 100 + random.below(50)}.${random.digits(2)}`;
    const remaining = random.percent(30)
      ? '0'
      : `${1 + random.below(9)}.${random.digits(1 + random.below(18))}`;
    const delta = `${random.pick(['', '-'])}${random.below(10)}.${random.digits(1 + random.below(10))}`;
    const reason = random.pick(['place', 'cancel', 'trade']);
    return change([isBid ? 'bid' : 'ask', price, remaining], symbol, { delta, reason });
  }
}
