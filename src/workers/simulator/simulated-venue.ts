import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { SimulatorFault, SimulatorFaultName } from '../../shared/simulator/fault-names.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';
import { BlockSender } from './block-sender.ts';
import type { Faults } from './faults.ts';
import { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import { buildBlock } from './message-block.ts';
import { Random } from './random.ts';
import type { Change } from './simulated-book.ts';
import { SimulatedConnection } from './simulated-connection.ts';
import type { SimulatorCounts } from './simulator-counts.ts';
import { type Mix, StepPlan } from './step-plan.ts';
import { type Topic, Topics } from './topics.ts';
import { type AnsweredRequest, VENUE_REFUSALS, type VenueWire } from './venue-wire.ts';
import { WIRE_KRAKEN } from './wire-kraken.ts';
import { WIRE_KRAKEN_V1 } from './wire-kraken-v1.ts';

const WIRES: Readonly<Record<ExchangeName, VenueWire>> = {
  kraken: WIRE_KRAKEN,
  'kraken-v1': WIRE_KRAKEN_V1,
};

/** Requests of one connection kept while a block is under way; a client that sends more is cut off. */
const REQUESTS_WAITING_MAX = 10_000;

export interface VenueOptions {
  readonly exchange: ExchangeName;
  readonly pairs: number;
  readonly seed: number;
  readonly levels: number;
  readonly mix: Mix;
  readonly stamp: boolean;
  readonly queuedBytesMax: number;
  /** Wall clock, whole µs since the Unix epoch. */
  readonly now: () => number;
}

/** What happens next because of what happened: done before anything new is drawn. */
type Intent =
  | { readonly kind: 'book'; readonly symbol: MarketSymbol; readonly changes: readonly Change[] }
  | { readonly kind: 'send'; readonly topic: Topic }
  | { readonly kind: 'trade'; readonly symbol: MarketSymbol };

/** One venue: its market, who listens to what, and the answers to requests. */
export class SimulatedVenue {
  readonly connections = new Set<SimulatedConnection>();
  readonly #options: VenueOptions;
  readonly #wire: VenueWire;
  readonly #market: Market;
  readonly #topics = new Topics();
  readonly #plan: StepPlan;
  readonly #faults: Faults;
  readonly #counts: SimulatorCounts;
  // Chance that is no part of the market's, so that connections do not change what the market does.
  readonly #connectionRandom: Random;
  readonly #intents: Intent[] = [];
  /** The second of two messages to swap is awaited, by stream. */
  readonly #held = new Map<Topic, string>();
  readonly #requestsWaiting = new Map<SimulatedConnection, string[]>();
  #frozenUs: number | undefined;
  #blockMessages = 0;

  constructor(options: VenueOptions, faults: Faults, counts: SimulatorCounts) {
    this.#options = options;
    this.#wire = WIRES[options.exchange];
    this.#market = new Market({ ...options, now: () => this.#now() });
    this.#plan = new StepPlan(options.mix, this.#market.random);
    this.#connectionRandom = new Random(options.seed ^ 0x5eed);
    this.#faults = faults;
    this.#counts = counts;
  }

  connect(webSocket: WebSocket, socket: Socket): void {
    const id = `1${Array.from({ length: 19 }, () => this.#connectionRandom.below(10)).join('')}`;
    const { queuedBytesMax } = this.#options;
    const connection = new SimulatedConnection(webSocket, socket, id, this.#counts, queuedBytesMax);
    this.connections.add(connection);
    this.#counts.connections++;
    this.#counts.connectionsOpened++;
    webSocket.on('message', (data, isBinary) => {
      this.#receive(connection, isBinary ? '' : String(data));
    });
    webSocket.on('ping', (data) => {
      if (connection.answersPings && !connection.silent && connection.isOpen) webSocket.pong(data);
    });
    // A broken connection ends in 'close' as well.
    webSocket.on('error', () => {});
    webSocket.on('close', () => this.#forget(connection));
    const condition = this.#faults.lasting('maintenance') === undefined ? 'online' : 'maintenance';
    connection.send(this.#wire.status(condition, id));
    connection.flush();
    this.#chooseBlocks(connection);
  }

  /** Makes `count` messages, each for all who subscribe to it. @returns how many; fewer where nobody listens. */
  step(count: number): number {
    let made = 0;
    // A change beyond every window makes no message, so turns are bounded too.
    for (let turns = count * 20 + 100; made < count && turns > 0; turns--) {
      const intent = this.#intents.shift() ?? this.#draw();
      if (intent === undefined) break;
      if (this.#carryOut(intent)) made++;
    }
    for (const connection of this.connections) connection.flush();
    return made;
  }

  /** Messages in the blocks connections are sent again and again; 0: messages are made one by one. */
  set blockMessages(blockMessages: number) {
    if (this.#blockMessages === blockMessages) return;
    this.#blockMessages = blockMessages;
    for (const connection of this.connections) this.#chooseBlocks(connection);
  }

  /** Lets every connection send its share of `count` messages of its block; Infinity lets it flood. */
  sendBlocks(count: number): void {
    let streams = 0;
    for (const { subscriptions } of this.connections) streams += subscriptions.size;
    for (const connection of this.connections) {
      const { block, subscriptions } = connection;
      if (block === undefined || subscriptions.size === 0) continue;
      // What could not be sent in time is not made up for: the connection is slower than its rate.
      block.due = Math.min(block.due, this.#blockMessages) + (count * subscriptions.size) / streams;
      block.pump();
    }
  }

  /** Sends a heartbeat to subscribers that were sent nothing since the last call. */
  heartbeat(): void {
    for (const connection of this.connections) {
      if (!connection.sentSince && connection.subscriptions.size > 0 && !connection.block?.isMidPass) {
        connection.send(this.#wire.heartbeat);
        connection.flush();
      }
      connection.sentSince = false;
    }
  }

  /** Carries out a fault that is not a matter of single messages. */
  begin({ name, value }: SimulatorFault): void {
    for (const connection of this.connections) {
      connection.flush();
      if (name === 'drop-connection') connection.drop();
      else if (name === 'reset') connection.reset();
      else if (name === 'close') connection.close(value ?? 1000, 'simulated');
      else if (name === 'silent') connection.silent = true;
      else if (name === 'no-pong') connection.answersPings = false;
      else if (name === 'garbage') this.#sendGarbage(connection);
      else if (name === 'maintenance') connection.send(this.#wire.status('maintenance', connection.id));
      connection.flush();
    }
  }

  /** Ends a lasting fault. */
  end(name: SimulatorFaultName): void {
    for (const connection of this.connections) {
      if (name === 'silent') connection.silent = false;
      else if (name === 'no-pong') connection.answersPings = true;
      else if (name === 'maintenance') connection.send(this.#wire.status('online', connection.id));
      connection.flush();
      connection.block?.pump();
    }
  }

  #now(): number {
    return this.#frozenUs ?? this.#options.now();
  }

  #draw(): Intent | undefined {
    const topic = this.#plan.draw((channel) => this.#topics.of(channel));
    if (topic === undefined) return undefined;
    const { symbol, channel, size } = topic;
    if (channel === 'trade') return { kind: 'trade', symbol };
    if (channel === 'book') {
      const depths = this.#topics.ofSymbol('book', symbol).map((book) => book.size);
      return { kind: 'book', symbol, changes: symbol.bookChanges(this.#plan.reach(depths)) };
    }
    if (channel !== 'candle' || symbol.candles(size).fresh) return { kind: 'send', topic };
    // Candles are sent because of trades.
    this.#intents.push({ kind: 'send', topic });
    return { kind: 'trade', symbol };
  }

  /** @returns whether somebody was sent a message. */
  #carryOut(intent: Intent): boolean {
    if (intent.kind === 'book') return this.#changeBook(intent.symbol, intent.changes);
    if (intent.kind === 'send') return this.#sendState(intent.topic);
    const { symbol } = intent;
    const { trades, changes } = symbol.takeLiquidity();
    this.#intents.unshift({ kind: 'book', symbol, changes });
    return this.#sendTrades(symbol, trades);
  }

  #changeBook(symbol: MarketSymbol, changes: readonly Change[]): boolean {
    const topics = this.#topics.ofSymbol('book', symbol);
    const update = symbol.book.update(
      changes,
      topics.map(({ size }) => size),
    );
    symbol.replenish();
    if (update.undo.length === 0 || topics.length === 0) return false;
    const fault = this.#faults.take(symbol.pair.symbol, 'book', update.touchesTop);
    const checksum = symbol.book.checksum();
    let sent = false;
    update.windows.forEach((window, n) => {
      if (window.levels.length === 0) return;
      sent = true;
      const text = this.#wire.bookUpdate(symbol, window, checksum, this.#now());
      this.#deliver(topics[n]!, text, fault);
    });
    return sent;
  }

  #sendTrades(symbol: MarketSymbol, trades: readonly Trade[]): boolean {
    const [topic] = this.#topics.ofSymbol('trade', symbol);
    if (topic === undefined) return false;
    const fault = this.#faults.take(symbol.pair.symbol, 'trade', true);
    this.#deliver(topic, this.#wire.trades(symbol, trades, false), fault);
    return true;
  }

  #sendState(topic: Topic): boolean {
    if (topic.subscribers.size === 0) return false;
    this.#deliver(topic, this.#stateText(topic, false), undefined);
    return true;
  }

  #stateText({ symbol, channel, size }: Topic, isSnapshot: boolean): string {
    const wire = this.#wire;
    const now = this.#now();
    if (channel === 'book') return wire.bookSnapshot(symbol, size, now);
    if (channel === 'trade') return wire.trades(symbol, symbol.trades, isSnapshot);
    if (channel === 'ticker') return wire.ticker(symbol, isSnapshot, now);
    if (channel === 'quote') return wire.quote(symbol, now);
    const candles = symbol.candles(size);
    if (!isSnapshot) candles.fresh = false;
    return wire.candles(symbol, candles, isSnapshot, now);
  }

  #deliver(topic: Topic, text: string, fault: SimulatorFault | undefined): void {
    const held = this.#held.get(topic);
    if (fault?.name === 'reorder' && held === undefined) {
      this.#held.set(topic, text);
      return;
    }
    const sent = fault?.name === 'corrupt-checksum' ? this.#wire.corrupted(text) : text;
    for (const connection of topic.subscribers) {
      if (fault?.name !== 'skip-update') connection.send(sent);
      if (fault?.name === 'repeat') connection.send(sent);
      if (held !== undefined) connection.send(held);
    }
    this.#held.delete(topic);
  }

  #receive(connection: SimulatedConnection, text: string): void {
    if (connection.silent) return;
    this.#counts.requests++;
    // Answers to what changes the streams must not come between the messages of a pass.
    if (connection.block === undefined || !connection.block.isMidPass) {
      this.#answer(connection, text);
      connection.flush();
      connection.block?.pump();
      return;
    }
    const waiting = this.#requestsWaiting.get(connection) ?? [];
    waiting.push(text);
    this.#requestsWaiting.set(connection, waiting);
    if (waiting.length > REQUESTS_WAITING_MAX) connection.close(1008, 'too many requests');
  }

  #answerWaiting(connection: SimulatedConnection): void {
    const waiting = this.#requestsWaiting.get(connection);
    if (waiting === undefined) return;
    this.#requestsWaiting.delete(connection);
    for (const text of waiting) this.#answer(connection, text);
    connection.flush();
  }

  #answer(connection: SimulatedConnection, text: string): void {
    const request = this.#wire.read(text);
    const now = this.#now();
    switch (request.kind) {
      case 'ping':
        if (connection.answersPings) connection.send(this.#wire.pong(request.requestId, now));
        return;
      case 'malformed':
        connection.send(this.#wire.malformed(now));
        return;
      case 'refused':
        if (this.#faults.lasting('ignore-acks') !== undefined) return;
        for (const symbol of request.symbols)
          connection.send(this.#wire.refused(request, symbol, request.reason, now));
        return;
      case 'subscribe':
        if (this.#faults.lasting('ignore-acks') === undefined) this.#subscribe(connection, request);
        return;
      case 'unsubscribe':
        if (this.#faults.lasting('ignore-acks') === undefined) this.#unsubscribe(connection, request);
        return;
    }
  }

  #subscribe(connection: SimulatedConnection, request: AnsweredRequest): void {
    const parameters = request.topic!;
    const now = this.#now();
    const wire = this.#wire;
    const refusesAll = this.#faults.lasting('refuse-subscriptions') !== undefined;
    const snapshots: string[] = [];
    for (const venueSymbol of request.symbols) {
      const symbol = this.#market.find(venueSymbol);
      const key = wire.topicKey(parameters, venueSymbol);
      const isWhole = parameters.channel === 'instrument';
      if (refusesAll || (symbol === undefined && !isWhole))
        connection.send(wire.refused(request, venueSymbol, VENUE_REFUSALS.unknownPair(venueSymbol), now));
      else if (connection.subscriptions.has(key))
        connection.send(wire.refused(request, venueSymbol, VENUE_REFUSALS.duplicate, now));
      else {
        connection.send(wire.subscribed(request, symbol, now));
        if (symbol === undefined) {
          connection.subscriptions.set(key, undefined);
          if (parameters.snapshot) snapshots.push(wire.instruments(this.#market));
          continue;
        }
        const topic = this.#topics.subscribe(connection, symbol, parameters);
        connection.subscriptions.set(key, topic);
        if (connection.block !== undefined) connection.block.outdated = true;
        // Kraken v1 sends no past trades, as recorded.
        const hasPast = topic.channel !== 'trade' || this.#options.exchange === 'kraken';
        if (parameters.snapshot && hasPast) snapshots.push(this.#stateText(topic, true));
      }
    }
    for (const snapshot of snapshots) connection.send(snapshot);
  }

  #unsubscribe(connection: SimulatedConnection, request: AnsweredRequest): void {
    const now = this.#now();
    const wire = this.#wire;
    for (const venueSymbol of request.symbols) {
      const key = wire.topicKey(request.topic!, venueSymbol);
      if (!connection.subscriptions.has(key)) {
        connection.send(wire.refused(request, venueSymbol, VENUE_REFUSALS.absent, now));
        continue;
      }
      const topic = connection.subscriptions.get(key);
      this.#leave(connection, key, topic);
      connection.send(wire.unsubscribed(request, topic?.symbol, now));
    }
  }

  #leave(connection: SimulatedConnection, key: string, topic: Topic | undefined): void {
    connection.subscriptions.delete(key);
    if (topic === undefined) return;
    this.#topics.unsubscribe(connection, topic);
    if (topic.subscribers.size === 0) this.#held.delete(topic);
    if (connection.block !== undefined) connection.block.outdated = true;
  }

  #forget(connection: SimulatedConnection): void {
    if (!this.connections.delete(connection)) return;
    this.#counts.connections--;
    this.#requestsWaiting.delete(connection);
    for (const [key, topic] of connection.subscriptions) this.#leave(connection, key, topic);
  }

  #chooseBlocks(connection: SimulatedConnection): void {
    connection.block?.finish();
    connection.block = undefined;
    this.#answerWaiting(connection);
    if (this.#blockMessages === 0) return;
    const { stamp, now } = this.#options;
    connection.block = new BlockSender(
      connection,
      this.#wire,
      this.#faults,
      stamp ? now : undefined,
      () => this.#answerWaiting(connection),
      () => this.#buildBlock(connection),
    );
  }

  #buildBlock(connection: SimulatedConnection): ReturnType<typeof buildBlock> {
    const topics = [...connection.subscriptions.values()].filter((topic) => topic !== undefined);
    const timeUs = this.#options.now();
    this.#frozenUs = timeUs;
    const block = buildBlock(topics, this.#blockMessages, {
      wire: this.#wire,
      plan: this.#plan,
      timeUs,
    });
    this.#frozenUs = undefined;
    return block;
  }

  #sendGarbage(connection: SimulatedConnection): void {
    connection.send('{"channel":"book","type":"upd');
    connection.send(']nonsense{,"price":1e999}}');
    connection.sendBinary(Uint8Array.from({ length: 64 }, () => this.#connectionRandom.below(256)));
  }
}
