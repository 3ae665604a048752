import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { PairChannel } from './pair-channel.ts';
import { CHANNEL, FLAG } from './wire.ts';

/**
 * Which subscriptions are on which channel. A pair has one channel for book and trades, and all tickers share
 * one, so several subscriptions are one request; and the venue acknowledges little, so much of what a session
 * waits for is told from here, with the next message: a heartbeat comes every second.
 */
export class Channels {
  /** Called when the number of a pair was learnt. */
  learnt: (pair: PairChannel) => void = () => {};
  readonly #events: CodecEvents;
  readonly #pairs = new Map<InstrumentId, PairChannel>();
  readonly #byName = new Map<string, PairChannel>();
  readonly #byId = new Map<number, PairChannel>();
  readonly #tickers = new Map<InstrumentId, Subscription>();
  #tickersWaiting: Subscription[] = [];
  #tickersOpen = false;
  /** Requests to leave the tickers that no answer came to on this connection. */
  #tickersLeaving = 0;
  /** Numbers that the venue does not send on this connection, and of which the pairs are not known yet. */
  readonly #leftUnknown = new Set<number>();
  /** What is so without a word of the venue's. */
  #due: { readonly subscription: Subscription; readonly isThere: boolean }[] = [];

  constructor(events: CodecEvents) {
    this.#events = events;
  }

  add(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      if (this.#pairs.has(id)) continue;
      const pair = new PairChannel(id, venueSymbol);
      this.#pairs.set(id, pair);
      this.#byName.set(venueSymbol, pair);
    }
  }

