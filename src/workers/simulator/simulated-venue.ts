import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { SimulatorFault, SimulatorFaultName } from '../../shared/simulator/fault-names.ts';
import type { SymbolTruth } from '../../shared/simulator/simulator-protocol.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';
import { BlockSender } from './block-sender.ts';
import type { ClientLimits } from './client-limits.ts';
import type { Faults } from './faults.ts';
import { Market } from './market.ts';
import type { MarketSymbol, Trade } from './market-symbol.ts';
import { MarketTruth } from './market-truth.ts';
import { buildBlock } from './message-block.ts';
import { Random } from './random.ts';
import type { Change } from './simulated-book.ts';
import { SimulatedConnection } from './simulated-connection.ts';
import type { SimulatorCounts } from './simulator-counts.ts';
import { type Mix, StepPlan } from './step-plan.ts';
import { type Topic, Topics } from './topics.ts';
import { VenueRequests } from './venue-requests.ts';
import type { RestText, VenueWire } from './venue-wire.ts';
import { WIRE_BINANCE } from './wire-binance.ts';
import { WIRE_COINBASE } from './wire-coinbase.ts';
import { WIRE_GEMINI } from './wire-gemini.ts';
import { WIRE_GEMINI_V1 } from './wire-gemini-v1.ts';
import { WIRE_KRAKEN } from './wire-kraken.ts';
import { WIRE_KRAKEN_V1 } from './wire-kraken-v1.ts';
import { WIRE_POLONIEX } from './wire-poloniex.ts';
import { WIRE_POLONIEX_LEGACY } from './wire-poloniex-legacy.ts';

const WIRES: Readonly<Record<ExchangeName, VenueWire>> = {
  kraken: WIRE_KRAKEN,
  'kraken-v1': WIRE_KRAKEN_V1,
  binance: WIRE_BINANCE,
  poloniex: WIRE_POLONIEX,
  'poloniex-legacy': WIRE_POLONIEX_LEGACY,
  gemini: WIRE_GEMINI,
  'gemini-v1': WIRE_GEMINI_V1,
  coinbase: WIRE_COINBASE,
};

/** How a connection's life ends unless the fault says otherwise: the server goes away. */
const LIFE_END_CODE = 1001;

export interface VenueOptions {
  readonly exchange: ExchangeName;
  readonly pairs: number;
  readonly seed: number;
  readonly levels: number;
  readonly mix: Mix;
  readonly stamp: boolean;
  readonly queuedBytesMax: number;
  readonly limits: ClientLimits;
  /** Wall clock, whole µs since the Unix epoch. */
  readonly now: () => number;
}

/** What happens next because of what happened: done before anything new is drawn. */
type Intent =
  | { readonly kind: 'book'; readonly symbol: MarketSymbol; readonly changes: readonly Change[] }
  | { readonly kind: 'send'; readonly topic: Topic }
  | { readonly kind: 'trade'; readonly symbol: MarketSymbol };

