import type { ExchangeName } from '../../shared/venues/venue.ts';
import type { ClientLimits } from './client-limits.ts';
import type { Faults } from './faults.ts';
import type { Market } from './market.ts';
import type { MarketSymbol } from './market-symbol.ts';
import type { SimulatedConnection } from './simulated-connection.ts';
import type { SimulatorCounts } from './simulator-counts.ts';
import type { Topic, Topics } from './topics.ts';
import {
  type AnsweredRequest,
  type ClientRequest,
  type TopicParameters,
  VENUE_REFUSALS,
  type VenueWire,
} from './venue-wire.ts';

/** Requests of one connection kept while a block is under way; a client that sends more is cut off. */
const REQUESTS_WAITING_MAX = 10_000;

export interface RequestContext {
  readonly exchange: ExchangeName;
  readonly wire: VenueWire;
  readonly market: Market;
  readonly topics: Topics;
  readonly faults: Faults;
  readonly limits: ClientLimits;
  readonly counts: SimulatorCounts;
  /** µs since the Unix epoch. */
  readonly now: () => number;
  /** The state of a stream as its subscribers are sent it first. */
  readonly snapshot: (topic: Topic) => string;
}

/** Reads what clients of one venue ask, answers, and keeps who listens to what. */
export class VenueRequests {
  readonly #context: RequestContext;
  readonly #waiting = new Map<SimulatedConnection, string[]>();

  constructor(context: RequestContext) {
    this.#context = context;
  }

  receive(connection: SimulatedConnection, text: string): void {
    if (connection.silent) return;
    const { counts, limits } = this.#context;
    counts.requests++;
    if (!limits.mayRequest(connection.requestWindow, performance.now())) {
      connection.close(1008, 'too many requests');
      return;
    }
    // Answers to what changes the streams must not come between the messages of a pass.
    if (connection.block === undefined || !connection.block.isMidPass) {
      this.#answer(connection, text);
      connection.flush();
      connection.block?.pump();
      return;
    }
    const waiting = this.#waiting.get(connection) ?? [];
    waiting.push(text);
    this.#waiting.set(connection, waiting);
    if (waiting.length > REQUESTS_WAITING_MAX) connection.close(1008, 'too many requests');
  }

  /** Carries out what a connection asked for by the address it was made to. */
  begin(connection: SimulatedConnection, request: ClientRequest): void {
    this.#answerOne(connection, request);
    connection.flush();
  }

  /** Answers what came while a block was under way. */
  answerWaiting(connection: SimulatedConnection): void {
    const waiting = this.#waiting.get(connection);
    if (waiting === undefined) return;
    this.#waiting.delete(connection);
    for (const text of waiting) this.#answer(connection, text);
    connection.flush();
  }

  /** Ends what a connection that is gone was subscribed to. */
  forget(connection: SimulatedConnection): void {
    this.#waiting.delete(connection);
    for (const [key, topic] of connection.subscriptions) this.#leave(connection, key, topic);
  }

