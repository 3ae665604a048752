import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import { COINBASE } from '../../../shared/venues/coinbase.ts';
import type { ChannelName } from '../../../shared/venues/venue.ts';
import { HEARTBEAT_CHANNEL } from './wire.ts';

export type Method = 'subscribe' | 'unsubscribe';

interface PendingRequest {
  readonly method: Method;
  readonly product: string;
  /** Each leaves when its answer comes. */
  readonly waiting: Map<ChannelName, Subscription>;
}

/** Requests whose answers are waited for at once. Past that the oldest is forgotten. */
const PENDING_MAX = 1024;

/**
 * Writes requests and finds the subscriptions that an answer means. Each request names one product, because one
 * that is not valid has the whole request refused. A product's heartbeat is asked for with the first of its
 * channels and ended with the last.
 */
export class Requests {
  readonly #products: ReadonlyMap<InstrumentId, string>;
  readonly #pending = new Set<PendingRequest>();
  /** What is asked for on this connection, by product. */
  readonly #asked = new Map<string, Set<ChannelName>>();

  constructor(products: ReadonlyMap<InstrumentId, string>) {
    this.#products = products;
  }

  /** A new connection begins. */
  reset(): void {
    this.#pending.clear();
    this.#asked.clear();
  }

  write(method: Method, subscriptions: readonly Subscription[]): string[] {
    const groups = new Map<string, Map<ChannelName, Subscription>>();
    for (const subscription of subscriptions) {
      const product = this.#products.get(subscription.instrument);
      invariant(product !== undefined, 'an instrument is made known before it is subscribed');
      const group = groups.get(product) ?? new Map<ChannelName, Subscription>();
      groups.set(product, group.set(subscription.channel, subscription));
    }
    return [...groups].map(([product, group]) => this.#writeOne(method, product, group));
  }

  /**
   * What is answered by a list of all that is subscribed: what was asked for and is in it, and what was asked to
   * end and is not.
   *
   * @param isListed of a channel and product.
   */
  answered(
    isListed: (channel: ChannelName, product: string) => boolean,
    tell: (method: Method, subscription: Subscription) => void,
  ): void {
    for (const pending of this.#pending) {
      const { method, product, waiting } = pending;
      for (const [channel, subscription] of waiting) {
        if (isListed(channel, product) !== (method === 'subscribe')) continue;
        waiting.delete(channel);
        tell(method, subscription);
      }
      if (waiting.size === 0) this.#pending.delete(pending);
    }
  }

  /** The subscriptions of the oldest request for a product that this sentence names; none where there is none. */
  refused(sentence: string): readonly Subscription[] {
    const words = new Set(sentence.split(/[^A-Za-z0-9-]+/));
    for (const pending of this.#pending) {
      if (!words.has(pending.product)) continue;
      this.#pending.delete(pending);
      if (pending.method === 'subscribe') this.#forget(pending.product, pending.waiting.keys());
      return [...pending.waiting.values()];
    }
    return [];
  }

  #writeOne(method: Method, product: string, group: Map<ChannelName, Subscription>): string {
    const withHeartbeat =
      method === 'subscribe' ? this.#begin(product, group) : this.#forget(product, group.keys());
    const names = [...group.keys()].map((name) => COINBASE.channels.get(name)?.venueName ?? name);
    const channels = [...names, ...(withHeartbeat ? [HEARTBEAT_CHANNEL] : [])].map((name) => ({
      name,
      product_ids: [product],
    }));
    this.#pending.add({ method, product, waiting: new Map(group) });
    // A Set gives its values in the order they came.
    const [oldest] = this.#pending;
    if (this.#pending.size > PENDING_MAX && oldest !== undefined) this.#pending.delete(oldest);
    return JSON.stringify({ type: method, channels });
  }

  /** @returns whether the heartbeat is to be asked for: with the first channel, and with one that had no answer. */
  #begin(product: string, group: ReadonlyMap<ChannelName, Subscription>): boolean {
    const asked = this.#asked.get(product) ?? new Set<ChannelName>();
    const isFirst = asked.size === 0;
    const isRepeated = [...group.keys()].some((channel) => asked.has(channel));
    for (const channel of group.keys()) asked.add(channel);
    this.#asked.set(product, asked);
    return isFirst || isRepeated;
  }

  /** @returns whether nothing of the product is asked for any more. */
  #forget(product: string, channels: Iterable<ChannelName>): boolean {
    const asked = this.#asked.get(product);
    for (const channel of channels) asked?.delete(channel);
    if (asked !== undefined && asked.size > 0) return false;
    this.#asked.delete(product);
    return true;
  }
}
