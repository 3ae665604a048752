import type { Instrument, Subscription } from '../../../shared/contract.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonArray, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import { type ExchangeUs, type MonotonicNs, NONE } from '../../../shared/units.ts';
import { TICKER_PLACE, TickerDraft } from '../drafts.ts';
import type { CodecContext, Exchange, ExchangeCodec, RestAnswer, RestRequest } from '../exchange.ts';
import { changeToPercent } from '../percent.ts';
import { Channels } from './channels.ts';
import {
  integerOf,
  isArray,
  isObject,
  type Problem,
  readNumber,
  readUnsigned,
  textAt,
} from './json-entry.ts';
import { PairFrames } from './pair-frames.ts';
import { CHANNEL, CHANNELS_END, CHANNELS_FROM, FLAG, TICKER_PATH, TICKER_PLACES } from './wire.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;
/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/**
 * Poloniex's legacy push API, through JSON. Pairs go by numbers, which a snapshot tells of its own pair, and
 * the REST interface of all of them.
 */
export class PoloniexLegacyCodec implements ExchangeCodec {
  readonly #context: CodecContext;
  readonly #channels: Channels;
  readonly #frames: PairFrames;
  readonly #ticker = new TickerDraft();
  readonly #number = new ScannedDecimal();
  /** True once the numbers were asked for on this connection. */
  #isAsked = false;

  constructor(context: CodecContext) {
    this.#context = context;
    this.#channels = new Channels(context.events);
    this.#frames = new PairFrames(context, this.#channels);
  }

  addInstruments(instruments: readonly Instrument[]): void {
    this.#channels.add(instruments);
  }

  read(bytes: Uint8Array, start: number, end: number, _receivedAtNs: MonotonicNs): void {
    this.#channels.tellDue();
    const { events } = this.#context;
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      events.malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const finding = this.#read(readJson(text));
    if (finding === undefined) return;
    const sample = text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
    events.malformed(finding.fault, `${finding.problem}: ${sample}`);
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

  answer(_request: RestRequest, answer: RestAnswer, _now: MonotonicNs): void {
    // Without it a pair is known from its snapshot on.
    if (!answer.ok) return;
    const pairs = readJson(answer.text);
    if (!isObject(pairs)) {
      this.#context.events.malformed(FAULTS.MESSAGE_MALFORMED.id, 'returnTicker: no JSON object');
      return;
    }
    for (const [name, pair] of pairs) {
      const id = isObject(pair) ? integerOf(pair.get('id')) : undefined;
      if (id !== undefined) this.#channels.learn(name, id);
    }
  }

  reset(): void {
    this.#channels.reset();
    this.#isAsked = false;
  }

  #read(message: JsonValue | undefined): Finding | undefined {
    if (isObject(message)) {
      const error = textAt(message, 'error')?.slice(0, WORDS_MAX);
      if (error === undefined) return unknown('an object without error');
      this.#context.events.refused(undefined, error);
      return undefined;
    }
    if (!isArray(message)) return malformed(message === undefined ? 'not JSON' : 'neither array nor object');
    const [channel, second, payload] = message;
    const id = integerOf(channel);
    if (id === undefined) return malformed('channel is no number');
    switch (message.length) {
      case 1:
        return id === CHANNEL.heartbeat ? undefined : unknown('a channel alone');
      case 2:
        return this.#readFlag(id, second);
      case 3:
        return this.#readFrame(id, second, payload);
      default:
        return malformed('neither one, two nor three values');
    }
  }

  #readFlag(id: number, flag: JsonValue | undefined): Finding | undefined {
    const value = integerOf(flag);
    if (value === undefined || value > FLAG.already) return malformed('a flag that is none of 0, 1 and 2');
    // That a channel is gone was told when it was asked for.
    if (value === FLAG.unsubscribed) return undefined;
    if (id === CHANNEL.ticker) this.#channels.tickersAccepted();
    const pair = this.#channels.byId(id);
    // A book that is subscribed already sends no snapshot; a session finds that out by itself.
    if (pair !== undefined) this.#channels.accepted(pair);
    return undefined;
  }

  #readFrame(
    id: number,
    sequence: JsonValue | undefined,
    payload: JsonValue | undefined,
  ): Finding | undefined {
    switch (id) {
      case CHANNEL.ticker:
        return malformed(this.#readTicker(payload));
      case CHANNEL.volume:
        // Sums of the whole venue, for which there is no record.
        return malformed(isArray(payload) ? undefined : 'volume: no array');
      default:
        if (id >= CHANNELS_FROM && id < CHANNELS_END) return unknown('a channel this version does not know');
        return malformed(this.#frames.read(id, sequence, payload));
    }
  }

  #readTicker(payload: JsonValue | undefined): Problem {
    if (!isArray(payload)) return 'ticker: no array';
    const id = integerOf(payload[0]);
    if (id === undefined) return 'ticker: pair is no number';
    // All pairs of the venue come, whoever asked for which.
    const pair = this.#channels.byId(id);
    if (pair === undefined || !this.#channels.hasTicker(pair.instrument)) return undefined;
    return this.#writeTicker(pair.instrument, payload);
  }

  #writeTicker(instrument: TickerDraft['instrument'], payload: JsonArray): Problem {
    const draft = this.#ticker;
    const number = this.#number;
    for (const [name, place] of TICKER_PLACES) {
      const isChange = name === 'changePct';
      const read = isChange ? readNumber : readUnsigned;
      if (!read(payload[place], number)) return `ticker: ${isChange ? 'change' : name} is no number`;
      draft.numbers[TICKER_PLACE[name]] = number.value;
      draft.decimals[TICKER_PLACE[name]] = number.decimals;
    }
    changeToPercent(draft);
    draft.instrument = instrument;
    draft.atUs = NONE as ExchangeUs;
    draft.write(this.#context.sink);
    return undefined;
  }
}

/** What could not be read of a message. */
interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
}

const malformed = (problem: Problem): Finding | undefined =>
  problem === undefined ? undefined : { fault: FAULTS.MESSAGE_MALFORMED.id, problem };

const unknown = (problem: string): Finding => ({ fault: FAULTS.MESSAGE_UNKNOWN.id, problem });

export const POLONIEX_LEGACY_CODEC: Exchange = {
  createCodec: (context) => new PoloniexLegacyCodec(context),
};
