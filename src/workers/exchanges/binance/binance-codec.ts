import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import type { CodecContext, Exchange, ExchangeCodec, RestAnswer, RestRequest } from '../exchange.ts';
import { Answers } from './answers.ts';
import { BookSync } from './book-sync.ts';
import { ColdReader } from './cold-reader.ts';
import { payloadStart } from './envelope.ts';
import { HotBook } from './hot-book.ts';
import { HotQuote, HotTicker, HotTrade } from './hot-market.ts';
import { Requests } from './requests.ts';
import { TradeIds } from './trade-ids.ts';

/** Where the name of the event stands in `{"e":"trade"`, and the first key in `{"u":`. */
const EVENT_AT = 6;
const KEY_AT = 2;
const LETTER = { d: 0x64, t: 0x74, two: 0x32, u: 0x75 } as const;

/**
 * Binance's spot streams, raw or combined.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Binance writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class BinanceCodec implements ExchangeCodec {
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  readonly #requests = new Requests(this.#names);
  readonly #tradeIds: TradeIds;
  readonly #books: BookSync;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    this.#tradeIds = new TradeIds(context.notices);
    this.#books = new BookSync(context, this.#names);
    this.#books.readAgain = (bytes) => this.read(bytes, 0, bytes.length);
    const { scanner } = context;
    this.#hot =
      scanner === undefined ? undefined : new HotReaders(context, scanner, this.#books, this.#tradeIds);
    const answers = new Answers(context.events, this.#requests, this.#books, this.#tradeIds);
    this.#cold = new ColdReader(context, this.#ids, this.#books, this.#tradeIds, answers);
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
      if (subscription.channel === 'book') this.#books.open(subscription);
    return this.#requests.write('SUBSCRIBE', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#books.close(instrument);
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
  }

  reset(): void {
    this.#requests.reset();
    this.#tradeIds.reset();
    this.#books.reset();
  }
}

/** The hot shapes, by the event that a payload names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #trade: HotTrade;
  readonly #quote: HotQuote;
  readonly #ticker: HotTicker;
  readonly #book: HotBook;

  constructor({ sink }: CodecContext, scanner: Scanner, books: BookSync, tradeIds: TradeIds) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#trade = new HotTrade(sink, scanner, symbols, tradeIds);
    this.#quote = new HotQuote(sink, scanner, symbols);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#book = new HotBook(books, scanner, symbols);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const at = payloadStart(bytes, start, end);
    if (at < 0) return false;
    const to = at === start ? end : end - 1;
    if (bytes[at + KEY_AT] === LETTER.u) return this.#quote.read(bytes, at, to);
    switch (bytes[at + EVENT_AT]) {
      case LETTER.d:
        return this.#book.read(bytes, at, to);
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