/** One venue: its market, and what of it each connection is sent. */
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
  readonly #limits: ClientLimits;
  readonly #requests: VenueRequests;
  readonly #truth: MarketTruth;
  readonly #intents: Intent[] = [];
  /** The second of two messages to swap is awaited, by stream. */
  readonly #held = new WeakMap<Topic, string>();
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
    this.#limits = options.limits;
    this.#truth = new MarketTruth(options.exchange);
    this.#requests = new VenueRequests({
      exchange: options.exchange,
      wire: this.#wire,
      market: this.#market,
      topics: this.#topics,
      faults,
      limits: options.limits,
      counts,
      now: () => this.#now(),
      snapshot: (topic) => this.#stateText(topic, true),
    });
  }

  /** @param address path and query that the connection was made to. */
  connect(webSocket: WebSocket, socket: Socket, address = '/'): void {
    const id = `1${Array.from({ length: 19 }, () => this.#connectionRandom.below(10)).join('')}`;
    const { exchange, queuedBytesMax, seed } = this.#options;
    const requestWindow = this.#limits.requestWindow();
    const connection = new SimulatedConnection(
      webSocket,
      socket,
      { id, seed, queuedBytesMax, requestWindow },
      this.#counts,
      this.#counts.connection(exchange),
    );
    this.connections.add(connection);
    this.#chooseLine(connection);
    this.#limitLife(connection);
    webSocket.on('message', (data, isBinary) => {
      this.#requests.receive(connection, isBinary ? '' : String(data));
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
    const { pathname, searchParams } = new URL(address, 'http://localhost');
    const asked = this.#wire.connected?.(pathname, searchParams);
    connection.form = asked?.form;
    connection.own = asked?.own;
    if (asked !== undefined) this.#requests.begin(connection, asked.request);
    this.#chooseBlocks(connection);
  }

  /** Connections that are not about to close. */
  get openConnections(): number {
    let open = 0;
    for (const connection of this.connections) if (connection.isOpen) open++;
    return open;
  }

  /** True where a client does not keep up. */
  get isBehind(): boolean {
    for (const connection of this.connections) if (connection.isBehind) return true;
    return false;
  }

  /** What the venue itself knows of a symbol; undefined where it lists no such symbol. */
  truth(venueSymbol: string): SymbolTruth | undefined {
    const symbol = this.#market.find(venueSymbol);
    return symbol === undefined ? undefined : this.#truth.of(symbol);
  }

  /** Answers over HTTP; undefined where nothing lies at this path. */
  rest(path: string, query: URLSearchParams): RestText | undefined {
    return this.#wire.rest?.(path, query, this.#market);
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
  set blockMessages(wanted: number) {
    const blockMessages = this.#wire.countsUpdates === true ? 0 : wanted;
    if (this.#blockMessages === blockMessages) return;
    this.#blockMessages = blockMessages;
    for (const connection of this.connections) this.#chooseBlocks(connection);
  }

  /** Whether connections are sent a block again and again. */
  get sendsBlocks(): boolean {
    return this.#blockMessages > 0;
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
      const isOwed = connection.subscriptions.size > 0 || this.#wire.beatsAlways === true;
      if (!connection.sentSince && isOwed && !connection.block?.isMidPass) {
        connection.send(this.#wire.heartbeat);
        connection.flush();
      }
      connection.sentSince = false;
      this.#beatProducts(connection);
    }
  }

  /** Carries out a fault that is not a matter of single messages. */
  begin({ name, value, connection: only }: SimulatorFault): void {
    for (const connection of this.connections) {
      if ((only ?? connection.number) !== connection.number) continue;
      connection.flush();
      if (name === 'drop-connection') connection.drop();
      else if (name === 'reset') connection.reset();
      else if (name === 'close') connection.close(value ?? 1000, 'simulated');
      else if (name === 'silent') connection.silent = true;
      else if (name === 'no-pong') connection.answersPings = false;
      else if (name === 'garbage') this.#sendGarbage(connection);
      else if (name === 'maintenance') connection.send(this.#wire.status('maintenance', connection.id));
      else if (name === 'lose' || name === 'jitter') this.#chooseLine(connection);
      else if (name === 'connection-life') this.#limitLife(connection);
      connection.flush();
    }
  }

  /** Ends a lasting fault. */
  end(name: SimulatorFaultName): void {
    for (const connection of this.connections) {
      if (name === 'silent') connection.silent = false;
      else if (name === 'no-pong') connection.answersPings = true;
      else if (name === 'maintenance') connection.send(this.#wire.status('online', connection.id));
      else if (name === 'lose' || name === 'jitter') this.#chooseLine(connection);
      else if (name === 'connection-life') this.#limitLife(connection);
      connection.flush();
      connection.block?.pump();
    }
  }

  /** Not beside a block, whose trades have numbers of their own. */
  #beatProducts(connection: SimulatedConnection): void {
    const wire = this.#wire;
    if (wire.productHeartbeat === undefined || connection.block !== undefined) return;
    const topics = [...connection.subscriptions.values()].filter((topic) => topic !== undefined);
    for (const symbol of new Set(topics.map(({ symbol }) => symbol)))
      connection.send(wire.productHeartbeat(symbol, this.#now()));
    connection.flush();
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
    if (this.#wire.joinsTrades === true) return this.#changeBook(symbol, changes, trades);
    this.#intents.unshift({ kind: 'book', symbol, changes });
    return this.#sendTrades(symbol, trades);
  }

  /** @param trades What the changes come of, where the venue says so in the same message. */
  #changeBook(symbol: MarketSymbol, changes: readonly Change[], trades: readonly Trade[] = []): boolean {
    const topics = this.#topics.ofSymbol('book', symbol);
    const update = symbol.book.update(
      changes,
      topics.map(({ size }) => size),
    );
    symbol.replenish();
    if (update.undo.length === 0 || topics.length === 0) return false;
    const fault =
      this.#faults.take(symbol.pair.symbol, 'book', update.touchesTop) ??
      (trades.length > 0 ? this.#faults.take(symbol.pair.symbol, 'trade', true) : undefined);
    const checksum = symbol.book.checksum();
    if (update.isShown) symbol.book.showAs(symbol.book.id + 1);
    update.windows.forEach((window, n) => {
      if (window.levels.length === 0) return;
      const text = this.#wire.bookUpdate(symbol, window, checksum, this.#now(), trades);
      this.#deliver(topics[n]!, text, fault);
    });
    return update.isShown;
  }

  #sendTrades(symbol: MarketSymbol, trades: readonly Trade[]): boolean {
    const topics = this.#topics.ofSymbol('trade', symbol);
    if (topics.length === 0) return false;
    const wire = this.#wire;
    const fault = this.#faults.take(symbol.pair.symbol, 'trade', true);
    const messages = wire.sendsTradesApart === true ? trades.map((trade) => [trade]) : [trades];
    for (const topic of topics)
      for (const [n, some] of messages.entries()) {
        const text =
          topic.size === 0 ? wire.trades(symbol, some, false) : wire.aggregateTrade?.(symbol, some[0]!);
        if (text !== undefined) this.#deliver(topic, text, n === 0 ? fault : undefined);
      }
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
    this.#truth.count(topic.symbol, topic.channel, topic.size);
    const held = this.#held.get(topic);
    if (fault?.name === 'reorder' && held === undefined) {
      this.#held.set(topic, text);
      return;
    }
    const sent = fault?.name === 'corrupt-checksum' ? this.#wire.corrupted(text) : text;
    for (const connection of topic.subscribers) {
      // In the order in which they would have been sent, because a connection may count its messages.
      const late = held === undefined ? '' : connection.addressed(this.#wire, topic, held);
      const own = connection.addressed(this.#wire, topic, sent);
      if (fault?.name !== 'skip-update') connection.sendMarket(own);
      if (fault?.name === 'repeat') connection.sendMarket(own);
      if (held !== undefined) connection.sendMarket(late);
    }
    this.#held.delete(topic);
  }

  #forget(connection: SimulatedConnection): void {
    if (!this.connections.delete(connection)) return;
    this.#counts.connections--;
    connection.ended();
    this.#requests.forget(connection);
  }

  #limitLife(connection: SimulatedConnection): void {
    const fault = this.#faults.lastingOn('connection-life', connection.number);
    connection.limitLife(fault?.durationMs ?? this.#limits.lifeMs, () => {
      if (fault === undefined) this.#counts.violation('connectionLifeMs');
      else this.#counts.fault('connection-life');
      const code = fault === undefined ? this.#limits.endCode : (fault.value ?? LIFE_END_CODE);
      connection.close(code, 'connection life reached');
    });
  }

  #chooseLine(connection: SimulatedConnection): void {
    const lose = this.#faults.lastingOn('lose', connection.number);
    const jitter = this.#faults.lastingOn('jitter', connection.number);
    connection.quality = {
      lossProbability: lose?.probability ?? 0,
      jitterMs: jitter?.durationMs ?? 0,
    };
  }

  #chooseBlocks(connection: SimulatedConnection): void {
    connection.block?.finish();
    connection.block = undefined;
    this.#requests.answerWaiting(connection);
    if (this.#blockMessages === 0) return;
    const { stamp, now } = this.#options;
    connection.block = new BlockSender(
      connection,
      this.#wire,
      this.#faults,
      stamp ? now : undefined,
      () => this.#requests.answerWaiting(connection),
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
