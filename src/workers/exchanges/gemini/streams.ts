import type { Subscription } from '../../../shared/contract.ts';
import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { GEMINI, GEMINI_CANDLES } from '../../../shared/venues/gemini.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { L2 } from './wire.ts';

/** What is wanted of an instrument's l2 stream, as bits. */
export const WANTS = {
  book: 1,
  trades: 2,
  /** The first message of the stream is yet to come. */
  answer: 4,
} as const;

/** One subscription and whether the venue has begun to send it. */
interface Wish {
  readonly subscription: Subscription;
  answered: boolean;
}

/** The stream that carries a symbol's book and its trades, which are two subscriptions here. */
interface L2Stream {
  book: Wish | undefined;
  trades: Wish | undefined;
  /** Asked: a request is under way. Flowing: its first message has come. */
  state: 'off' | 'asked' | 'flowing';
}

/** Symbols by stream, for one request. */
type Named = Map<string, Set<string>>;

const DEFAULT_INTERVAL = 1;

/**
 * What is subscribed, and what that means for the streams of the venue.
 *
 * Gemini acknowledges nothing. A subscription counts as accepted with the first message of its stream, which
 * is told by what it alone carries: the past. An unsubscription counts as done once it is requested, because
 * requests are carried out in their order and what still comes of the stream is left out.
 *
 * One stream serves the book and the trades of a symbol, so it is asked for once and ended when nobody wants
 * either. A book begins with the first message of its stream: where only trades were wanted before, and where
 * a book is to be mended, the stream is ended and begun anew, and its trades go on with the newest ones of the
 * past that comes along.
 */
export class Streams {
  /** By instrument, bits of `WANTS`: all that the hot path has to know. */
  readonly wants: Uint8Array = new Uint8Array(INSTRUMENTS_MAX);
  readonly #events: CodecEvents;
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #l2 = new Map<InstrumentId, L2Stream>();
  /** By stream and instrument. */
  readonly #candles = new Map<string, Wish>();

  constructor(events: CodecEvents, symbols: ReadonlyMap<InstrumentId, string>) {
    this.#events = events;
    this.#symbols = symbols;
  }

  /** A new connection begins. */
  reset(): void {
    this.wants.fill(0);
    this.#l2.clear();
    this.#candles.clear();
  }

  subscribe(subscriptions: readonly Subscription[]): string[] {
    const ended: Named = new Map();
    const begun: Named = new Map();
    for (const subscription of subscriptions)
      if (subscription.channel === 'candle') {
        const stream = streamOf(subscription);
        this.#candles.set(keyOf(stream, subscription.instrument), { subscription, answered: false });
        this.#name(begun, stream, subscription);
      } else this.#subscribeL2(subscription, ended, begun);
    return [...requests('unsubscribe', ended), ...requests('subscribe', begun)];
  }

  unsubscribe(subscriptions: readonly Subscription[]): string[] {
    const ended: Named = new Map();
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      if (channel === 'candle') {
        const stream = streamOf(subscription);
        if (this.#candles.delete(keyOf(stream, instrument))) this.#name(ended, stream, subscription);
      } else this.#unwant(subscription);
      this.#events.unsubscribed(subscription);
    }
    for (const subscription of subscriptions) {
      const l2 = this.#l2.get(subscription.instrument);
      if (subscription.channel === 'candle' || l2 === undefined || l2.book || l2.trades) continue;
      if (l2.state !== 'off') this.#name(ended, L2, subscription);
      l2.state = 'off';
    }
    return requests('unsubscribe', ended);
  }

  /** The first message of an l2 stream has come: whatever waits for it is accepted. */
  l2Begins(instrument: InstrumentId): void {
    const l2 = this.#l2.get(instrument);
    if (l2 === undefined) return;
    l2.state = 'flowing';
    for (const wish of [l2.book, l2.trades]) this.#answer(wish);
    this.#setBits(instrument, l2);
  }

  /** A subscription to trades that the past is for, at the first message of its stream; before `l2Begins`. */
  awaitedTrades(instrument: InstrumentId): Subscription | undefined {
    const wish = this.#l2.get(instrument)?.trades;
    return wish?.answered === false ? wish.subscription : undefined;
  }

