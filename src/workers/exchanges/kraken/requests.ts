import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import { type InstrumentId, NO_INSTRUMENT } from '../../../shared/units.ts';
import { KRAKEN } from '../../../shared/venues/kraken.ts';
import { channelParams, wantsSnapshot } from './wire.ts';

export type Method = 'subscribe' | 'unsubscribe';

interface PendingRequest {
  readonly method: Method;
  /** By venue symbol, '' for a channel of the whole venue; each leaves when its answer comes. */
  readonly waiting: Map<string, Subscription>;
}

/** What an answer says of the subscription it means; all but the method may be missing. */
export interface AnswerTo {
  readonly method: Method;
  readonly requestId: number | undefined;
  readonly channel: string | undefined;
  readonly symbol: string | undefined;
  readonly depth: number | undefined;
  readonly interval: number | undefined;
}

/** Requests whose answers are waited for at once. Past that the oldest is forgotten; its answers are found by name. */
const PENDING_MAX = 1024;

/** Writes requests, as few as the limits allow, and finds the subscription that an answer means. */
export class Requests {
  readonly #symbols: ReadonlyMap<InstrumentId, string>;
  readonly #pending = new Map<number, PendingRequest>();
  /** Everything asked for on this connection, for answers that carry no request id. */
  readonly #asked = new Map<string, Subscription>();
  #lastId = 0;

  constructor(symbols: ReadonlyMap<InstrumentId, string>) {
    this.#symbols = symbols;
  }

  /** A new connection begins. Ids go on, so that no two requests of a feed share one. */
  reset(): void {
    this.#pending.clear();
    this.#asked.clear();
  }

  write(method: Method, subscriptions: readonly Subscription[]): string[] {
    const groups = new Map<string, Subscription[]>();
    for (const subscription of subscriptions) {
      const key = JSON.stringify([channelParams(subscription), wantsSnapshot(subscription)]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [subscription]);
      else group.push(subscription);
    }
    const limit = KRAKEN.limits.symbolsPerRequest;
    const requests: string[] = [];
    for (const group of groups.values())
      for (let from = 0; from < group.length; from += limit)
        requests.push(this.#writeOne(method, group.slice(from, from + limit)));
    return requests;
  }

  ping(): string {
    return JSON.stringify({ method: 'ping', req_id: ++this.#lastId });
  }

  #writeOne(method: Method, group: readonly Subscription[]): string {
    const first = group[0];
    invariant(first !== undefined, 'a request names at least one subscription');
    const waiting = new Map<string, Subscription>();
    for (const subscription of group) {
      const symbol = this.#symbolOf(subscription);
      waiting.set(symbol, subscription);
      const { channel, depth, interval } = channelParams(subscription);
      this.#asked.set(nameOf(channel, depth ?? interval, symbol), subscription);
    }
    const id = ++this.#lastId;
    this.#pending.set(id, { method, waiting });
    // A Map gives its keys in the order they came.
    if (this.#pending.size > PENDING_MAX) this.#pending.delete(this.#pending.keys().next().value ?? 0);
    const { channel, ...more } = channelParams(first);
    const params = {
      channel,
      ...(first.instrument === NO_INSTRUMENT ? {} : { symbol: [...waiting.keys()] }),
      ...more,
      ...(method === 'subscribe' ? { snapshot: wantsSnapshot(first) } : {}),
    };
    return JSON.stringify({ method, params, req_id: id });
  }

  #symbolOf(subscription: Subscription): string {
    if (subscription.instrument === NO_INSTRUMENT) return '';
    const symbol = this.#symbols.get(subscription.instrument);
    invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
    return symbol;
  }

  /**
   * The subscriptions an answer means, which is thereby answered: none where nothing of ours fits, several
   * where a whole request was refused without naming a symbol.
   */
  answered(answer: AnswerTo): readonly Subscription[] {
    const { method, requestId, channel, symbol } = answer;
    const byId = requestId === undefined ? undefined : this.#pending.get(requestId);
    if (requestId !== undefined && byId?.method === method) {
      const found = this.#take(requestId, byId, symbol ?? (channel === undefined ? undefined : ''));
      if (found.length > 0) return found;
    }
    if (channel !== undefined) {
      const name = nameOf(channel, answer.depth ?? answer.interval, symbol ?? '');
      const subscription = this.#asked.get(name);
      return subscription === undefined ? [] : [subscription];
    }
    if (symbol === undefined) return [];
    // A refusal that names a symbol alone: the oldest request of its kind that still waits for it.
    for (const [id, pending] of this.#pending)
      if (pending.method === method && pending.waiting.has(symbol)) return this.#take(id, pending, symbol);
    return [];
  }

  #take(id: number, pending: PendingRequest, symbol: string | undefined): readonly Subscription[] {
    const { waiting } = pending;
    const subscription = symbol === undefined ? undefined : waiting.get(symbol);
    const found =
      symbol === undefined ? [...waiting.values()] : subscription === undefined ? [] : [subscription];
    if (symbol === undefined) waiting.clear();
    else waiting.delete(symbol);
    if (waiting.size === 0) this.#pending.delete(id);
    return found;
  }
}

const nameOf = (channel: string, span: number | undefined, symbol: string): string =>
  `${channel}:${span ?? ''}:${symbol}`;
