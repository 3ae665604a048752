import type { FaultCode } from '../faults/fault-catalogue.ts';
import { defineRecord, f64, u16, u32 } from '../layout/define-record.ts';
import type { MonotonicNs } from '../units.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** A hole in the stream, at the place of the hole: what is missing between the records before and after it. */
export const GAP = defineRecord({
  name: 'gap',
  typeId: 9,
  size: 96,
  fields: {
    ...HEADER_FIELDS,
    fromNs: f64<MonotonicNs>(
      'receive time of the first record that is missing; of the last one before the hole if not known',
    ),
    droppedTrades: f64('trades that are missing'),
    droppedCandles: f64('candles that are missing'),
    droppedOther: f64('other records that are missing'),
    conflated: f64('book updates, tickers and quotes folded into the snapshots that follow'),
    missed: f64('sequence numbers the exchange never sent us; NaN where it cannot be known'),
    fault: u16<FaultCode>('why, by the fault catalogue'),
    reserved: u16<0>('zero'),
    reserved2: u32<0>('zero'),
  },
});
