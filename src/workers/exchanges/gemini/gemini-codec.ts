import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import { integer, type Shape, text } from '../../scanner/shape.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { NewestTradeIds } from '../trade-ids.ts';
import { ColdReader } from './cold-reader.ts';
import { HotL2 } from './hot-l2.ts';
import { HotTrade } from './hot-trade.ts';
import { Streams } from './streams.ts';

const HEARTBEAT: Shape = [text('{"type":"heartbeat","timestamp":'), integer(0), text('}')];

/** Where the type of the message stands in `{"type":"trade"`. */
const TYPE_AT = 9;
const LETTER = { h: 0x68, l: 0x6c, t: 0x74 } as const;

/**
 * Gemini's v2 market data.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Gemini writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 *
 * The venue sends neither checksums nor sequence numbers, so the only proof of a lost change is a book whose
 * sides cross.
 */
export class GeminiCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  /**
   * Event ids. All events of the venue are counted together, so those of a symbol's trades only grow and a jump
   * tells nothing. They tell which trades of the past are new where a stream was begun anew.
   */
  readonly #tradeIds = new NewestTradeIds();
  readonly #streams: Streams;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    const { scanner } = context;
    this.#context = context;
    this.#streams = new Streams(context.events, this.#names);
    this.#hot =
      scanner === undefined ? undefined : new HotReaders(context, scanner, this.#streams, this.#tradeIds);
    this.#cold = new ColdReader(context, this.#ids, this.#streams, this.#tradeIds);
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
    return this.#streams.subscribe(subscriptions);
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#context.books.close(instrument);
      else if (channel === 'trade') this.#tradeIds.forget(instrument);
    return this.#streams.unsubscribe(subscriptions);
  }

  /** The venue sends heartbeats of its own and names no message for a client's. */
  ping(): undefined {
    return undefined;
  }

  dispose(): void {
    this.#hot?.symbols.free();
  }

  reset(): void {
    this.#streams.reset();
    this.#tradeIds.reset();
  }
}

/** The hot shapes, by the type that a message names first. */
class HotReaders {
  readonly symbols: ScannedSymbols;
  readonly #scanner: Scanner;
  readonly #l2: HotL2;
  readonly #trade: HotTrade;
  readonly #heartbeat: number;

  constructor({ sink, books }: CodecContext, scanner: Scanner, streams: Streams, ids: NewestTradeIds) {
    const symbols = new ScannedSymbols(scanner);
    this.symbols = symbols;
    this.#scanner = scanner;
    this.#l2 = new HotL2(books, scanner, symbols, streams);
    this.#trade = new HotTrade(sink, scanner, symbols, streams, ids);
    this.#heartbeat = scanner.shape(HEARTBEAT);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    switch (bytes[start + TYPE_AT]) {
      case LETTER.l:
        return this.#l2.read(bytes, start, end);
      case LETTER.t:
        return this.#trade.read(bytes, start, end);
      case LETTER.h:
        return this.#scanner.scan(this.#heartbeat, this.symbols.at, bytes, start, end) !== 0;
      default:
        return false;
    }
  }
}

export const GEMINI_CODEC: Exchange = { createCodec: (context) => new GeminiCodec(context) };
