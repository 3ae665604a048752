import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { Answers } from './answers.ts';
import { BookUpdates } from './book-updates.ts';
import { ColdReader } from './cold-reader.ts';
import { HotBook } from './hot-book.ts';
import { HotTicker } from './hot-ticker.ts';
import { HotTrade } from './hot-trade.ts';
import { Requests } from './requests.ts';

/** Where the name of the channel stands in `{"channel":"book_lv2"`. */
const CHANNEL_AT = 12;
const LETTER = { b: 0x62, r: 0x72, t: 0x74 } as const;

const PING = '{"event":"ping"}';

/**
 * Poloniex's current spot WebSocket API.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Poloniex writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class PoloniexCodec implements ExchangeCodec {
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  readonly #requests = new Requests(this.#names);
  readonly #updates: BookUpdates;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    const { books, events, scanner, sink } = context;
    const updates = new BookUpdates(books, sink);
    this.#updates = updates;
    this.#hot = scanner === undefined ? undefined : new HotReaders(context, scanner, updates);
    this.#cold = new ColdReader(context, this.#ids, updates, new Answers(events, this.#requests));
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
      if (subscription.channel === 'book') this.#updates.open(subscription);
    return this.#requests.write('subscribe', subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#updates.close(instrument);
    return this.#requests.write('unsubscribe', subscriptions);
  }

  /** Poloniex ends a connection on which it heard nothing for 30 seconds, and takes no WebSocket ping for a word. */
  ping(): string {
    return PING;
  }

  dispose(): void {
    this.#hot?.symbols.free();
  }

  reset(): void {
    this.#requests.reset();
  }
}

/** The hot shapes, by the channel that a message names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #trade: HotTrade;
  readonly #ticker: HotTicker;
  readonly #book: HotBook;

  constructor({ sink }: CodecContext, scanner: Scanner, updates: BookUpdates) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#trade = new HotTrade(sink, scanner, symbols);
    this.#ticker = new HotTicker(sink, scanner, symbols);
    this.#book = new HotBook(updates, scanner, symbols);
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
      default:
        return false;
    }
  }
}

export const POLONIEX_CODEC: Exchange = { createCodec: (context) => new PoloniexCodec(context) };
