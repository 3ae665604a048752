import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId, MonotonicNs } from '../../../shared/units.ts';
import type { Scanner } from '../../scanner/scanner.ts';
import type { CodecContext, Exchange, ExchangeCodec, RestAnswer, RestRequest } from '../exchange.ts';
import { integerOrText, isObject } from '../json-entry.ts';
import { Channels } from './channels.ts';
import { ColdReader } from './cold-reader.ts';
import { FrameDraft } from './frame-draft.ts';
import { HotFrames } from './hot-frames.ts';
import { HotTicker } from './hot-ticker.ts';
import { TICKER_PATH } from './wire.ts';

/** The bytes `1002`, as one word. */
const TICKER_WORD = 0x3130_3032;

/**
 * Poloniex's legacy push API. Pairs go by numbers, which a snapshot tells of its own pair, and the REST
 * interface of all of them.
 *
 * Each hot reader takes exactly one shape of message, byte for byte as Poloniex writes it, and otherwise says
 * no, having changed nothing. The cold reader then decides what the message is. Without a scanner all is cold.
 */
export class PoloniexLegacyCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #hot: HotReaders | undefined;
  readonly #cold: ColdReader;
  /** True once the numbers were asked for on this connection. */
  #isAsked = false;

  constructor(context: CodecContext) {
    this.#context = context;
    const channels = new Channels(context.events);
    const draft = new FrameDraft(context, channels);
    this.#channels = channels;
    const { scanner } = context;
    this.#hot = scanner === undefined ? undefined : new HotReaders(context, scanner, channels, draft);
    this.#cold = new ColdReader(context, channels, draft);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    this.#channels.add(instruments);
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    this.#channels.tellDue();
    if (this.#hot?.read(bytes, start, end) !== true) this.#cold.read(bytes, start, end);
  }

  subscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const subscription of subscriptions)
      if (subscription.channel === 'book') this.#context.books.open(subscription);
    const requests = this.#channels.subscribe(subscriptions);
    if (!this.#isAsked && this.#channels.isIdMissing) {
      this.#isAsked = true;
      this.#context.rest({ path: TICKER_PATH, key: TICKER_PATH });
    }
    return requests;
  }

  unsubscribe(subscriptions: readonly Subscription[]): readonly string[] {
    for (const { channel, instrument } of subscriptions)
      if (channel === 'book') this.#context.books.close(instrument);
    return this.#channels.unsubscribe(subscriptions);
  }

  /** The venue sends a heartbeat every second and knows no ping. */
  ping(): undefined {}

  newestTrade(instrument: InstrumentId): number {
    return this.#channels.newestTrade(instrument);
  }

  answer(_request: RestRequest, answer: RestAnswer, _now: MonotonicNs): void {
    // Without it a pair is known from its snapshot on.
    if (!answer.ok) return;
    const pairs = readJson(answer.text);
    if (!isObject(pairs) || pairs.has('error')) {
      this.#context.events.malformed(FAULTS.MESSAGE_MALFORMED.id, 'returnTicker: no object of pairs');
      return;
    }
    for (const [name, pair] of pairs) {
      const id = isObject(pair) ? integerOrText(pair.get('id')) : undefined;
      if (id !== undefined) this.#channels.learn(name, id);
    }
    this.#channels.leftBefore();
    this.#channels.refuseUnknownTickers();
  }

  reset(): void {
    this.#channels.reset();
    this.#cold.reset();
    this.#isAsked = false;
  }
}

/** The hot shapes, by the number that a message begins with. */
class HotReaders {
  readonly #frames: HotFrames;
  readonly #ticker: HotTicker;

  constructor(context: CodecContext, scanner: Scanner, channels: Channels, draft: FrameDraft) {
    this.#frames = new HotFrames(scanner, channels, draft);
    this.#ticker = new HotTicker(context.sink, scanner, channels);
  }

  /** @returns false where the message is of none of these shapes; nothing has then been delivered. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const word =
      (bytes[start + 1]! << 24) | (bytes[start + 2]! << 16) | (bytes[start + 3]! << 8) | bytes[start + 4]!;
    return word === TICKER_WORD ? this.#ticker.read(bytes, start, end) : this.#frames.read(bytes, start, end);
  }
}

export const POLONIEX_LEGACY_CODEC: Exchange = {
  createCodec: (context) => new PoloniexLegacyCodec(context),
};
