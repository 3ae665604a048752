import type { JsonObject } from '../../../shared/json/read-json.ts';
import type { ChannelName } from '../../../shared/venues/venue.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { isArray, isObject, type Problem, textAt } from '../json-entry.ts';
import type { Requests } from './requests.ts';
import { CHANNELS } from './wire.ts';

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/** Reads answers to requests of ours: lists of what is subscribed, refusals. */
export class Answers {
  readonly #events: CodecEvents;
  readonly #requests: Requests;

  constructor(events: CodecEvents, requests: Requests) {
    this.#events = events;
    this.#requests = requests;
  }

  /** A list of all that is subscribed. It need not answer anything: what was asked twice is answered twice. */
  readList(message: JsonObject): Problem {
    const channels = message.get('channels');
    if (!isArray(channels)) return 'subscriptions without channels';
    const listed = new Map<ChannelName, Set<unknown>>();
    for (const entry of channels) {
      const products = isObject(entry) ? entry.get('product_ids') : undefined;
      if (!isObject(entry) || !isArray(products)) return 'a channel without product_ids';
      const channel = CHANNELS.get(textAt(entry, 'name') ?? '');
      if (channel === undefined) continue;
      const known = listed.get(channel) ?? new Set<unknown>();
      for (const product of products) known.add(product);
      listed.set(channel, known);
    }
    this.#requests.answered(
      (channel, product) => listed.get(channel)?.has(product) === true,
      (method, subscription) => {
        if (method === 'subscribe') this.#events.subscribed(subscription, '');
        else this.#events.unsubscribed(subscription);
      },
    );
    return undefined;
  }

  readError(message: JsonObject): void {
    const words = [textAt(message, 'message'), textAt(message, 'reason')].filter(
      (text) => text !== undefined,
    );
    const reason = words.length === 0 ? 'an error without a message' : words.join(': ').slice(0, WORDS_MAX);
    const meant = this.#requests.refused(reason);
    if (meant.length === 0) this.#events.refused(undefined, reason);
    for (const subscription of meant) this.#events.refused(subscription, reason);
  }
}
