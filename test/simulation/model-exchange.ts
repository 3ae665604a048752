import type { ChannelName, ExchangeName } from '../../src/shared/venues/venue.ts';
import { Market } from '../../src/workers/simulator/market.ts';
import type { MarketSymbol, Trade } from '../../src/workers/simulator/market-symbol.ts';
import type { Change } from '../../src/workers/simulator/simulated-book.ts';
import {
  type AnsweredRequest,
  type TopicParameters,
  VENUE_REFUSALS,
  type VenueWire,
} from '../../src/workers/simulator/venue-wire.ts';
import { WIRE_KRAKEN } from '../../src/workers/simulator/wire-kraken.ts';
import { WIRE_KRAKEN_V1 } from '../../src/workers/simulator/wire-kraken-v1.ts';
import type { Random } from '../support/random.ts';
import { Told } from './told.ts';

/** 2023-10-06, µs since the Unix epoch. */
const EPOCH_US = 1_696_613_755_000_000;

/** The checksum covers this many levels of a side, so that in books of this depth no lie goes unnoticed. */
const CHECKED_DEPTH = 10;

/** Trades alone would use a book up, so a side with fewer levels is filled up by other orders. */
const LEVELS_MIN = 15;

interface Topic {
  readonly symbol: MarketSymbol | undefined;
  readonly parameters: TopicParameters;
  /** Whether the client was told, so that it may be told of the end. */
  readonly isAcknowledged: boolean;
}

/** The exchange's side of one connection. */
export class VenueLine {
  readonly topics = new Map<string, Topic>();
  readonly #told = new Map<number, Told>();
  /** A message that is sent after the next one. */
  held: string | undefined;
  /** Nothing was sent since the last heartbeat was due. */
  quiet = true;
  readonly send: (text: string, delayMs?: number) => void;

  constructor(send: (text: string, delayMs?: number) => void) {
    this.send = send;
  }

  hasTopic(channel: ChannelName, instrument: number): boolean {
    for (const { symbol, parameters } of this.topics.values())
      if (parameters.channel === channel && (symbol === undefined || symbol.index === instrument))
        return true;
    return false;
  }

  told(instrument: number): Told {
    let told = this.#told.get(instrument);
    if (told === undefined) {
      told = new Told();
      this.#told.set(instrument, told);
    }
    return told;
  }
}

export interface ModelExchangeOptions {
  readonly exchange: ExchangeName;
  readonly pairs: number;
  readonly seed: number;
  readonly levels: number;
  readonly chance: Random;
  /** Whether messages may be spoilt: lost, repeated, in the wrong order, unreadable. */
  readonly lies: boolean;
  /** True in `part` of 100 cases while the world misbehaves. */
  readonly mishap: (part: number) => boolean;
  /** Simulated time, ns. */
  readonly now: () => number;
}

/**
 * An exchange with one market: answers requests and tells of what happens, correctly or, by chance, not. A
 * row of its market is the id of the instrument.
 */
export class ModelExchange {
  readonly market: Market;
  readonly lines = new Set<VenueLine>();
  /** Times something went wrong or changed of which a strategy may be told. */
  causes = 0;
  /** Book messages that were spoilt. */
  spoiltBooks = 0;
  readonly #wire: VenueWire;
  readonly #options: ModelExchangeOptions;
  #us = EPOCH_US;

