import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { literal } from '../literal.ts';
import { TimeScanner } from '../scan-time.ts';
import { SymbolTable } from '../symbol-table.ts';
import { Answers } from './answers.ts';
import { ColdReader } from './cold-reader.ts';
import { HotBook } from './hot-book.ts';
import { HotTicker } from './hot-ticker.ts';
import { HotTrade } from './hot-trade.ts';
import { Requests } from './requests.ts';
import { TradeIds } from './trade-ids.ts';

const HEARTBEAT = literal('{"channel":"heartbeat"}');

/** Where the name of the channel stands in `{"channel":"book"`. */
const CHANNEL_AT = 12;
const LETTER = { b: 0x62, h: 0x68, r: 0x72, t: 0x74 } as const;

const NO_BYTES = new Uint8Array(0);

export interface KrakenCodecOptions {
  /** False sends every message through the cold path, so that tests can compare the two. */
  readonly hot: boolean;
}

/**
 * Kraken's WebSocket API v2.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Kraken writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is.
 */
export class KrakenCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #hot: boolean;
  readonly #symbols = new SymbolTable();
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  readonly #tradeIds = new TradeIds();
  readonly #requests = new Requests(this.#names);
  readonly #hotTrade: HotTrade;
  readonly #hotTicker: HotTicker;
  readonly #hotBook: HotBook;
  readonly #cold: ColdReader;
  // Messages of one socket chunk lie in the same bytes, so one view serves all of them.
  #bytes: Uint8Array = NO_BYTES;
  #view: DataView = new DataView(NO_BYTES.buffer);

  constructor(context: CodecContext, options: KrakenCodecOptions = { hot: true }) {
    this.#context = context;
    this.#hot = options.hot;
    const times = new TimeScanner();
    const { sink, books, events } = context;
    this.#hotTrade = new HotTrade(sink, this.#symbols, times, this.#tradeIds);
    this.#hotTicker = new HotTicker(sink, this.#symbols, times);
    this.#hotBook = new HotBook(books, this.#symbols, times);
    const answers = new Answers(events, this.#requests, this.#tradeIds);
    this.#cold = new ColdReader(context, this.#ids, times, this.#tradeIds, answers);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#symbols.add(venueSymbol, id);
      this.#ids.set(venueSymbol, id);
      this.#names.set(id, venueSymbol);
    }
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    if (this.#hot && this.#readHot(bytes, start, end)) return;
    this.#cold.read(bytes, start, end);
  }

  #readHot(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < HEARTBEAT.length) return false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    switch (bytes[start + CHANNEL_AT]) {
      case LETTER.b:
        return this.#hotBook.read(bytes, view, start, end);
      case LETTER.t:
        return bytes[start + CHANNEL_AT + 1] === LETTER.r
          ? this.#hotTrade.read(bytes, view, start, end)
          : this.#hotTicker.read(bytes, view, start, end);
      case LETTER.h:
        return HEARTBEAT.matches(view, start, end) && start + HEARTBEAT.length === end;
      default:
        return false;
    }
  }

  subscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions)
      if (subscription.channel === 'book') this.#context.books.open(subscription);
    return this.#requests.write('subscribe', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#context.books.close(instrument);
    return this.#requests.write('unsubscribe', subscriptions);
  }

  ping(): string {
    return this.#requests.ping();
  }

  reset(): void {
    this.#requests.reset();
    this.#tradeIds.reset();
  }
}

export const KRAKEN_CODEC: Exchange = { createCodec: (context) => new KrakenCodec(context) };
