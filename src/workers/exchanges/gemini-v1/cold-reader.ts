import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { integerOf, isObject, textAt } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { type Carried, TAKES } from './carried.ts';
import { ColdUpdate, type Finding } from './cold-update.ts';
import type { SocketSequence } from './socket-sequence.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;

/** Longest text of the exchange that is handed on. */
const WORDS_MAX = 200;

/**
 * Reads any message through JSON. It decides what a message means; the hot path reads some of them faster.
 *
 * A message that is missing, or cannot be read, may have been of any symbol of the connection: every book of it
 * is given up, and where trades go on the hole in them is told. The books come back on another connection, because
 * none is sent again on this one.
 */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #carried: Carried;
  readonly #sequence: SocketSequence;
  readonly #update: ColdUpdate;

  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    carried: Carried,
    sequence: SocketSequence,
    tradeIds: NewestTradeIds,
  ) {
    this.#context = context;
    this.#ids = ids;
    this.#carried = carried;
    this.#sequence = sequence;
    this.#update = new ColdUpdate(context.sink, context.books, carried, tradeIds, ids);
  }

  read(bytes: Uint8Array, start: number, end: number): void {
    const { events } = this.#context;
    const text = this.#context.text(bytes, start, end);
    if (text === undefined) {
      events.malformed(FAULTS.MESSAGE_MALFORMED.id, `${end - start} bytes that are not UTF-8`);
      return;
    }
    const finding = this.#read(readJson(text));
    if (finding === undefined) return;
    const detail = `${finding.problem}: ${sampleOf(text)}`;
    events.malformed(finding.fault, detail);
    if (!finding.isDelivered) this.#lose(finding.fault, finding.problem);
  }

  #read(message: JsonValue | undefined): Finding | undefined {
    // What is no message of the venue has no number that would be missing.
    if (message === undefined) return apart(FAULTS.MESSAGE_MALFORMED.id, 'not JSON');
    if (!isObject(message)) return apart(FAULTS.MESSAGE_MALFORMED.id, 'no JSON object');
    if (message.get('result') === 'error') {
      this.#readRefusal(message);
      return undefined;
    }
    const type = textAt(message, 'type');
    if (type === undefined) return apart(FAULTS.MESSAGE_UNKNOWN.id, 'a message without type');
    const number = integerOf(message.get('socket_sequence'), Number.MAX_SAFE_INTEGER - 1);
    if (number === undefined)
      return apart(FAULTS.MESSAGE_MALFORMED.id, `${type}: socket_sequence is no integer below 2^53`);
    const isFirst = this.#sequence.next[0] === 0;
    const gap = this.#sequence.take(number);
    if (gap !== undefined) this.#lose(FAULTS.SEQUENCE_GAP.id, gap);
    if (type === 'heartbeat') return undefined;
    if (type === 'update') return this.#update.read(message, isFirst && number === 0);
    return apart(FAULTS.MESSAGE_UNKNOWN.id, 'a type this version does not know');
  }

  #lose(fault: FaultCode, detail: string): void {
    const { books, notices } = this.#context;
    const { takes, address } = this.#carried;
    for (const instrument of address.instruments) {
      const bits = takes[instrument]!;
      if ((bits & TAKES.book) !== 0) books.invalidate(instrument, fault, detail);
      // Once for each hole: between two trades there is one, however many messages are missing there.
      if ((bits & (TAKES.trades | TAKES.hole)) !== TAKES.trades) continue;
      takes[instrument] = bits | TAKES.hole;
      notices.status(STATUSES.fault.id, instrument, fault, Number.NaN, detail);
    }
    this.#carried.lost();
  }

  /** Names no request; where its words name a symbol that waits to begin, that one is meant. */
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
      for (const subscription of this.#carried.refuse(instrument)) {
        isNamed = true;
        events.refused(subscription, reason);
      }
    }
    if (!isNamed) events.refused(undefined, reason);
  }
}

/** A message that says nothing of the market: it is told, and nothing is lost. */
const apart = (fault: FaultCode, problem: string): Finding => ({ fault, problem, isDelivered: true });

/** The beginning of a message, fit for one line of a log. */
const sampleOf = (text: string): string => text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
