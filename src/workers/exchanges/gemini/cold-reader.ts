import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { isObject, textAt } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { ColdCandles } from './cold-candles.ts';
import { ColdL2 } from './cold-l2.ts';
import { ColdTrades } from './cold-trades.ts';
import type { Streams } from './streams.ts';
import { CANDLE_MESSAGES, NOT_DELIVERED } from './wire.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/**
 * Reads any message through JSON. It decides what a message means; the hot path reads some of them faster.
 *
 * A book message is read whole or not at all; past trades and candles are each read whole or not at all, and
 * the others of their message are delivered. What cannot be read is told once per message.
 */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #streams: Streams;
  readonly #trades: ColdTrades;
  readonly #l2: ColdL2;
  readonly #candles: ColdCandles;

  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    streams: Streams,
    tradeIds: NewestTradeIds,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#streams = streams;
    this.#trades = new ColdTrades(context.sink, context.notices, streams, tradeIds);
    this.#l2 = new ColdL2(context.books, streams, this.#trades);
    this.#candles = new ColdCandles(context.sink, streams);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      this.#context.events.malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const finding = this.#read(readJson(text));
    if (finding === undefined) return;
    this.#context.events.malformed(finding.fault, `${finding.problem}: ${sampleOf(text)}`);
  }

  #read(message: JsonValue | undefined): Finding | undefined {
    if (message === undefined) return malformed('not JSON');
    if (!isObject(message)) return malformed('no JSON object');
    if (message.get('result') === 'error') {
      this.#readRefusal(message);
      return undefined;
    }
    const type = textAt(message, 'type');
    if (type === undefined) return unknown('a message without type');
    if (type === 'heartbeat' || NOT_DELIVERED.has(type)) return undefined;
    const minutes = CANDLE_MESSAGES.get(type);
    if (type !== 'l2_updates' && type !== 'trade' && minutes === undefined)
      return unknown('a type this version does not know');
    const instrument = this.#ids.get(textAt(message, 'symbol') ?? '');
    if (instrument === undefined) return malformed(`${type}: a symbol that was not asked for`);
    const problem =
      minutes !== undefined
        ? this.#candles.read(message.get('changes'), minutes, instrument)
        : type === 'trade'
          ? this.#trades.read(message, instrument)
          : this.#l2.read(message, instrument);
    return problem === undefined ? undefined : malformed(`${type}: ${problem}`);
  }

  /** Names no request; where its words name a symbol that waits for an answer, that one is meant. */
  #readRefusal(message: JsonObject): void {
    const { events } = this.#context;
    const words = ['reason', 'message']
      .map((key) => textAt(message, key))
      .filter((text) => text !== undefined);
    const reason = words.join(': ').slice(0, WORDS_MAX);
    let isNamed = false;
    for (const word of reason.toUpperCase().split(/[^A-Z0-9]+/)) {
      const instrument = this.#ids.get(word);
      if (instrument === undefined) continue;
      for (const subscription of this.#streams.refuse(instrument)) {
        isNamed = true;
        events.refused(subscription, reason);
      }
    }
    if (!isNamed) events.refused(undefined, reason);
  }
}

/** What could not be read of a message. */
interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
}

const malformed = (problem: string): Finding => ({ fault: FAULTS.MESSAGE_MALFORMED.id, problem });

const unknown = (problem: string): Finding => ({ fault: FAULTS.MESSAGE_UNKNOWN.id, problem });

/** The beginning of a message, fit for one line of a log. */
const sampleOf = (text: string): string => text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
