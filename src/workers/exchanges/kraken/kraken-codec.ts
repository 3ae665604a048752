import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import { type Shape, text } from '../../scanner/shape.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { TimeScanner } from '../scan-time.ts';
import { NewestTradeIds } from '../trade-ids.ts';
import { Answers } from './answers.ts';
import { ColdReader } from './cold-reader.ts';
import { HotBook } from './hot-book.ts';
import { HotTicker } from './hot-ticker.ts';
import { HotTrade } from './hot-trade.ts';
import { Requests } from './requests.ts';

const HEARTBEAT: Shape = [text('{"channel":"heartbeat"}')];

/** Where the name of the channel stands in `{"channel":"book"`. */
const CHANNEL_AT = 12;
const LETTER = { b: 0x62, h: 0x68, r: 0x72, t: 0x74 } as const;

/**
 * Kraken's WebSocket API v2.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Kraken writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class KrakenCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  /**
   * Kraken counts the trades of a book one by one, so an id that jumps tells of trades we were never sent. One that
   * comes again, or an older one, is no gap: it is delivered as it came, and whoever wants each trade once compares
   * ids.
   */
  readonly #tradeIds = new NewestTradeIds();
  readonly #requests = new Requests(this.#names);
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    this.#context = context;
    const { scanner } = context;
    this.#hot = scanner === undefined ? undefined : new HotReaders(context, scanner, this.#tradeIds);
    const answers = new Answers(context.events, this.#requests, this.#tradeIds);
    this.#cold = new ColdReader(context, this.#ids, new TimeScanner(), this.#tradeIds, answers);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#hot?.symbols.add(venueSymbol, id);
      this.#ids.set(venueSymbol, id);
      this.#names.set(id, venueSymbol);
    }
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    if (this.#hot?.read(bytes, start, end) !== true) this.#cold.read(bytes, start, end);
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

  newestTrade(instrument: InstrumentId): number {
    return this.#tradeIds.newest[instrument]!;
  }

  dispose(): void {
    this.#hot?.symbols.free();
  }

  reset(): void {
    this.#requests.reset();
    this.#tradeIds.reset();
  }
}

/** The hot shapes, by the channel that a message names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #scanner: Scanner;
  readonly #trade: HotTrade;
  readonly #ticker: HotTicker;
  readonly #book: HotBook;
  readonly #heartbeat: number;

  constructor({ sink, books }: CodecContext, scanner: Scanner, tradeIds: NewestTradeIds) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#scanner = scanner;
    this.#trade = new HotTrade(sink, scanner, symbols, tradeIds);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#book = new HotBook(books, scanner, symbols);
    this.#heartbeat = scanner.shape(HEARTBEAT);
    books.precisionChanged = (instrument, price, qty) => symbols.setDecimals(instrument, price, qty);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    switch (bytes[start + CHANNEL_AT]) {
      case LETTER.b:
        return this.#book.read(bytes, start, end);
      case LETTER.t:
        return bytes[start + CHANNEL_AT + 1] === LETTER.r
          ? this.#trade.read(bytes, start, end)
          : this.#ticker.read(bytes, start, end);
      case LETTER.h:
        return this.#scanner.scan(this.#heartbeat, this.symbols.at, bytes, start, end) !== 0;
      default:
        return false;
    }
  }
}

export const KRAKEN_CODEC: Exchange = { createCodec: (context) => new KrakenCodec(context) };
