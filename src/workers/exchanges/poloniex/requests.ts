import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { POLONIEX } from '../../../shared/venues/poloniex.ts';
import { channelParams } from './wire.ts';

export type Method = 'subscribe' | 'unsubscribe';

interface PendingRequest {
  readonly method: Method;
  readonly channel: string;
  /** By venue symbol; each leaves when its answer comes. */
  readonly waiting: Map<string, Subscription>;
}

/** Requests whose answers are waited for at once. Past that the oldest is forgotten. */
const PENDING_MAX = 1024;

/**
 * Writes requests, as few as the limits allow, and finds the subscription that an answer means. Poloniex
 * repeats channel and symbols in an acknowledgement; a refusal has nothing but a sentence.
 */
export class Requests {
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #pending = new Set<PendingRequest>();
  /** Everything asked for on this connection, by channel and venue symbol. */
  readonly #asked = new Map<string, Subscription>();

  constructor(symbols: ReadonlyMap<InstrumentId, string>) {
    this.#symbols = symbols;
  }

  /** A new connection begins. */
  reset(): void {
    this.#pending.clear();
    this.#asked.clear();
  }

  write(method: Method, subscriptions: readonly Subscription[]): string[] {
    const groups = new Map<string, Subscription[]>();
    for (const subscription of subscriptions) {
      const key = JSON.stringify(channelParams(subscription));
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [subscription]);
      else group.push(subscription);
    }
    const limit = POLONIEX.limits.symbolsPerRequest;
    const requests: string[] = [];
    for (const group of groups.values())
      for (let from = 0; from < group.length; from += limit)
        requests.push(this.#writeOne(method, group.slice(from, from + limit)));
    return requests;
  }

  /** The subscription of a channel and symbol that an acknowledgement names, which is thereby answered. */
  acknowledged(method: Method, channel: string, symbol: string): Subscription | undefined {
    for (const pending of this.#pending)
      if (pending.method === method && pending.channel === channel && pending.waiting.has(symbol)) {
        this.#answer(pending, symbol);
        break;
      }
    return this.#asked.get(nameOf(channel, symbol));
  }

  /** The subscriptions of the oldest request that waits for a symbol this sentence names; none where none does. */
  refused(sentence: string): readonly Subscription[] {
    const words = new Set(sentence.split(/[^A-Za-z0-9._]+/));
    for (const pending of this.#pending) {
      const named = [...pending.waiting].filter(([symbol]) => words.has(symbol));
      if (named.length === 0) continue;
      for (const [symbol] of named) this.#answer(pending, symbol);
      return named.map(([, subscription]) => subscription);
    }
    return [];
  }

  #answer(pending: PendingRequest, symbol: string): void {
    pending.waiting.delete(symbol);
    if (pending.waiting.size === 0) this.#pending.delete(pending);
  }

  #writeOne(method: Method, group: readonly Subscription[]): string {
    const first = group[0];
    invariant(first !== undefined, 'a request names at least one subscription');
    const { channel, ...more } = channelParams(first);
    const waiting = new Map<string, Subscription>();
    for (const subscription of group) {
      const symbol = this.#symbols.get(subscription.instrument);
      invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
      waiting.set(symbol, subscription);
      this.#asked.set(nameOf(channel, symbol), subscription);
    }
    this.#pending.add({ method, channel, waiting });
    // A Set gives its values in the order they came.
    const [oldest] = this.#pending;
    if (this.#pending.size > PENDING_MAX && oldest !== undefined) this.#pending.delete(oldest);
    return JSON.stringify({ event: method, channel: [channel], symbols: [...waiting.keys()], ...more });
  }
}

const nameOf = (channel: string, symbol: string): string => `${channel}:${symbol}`;
