import { QUOTE } from '../../../shared/records/quote.ts';
import { type ExchangeUs, type InstrumentId, NONE } from '../../../shared/units.ts';
import type { RecordSink } from '../../feed-events.ts';

/** Keys of a quote's numbers on the wire, in the order of the record. */
export const QUOTE_KEYS = ['b', 'B', 'a', 'A'] as const;

/** What was read of one quote, before it is a record; as `TradeDraft`. Numbers are in the order of `QUOTE_KEYS`. The venue sends no time with a quote. */
export class QuoteDraft {
  instrument = 0 as InstrumentId;
  updateId = Number.NaN;
  readonly numbers = new Float64Array(QUOTE_KEYS.length);
  readonly decimals = new Uint8Array(QUOTE_KEYS.length);

  write(sink: RecordSink): void {
    const at = sink.claim(QUOTE.typeId, QUOTE.size);
    const { view } = sink;
    const { field } = QUOTE;
    const { numbers, decimals } = this;
    field.instrument.set(view, at, this.instrument);
    field.exchangeAtUs.set(view, at, NONE as ExchangeUs);
    field.sequence.set(view, at, this.updateId);
    field.bid.set(view, at, numbers[0]!);
    field.bidQty.set(view, at, numbers[1]!);
    field.ask.set(view, at, numbers[2]!);
    field.askQty.set(view, at, numbers[3]!);
    field.bidDecimals.set(view, at, decimals[0]!);
    field.bidQtyDecimals.set(view, at, decimals[1]!);
    field.askDecimals.set(view, at, decimals[2]!);
    field.askQtyDecimals.set(view, at, decimals[3]!);
    field.reserved.set(view, at, 0);
    sink.commit(QUOTE.size);
  }
}
