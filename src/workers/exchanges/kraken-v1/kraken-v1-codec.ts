import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonArray, JsonNumber, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { SymbolTable } from '../symbol-table.ts';
import { BookChannel } from './book-channel.ts';
import { wireSubscription } from './channel-name.ts';
import { EventMessages, malformed, type Problem, unknown } from './event-messages.ts';
import { FrameEnds, WIRE_CHANNEL } from './frame-ends.ts';
import { OhlcChannel } from './ohlc-channel.ts';
import { Requests } from './requests.ts';
import { SpreadChannel } from './spread-channel.ts';
import { TickerChannel } from './ticker-channel.ts';
import { TradeChannel } from './trade-channel.ts';
import { ascii, BYTE, skipLiteral } from './wire-bytes.ts';
import { isArray, isObject } from './wire-value.ts';

const HEARTBEAT = ascii('{"event":"heartbeat"}');

/** Characters of a message that a fault's detail shows. */
const SAMPLE_MAX = 80;

/** Kraken's spot WebSocket v1. Source: docs.kraken.com/api/docs/guides/spot-ws-intro, read 2026-05-27. */
export class KrakenV1Codec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #hot: boolean;
  readonly #pairs = new SymbolTable();
  /** Pair names by instrument, and the other way round for the cold path. */
  readonly #instruments = new Map<string, InstrumentId>();
  readonly #requests = new Requests();
  readonly #eventMessages: EventMessages;
  /** Depth each instrument's book is subscribed with; 0 where it never was on this connection. */
  readonly #depths = new Uint16Array(INSTRUMENTS_MAX);
  readonly #ends = new FrameEnds();
  readonly #trade: TradeChannel;
  readonly #ticker: TickerChannel;
  readonly #spread: SpreadChannel;
  readonly #ohlc: OhlcChannel;
  readonly #book: BookChannel;

  /** @param hot false makes every message take the cold path, which tests compare with. */
  constructor(context: CodecContext, hot = true) {
    this.#context = context;
    this.#hot = hot;
    this.#eventMessages = new EventMessages(context.events, this.#requests);
    this.#trade = new TradeChannel(context.sink);
    this.#ticker = new TickerChannel(context.sink);
    this.#spread = new SpreadChannel(context.sink);
    this.#ohlc = new OhlcChannel(context.sink);
    this.#book = new BookChannel(context.books);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#pairs.add(venueSymbol, id);
      this.#instruments.set(venueSymbol, id);
      this.#requests.addPair(id, venueSymbol);
    }
  }

  subscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions) {
      if (subscription.channel !== 'book') continue;
      this.#depths[subscription.instrument] = wireSubscription(subscription).depth ?? 0;
      this.#context.books.open(subscription);
    }
    return this.#requests.build('subscribe', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    // The depth stays known: updates sent before the answer are late, not malformed.
    for (const subscription of subscriptions)
      if (subscription.channel === 'book') this.#context.books.close(subscription.instrument);
    return this.#requests.build('unsubscribe', subscriptions);
  }

  ping(): string {
    return this.#requests.ping();
  }

  reset(): void {
    this.#requests.reset();
    this.#depths.fill(0);
  }

  /** The sink's message is begun by the caller, with its receive time. */
  read(bytes: Uint8Array, start: number, end: number): void {
    if (this.#hot) {
      if (this.#scan(bytes, start, end)) return;
      this.#context.sink.rollback();
    }
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      this.#context.events.malformed(FAULTS.MESSAGE_MALFORMED.id, 'kraken-v1: the message is not UTF-8');
      return;
    }
    const problem = this.#readText(text);
    if (problem === undefined) return;
    this.#context.sink.rollback();
    const detail = `kraken-v1: ${problem.detail} in ${text.slice(0, SAMPLE_MAX)}`;
    this.#context.events.malformed(problem.fault, detail);
    // After the rollback, which would take back the status of the book as well.
    if (problem.spoils !== undefined) this.#context.books.invalidate(problem.spoils, problem.fault, detail);
  }

  /** @returns false where the message is not exactly a hot shape; records may then have been written. */
  #scan(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] === BYTE.openBrace) return skipLiteral(bytes, start, HEARTBEAT) === end;
    const ends = this.#ends;
    if (!ends.scan(bytes, start, end, this.#pairs)) return false;
    const { instrument, payloadStart, payloadEnd } = ends;
    switch (ends.channel) {
      case WIRE_CHANNEL.book:
        if (this.#depths[instrument] !== ends.number) return false;
        return this.#book.scan(bytes, payloadStart, payloadEnd, instrument);
      case WIRE_CHANNEL.trade:
        return this.#trade.scan(bytes, payloadStart, payloadEnd, instrument);
      case WIRE_CHANNEL.ticker:
        return this.#ticker.scan(bytes, payloadStart, payloadEnd, instrument);
      case WIRE_CHANNEL.spread:
        return this.#spread.scan(bytes, payloadStart, payloadEnd, instrument);
      case WIRE_CHANNEL.ohlc:
        return this.#ohlc.scan(bytes, payloadStart, payloadEnd, instrument, ends.number);
      case WIRE_CHANNEL.none:
        return false;
    }
  }

  #readText(text: string): Problem | undefined {
    const message = readJson(text);
    if (isObject(message)) return this.#eventMessages.read(message);
    if (isArray(message)) return this.#readFrame(message);
    return malformed(message === undefined ? 'no JSON' : 'neither an object nor an array');
  }

  #readFrame(frame: JsonArray): Problem | undefined {
    const channel = frame.at(-2);
    const pair = frame.at(-1);
    if (frame.length < 4 || typeof channel !== 'string' || typeof pair !== 'string')
      return malformed('a frame does not end with a channel and a pair');
    const ends = this.#ends;
    if (!ends.readChannel(channel)) return unknown('a channel that is not known');
    const instrument = this.#instruments.get(pair);
    if (instrument === undefined) return unknown(`${channel} of a pair that is not known`);
    if (!(frame[0] instanceof JsonNumber)) return malformed(`${channel} ${pair}: no channel id`);
    const payloads = frame.slice(1, -2);
    const where = `${channel} ${pair}`;
    if (ends.channel === WIRE_CHANNEL.book) return this.#readBook(payloads, instrument, where);
    const wrong =
      payloads.length === 1 ? this.#readPayload(payloads[0], instrument) : 'more than one payload';
    return wrong === '' ? undefined : malformed(`${where}: ${wrong}`);
  }

  #readPayload(payload: JsonValue | undefined, instrument: InstrumentId): string {
    const { channel, number } = this.#ends;
    switch (channel) {
      case WIRE_CHANNEL.trade:
        return this.#trade.read(payload, instrument);
      case WIRE_CHANNEL.ticker:
        return this.#ticker.read(payload, instrument);
      case WIRE_CHANNEL.spread:
        return this.#spread.read(payload, instrument);
      case WIRE_CHANNEL.ohlc:
        return this.#ohlc.read(payload, instrument, number);
      default:
        return 'no channel';
    }
  }

  #readBook(payloads: readonly JsonValue[], instrument: InstrumentId, where: string): Problem | undefined {
    const depth = this.#depths[instrument]!;
    if (depth === 0) return malformed(`${where}: no book is subscribed`);
    if (depth !== this.#ends.number) return malformed(`${where}: the book is subscribed with depth ${depth}`);
    const wrong = payloads.length > 2 ? 'more than two payloads' : this.#book.read(payloads, instrument);
    if (wrong === '') return undefined;
    // An update that cannot be read is missing from the book, and the checksum covers ten levels only.
    return { ...malformed(`${where}: ${wrong}`), spoils: instrument };
  }
}

export const KRAKEN_V1_CODEC: Exchange = {
  createCodec: (context) => new KrakenV1Codec(context),
};
