import type { JsonObject } from '../../../shared/json/read-json.ts';
import type { CodecEvents } from '../../feed-events.ts';
import { isObject, type Problem, textAt } from '../json-entry.ts';
import type { BookSync } from './book-sync.ts';
import type { Requests } from './requests.ts';
import type { TradeIds } from './trade-ids.ts';
import { integerAt } from './wire-value.ts';

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/** Reads answers to requests of ours: one for each, with its id. Unknown streams are accepted like known ones. */
export class Answers {
  readonly #events: CodecEvents;
  readonly #requests: Requests;
  readonly #books: BookSync;
  readonly #ids: TradeIds;

  constructor(events: CodecEvents, requests: Requests, books: BookSync, ids: TradeIds) {
    this.#events = events;
    this.#requests = requests;
    this.#books = books;
    this.#ids = ids;
  }

  /** @returns what is wrong where the message is no answer to anything we asked. */
  read(message: JsonObject): Problem {
    const id = integerAt(message, 'id');
    // Older servers put what is wrong into an object of its own.
    const error = message.get('error') ?? message;
    const words = isObject(error) ? textAt(error, 'msg')?.slice(0, WORDS_MAX) : undefined;
    if (words !== undefined) {
      this.#refused(id, words);
      return undefined;
    }
    if (message.get('result') !== null) return 'neither market data nor an answer to anything we asked';
    const request = id === undefined ? undefined : this.#requests.answered(id);
    if (request === undefined) return 'an acknowledgement of nothing we asked for';
    for (const subscription of request.subscriptions) {
      const { channel, instrument } = subscription;
      if (request.method === 'SUBSCRIBE') {
        this.#events.subscribed(subscription, '');
        if (channel === 'book') this.#books.acknowledged(instrument);
      } else {
        if (channel === 'trade') this.#ids.forget(instrument);
        this.#events.unsubscribed(subscription);
      }
    }
    return undefined;
  }

  /** An id is absent from most refusals; the request is then asked again in a while. */
  #refused(id: number | undefined, words: string): void {
    const request = id === undefined ? undefined : this.#requests.answered(id);
    if (request === undefined || request.subscriptions.length === 0) this.#events.refused(undefined, words);
    else for (const subscription of request.subscriptions) this.#events.refused(subscription, words);
  }
}
