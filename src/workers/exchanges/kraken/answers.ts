import type { JsonObject } from '../../../shared/json/read-json.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { integerOf, isArray, isObject, type Problem, textAt } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import type { Method, Requests } from './requests.ts';

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/** Reads answers to requests of ours: acknowledgements, refusals, pongs. */
export class Answers {
  readonly #events: CodecEvents;
  readonly #requests: Requests;
  readonly #ids: NewestTradeIds;

  constructor(events: CodecEvents, requests: Requests, ids: NewestTradeIds) {
    this.#events = events;
    this.#requests = requests;
    this.#ids = ids;
  }

  /** @returns what is wrong where the message is no answer to anything we asked. */
  read(message: JsonObject): Problem {
    const method = textAt(message, 'method');
    if (method === 'pong') {
      this.#events.pong();
      return undefined;
    }
    const error = textAt(message, 'error')?.slice(0, WORDS_MAX);
    if (method !== 'subscribe' && method !== 'unsubscribe') {
      if (error === undefined) return 'an answer to no request of ours';
      this.#events.refused(undefined, error);
      return undefined;
    }
    if (message.get('success') === true) return this.#accepted(method, message);
    if (error === undefined) return 'an answer with neither success nor error';
    this.#refused(method, message, error);
    return undefined;
  }

  #accepted(method: Method, message: JsonObject): Problem {
    const result = message.get('result');
    if (!isObject(result)) return 'an acknowledgement without result';
    const meant = this.#meant(method, message, result);
    if (meant.length === 0) return 'an acknowledgement of nothing we asked for';
    const warnings = result.get('warnings');
    const warning = isArray(warnings) ? warnings.filter((w) => typeof w === 'string').join('; ') : '';
    for (const subscription of meant) {
      if (method === 'subscribe') this.#events.subscribed(subscription, warning.slice(0, WORDS_MAX));
      else {
        if (subscription.channel === 'trade') this.#ids.forget(subscription.instrument);
        this.#events.unsubscribed(subscription);
      }
    }
    return undefined;
  }

  #refused(method: Method, message: JsonObject, error: string): void {
    const result = message.get('result');
    const meant = this.#meant(method, message, isObject(result) ? result : new Map());
    if (meant.length === 0) this.#events.refused(undefined, error);
    for (const subscription of meant) {
      // What is refused because it is so already is as good as done.
      if (method === 'subscribe' && /^already subscribed/i.test(error))
        this.#events.subscribed(subscription, error);
      else if (method === 'unsubscribe' && /not (found|subscribed)/i.test(error))
        this.#events.unsubscribed(subscription);
      else this.#events.refused(subscription, error);
    }
  }

  #meant(method: Method, message: JsonObject, result: JsonObject) {
    return this.#requests.answered({
      method,
      requestId: integerOf(message.get('req_id'), Number.MAX_SAFE_INTEGER),
      channel: textAt(result, 'channel'),
      symbol: textAt(result, 'symbol') ?? textAt(message, 'symbol'),
      depth: integerOf(result.get('depth'), Number.MAX_SAFE_INTEGER),
      interval: integerOf(result.get('interval'), Number.MAX_SAFE_INTEGER),
    });
  }
}
