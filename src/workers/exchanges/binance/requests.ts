import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { BINANCE } from '../../../shared/venues/binance.ts';
import { streamName } from './wire.ts';

export type Method = 'SUBSCRIBE' | 'UNSUBSCRIBE';

export interface PendingRequest {
  readonly method: Method;
  readonly subscriptions: readonly Subscription[];
}

/** Requests whose answers are waited for at once. Past that the oldest is forgotten, and asked again by the session. */
const PENDING_MAX = 1024;

/** Writes requests, and finds what an answer, which says no more than an id, means. */
export class Requests {
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;

  constructor(symbols: ReadonlyMap<InstrumentId, string>) {
    this.#symbols = symbols;
  }

  /** A new connection begins. Ids go on, so that no two requests of a feed share one. */
  reset(): void {
    this.#pending.clear();
  }

  write(method: Method, subscriptions: readonly Subscription[]): string[] {
    const limit = BINANCE.limits.symbolsPerRequest;
    const requests: string[] = [];
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

  #writeOne(method: Method, subscriptions: readonly Subscription[]): string {
    const id = ++this.#lastId;
    this.#pending.set(id, { method, subscriptions });
    // A Map gives its keys in the order they came.
    if (this.#pending.size > PENDING_MAX) this.#pending.delete(this.#pending.keys().next().value ?? 0);
    const params = subscriptions.map((subscription) => {
      const symbol = this.#symbols.get(subscription.instrument);
      invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
      return streamName(subscription, symbol);
    });
    return JSON.stringify({ method, params, id });
  }
}
