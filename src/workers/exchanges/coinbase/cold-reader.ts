import { FAULTS, type FaultCode } from '../../../shared/faults/fault-catalogue.ts';
import { type JsonObject, type JsonValue, readJson } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { CodecContext } from '../exchange.ts';
import { isObject, type Problem, textAt } from '../json-entry.ts';
import { TimeScanner } from '../scan-time.ts';
import type { Answers } from './answers.ts';
import { ColdBook } from './cold-book.ts';
import { ColdMarket } from './cold-market.ts';
import type { TradeWatch } from './trade-watch.ts';

/** Characters of a message that are shown with what is wrong with it. */
const SAMPLE_CHARACTERS = 100;

/** Reads any message through JSON. It decides what a message means; the hot path reads some of them faster. */
export class ColdReader {
  readonly #context: CodecContext;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #answers: Answers;
  readonly #market: ColdMarket;
  readonly #book: ColdBook;

  constructor(
    context: CodecContext,
    ids: ReadonlyMap<string, InstrumentId>,
    watch: TradeWatch,
    answers: Answers,
  ) {
    const times = new TimeScanner();
    this.#context = context;
    this.#ids = ids;
    this.#answers = answers;
    this.#market = new ColdMarket(context.sink, times, watch);
    this.#book = new ColdBook(context.books, times);
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
    const type = textAt(message, 'type');
    switch (type) {
      case 'subscriptions':
        return malformed(this.#answers.readList(message));
      case 'error':
        this.#answers.readError(message);
        return undefined;
      case 'match':
      case 'last_match':
      case 'ticker':
      case 'heartbeat':
      case 'snapshot':
      case 'l2update':
        return malformed(this.#readProduct(type, message));
      default:
        return unknown(type === undefined ? 'no type' : 'a type this version does not know');
    }
  }

  #readProduct(type: ProductType, message: JsonObject): Problem {
    const product = textAt(message, 'product_id');
    if (product === undefined) return `${type}: no product_id`;
    const instrument = this.#ids.get(product);
    if (instrument === undefined) return `${type}: a product that was not asked for`;
    const problem = this.#readOf(type, message, instrument);
    return problem === undefined ? undefined : `${type}: ${problem}`;
  }

  #readOf(type: ProductType, message: JsonObject, instrument: InstrumentId): Problem {
    switch (type) {
      case 'match':
      case 'last_match':
        return this.#market.readTrade(message, instrument, type === 'last_match');
      case 'ticker':
        return this.#market.readTicker(message, instrument);
      case 'heartbeat':
        return this.#market.readHeartbeat(message, instrument);
      case 'snapshot':
        return this.#whole(instrument, this.#book.readSnapshot(message, instrument));
      case 'l2update':
        return this.#whole(instrument, this.#book.readUpdate(message, instrument));
    }
  }

  /** A change that could not be read was missed, whatever it said. */
  #whole(instrument: InstrumentId, problem: Problem): Problem {
    if (problem !== undefined)
      this.#context.books.invalidate(instrument, FAULTS.MESSAGE_MALFORMED.id, problem);
    return problem;
  }
}

type ProductType = 'match' | 'last_match' | 'ticker' | 'heartbeat' | 'snapshot' | 'l2update';

/** What could not be read of a message. */
interface Finding {
  readonly fault: FaultCode;
  readonly problem: string;
}

const malformed = (problem: Problem): Finding | undefined =>
  problem === undefined ? undefined : { fault: FAULTS.MESSAGE_MALFORMED.id, problem };

const unknown = (problem: string): Finding => ({ fault: FAULTS.MESSAGE_UNKNOWN.id, problem });

/** The beginning of a message, fit for one line of a log. */
const sampleOf = (text: string): string => text.slice(0, SAMPLE_CHARACTERS).replace(/[^ -~]/g, '?');
