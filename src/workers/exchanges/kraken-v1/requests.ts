import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { KRAKEN_V1 } from '../../../shared/venues/kraken.ts';
import { channelName, type WireSubscription, wireSubscription } from './channel-name.ts';

export type RequestEvent = 'subscribe' | 'unsubscribe';

/** A request whose answers, one per pair, have not all come. */
export interface OpenRequest {
  readonly event: RequestEvent;
  /** By pair. */
  readonly subscriptions: Map<string, Subscription>;
}

/** The oldest open request is forgotten beyond this many: answers that never come may not fill the memory. */
const OPEN_REQUESTS_MAX = 4096;

interface Group {
  readonly wire: WireSubscription;
  readonly subscriptions: Map<string, Subscription>;
}

/**
 * Builds requests and knows what their answers are about: a subscription by channel name and pair, or all
 * that is open of a request by its `reqid`.
 */
export class Requests {
  readonly #pairs = new Map<InstrumentId, string>();
  readonly #known = new Map<string, Subscription>();
  readonly #open = new Map<number, OpenRequest>();
  #nextId = 1;

  addPair(instrument: InstrumentId, pair: string): void {
    this.#pairs.set(instrument, pair);
  }

  /** Forgets what was asked on the last connection. */
  reset(): void {
    this.#known.clear();
    this.#open.clear();
  }

  /** Requests for these subscriptions, grouped by what can be asked together. */
  build(event: RequestEvent, subscriptions: readonly Subscription[]): string[] {
    const groups = new Map<string, Group>();
    for (const subscription of subscriptions) {
      const pair = this.#pairs.get(subscription.instrument);
      invariant(pair !== undefined, 'an instrument is made known before it is subscribed');
      const wire = wireSubscription(subscription);
      const channel = channelName(wire);
      const group = groups.get(channel) ?? { wire, subscriptions: new Map() };
      groups.set(channel, group);
      group.subscriptions.set(pair, subscription);
      this.#known.set(key(channel, pair), subscription);
    }
    return [...groups.values()].flatMap((group) => this.#requestsOf(event, group));
  }

  ping(): string {
    return JSON.stringify({ event: 'ping', reqid: this.#nextId++ });
  }

  /** The subscription that was asked for under this name and pair on this connection. */
  find(channel: string, pair: string): Subscription | undefined {
    return this.#known.get(key(channel, pair));
  }

  /** The request with this id, while answers to it are outstanding. */
  request(id: number): OpenRequest | undefined {
    return this.#open.get(id);
  }

  /** Notes that the answer about this pair has come. */
  answered(id: number, pair: string): void {
    const request = this.#open.get(id);
    if (request === undefined) return;
    request.subscriptions.delete(pair);
    if (request.subscriptions.size === 0) this.#open.delete(id);
  }

  /** Notes that one answer has come for the whole request. */
  close(id: number): void {
    this.#open.delete(id);
  }

  #requestsOf(event: RequestEvent, group: Group): string[] {
    const entries = [...group.subscriptions];
    const texts: string[] = [];
    const { symbolsPerRequest } = KRAKEN_V1.limits;
    for (let from = 0; from < entries.length; from += symbolsPerRequest) {
      const part = new Map(entries.slice(from, from + symbolsPerRequest));
      const reqid = this.#nextId++;
      this.#remember(reqid, { event, subscriptions: part });
      texts.push(JSON.stringify({ event, reqid, pair: [...part.keys()], subscription: group.wire }));
    }
    return texts;
  }

  #remember(id: number, request: OpenRequest): void {
    this.#open.set(id, request);
    if (this.#open.size <= OPEN_REQUESTS_MAX) return;
    const oldest = this.#open.keys().next();
    if (oldest.done !== true) this.#open.delete(oldest.value);
  }
}

const key = (channel: string, pair: string): string => `${channel} ${pair}`;
