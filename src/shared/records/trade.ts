import { defineRecord, f64, u8, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** Side of the taker. */
export const SIDE = { unknown: 0, buy: 1, sell: 2 } as const;
export type Side = (typeof SIDE)[keyof typeof SIDE];

export const ORDER_TYPE = { unknown: 0, market: 1, limit: 2 } as const;
export type OrderType = (typeof ORDER_TYPE)[keyof typeof ORDER_TYPE];

/** One trade. `sequence` in the header is the exchange's trade id, where it sends one. */
export const TRADE = defineRecord({
  name: 'trade',
  typeId: 2,
  size: 64,
  fields: {
    ...HEADER_FIELDS,
    price: f64('quote units per base unit'),
    qty: f64('base units'),
    side: u8<Side>('side of the taker: 0 unknown, 1 buy, 2 sell'),
    orderType: u8<OrderType>('order type of the taker: 0 unknown, 1 market, 2 limit'),
    priceDecimals: u8('how the price was written; see decimals'),
    qtyDecimals: u8('how the quantity was written; see decimals'),
    reserved: u32<0>('zero'),
  },
});
