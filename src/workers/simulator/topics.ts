import type { ChannelName } from '../../shared/venues/venue.ts';
import type { MarketSymbol } from './market-symbol.ts';
import type { SimulatedConnection } from './simulated-connection.ts';
import type { TopicParameters } from './venue-wire.ts';

/** One stream of messages that somebody subscribes to: a channel of a symbol, at a depth or interval. */
export interface Topic {
  readonly symbol: MarketSymbol;
  readonly channel: ChannelName;
  readonly size: number;
  readonly subscribers: Set<SimulatedConnection>;
}

/** All streams of one venue that have subscribers. Order is the order of subscribing, so it is reproducible. */
export class Topics {
  readonly #topics = new Map<string, Topic>();
  readonly #byChannel = new Map<ChannelName, Topic[]>();
  readonly #bySymbol = new Map<string, Topic[]>();

  /** Streams of a channel, oldest first. */
  of(channel: ChannelName): readonly Topic[] {
    return this.#byChannel.get(channel) ?? [];
  }

  /** Streams of one symbol in a channel: its depths or intervals. */
  ofSymbol(channel: ChannelName, symbol: MarketSymbol): readonly Topic[] {
    return this.#bySymbol.get(`${channel} ${symbol.venueSymbol}`) ?? [];
  }

  subscribe(connection: SimulatedConnection, symbol: MarketSymbol, parameters: TopicParameters): Topic {
    const { channel, size } = parameters;
    const key = `${channel} ${size} ${symbol.venueSymbol}`;
    let topic = this.#topics.get(key);
    if (topic === undefined) {
      topic = { symbol, channel, size, subscribers: new Set() };
      this.#topics.set(key, topic);
      append(this.#byChannel, channel, topic);
      append(this.#bySymbol, `${channel} ${symbol.venueSymbol}`, topic);
    }
    topic.subscribers.add(connection);
    return topic;
  }

  unsubscribe(connection: SimulatedConnection, topic: Topic): void {
    topic.subscribers.delete(connection);
    if (topic.subscribers.size > 0) return;
    const { channel, size, symbol } = topic;
    this.#topics.delete(`${channel} ${size} ${symbol.venueSymbol}`);
    remove(this.#byChannel, channel, topic);
    remove(this.#bySymbol, `${channel} ${symbol.venueSymbol}`, topic);
  }
}

function append<K>(lists: Map<K, Topic[]>, key: K, topic: Topic): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [topic]);
  else list.push(topic);
}

function remove<K>(lists: Map<K, Topic[]>, key: K, topic: Topic): void {
  const list = lists.get(key)!;
  list.splice(list.indexOf(topic), 1);
  if (list.length === 0) lists.delete(key);
}