  constructor(options: ModelExchangeOptions) {
    const { exchange, pairs, seed, levels } = options;
    this.#options = options;
    this.#wire = exchange === 'kraken' ? WIRE_KRAKEN : WIRE_KRAKEN_V1;
    this.market = new Market({ exchange, pairs, seed, levels, now: () => this.#us });
  }

  connect(line: VenueLine): void {
    this.lines.add(line);
    this.#condition(line, 'online');
  }

  disconnect(line: VenueLine): void {
    this.lines.delete(line);
  }

  /** Something happens in the market, and who subscribed to it is told. */
  step(): void {
    const { chance } = this.#options;
    this.#tick();
    const subscribed = [...this.lines].flatMap((line) => [...line.topics.values()]);
    if (subscribed.length === 0 || chance.percent(2)) {
      const symbol = chance.pick(this.market.symbols);
      this.#changeBook(symbol, symbol.bookChanges(CHECKED_DEPTH));
      return;
    }
    const { symbol, parameters } = chance.pick(subscribed);
    if (symbol !== undefined) this.#happen(symbol, parameters);
  }

  /** One message at least for every topic there is, so that what is last told is known. */
  stepEach(): void {
    for (const line of this.lines)
      for (const { symbol, parameters } of line.topics.values()) {
        if (symbol === undefined) continue;
        const told = line.told(symbol.index);
        const before = told.books;
        do {
          this.#tick();
          this.#happen(symbol, parameters);
          // A change may lie beyond the depth of the subscription.
        } while (parameters.channel === 'book' && told.books === before);
      }
  }

  /** A request is on its way. The feed begins to count trades anew with each, whether or not it arrives. */
  asked(line: VenueLine, text: string): void {
    const request = this.#wire.read(text);
    if (request.kind !== 'subscribe' || request.topic.channel !== 'trade') return;
    for (const venueSymbol of request.symbols) {
      const symbol = this.market.find(venueSymbol);
      if (symbol !== undefined) line.told(symbol.index).tradeRequests++;
    }
  }

  heartbeat(): void {
    for (const line of this.lines) {
      this.#flushHeld(line);
      if (line.quiet && line.topics.size > 0) line.send(this.#wire.heartbeat);
      line.quiet = true;
    }
  }

  condition(word: string): void {
    for (const line of this.lines) this.#condition(line, word);
  }

  /** Ends a subscription that nobody asked to end. */
  endOne(): void {
    const { chance } = this.#options;
    for (const line of this.lines) {
      const topics = [...line.topics].filter(
        ([, topic]) => topic.symbol !== undefined && topic.isAcknowledged,
      );
      if (topics.length === 0) continue;
      const [key, { symbol, parameters }] = chance.pick(topics);
      line.topics.delete(key);
      this.causes++;
      const request: AnsweredRequest = {
        kind: 'unsubscribe',
        requestId: undefined,
        symbols: [symbol!.venueSymbol],
        topic: parameters,
      };
      line.send(this.#wire.unsubscribed(request, symbol, this.#us));
    }
  }

  receive(line: VenueLine, text: string): void {
    const request = this.#wire.read(text);
    this.causes++;
    this.#tick();
    switch (request.kind) {
      case 'ping':
        line.send(this.#wire.pong(request.requestId, this.#us));
        return;
      case 'malformed':
      case 'refused':
        throw new Error(`a request that a venue cannot accept: ${text}`);
      case 'subscribe':
      case 'unsubscribe':
        if (this.#options.mishap(5)) return;
        if (this.#options.mishap(3)) line.send(this.#wire.malformed(this.#us));
        else if (request.kind === 'subscribe') this.#subscribe(line, request);
        else this.#unsubscribe(line, request);
    }
  }

  #tick(): void {
    this.#us = Math.max(this.#us + 1, EPOCH_US + Math.floor(this.#options.now() / 1000));
  }

  #subscribe(line: VenueLine, request: AnsweredRequest): void {
    const { mishap, lies, exchange, chance } = this.#options;
    const wire = this.#wire;
    const parameters = request.topic!;
    for (const venueSymbol of request.symbols) {
      const symbol = this.market.find(venueSymbol);
      const key = wire.topicKey(parameters, venueSymbol);
      const refuse = (reason: string): void =>
        line.send(wire.refused(request, venueSymbol, reason, this.#us));
      if (symbol === undefined && parameters.channel !== 'instrument') {
        refuse(VENUE_REFUSALS.unknownPair(venueSymbol));
        continue;
      }
      if (line.topics.has(key)) {
        refuse(VENUE_REFUSALS.duplicate);
        continue;
      }
      if (mishap(1)) {
        refuse('EService:Unavailable');
        continue;
      }
      const isLost = mishap(5);
      const delayMs = mishap(10) ? chance.below(3_000) : undefined;
      line.topics.set(key, { symbol, parameters, isAcknowledged: !isLost && delayMs === undefined });
      if (!isLost) line.send(wire.subscribed(request, symbol, this.#us), delayMs);
      if (lies && mishap(5)) continue;
      if (symbol === undefined) {
        if (parameters.snapshot) line.send(wire.instruments(this.market));
      } else if (parameters.snapshot && (parameters.channel !== 'trade' || exchange === 'kraken'))
        this.#tellState(line, symbol, parameters, true);
    }
  }

  #unsubscribe(line: VenueLine, request: AnsweredRequest): void {
    const wire = this.#wire;
    for (const venueSymbol of request.symbols) {
      const key = wire.topicKey(request.topic!, venueSymbol);
      const topic = line.topics.get(key);
      line.topics.delete(key);
      if (this.#options.mishap(5)) continue;
      if (topic === undefined) line.send(wire.refused(request, venueSymbol, VENUE_REFUSALS.absent, this.#us));
      else line.send(wire.unsubscribed(request, topic.symbol, this.#us));
    }
  }

  #happen(symbol: MarketSymbol, parameters: TopicParameters): void {
    switch (parameters.channel) {
      case 'book':
        // Beyond the depth of the subscription, too: what happens there is not told and must not be shown.
        this.#changeBook(
          symbol,
          symbol.bookChanges(parameters.size * (this.#options.chance.percent(30) ? 3 : 1)),
        );
        return;
      case 'trade': {
        const { trades, changes } = symbol.takeLiquidity();
        for (const line of this.#linesOf(symbol, 'trade')) this.#tellTrades(line, symbol, trades);
        this.#changeBook(symbol, changes);
        for (let turns = 50; turns > 0 && isShort(symbol); turns--) {
          this.#tick();
          this.#changeBook(symbol, symbol.bookChanges(LEVELS_MIN));
        }
        return;
      }
      default:
        for (const line of this.#linesOf(symbol, parameters.channel))
          this.#tellState(line, symbol, parameters, false);
    }
  }

  *#linesOf(symbol: MarketSymbol, channel: ChannelName): Iterable<VenueLine> {
    for (const line of this.lines) if (line.hasTopic(channel, symbol.index)) yield line;
  }

  #changeBook(symbol: MarketSymbol, changes: readonly Change[]): void {
    const depths: number[] = [];
    const lines: VenueLine[] = [];
    for (const line of this.lines)
      for (const topic of line.topics.values())
        if (topic.symbol === symbol && topic.parameters.channel === 'book') {
          lines.push(line);
          depths.push(topic.parameters.size);
        }
    const { windows } = symbol.book.update(changes, depths);
    const checksum = symbol.book.checksum();
    windows.forEach((window, n) => {
      if (window.levels.length === 0) return;
      const line = lines[n]!;
      // Kraken v1 states the time of each level, and a level that came back into the window has an old one.
      const us =
        this.#options.exchange === 'kraken'
          ? this.#us
          : Math.max(...window.levels.map((level) => Math.floor(level.time)));
      line.told(symbol.index).book(symbol, window.depth, us);
      this.#tellBook(line, window.depth, this.#wire.bookUpdate(symbol, window, checksum, this.#us));
    });
  }

  #tellState(line: VenueLine, symbol: MarketSymbol, parameters: TopicParameters, isSnapshot: boolean): void {
    const wire = this.#wire;
    const told = line.told(symbol.index);
    const { channel, size } = parameters;
    switch (channel) {
      case 'book':
        told.book(symbol, size, this.#snapshotUs(symbol, size));
        this.#tellBook(line, size, wire.bookSnapshot(symbol, size, this.#us));
        return;
      case 'trade':
        line.send(wire.trades(symbol, symbol.trades, true));
        return;
      case 'ticker':
        if (this.#tell(line, wire.ticker(symbol, isSnapshot, this.#us)))
          told.ticker = symbol.bestBid / 10 ** symbol.decimals;
        return;
      case 'quote':
        if (this.#tell(line, wire.quote(symbol, this.#us)))
          told.quote = symbol.bestBid / 10 ** symbol.decimals;
        return;
      case 'candle':
        this.#tell(line, wire.candles(symbol, symbol.candles(size), isSnapshot, this.#us));
    }
  }

  #snapshotUs({ book }: MarketSymbol, depth: number): number {
    if (this.#options.exchange === 'kraken') return this.#us;
    let us = 0;
    for (const side of [book.bids, book.asks])
      for (let rank = 0; rank < Math.min(depth, side.size); rank++) us = Math.max(us, side.time(rank));
    return us;
  }

  #tellTrades(line: VenueLine, symbol: MarketSymbol, trades: readonly Trade[]): void {
    const told = this.#tell(line, this.#wire.trades(symbol, trades, false));
    for (const trade of trades) line.told(symbol.index).trade(symbol, trade, !told);
  }

  #tellBook(line: VenueLine, depth: number, text: string): void {
    const { lies, mishap } = this.#options;
    if (mishap(1)) {
      this.causes++;
      this.spoiltBooks++;
      this.#send(line, this.#wire.corrupted(text));
    } else if (!lies || depth > CHECKED_DEPTH) this.#send(line, text);
    else if (!this.#tell(line, text)) this.spoiltBooks++;
  }

  /** @returns false where the message was spoilt on the way. */
  #tell(line: VenueLine, text: string): boolean {
    const { lies, mishap, chance } = this.#options;
    if (!lies || !mishap(2)) {
      this.#send(line, text);
      return true;
    }
    this.causes++;
    switch (chance.below(5)) {
      case 0:
        break;
      case 1:
        this.#send(line, text);
        this.#send(line, text);
        break;
      case 2:
        this.#flushHeld(line);
        line.held = text;
        break;
      case 3:
        this.#send(line, text.slice(0, chance.below(text.length)));
        break;
      default:
        this.#send(line, this.#mutated(text));
    }
    return false;
  }

  /** One sign of its structure is another, which leaves no readable message of another meaning. */
  #mutated(text: string): string {
    const { chance } = this.#options;
    const places = [...text.matchAll(/[[\]{}":,]/g)].map(({ index }) => index);
    const at = chance.pick(places);
    const other = chance.pick([...'[]{}":,\u00e9'].filter((sign) => sign !== text[at]));
    return text.slice(0, at) + other + text.slice(at + 1);
  }

  #send(line: VenueLine, text: string): void {
    line.quiet = false;
    line.send(text);
    this.#flushHeld(line);
  }

  #flushHeld(line: VenueLine): void {
    const { held } = line;
    line.held = undefined;
    if (held !== undefined) line.send(held);
  }

  #condition(line: VenueLine, word: string): void {
    this.causes++;
    line.send(this.#wire.status(word, '17234598237459823745'));
  }
}

const isShort = ({ book }: MarketSymbol): boolean => Math.min(book.bids.size, book.asks.size) < LEVELS_MIN;
