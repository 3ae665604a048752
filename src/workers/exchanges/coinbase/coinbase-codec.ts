import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { Answers } from './answers.ts';
import { ColdReader } from './cold-reader.ts';
import { HotBook } from './hot-book.ts';
import { HotHeartbeat } from './hot-heartbeat.ts';
import { HotTicker } from './hot-ticker.ts';
import { HotTrade } from './hot-trade.ts';
import { Requests } from './requests.ts';
import { TradeWatch } from './trade-watch.ts';

/** Where the type of a message stands in `{"type":"match"`. */
const TYPE_AT = 9;
const LETTER = { h: 0x68, l: 0x6c, m: 0x6d, t: 0x74 } as const;

/**
 * Coinbase Exchange's feed.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Coinbase writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 *
 * Books have neither checksum nor sequence: what says that one is right is that it is not crossed.
 */
export class CoinbaseCodec implements ExchangeCodec {
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  readonly #requests = new Requests(this.#names);
  readonly #books: BookIntegrity;
  readonly #watch: TradeWatch;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    const { books, events, notices, scanner } = context;
    this.#books = books;
    this.#watch = new TradeWatch(notices);
    this.#hot = scanner === undefined ? undefined : new HotReaders(context, scanner, this.#watch);
    this.#cold = new ColdReader(context, this.#ids, this.#watch, new Answers(events, this.#requests));
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
    for (const subscription of subscriptions) {
      if (subscription.channel === 'book') this.#books.open(subscription);
      // What was traded while nothing was subscribed is not missing.
      else if (subscription.channel === 'trade') this.#watch.forget(subscription.instrument);
    }
    return this.#requests.write('subscribe', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions) {
      if (channel === 'book') this.#books.close(instrument);
      else if (channel === 'trade') this.#watch.forget(instrument);
    }
    return this.#requests.write('unsubscribe', subscriptions);
  }

  /** Heartbeats come every second, and no ping is documented. */
  ping(): undefined {
    return undefined;
  }

  newestTrade(instrument: InstrumentId): number {
    return this.#watch.newest[instrument]!;
  }

  dispose(): void {
    this.#hot?.symbols.free();
  }

  reset(): void {
    this.#requests.reset();
    this.#watch.reset();
  }
}

/** The hot shapes, by the type that a message names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #trade: HotTrade;
  readonly #ticker: HotTicker;
  readonly #book: HotBook;
  readonly #heartbeat: HotHeartbeat;

  constructor({ sink, books }: CodecContext, scanner: Scanner, watch: TradeWatch) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#trade = new HotTrade(sink, scanner, symbols, watch);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#book = new HotBook(books, scanner, symbols);
    this.#heartbeat = new HotHeartbeat(watch, scanner, symbols);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    switch (bytes[start + TYPE_AT]) {
      case LETTER.l:
        return this.#book.read(bytes, start, end);
      case LETTER.m:
        return this.#trade.read(bytes, start, end);
      case LETTER.t:
        return this.#ticker.read(bytes, start, end);
      case LETTER.h:
        return this.#heartbeat.read(bytes, start, end);
      default:
        return false;
    }
  }
}

export const COINBASE_CODEC: Exchange = { createCodec: (context) => new CoinbaseCodec(context) };