  #answer(connection: SimulatedConnection, text: string): void {
    const { wire, market } = this.#context;
    const request = wire.read(text);
    this.#answerOne(connection, wire.resolved?.(request, market) ?? request);
  }

  #answerOne(connection: SimulatedConnection, request: ClientRequest): void {
    const { wire, faults } = this.#context;
    const now = this.#context.now();
    switch (request.kind) {
      case 'ping':
        if (connection.answersPings) connection.send(wire.pong(request.requestId, now));
        return;
      case 'several':
        for (const one of request.requests) this.#answerOne(connection, one);
        return;
      case 'answered':
        if (faults.lasting('ignore-acks') === undefined) connection.send(request.text);
        return;
      case 'about-connection': {
        const { form, names } = connection;
        if (form !== undefined && faults.lasting('ignore-acks') === undefined)
          connection.send(request.answer(form, [...names.values()]));
        return;
      }
      case 'malformed':
        connection.send(wire.malformed(now));
        return;
      case 'refused':
        if (faults.lasting('ignore-acks') === undefined) this.#refuse(connection, request, request.reason);
        return;
      case 'subscribe':
      case 'unsubscribe':
        if (faults.lasting('ignore-acks') !== undefined) return;
        if (request.namesAll !== true && !this.#context.limits.mayName(request.symbols.length))
          this.#refuse(connection, request, VENUE_REFUSALS.symbolsPerRequest);
        else if (request.kind === 'subscribe') this.#subscribe(connection, request);
        else this.#unsubscribe(connection, request);
        return;
    }
  }

  #refuse(connection: SimulatedConnection, request: AnsweredRequest, reason: string): void {
    const { wire, now } = this.#context;
    for (const symbol of request.symbols) connection.send(wire.refused(request, symbol, reason, now()));
  }

  #subscribe(connection: SimulatedConnection, request: AnsweredRequest): void {
    const { wire, market, topics, faults, limits, exchange } = this.#context;
    const { subscriptions } = connection;
    const parameters = request.topic!;
    const now = this.#context.now();
    const refusesAll = faults.lasting('refuse-subscriptions') !== undefined;
    const isWhole = parameters.channel === 'instrument';
    const snapshots: string[] = [];
    const accepted: MarketSymbol[] = [];
    for (const venueSymbol of request.symbols) {
      const symbol = isWhole ? undefined : market.find(venueSymbol);
      const key = wire.topicKey(parameters, venueSymbol);
      let refusal: string | undefined;
      if (refusesAll || (symbol === undefined && !isWhole)) refusal = VENUE_REFUSALS.unknownPair(venueSymbol);
      else if (subscriptions.has(key)) refusal = VENUE_REFUSALS.duplicate;
      else if (!limits.maySubscribe(subscriptions.size)) refusal = VENUE_REFUSALS.subscriptionsPerConnection;
      if (refusal !== undefined) {
        connection.send(wire.refused(request, venueSymbol, refusal, now));
        continue;
      }
      if (wire.acknowledged === undefined || symbol === undefined)
        connection.send(wire.subscribed(request, symbol, now));
      else accepted.push(symbol);
      if (symbol === undefined) {
        subscriptions.set(key, undefined);
        if (parameters.snapshot) snapshots.push(wire.instruments(market));
        continue;
      }
      const topic = topics.subscribe(connection, symbol, parameters);
      subscriptions.set(key, topic);
      if (request.kind === 'subscribe' && request.name !== undefined)
        connection.names.set(topic, request.name);
      for (const more of alsoOf(request))
        subscriptions.set(wire.topicKey(more, venueSymbol), topics.subscribe(connection, symbol, more));
      if (connection.block !== undefined) connection.block.outdated = true;
      // Kraken v1 and Poloniex send no past trades, as recorded.
      const hasPast = topic.channel !== 'trade' || exchange === 'kraken' || exchange === 'coinbase';
      if (parameters.snapshot && hasPast)
        snapshots.push(connection.addressed(wire, topic, this.#context.snapshot(topic)));
    }
    if (accepted.length > 0) connection.send(wire.acknowledged!(request, accepted, now));
    connection.connectionCounts.subscriptions = subscriptions.size;
    for (const snapshot of snapshots) connection.send(snapshot);
  }

  #unsubscribe(connection: SimulatedConnection, request: AnsweredRequest): void {
    const { wire } = this.#context;
    const now = this.#context.now();
    const accepted: MarketSymbol[] = [];
    for (const venueSymbol of request.symbols) {
      const key = wire.topicKey(request.topic!, venueSymbol);
      if (!connection.subscriptions.has(key)) {
        connection.send(wire.refused(request, venueSymbol, VENUE_REFUSALS.absent, now));
        continue;
      }
      const topic = connection.subscriptions.get(key);
      this.#leave(connection, key, topic);
      for (const more of alsoOf(request)) {
        const other = wire.topicKey(more, venueSymbol);
        this.#leave(connection, other, connection.subscriptions.get(other));
      }
      if (wire.acknowledged === undefined || topic === undefined)
        connection.send(wire.unsubscribed(request, topic?.symbol, now));
      else accepted.push(topic.symbol);
    }
    if (accepted.length > 0) connection.send(wire.acknowledged!(request, accepted, now));
  }

  #leave(connection: SimulatedConnection, key: string, topic: Topic | undefined): void {
    connection.subscriptions.delete(key);
    connection.connectionCounts.subscriptions = connection.subscriptions.size;
    if (topic === undefined) return;
    connection.names.delete(topic);
    this.#context.topics.unsubscribe(connection, topic);
    if (connection.block !== undefined) connection.block.outdated = true;
  }
}

const alsoOf = (request: AnsweredRequest): readonly TopicParameters[] =>
  'also' in request ? (request.also ?? []) : [];
