import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { BINANCE } from '../../../shared/venues/binance.ts';
import { isPartialBook, streamName } from './wire.ts';

export type Method = 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'SET_PROPERTY';

export interface PendingRequest {
  readonly method: Method;
  /** None where it was asked for something else. */
  readonly subscriptions: readonly Subscription[];
}

/** Requests whose answers are waited for at once. Past that the oldest is forgotten, and asked again by the session. */
const PENDING_MAX = 1024;

/** Writes requests, and finds what an answer, which says no more than an id, means. */
export class Requests {
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  /** Messages of this connection come in envelopes. */
  #isCombined = false;

  constructor(symbols: ReadonlyMap<InstrumentId, string>) {
    this.#symbols = symbols;
  }

  /** A new connection begins. Ids go on, so that no two requests of a feed share one. */
  reset(): void {
    this.#pending.clear();
    this.#isCombined = false;
  }

  write(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', subscriptions: readonly Subscription[]): string[] {
    const limit = BINANCE.limits.symbolsPerRequest;
    const requests: string[] = [];
    if (method === 'SUBSCRIBE' && subscriptions.some(isPartialBook)) requests.push(...this.#combine());
    for (let from = 0; from < subscriptions.length; from += limit)
      requests.push(this.#writeOne(method, subscriptions.slice(from, from + limit)));
    return requests;
  }

  /** The request that an answer means, which is thereby answered. */
  answered(id: number): PendingRequest | undefined {
    const request = this.#pending.get(id);
    this.#pending.delete(id);
    return request;
  }

  /**
   * Has all that follows sent in envelopes, because the best levels of a book do not name their symbol. On the
   * endpoint for combined streams that is so already, and nothing changes.
   */
  #combine(): readonly string[] {
    if (this.#isCombined) return [];
    this.#isCombined = true;
    const method = 'SET_PROPERTY';
    return [JSON.stringify({ method, params: ['combined', true], id: this.#expect(method, []) })];
  }

  /** @returns the id of a request that is now waited for. */
  #expect(method: Method, subscriptions: readonly Subscription[]): number {
    const id = ++this.#lastId;
    this.#pending.set(id, { method, subscriptions });
    // A Map gives its keys in the order they came.
    if (this.#pending.size > PENDING_MAX) this.#pending.delete(this.#pending.keys().next().value ?? 0);
    return id;
  }

  #writeOne(method: Method, subscriptions: readonly Subscription[]): string {
    const id = this.#expect(method, subscriptions);
    const params = subscriptions.map((subscription) => {
      const symbol = this.#symbols.get(subscription.instrument);
      invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
      return streamName(subscription, symbol);
    });
    return JSON.stringify({ method, params, id });
  }
}
