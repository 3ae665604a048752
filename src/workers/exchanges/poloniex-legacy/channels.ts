import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { PairChannel } from './pair-channel.ts';
import { CHANNEL } from './wire.ts';

/**
 * Which subscriptions are on which channel. A pair has one channel for book and trades, and all tickers share
 * one, so several subscriptions are one request; and the venue acknowledges little, so much of what a session
 * waits for is told from here, with the next message: a heartbeat comes every second.
 */
export class Channels {
  readonly #events: CodecEvents;
  readonly #pairs = new Map<InstrumentId, PairChannel>();
  readonly #byName = new Map<string, PairChannel>();
  readonly #byId = new Map<number, PairChannel>();
  readonly #tickers = new Map<InstrumentId, Subscription>();
  #tickersWaiting: Subscription[] = [];
  #tickersOpen = false;
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
    this.#due = [];
  }

  /** True where a pair is subscribed whose number is not known. */
  get isIdMissing(): boolean {
    for (const { id, isOpen, instrument } of this.#pairs.values())
      if (id === undefined && (isOpen || this.#tickers.has(instrument))) return true;
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
    return pair;
  }

  hasTicker(instrument: InstrumentId): boolean {
    return this.#tickers.has(instrument);
  }

  subscribe(subscriptions: readonly Subscription[]): string[] {
    const requests: string[] = [];
    const asked = new Set<PairChannel>();
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      if (channel === 'ticker') {
        this.#tickers.set(instrument, subscription);
        this.#tickersWaiting.push(subscription);
        if (!this.#tickersOpen) requests.push(command('subscribe', CHANNEL.ticker));
        this.#tickersOpen = true;
        continue;
      }
      const pair = this.#pair(instrument);
      if (channel === 'book') pair.book = subscription;
      else pair.trade = subscription;
      // Trades flow already. A book needs a snapshot, which only a new subscription brings.
      if (pair.isOpen && channel === 'trade' && !asked.has(pair)) {
        this.#due.push({ subscription, isThere: true });
        continue;
      }
      pair.waiting.push(subscription);
      if (asked.has(pair)) continue;
      asked.add(pair);
      if (pair.isOpen) requests.push(command('unsubscribe', pair.name));
      requests.push(command('subscribe', pair.name));
    }
    for (const pair of asked) pair.isOpen = true;
    return requests;
  }

  unsubscribe(subscriptions: readonly Subscription[]): string[] {
    const requests: string[] = [];
    for (const subscription of subscriptions) {
      const { channel, instrument } = subscription;
      this.#due.push({ subscription, isThere: false });
      if (channel === 'ticker') {
        this.#tickers.delete(instrument);
        if (this.#tickers.size > 0 || !this.#tickersOpen) continue;
        this.#tickersOpen = false;
        requests.push(command('unsubscribe', CHANNEL.ticker));
        continue;
      }
      const pair = this.#pair(instrument);
      if (channel === 'book') pair.book = undefined;
      else pair.trade = undefined;
      pair.waiting = pair.waiting.filter((each) => each.channel !== channel);
      if (pair.book !== undefined || pair.trade !== undefined || !pair.isOpen) continue;
      pair.isOpen = false;
      pair.pause();
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
    const { waiting } = pair;
    if (waiting.length === 0) return;
    pair.waiting = [];
    for (const subscription of waiting) this.#events.subscribed(subscription, '');
  }

  tickersAccepted(): void {
    const waiting = this.#tickersWaiting;
    if (waiting.length === 0) return;
    this.#tickersWaiting = [];
    for (const subscription of waiting)
      if (this.#tickers.get(subscription.instrument) === subscription)
        this.#events.subscribed(subscription, '');
  }

  #pair(instrument: InstrumentId): PairChannel {
    const pair = this.#pairs.get(instrument);
    invariant(pair !== undefined, 'an instrument is made known before it is subscribed');
    return pair;
  }
}

const command = (name: 'subscribe' | 'unsubscribe', channel: number | string): string =>
  JSON.stringify({ command: name, channel });
