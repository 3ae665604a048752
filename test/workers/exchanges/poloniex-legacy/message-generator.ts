import type { Random } from '../../../support/random.ts';

/** Pairs and the numbers they go by. */
export const PAIRS = { BTC_BTS: 14, BTC_ETH: 148, USDT_AKITA: 550 } as const;

type Name = keyof typeof PAIRS;
const NAMES = Object.keys(PAIRS) as readonly Name[];

/** What puts the venue's own words into messages where they do not belong. */
export const PIECES = [
  '["o",1,"0.5","1"],',
  '["t","5",0,"0.5","1",1580123594],',
  '["t","5",0,"0.5","1",1580123594,"1580123594000"],',
  ',"1580123594000"',
  ',1580123594',
  ',0,0',
  '"i"',
  '[1010]',
  '1002',
  'null',
] as const;

/** Valid messages of a made-up market in exactly the venue's spelling, in sequence. Seeded. */
export class MessageGenerator {
  readonly #random: Random;
  readonly #sequences = new Map<Name, number>();
  /** Entries have the times that came to them in 2021. */
  readonly #hasTimes: boolean;
  #tradeId = 42_000_000;

  constructor(random: Random) {
    this.#random = random;
    this.#hasTimes = random.percent(50);
  }

  /** Snapshots of all pairs. */
  begin(): string[] {
    return NAMES.map((name) => this.#snapshot(name));
  }

  /** Anything but a snapshot. */
  next(): string {
    const random = this.#random;
    return random.percent(20) ? this.#ticker() : this.#frame(random.pick(NAMES));
  }

  #snapshot(name: Name): string {
    const random = this.#random;
    const sequence = random.below(3) === 0 ? random.below(3) : random.below(1_000_000_000);
    this.#sequences.set(name, sequence);
    const side = (first: number, step: number): string =>
      Array.from(
        { length: 1 + random.below(20) },
        (_, n) => `"${price(first + step * n * 3)}":"${this.#qty()}"`,
      ).join(',');
    const sides = `{${side(100_001, 1)}},{${side(99_999, -1)}}`;
    return `[${PAIRS[name]},${sequence},[["i",{"currencyPair":"${name}","orderBook":[${sides}]}${this.#ms()}]]]`;
  }

  #frame(name: Name): string {
    const random = this.#random;
    const sequence = this.#sequences.get(name)! + 1;
    this.#sequences.set(name, sequence);
    const entries = Array.from({ length: 1 + random.below(random.percent(20) ? 12 : 3) }, () =>
      random.percent(75) ? this.#change() : this.#trade(),
    );
    return `[${PAIRS[name]},${sequence},[${entries.join(',')}]]`;
  }

  #change(): string {
    const random = this.#random;
    const isBid = random.percent(50);
    const tick = isBid ? 99_999 - random.below(60) : 100_001 + random.below(60);
    const qty = random.percent(30) ? '0.00000000' : this.#qty();
    return `["o",${isBid ? 1 : 0},"${price(tick)}","${qty}"${this.#ms()}]`;
  }

  #trade(): string {
    const random = this.#random;
    const seconds = 1_580_123_594 + random.below(10_000);
    return `["t","${++this.#tradeId}",${random.below(2)},"${price(100_000 + random.below(9))}","${this.#qty()}",${seconds}${this.#ms()}]`;
  }

  #ticker(): string {
    const random = this.#random;
    // Pairs that nobody asked for come as well.
    const id = random.percent(80) ? PAIRS[random.pick(NAMES)] : 200 + random.below(9);
    const number = (): string => price(random.below(1_000_000));
    const sign = random.percent(50) ? '-' : '';
    const flags = this.#hasTimes ? `,${random.below(2)},${random.below(2)}` : '';
    return `[1002,null,[${id},"${number()}","${number()}","${number()}","${sign}${number()}","${this.#qty()}","${this.#qty()}",${random.below(2)},"${number()}","${number()}"${flags}]]`;
  }

  #ms(): string {
    return this.#hasTimes ? `,"${1_580_123_594_000 + this.#random.below(1_000_000)}"` : '';
  }

  /** Now and then as many digits as a cheap coin's quantity has. */
  #qty(): string {
    const random = this.#random;
    if (random.percent(5)) return `250699721${random.digits(2)}.5639${random.digits(4)}`;
    return price(1 + random.below(900_000_000));
  }
}

/** With the venue's eight decimals. */
function price(ticks: number): string {
  const digits = String(ticks).padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}
