import { readDecimal, ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { JsonNumber, type JsonObject, type JsonValue } from '../../../shared/json/read-json.ts';
import { aligned } from '../../../shared/layout/define-record.ts';
import { INSTRUMENT, PAIR_STATE } from '../../../shared/records/instrument.ts';
import { type ExchangeUs, type InstrumentId, NO_INSTRUMENT, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';
import { SYMBOL_BYTES_MAX } from '../../scanner/layout.ts';
import type { BookIntegrity } from '../book-integrity.ts';
import { integerOf, type Problem, textAt } from '../json-entry.ts';
import { readUnsigned } from './json-entry.ts';
import { BOOK_DECIMALS_MAX } from './learn-precision.ts';
import { PAIR_STATES } from './wire.ts';

const QUESTION_MARK = 0x3f;

/** Trading rules of pairs from JSON: a record for every pair of the venue, followed or not. */
export class ColdInstrument {
  readonly #sink: RecordSink;
  readonly #books: BookIntegrity;
  readonly #ids: ReadonlyMap<string, InstrumentId>;
  readonly #priceIncrement = new ScannedDecimal();
  readonly #qtyIncrement = new ScannedDecimal();
  readonly #qtyMin = new ScannedDecimal();
  readonly #costMin = new ScannedDecimal();

  constructor(sink: RecordSink, books: BookIntegrity, ids: ReadonlyMap<string, InstrumentId>) {
    this.#sink = sink;
    this.#books = books;
    this.#ids = ids;
  }

  read(pair: JsonObject): Problem {
    const symbol = textAt(pair, 'symbol');
    if (symbol === undefined || symbol.length === 0 || symbol.length > SYMBOL_BYTES_MAX)
      return 'symbol is no text of 1 to 64 characters';
    const pricePrecision = integerOf(pair.get('price_precision'), BOOK_DECIMALS_MAX);
    if (pricePrecision === undefined) return 'price_precision is no integer from 0 to 22';
    const qtyPrecision = integerOf(pair.get('qty_precision'), BOOK_DECIMALS_MAX);
    if (qtyPrecision === undefined) return 'qty_precision is no integer from 0 to 22';
    // Kraken deprecates tick_size in favour of price_increment; older servers send the former only.
    const increment = pair.get('price_increment') ?? pair.get('tick_size');
    if (!readOptional(increment, this.#priceIncrement)) return 'price_increment is no number';
    if (!readOptional(pair.get('qty_increment'), this.#qtyIncrement)) return 'qty_increment is no number';
    if (!readOptional(pair.get('qty_min'), this.#qtyMin)) return 'qty_min is no number';
    if (!readOptional(pair.get('cost_min'), this.#costMin)) return 'cost_min is no number';

    const instrument = this.#ids.get(symbol) ?? NO_INSTRUMENT;
    // First the precision, so that a book that is read next is padded with it.
    if (instrument !== NO_INSTRUMENT) this.#books.raisePrecision(instrument, pricePrecision, qtyPrecision);

    const bytes = aligned(INSTRUMENT.size + symbol.length);
    const at = this.#sink.claim(INSTRUMENT.typeId, bytes);
    const { view } = this.#sink;
    const { field } = INSTRUMENT;
    field.instrument.set(view, at, instrument);
    field.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    field.sequence.set(view, at, NONE);
    field.priceIncrement.set(view, at, this.#priceIncrement.value);
    field.qtyIncrement.set(view, at, this.#qtyIncrement.value);
    field.qtyMin.set(view, at, this.#qtyMin.value);
    field.costMin.set(view, at, this.#costMin.value);
    field.pricePrecision.set(view, at, pricePrecision);
    field.qtyPrecision.set(view, at, qtyPrecision);
    field.priceIncrementDecimals.set(view, at, this.#priceIncrement.decimals);
    field.qtyIncrementDecimals.set(view, at, this.#qtyIncrement.decimals);
    field.qtyMinDecimals.set(view, at, this.#qtyMin.decimals);
    field.state.set(view, at, PAIR_STATES.get(String(pair.get('status'))) ?? PAIR_STATE.unknown);
    field.symbolBytes.set(view, at, symbol.length);
    for (let i = 0; INSTRUMENT.size + i < bytes; i++) {
      const code = i < symbol.length ? symbol.charCodeAt(i) : 0;
      view.setUint8(at + INSTRUMENT.size + i, code < 0x80 ? code : QUESTION_MARK);
    }
    this.#sink.commit(bytes);
    return undefined;
  }
}

/** Reads a number that may be missing, then NaN. The documentation types some as text, so text is read too. */
function readOptional(value: JsonValue | undefined, into: ScannedDecimal): boolean {
  into.value = Number.NaN;
  into.decimals = 0;
  if (value === undefined || value === null) return true;
  return typeof value === 'string'
    ? readDecimal(value, into)
    : value instanceof JsonNumber && readUnsigned(value, into);
}
