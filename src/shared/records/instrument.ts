import { defineRecord, f64, u8, u16 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

export const PAIR_STATE = {
  unknown: 0,
  online: 1,
  cancel_only: 2,
  delisted: 3,
  limit_only: 4,
  maintenance: 5,
  post_only: 6,
  reduce_only: 7,
  work_in_progress: 8,
} as const;
export type PairState = (typeof PAIR_STATE)[keyof typeof PAIR_STATE];

/** Trading rules of one pair. `instrument` in the header is 4294967295 for a pair the feed does not follow. */
export const INSTRUMENT = defineRecord({
  name: 'instrument',
  typeId: 7,
  size: 80,
  tail: 'venue symbol, ASCII, `symbolBytes` long; zeros up to a multiple of 8',
  fields: {
    ...HEADER_FIELDS,
    priceIncrement: f64('smallest step of the price; NaN where not sent'),
    qtyIncrement: f64('smallest step of the quantity; NaN where not sent'),
    qtyMin: f64('smallest order, base units; NaN where not sent'),
    costMin: f64('smallest order, quote units; NaN where not sent'),
    pricePrecision: u8('decimals of the price'),
    qtyPrecision: u8('decimals of the quantity'),
    priceIncrementDecimals: u8('how priceIncrement was written; see decimals'),
    qtyIncrementDecimals: u8('how qtyIncrement was written'),
    qtyMinDecimals: u8('how qtyMin was written'),
    state: u8<PairState>(
      'trading state: 0 unknown, 1 online, 2 cancel_only, 3 delisted, 4 limit_only, 5 maintenance, 6 post_only, 7 reduce_only, 8 work_in_progress',
    ),
    symbolBytes: u16('bytes of the venue symbol that follows'),
  },
});
