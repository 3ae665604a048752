import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { INSTRUMENTS_MAX } from '../../../shared/counters/symbol-counters.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import type { CodecContext, Exchange, ExchangeCodec } from '../exchange.ts';
import { wireSubscription } from './channel-name.ts';
import { ColdReader } from './cold-reader.ts';
import { EventMessages } from './event-messages.ts';
import { HotReaders } from './hot-readers.ts';
import { Requests } from './requests.ts';

/**
 * Kraken's spot WebSocket v1. Source: docs.kraken.com/api/docs/guides/spot-ws-intro, read 2026-05-27.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Kraken writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class KrakenV1Codec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #ids = new Map<string, InstrumentId>();
  readonly #requests = new Requests();
  /** Depth each instrument's book is subscribed with; 0 where it never was on this connection. */
  readonly #depths = new Uint16Array(INSTRUMENTS_MAX);
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;

  constructor(context: CodecContext) {
    this.#context = context;
    const { events, scanner } = context;
    this.#hot = scanner === undefined ? undefined : new HotReaders(context, scanner, this.#depths);
    this.#cold = new ColdReader(context, this.#ids, this.#depths, new EventMessages(events, this.#requests));
  }

  addInstruments(instruments: readonly Instrument[]): void {
    for (const { id, venueSymbol } of instruments) {
      this.#hot?.symbols.add(venueSymbol, id);
      this.#ids.set(venueSymbol, id);
      this.#requests.addPair(id, venueSymbol);
    }
  }

  /** The sink's message is begun by the caller, with its receive time. */
  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    if (this.#hot?.read(bytes, start, end) !== true) this.#cold.read(bytes, start, end);
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

  dispose(): void {
    this.#hot?.symbols.free();
  }

  reset(): void {
    this.#requests.reset();
    this.#depths.fill(0);
  }
}

export const KRAKEN_V1_CODEC: Exchange = {
  createCodec: (context) => new KrakenV1Codec(context),
};
