import type { Instrument, Subscription } from '../../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import { ScannedSymbols } from '../../scanner/scanned-symbols.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { NewestTradeIds } from '../trade-ids.ts';
import { Carried } from './carried.ts';
import { ColdReader } from './cold-reader.ts';
import { HotUpdate } from './hot-update.ts';
import { SocketSequence } from './socket-sequence.ts';

const NO_REQUESTS: readonly string[] = [];

/**
 * Gemini's v1 market data, of one symbol or several on a connection.
 *
 * The hot reader takes exactly the shapes of the usual updates, byte for byte as Gemini writes them, and otherwise
 * says no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class GeminiV1Codec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #ids = new Map<string, InstrumentId>();
  readonly #names = new Map<InstrumentId, string>();
  /** They only grow, as all that happens at the venue is counted together: a jump tells nothing. */
  readonly #tradeIds = new NewestTradeIds();
  readonly #sequence = new SocketSequence();
  readonly #carried: Carried;
  readonly #symbols: ScannedSymbols | undefined;
  readonly #hot: HotUpdate | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    const { sink, books, events, scanner } = context;
    this.#context = context;
    this.#carried = new Carried(events, this.#names);
    if (scanner !== undefined) {
      this.#symbols = new ScannedSymbols(scanner);
      this.#hot = new HotUpdate(
        sink,
        books,
        scanner,
        this.#symbols,
        this.#carried,
        this.#sequence,
        this.#tradeIds,
      );
    }
    this.#cold = new ColdReader(context, this.#ids, this.#carried, this.#sequence, this.#tradeIds);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#symbols?.add(venueSymbol, id);
      this.#ids.set(venueSymbol, id);
      this.#names.set(id, venueSymbol);
    }
  }

  address(url: string, subscriptions: readonly Subscription[]): string {
    return this.#carried.connect(url, subscriptions);
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    if (this.#hot?.read(bytes, start, end) !== true) this.#cold.read(bytes, start, end);
  }

  subscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions)
      if (subscription.channel === 'book') this.#context.books.open(subscription);
    this.#carried.subscribe(subscriptions);
    return NO_REQUESTS;
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#context.books.close(instrument);
      else this.#tradeIds.forget(instrument);
    this.#carried.unsubscribe(subscriptions);
    return NO_REQUESTS;
  }

  /** The venue sends heartbeats where the address asks for them, and takes no messages. */
  ping(): undefined {
    return undefined;
  }

  newestTrade(instrument: InstrumentId): number {
    return this.#tradeIds.newest[instrument]!;
  }

  dispose(): void {
    this.#symbols?.free();
  }

  reset(): void {
    this.#sequence.reset();
    this.#tradeIds.reset();
  }
}

export const GEMINI_V1_CODEC: Exchange = { createCodec: (context) => new GeminiV1Codec(context) };
