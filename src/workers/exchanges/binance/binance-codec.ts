import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import type { CodecContext, Exchange, ExchangeCodec, RestAnswer, RestRequest } from '../exchange.ts';
import { Answers } from './answers.ts';
import { BookSync } from './book-sync.ts';
import { ColdReader } from './cold-reader.ts';
import { payloadStart } from './envelope.ts';
import { HotBook } from './hot-book.ts';
import { AGGREGATE_TRADE_SHAPE, HotQuote, HotTicker, HotTrade, TRADE_SHAPE } from './hot-market.ts';
import { HotPartialBook } from './hot-partial-book.ts';
import { PartialBooks } from './partial-books.ts';
import { Requests } from './requests.ts';
import { TradeIds } from './trade-ids.ts';
import { isPartialBook, streamName } from './wire.ts';

/** Where the name of the event stands in `{"e":"trade"`, and the first key in `{"u":`. */
const EVENT_AT = 6;
const KEY_AT = 2;
const LETTER = { a: 0x61, d: 0x64, l: 0x6c, t: 0x74, two: 0x32, u: 0x75 } as const;

/**
 * Binance's spot streams, raw or combined.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Binance writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class BinanceCodec implements ExchangeCodec {
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  /** Streams whose messages do not name their symbol. */
  readonly #streams = new Map<string, InstrumentId>();
  readonly #requests = new Requests(this.#names);
  readonly #tradeIds: TradeIds;
  readonly #books: BookSync;
  readonly #partial: PartialBooks;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    this.#tradeIds = new TradeIds(context.notices);
    this.#partial = new PartialBooks(context.books, context.sink);
    this.#books = new BookSync(context, this.#names, this.#partial);
    this.#books.readAgain = (bytes) => this.read(bytes, 0, bytes.length);
    const { scanner } = context;
    this.#hot =
      scanner === undefined
        ? undefined
        : new HotReaders(context, scanner, this.#books, this.#partial, this.#tradeIds);
    const answers = new Answers(context.events, this.#requests, this.#books, this.#tradeIds);
    this.#cold = new ColdReader(
      context,
      this.#ids,
      this.#streams,
      this.#books,
      this.#partial,
      this.#tradeIds,
      answers,
    );
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#hot?.symbols.add(venueSymbol, id);
      this.#ids.set(venueSymbol, id);
      this.#names.set(id, venueSymbol);
    }
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs?: MonotonicNs): void {
    if (this.#hot?.read(bytes, start, end) !== true) this.#cold.read(bytes, start, end);
  }

  subscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions)
      if (isPartialBook(subscription)) this.#openPartial(subscription);
      else if (subscription.channel === 'book') this.#books.open(subscription);
    return this.#requests.write('SUBSCRIBE', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions)
      if (isPartialBook(subscription)) this.#partial.close(subscription.instrument);
      else if (subscription.channel === 'book') this.#books.close(subscription.instrument);
    return this.#requests.write('UNSUBSCRIBE', subscriptions);
  }

  /** Frames of the WebSocket protocol are the venue's only sign of life. */
  ping(): undefined {
    return undefined;
  }

  newestTrade(instrument: InstrumentId): number {
    return this.#tradeIds.newest[instrument]!;
  }

  answer(request: RestRequest, answer: RestAnswer): void {
    this.#cold.answer(request, answer);
  }

  dispose(): void {
    this.#hot?.symbols.free();
    this.#hot?.streams.free();
  }

  reset(): void {
    this.#requests.reset();
    this.#tradeIds.reset();
    this.#books.reset();
    this.#partial.reset();
  }

  #openPartial(subscription: Subscription): void {
    const { instrument } = subscription;
    const symbol = this.#names.get(instrument);
    invariant(symbol !== undefined, 'an instrument is made known before it is subscribed');
    const stream = streamName(subscription, symbol);
    this.#streams.set(stream, instrument);
    this.#hot?.streams.add(stream, instrument);
    this.#partial.open(subscription);
  }
}

/** The hot shapes, by the event that a payload names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  /** Streams whose messages do not name their symbol. */
  readonly streams: ScannedSymbols;
  readonly #trade: HotTrade;
  readonly #aggregateTrade: HotTrade;
  readonly #quote: HotQuote;
  readonly #ticker: HotTicker;
  readonly #book: HotBook;
  readonly #partialBook: HotPartialBook;

  constructor(
    { sink }: CodecContext,
    scanner: Scanner,
    books: BookSync,
    partial: PartialBooks,
    tradeIds: TradeIds,
  ) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.streams = new ScannedSymbols(scanner);
    this.#trade = new HotTrade(sink, scanner, symbols, tradeIds, TRADE_SHAPE);
    this.#aggregateTrade = new HotTrade(sink, scanner, symbols, tradeIds, AGGREGATE_TRADE_SHAPE);
    this.#quote = new HotQuote(sink, scanner, symbols);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#book = new HotBook(books, scanner, symbols);
    this.#partialBook = new HotPartialBook(partial, scanner, this.streams);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const at = payloadStart(bytes, start, end);
    if (at < 0) return false;
    const to = at === start ? end : end - 1;
    if (bytes[at + KEY_AT] === LETTER.u) return this.#quote.read(bytes, at, to);
    // Only its envelope says whose it is.
    if (bytes[at + KEY_AT] === LETTER.l) return this.#partialBook.read(bytes, start, end);
    switch (bytes[at + EVENT_AT]) {
      case LETTER.d:
        return this.#book.read(bytes, at, to);
      case LETTER.a:
        return this.#aggregateTrade.read(bytes, at, to);
      case LETTER.t:
        return this.#trade.read(bytes, at, to);
      case LETTER.two:
        return this.#ticker.read(bytes, at, to);
      default:
        return false;
    }
  }
}

export const BINANCE_CODEC: Exchange = { createCodec: (context) => new BinanceCodec(context) };
