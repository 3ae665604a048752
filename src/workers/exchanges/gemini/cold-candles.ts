import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import type { JsonValue } from '../../../shared/json/read-json.ts';
import type { ExchangeUs, InstrumentId } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { CANDLE_PLACE, CandleDraft } from '../drafts.ts';
import { isArray, type Problem, readUnsigned, timeOf } from '../json-entry.ts';
import type { Streams } from './streams.ts';

/** Numbers of a candle in the order of the wire, which has neither a mean price nor a number of trades. */
const CANDLE_NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

interface TimedCandle {
  readonly beginUs: ExchangeUs;
  readonly numbers: readonly JsonValue[];
}

/** Candles from JSON: the first message of a stream is history, newest first; they are delivered oldest first. */
export class ColdCandles {
  readonly #sink: RecordSink;
  readonly #streams: Streams;
  readonly #draft = new CandleDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, streams: Streams) {
    this.#sink = sink;
    this.#streams = streams;
  }

  read(changes: JsonValue | undefined, minutes: number, instrument: InstrumentId): Problem {
    if (!isArray(changes)) return 'changes are no array';
    const stream = this.#streams.candles(minutes, instrument);
    if (stream === undefined || (stream.first && stream.subscription.snapshot === false)) return undefined;
    const draft = this.#draft;
    draft.instrument = instrument;
    draft.snapshot = stream.first;
    draft.intervalMinutes = minutes;
    let first: Problem;
    let count = 0;
    const candles: TimedCandle[] = [];
    for (const change of changes) {
      const problem = this.#readTime(change, candles);
      if (problem === undefined) continue;
      first ??= problem;
      count++;
    }
    candles.sort((a, b) => a.beginUs - b.beginUs);
    for (const candle of candles) {
      const problem = this.#readNumbers(candle);
      if (problem === undefined) {
        draft.write(this.#sink);
        continue;
      }
      first ??= problem;
      count++;
    }
    return first === undefined || count === 1 ? first : `${first} (and ${count - 1} more)`;
  }

  #readTime(change: JsonValue, candles: TimedCandle[]): Problem {
    if (!isArray(change) || change.length !== CANDLE_NUMBERS.length + 1)
      return 'a candle is not a time and five numbers';
    const beginUs = timeOf(change[0]);
    if (beginUs === undefined) return 'the start of a candle is no time';
    candles.push({ beginUs, numbers: change.slice(1) });
    return undefined;
  }

  #readNumbers({ beginUs, numbers }: TimedCandle): Problem {
    const draft = this.#draft;
    const number = this.#number;
    for (const [n, name] of CANDLE_NUMBERS.entries()) {
      if (!readUnsigned(numbers[n], number)) return `${name} of a candle is no number of zero or more`;
      draft.numbers[CANDLE_PLACE[name]] = number.value;
      draft.decimals[CANDLE_PLACE[name]] = number.decimals;
    }
    draft.beginUs = beginUs;
    return undefined;
  }
}
