import type { FaultCode } from '../faults/fault-catalogue.ts';
import type { StatusCode } from '../faults/status-catalogue.ts';
import { defineRecord, f64, u16, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** What changed in a feed or one of its instruments. In order with the data it speaks of. */
export const STATUS = defineRecord({
  name: 'status',
  typeId: 8,
  size: 56,
  tail: 'detail, UTF-8, `detailBytes` long; zeros up to a multiple of 8',
  fields: {
    ...HEADER_FIELDS,
    code: u16<StatusCode>('what happened, by the status catalogue'),
    fault: u16<FaultCode>('why, by the fault catalogue; 0 where nothing went wrong'),
    detailBytes: u32('bytes of the detail that follows'),
    value: f64(
      'a number that belongs to the code, e.g. the close code or the delay in ms; NaN where there is none',
    ),
  },
});
