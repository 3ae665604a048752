import type { Subscription } from '../../../shared/contract.ts';
import { ScannedDecimal } from '../../../shared/decimal/scan-decimal.ts';
import { FAULTS } from '../../../shared/faults/fault-catalogue.ts';
import { STATUSES } from '../../../shared/faults/status-catalogue.ts';
import type { JsonObject, JsonValue } from '../../../shared/json/read-json.ts';
import type { InstrumentId } from '../../../shared/units.ts';
import type { NoticeSink, RecordSink } from '../../feed-events.ts';
import { TradeDraft } from '../drafts.ts';
import { integerOf, isArray, isObject, type Problem, readQuoted, textAt, timeOf } from '../json-entry.ts';
import type { NewestTradeIds } from '../trade-ids.ts';
import { type Streams, WANTS } from './streams.ts';
import { SIDES } from './wire.ts';

/** Past trades of one message beyond which it is not taken for one; the venue sends fifty. */
const PAST_MAX = 1000;

/** Trades from JSON: those that come one by one, and those of the past that begin a stream. */
export class ColdTrades {
  readonly #sink: RecordSink;
  readonly #notices: NoticeSink;
  readonly #streams: Streams;
  readonly #ids: NewestTradeIds;
  readonly #draft = new TradeDraft();
  readonly #number = new ScannedDecimal();

  constructor(sink: RecordSink, notices: NoticeSink, streams: Streams, ids: NewestTradeIds) {
    this.#sink = sink;
    this.#notices = notices;
    this.#streams = streams;
    this.#ids = ids;
  }

  /** A trade that comes as a message of its own. */
  read(message: JsonObject, instrument: InstrumentId): Problem {
    const problem = this.#fill(message, instrument);
    if (problem !== undefined) return problem;
    if ((this.#streams.wants[instrument]! & WANTS.trades) === 0) return undefined;
    // It belongs to a stream that was ended. Where it is new it is among the past of the next one.
    if (this.#streams.awaitedTrades(instrument) !== undefined) return undefined;
    this.#deliver(false);
    return undefined;
  }

  /**
   * The past that begins a stream. The venue sends it in no order of its own, so it is put into that of the
   * ids. For a new subscription it is history. For one that went on while its stream was begun anew, what is
   * newer than its newest trade is what it would have missed.
   *
   * @param awaited the subscription that this stream answers, undefined where it was answered before.
   */
  readPast(past: JsonValue, instrument: InstrumentId, awaited: Subscription | undefined): Problem {
    if (!isArray(past) || past.length > PAST_MAX) return 'trades are no array of past trades';
    if (awaited?.snapshot === false) return undefined;
    const trades: { readonly id: number; readonly trade: JsonObject }[] = [];
    let first: Problem;
    let count = 0;
    for (const trade of past) {
      const problem = isObject(trade) ? this.#problemOf(trade, instrument) : 'a past trade is no object';
      if (problem === undefined && isObject(trade)) trades.push({ id: this.#draft.tradeId, trade });
      else {
        first ??= problem;
        count++;
      }
    }
    trades.sort((a, b) => a.id - b.id);
    const newest = this.#ids.newest[instrument]!;
    const oldest = trades[0]?.id ?? Number.NaN;
    if (awaited === undefined && oldest > newest)
      this.#notices.status(
        STATUSES.fault.id,
        instrument,
        FAULTS.SEQUENCE_GAP.id,
        Number.NaN,
        'the past trades do not reach back to the last one delivered',
      );
    for (const { id, trade } of trades) {
      if (awaited === undefined && id <= newest) continue;
      this.#fill(trade, instrument);
      this.#deliver(awaited !== undefined);
    }
    return first === undefined || count === 1 ? first : `${first} (and ${count - 1} more)`;
  }

  #problemOf(trade: JsonObject, instrument: InstrumentId): Problem {
    if (!this.#streams.isSymbolOf(textAt(trade, 'symbol'), instrument))
      return 'a past trade of another symbol';
    return this.#fill(trade, instrument);
  }

  #fill(trade: JsonObject, instrument: InstrumentId): Problem {
    const draft = this.#draft;
    const number = this.#number;
    const side = SIDES.get(String(trade.get('side')));
    if (side === undefined) return 'side of a trade is neither buy nor sell';
    if (!readQuoted(trade.get('price'), number)) return 'price of a trade is no number of a market';
    draft.price = number.value;
    draft.priceDecimals = number.decimals;
    if (!readQuoted(trade.get('quantity'), number)) return 'quantity of a trade is no number of a market';
    draft.qty = number.value;
    draft.qtyDecimals = number.decimals;
    // The documentation spells it `eventid` among past trades; the venue does not.
    const eventId = integerOf(trade.get('event_id') ?? trade.get('eventid'), Number.MAX_SAFE_INTEGER);
    if (eventId === undefined) return 'event_id is no integer below 2^53';
    const atUs = timeOf(trade.get('timestamp'));
    if (atUs === undefined) return 'timestamp is no time';
    draft.instrument = instrument;
    draft.side = side;
    draft.tradeId = eventId;
    draft.atUs = atUs;
    return undefined;
  }

  #deliver(snapshot: boolean): void {
    const draft = this.#draft;
    const { newest } = this.#ids;
    draft.snapshot = snapshot;
    draft.write(this.#sink);
    if (!(draft.tradeId <= newest[draft.instrument]!)) newest[draft.instrument] = draft.tradeId;
  }
}