  /**
   * A message of a candle stream has come. @returns its subscription, undefined where nobody wants it any
   * more, and whether it is the first one, which then counts as the answer.
   */
  candles(
    minutes: number,
    instrument: InstrumentId,
  ): { subscription: Subscription; first: boolean } | undefined {
    const wish = this.#candles.get(keyOf(GEMINI_CANDLES.get(minutes) ?? '', instrument));
    if (wish === undefined) return undefined;
    const first = !wish.answered;
    this.#answer(wish);
    return { subscription: wish.subscription, first };
  }

  /** The venue refused something and names this symbol: whatever waits for it. */
  refuse(instrument: InstrumentId): readonly Subscription[] {
    const refused: Subscription[] = [];
    const l2 = this.#l2.get(instrument);
    if (l2 !== undefined) {
      for (const name of ['book', 'trades'] as const) {
        const wish = l2[name];
        if (wish?.answered !== false) continue;
        refused.push(wish.subscription);
        l2[name] = undefined;
      }
      if (l2.state === 'asked') l2.state = 'off';
      this.#setBits(instrument, l2);
    }
    for (const [key, { subscription, answered }] of this.#candles)
      if (subscription.instrument === instrument && !answered) {
        refused.push(subscription);
        this.#candles.delete(key);
      }
    return refused;
  }

  /** Whether this is the venue's name of the instrument. */
  isSymbolOf(symbol: string | undefined, instrument: InstrumentId): boolean {
    return symbol !== undefined && this.#symbols.get(instrument) === symbol;
  }

  #subscribeL2(subscription: Subscription, ended: Named, begun: Named): void {
    const { channel, instrument } = subscription;
    const l2 = this.#l2.get(instrument) ?? { book: undefined, trades: undefined, state: 'off' };
    this.#l2.set(instrument, l2);
    const name = channel === 'book' ? 'book' : 'trades';
    const isRepeated = l2[name]?.answered === false;
    const wish: Wish = { subscription, answered: false };
    l2[name] = wish;
    if (l2.state === 'flowing' && name === 'trades') this.#answer(wish);
    else {
      if (l2.state === 'flowing') this.#name(ended, L2, subscription);
      // Where both wait for one request, the book's is the one that is repeated.
      const isBookRepeated = name === 'trades' && l2.book?.answered === false;
      if (l2.state !== 'asked' || (isRepeated && !isBookRepeated)) this.#name(begun, L2, subscription);
      l2.state = 'asked';
    }
    this.#setBits(instrument, l2);
  }

  #unwant({ channel, instrument }: Subscription): void {
    const l2 = this.#l2.get(instrument);
    if (l2 === undefined) return;
    if (channel === 'book') l2.book = undefined;
    else l2.trades = undefined;
    this.#setBits(instrument, l2);
  }

  #answer(wish: Wish | undefined): void {
    if (wish === undefined || wish.answered) return;
    wish.answered = true;
    this.#events.subscribed(wish.subscription, '');
  }

  #setBits(instrument: InstrumentId, { book, trades, state }: L2Stream): void {
    this.wants[instrument] =
      (book === undefined ? 0 : WANTS.book) |
      (trades === undefined ? 0 : WANTS.trades) |
      (state === 'asked' ? WANTS.answer : 0);
  }

  #name(named: Named, stream: string, { instrument }: Subscription): void {
    const symbol = this.#symbols.get(instrument);
    invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
    const symbols = named.get(stream);
    if (symbols === undefined) named.set(stream, new Set([symbol]));
    else symbols.add(symbol);
  }
}

const streamOf = ({ interval }: Subscription): string => {
  const stream = GEMINI_CANDLES.get(interval ?? DEFAULT_INTERVAL);
  invariant(stream !== undefined, 'a candle is subscribed with an interval of the venue');
  return stream;
};

const keyOf = (stream: string, instrument: InstrumentId): string => `${stream}:${instrument}`;

/** One request for each stream, and more where it names too many symbols. */
function requests(type: 'subscribe' | 'unsubscribe', named: Named): string[] {
  const limit = GEMINI.limits.symbolsPerRequest;
  const texts: string[] = [];
  for (const [name, set] of named) {
    const symbols = [...set];
    for (let from = 0; from < symbols.length; from += limit)
      texts.push(
        JSON.stringify({ type, subscriptions: [{ name, symbols: symbols.slice(from, from + limit) }] }),
      );
  }
  return texts;
}
