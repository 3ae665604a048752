import type { JsonObject } from '../../../shared/json/read-json.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { isArray, type Problem, textAt } from '../json-entry.ts';
import type { Method, Requests } from './requests.ts';

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/** Reads answers to requests of ours: acknowledgements, refusals, pongs. */
export class Answers {
  readonly #events: CodecEvents;
  readonly #requests: Requests;

  constructor(events: CodecEvents, requests: Requests) {
    this.#events = events;
    this.#requests = requests;
  }

  /** @returns what is wrong where the message is no answer to anything we asked. */
  read(message: JsonObject): Problem {
    const event = textAt(message, 'event');
    switch (event) {
      case 'pong':
        this.#events.pong();
        return undefined;
      case 'subscribe':
      case 'unsubscribe':
        return this.#acknowledged(event, message);
      case 'error':
        this.#refused(textAt(message, 'message')?.slice(0, WORDS_MAX) ?? 'an error without a message');
        return undefined;
      default:
        return 'an event this version does not know';
    }
  }

  #acknowledged(method: Method, message: JsonObject): Problem {
    const channel = textAt(message, 'channel');
    const symbols = message.get('symbols');
    if (channel === undefined || !isArray(symbols)) return 'an acknowledgement without channel and symbols';
    let known = 0;
    for (const symbol of symbols) {
      if (typeof symbol !== 'string') continue;
      const subscription = this.#requests.acknowledged(method, channel, symbol);
      if (subscription === undefined) continue;
      known++;
      if (method === 'subscribe') this.#events.subscribed(subscription, '');
      else this.#events.unsubscribed(subscription);
    }
    return known === 0 ? 'an acknowledgement of nothing we asked for' : undefined;
  }

  #refused(reason: string): void {
    const meant = this.#requests.refused(reason);
    if (meant.length === 0) this.#events.refused(undefined, reason);
    for (const subscription of meant) this.#events.refused(subscription, reason);
  }
}