  /** A new connection begins. Numbers of pairs are kept: they are the venue's, not the connection's. */
  reset(): void {
    for (const pair of this.#pairs.values()) pair.reset();
    this.#tickers.clear();
    this.#tickersWaiting = [];
    this.#tickersOpen = false;
    this.#tickersLeaving = 0;
    this.#leftUnknown.clear();
    this.#due = [];
  }

  /** True where a pair is subscribed whose number is not known. */
  get isIdMissing(): boolean {
    for (const { id, isOpen } of this.#pairs.values()) if (id === undefined && isOpen) return true;
    return this.isTickerIdMissing;
  }

  /** True where a ticker is subscribed and the number of its pair is not known. */
  get isTickerIdMissing(): boolean {
    for (const instrument of this.#tickers.keys()) if (this.#pair(instrument).id === undefined) return true;
    return false;
  }

  byId(id: number): PairChannel | undefined {
    return this.#byId.get(id);
  }

  /** Learns the number of a pair. @returns the pair; undefined where nobody asked for one of this name. */
  learn(name: string, id: number): PairChannel | undefined {
    const pair = this.#byName.get(name);
    if (pair === undefined || pair.id === id) return pair;
    if (pair.id !== undefined) this.#byId.delete(pair.id);
    const before = this.#byId.get(id);
    if (before !== undefined) before.id = undefined;
    pair.id = id;
    this.#byId.set(id, pair);
    this.learnt(pair);
    return pair;
  }

  /** Id of the newest trade; NaN where none is known. */
  newestTrade(instrument: InstrumentId): number {
    return this.#pairs.get(instrument)?.newestTrade ?? Number.NaN;
  }

  hasTicker(instrument: InstrumentId): boolean {
    return this.#tickers.has(instrument);
  }

  subscribe(subscriptions: readonly Subscription[]): string[] {
    return subscriptions.flatMap((subscription) =>
      subscription.channel === 'ticker'
        ? this.#subscribeTicker(subscription)
        : this.#subscribePair(subscription),
    );
  }

  #subscribeTicker(subscription: Subscription): string[] {
    this.#tickers.set(subscription.instrument, subscription);
    // Asked again, because no answer came; or because tickers flow already.
    const isAsked = this.#tickersOpen && !this.#tickersWaiting.includes(subscription);
    if (isAsked && this.#tickersWaiting.length === 0) {
      this.#due.push({ subscription, isThere: true });
      return [];
    }
    if (!this.#tickersWaiting.includes(subscription)) this.#tickersWaiting.push(subscription);
    this.#tickersOpen = true;
    return isAsked ? [] : [command('subscribe', CHANNEL.ticker)];
  }

  #subscribePair(subscription: Subscription): string[] {
    const pair = this.#pair(subscription.instrument);
    const isBook = subscription.channel === 'book';
    if (isBook) pair.book = subscription;
    else pair.trade = subscription;
    if (pair.isOpen && pair.isAccepted && !isBook) {
      this.#due.push({ subscription, isThere: true });
      return [];
    }
    const isRepeated = pair.waiting.includes(subscription);
    if (!isRepeated) pair.waiting.push(subscription);
    // What was asked for already and is not there yet brings both.
    if (pair.isOpen && !pair.isAccepted && !isRepeated) return [];
    // A book needs a snapshot, which only a new subscription brings.
    const first = pair.isOpen && pair.isAccepted ? [command('unsubscribe', pair.name)] : [];
    pair.leaving += first.length;
    pair.isOpen = true;
    pair.isAccepted = false;
    return [...first, command('subscribe', pair.name)];
  }

  unsubscribe(subscriptions: readonly Subscription[]): string[] {
    const requests: string[] = [];
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      this.#due.push({ subscription, isThere: false });
      if (channel === 'ticker') {
        this.#tickers.delete(instrument);
        this.#tickersWaiting = this.#tickersWaiting.filter((each) => each.instrument !== instrument);
        if (this.#tickers.size > 0 || !this.#tickersOpen) continue;
        this.#tickersOpen = false;
        this.#tickersLeaving++;
        requests.push(command('unsubscribe', CHANNEL.ticker));
        continue;
      }
      const pair = this.#pair(instrument);
      if (channel === 'book') pair.book = undefined;
      else pair.trade = undefined;
      pair.waiting = pair.waiting.filter((each) => each.channel !== channel);
      if (pair.book !== undefined || pair.trade !== undefined || !pair.isOpen) continue;
      pair.isOpen = false;
      pair.isAccepted = false;
      pair.pause();
      pair.leaving++;
      requests.push(command('unsubscribe', pair.name));
    }
    return requests;
  }

  /** A message came: what is due can be told, now that nobody is in the middle of asking. */
  tellDue(): void {
    if (this.#due.length === 0) return;
    const due = this.#due;
    this.#due = [];
    for (const { subscription, isThere } of due)
      if (isThere) this.#events.subscribed(subscription, '');
      else this.#events.unsubscribed(subscription);
  }

  /** The venue sends this pair. */
  accepted(pair: PairChannel): void {
    pair.isAccepted = true;
    const { waiting } = pair;
    if (waiting.length === 0) return;
    pair.waiting = [];
    for (const subscription of waiting) this.#events.subscribed(subscription, '');
  }

  tickersAccepted(): void {
    const waiting = this.#tickersWaiting;
    if (waiting.length === 0) return;
    this.#tickersWaiting = [];
    for (const subscription of waiting) this.#events.subscribed(subscription, '');
  }

  /** The venue refuses a request and does not say which: it is known where only one is unanswered. */
  refused(reason: string): void {
    const unanswered = [...this.#pairs.values()].filter(({ waiting }) => waiting.length > 0);
    const [pair] = unanswered;
    const isTicker = this.#tickersWaiting.length > 0;
    if (unanswered.length + (isTicker ? 1 : 0) !== 1) {
      this.#events.refused(undefined, reason);
      return;
    }
    this.#refuse(pair, reason);
  }

  /**
   * The venue does not send a channel: because it was asked to leave it, or else it refuses to send it. The flag
   * is the same, and comes in the order of the requests.
   */
  left(id: number): void {
    const isTicker = id === CHANNEL.ticker;
    const pair = this.#byId.get(id);
    if (isTicker && this.#tickersLeaving > 0) this.#tickersLeaving--;
    else if (pair !== undefined && pair.leaving > 0) pair.leaving--;
    else if (isTicker || pair !== undefined) this.#refuse(pair, `[${id},${FLAG.unsubscribed}]`);
    else if (this.#leftUnknown.size < this.#pairs.size) this.#leftUnknown.add(id);
  }

  /** The numbers of all pairs are known: of which pairs it was that the venue does not send them. */
  leftBefore(): void {
    const left = [...this.#leftUnknown];
    this.#leftUnknown.clear();
    for (const id of left) if (this.#byId.has(id)) this.left(id);
  }

  /** What waits for this pair, or for the tickers, is not coming. */
  #refuse(pair: PairChannel | undefined, reason: string): void {
    const refused = pair?.waiting ?? this.#tickersWaiting;
    if (refused.length === 0) return;
    if (pair === undefined) {
      this.#tickersWaiting = [];
      this.#tickersOpen = false;
    } else {
      pair.waiting = [];
      pair.isOpen = false;
    }
    for (const subscription of refused) this.#drop(subscription, reason);
  }

  /** The numbers of all pairs are known: tickers of pairs that have none do not exist. */
  refuseUnknownTickers(): void {
    for (const subscription of [...this.#tickers.values()]) {
      const { id, name } = this.#pair(subscription.instrument);
      if (id === undefined) this.#drop(subscription, `the exchange lists no pair ${name}`);
    }
  }

  #drop(subscription: Subscription, reason: string): void {
    const { channel, instrument } = subscription;
    const pair = this.#pair(instrument);
    if (channel === 'ticker') {
      this.#tickers.delete(instrument);
      this.#tickersWaiting = this.#tickersWaiting.filter((each) => each !== subscription);
    } else if (channel === 'book') pair.book = undefined;
    else pair.trade = undefined;
    this.#events.refused(subscription, reason);
  }

  #pair(instrument: InstrumentId): PairChannel {
    const pair = this.#pairs.get(instrument);
    invariant(pair !== undefined, 'an instrument is made known before it is subscribed');
    return pair;
  }
}

const command = (name: 'subscribe' | 'unsubscribe', channel: number | string): string =>
  JSON.stringify({ command: name, channel });
