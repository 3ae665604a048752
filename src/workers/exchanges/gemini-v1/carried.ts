import type { Subscription } from '../../../shared/contract.ts';
import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { invariant } from '../../../shared/invariant.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../../shared/units.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { type Address, addressOf, addressUrl, carries, isSameAddress, NOWHERE } from './address.ts';

/** What is to be done with an instrument's events on this connection, as bits. */
export const TAKES = {
  /** Its book has begun, and changes follow it. */
  book: 1,
  trades: 2,
  /** Its first message has come: what comes now is read without further thought. */
  begun: 4,
  /** Messages that may have been trades are missing since the last one delivered, and that was told. */
  hole: 8,
} as const;

/** One subscription and whether the venue has begun to send it. */
interface Wish {
  readonly subscription: Subscription;
  answered: boolean;
}

/**
 * What is subscribed, and what of it this connection carries.
 *
 * The venue takes no requests: a connection carries what its address says and nothing else, and a book is sent
 * whole at the beginning of a connection and never again. So a subscription that the address has is accepted with
 * its first message. One that it has not, and a book that has to begin anew, make the connection outdated, and so
 * does what is unsubscribed, since it goes on being sent. An unsubscription counts as done at once, because what
 * still comes is left out.
 */
export class Carried {
  /** By instrument, bits of `TAKES`: all that the hot path has to know. */
  readonly takes: Uint8Array = new Uint8Array(INSTRUMENTS_MAX);
  /** The instrument whose every event is on this connection, and not named by any; `NO_INSTRUMENT`: each is named. */
  only: InstrumentId = NO_INSTRUMENT;
  readonly #events: CodecEvents;
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #books = new Map<InstrumentId, Wish>();
  readonly #trades = new Map<InstrumentId, Wish>();
  #address = NOWHERE;
  #hasBegun = false;

  constructor(events: CodecEvents, symbols: ReadonlyMap<InstrumentId, string>) {
    this.#events = events;
    this.#symbols = symbols;
  }

  /**
   * A connection is to be made. Nothing is subscribed on it yet.
   *
   * @returns where to. An address needs a symbol, so that one that is to carry nothing is that of the last.
   */
  connect(url: string, subscriptions: readonly Subscription[]): string {
    this.takes.fill(0);
    this.#books.clear();
    this.#trades.clear();
    this.#hasBegun = false;
    if (subscriptions.length > 0) this.#address = addressOf(subscriptions);
    const instruments = [...this.#address.instruments];
    const [first = NO_INSTRUMENT] = instruments;
    this.only = instruments.length === 1 ? first : NO_INSTRUMENT;
    const names = instruments.map((instrument) => {
      const symbol = this.#symbols.get(instrument);
      invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
      return symbol;
    });
    return addressUrl(url, this.#address, names);
  }

  get address(): Address {
    return this.#address;
  }

  subscribe(subscriptions: readonly Subscription[]): void {
    let isOutdated = false;
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      const isBook = channel === 'book';
      const wish: Wish = { subscription, answered: false };
      (isBook ? this.#books : this.#trades).set(instrument, wish);
      const hasBegun = (this.takes[instrument]! & TAKES.begun) !== 0;
      if (!carries(this.#address, subscription) || (isBook && hasBegun)) isOutdated = true;
      else if (hasBegun) this.#answer(wish);
    }
    if (isOutdated) this.#events.outdated?.();
  }

  unsubscribe(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      (channel === 'book' ? this.#books : this.#trades).delete(instrument);
      this.takes[instrument]! &= ~(channel === 'book' ? TAKES.book : TAKES.trades);
      this.#events.unsubscribed(subscription);
    }
    const left = [...this.#books.values(), ...this.#trades.values()].map(({ subscription }) => subscription);
    if (left.length > 0 && !isSameAddress(addressOf(left), this.#address)) this.#events.outdated?.();
  }

  /**
   * The first message of the connection has come. Where there are no books it says nothing, and is all that shows
   * that the trades will come.
   */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    if (!this.#address.hasBooks) for (const instrument of this.#address.instruments) this.beginOf(instrument);
    else if (this.only !== NO_INSTRUMENT) this.beginOf(this.only);
  }

  /** The state of an instrument has come, or something that follows it: whatever waits for that is accepted. */
  beginOf(instrument: InstrumentId): void {
    this.takes[instrument]! |= TAKES.begun;
    this.#answer(this.#trades.get(instrument));
  }

  /** The whole book of an instrument has come. @returns whether it is wanted. */
  beginBook(instrument: InstrumentId): boolean {
    this.beginOf(instrument);
    const wish = this.#books.get(instrument);
    this.#answer(wish);
    return wish !== undefined;
  }

  /** Whether events of this instrument are to be expected. */
  has(instrument: InstrumentId): boolean {
    return this.#address.instruments.has(instrument);
  }

  /** Messages were lost. What waits to begin may have been among them, and another connection shows it. */
  lost(): void {
    for (const wish of [...this.#books.values(), ...this.#trades.values()])
      if (!wish.answered && carries(this.#address, wish.subscription)) {
        this.#events.outdated?.();
        return;
      }
  }

  /** The venue refused something and names this symbol: whatever waits for it. */
  refuse(instrument: InstrumentId): readonly Subscription[] {
    const refused: Subscription[] = [];
    for (const wishes of [this.#books, this.#trades]) {
      const wish = wishes.get(instrument);
      if (wish?.answered !== false) continue;
      refused.push(wish.subscription);
      wishes.delete(instrument);
    }
    return refused;
  }

  #answer(wish: Wish | undefined): void {
    if (wish === undefined || wish.answered) return;
    wish.answered = true;
    const { subscription } = wish;
    this.takes[subscription.instrument]! |= subscription.channel === 'book' ? TAKES.book : TAKES.trades;
    this.#events.subscribed(subscription, '');
  }
}
