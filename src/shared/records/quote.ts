import { defineRecord, f64, u8, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** Best bid and ask, as sent by a channel of their own (Kraken v1 `spread`). */
export const QUOTE = defineRecord({
  name: 'quote',
  typeId: 5,
  size: 80,
  fields: {
    ...HEADER_FIELDS,
    bid: f64('best bid'),
    bidQty: f64('quantity at the best bid'),
    ask: f64('best ask'),
    askQty: f64('quantity at the best ask'),
    bidDecimals: u8('how bid was written; see decimals'),
    bidQtyDecimals: u8('how bidQty was written'),
    askDecimals: u8('how ask was written'),
    askQtyDecimals: u8('how askQty was written'),
    reserved: u32<0>('zero'),
  },
});
