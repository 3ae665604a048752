import { defineRecord, f64, u8, u32 } from '../layout/define-record.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** 24-hour ticker. A value that the exchange does not send is NaN. */
export const TICKER = defineRecord({
  name: 'ticker',
  typeId: 4,
  size: 152,
  fields: {
    ...HEADER_FIELDS,
    bid: f64('best bid'),
    bidQty: f64('quantity at the best bid'),
    ask: f64('best ask'),
    askQty: f64('quantity at the best ask'),
    last: f64('price of the last trade'),
    volume: f64('base units traded in 24 h'),
    vwap: f64('volume-weighted average price of 24 h'),
    low: f64('lowest price of 24 h'),
    high: f64('highest price of 24 h'),
    change: f64('change of the price over 24 h, quote units'),
    changePct: f64('change of the price over 24 h, percent'),
    turnover: f64('quote units traded in 24 h'),
    bidDecimals: u8('how bid was written; see decimals'),
    bidQtyDecimals: u8('how bidQty was written'),
    askDecimals: u8('how ask was written'),
    askQtyDecimals: u8('how askQty was written'),
    lastDecimals: u8('how last was written'),
    volumeDecimals: u8('how volume was written'),
    vwapDecimals: u8('how vwap was written'),
    lowDecimals: u8('how low was written'),
    highDecimals: u8('how high was written'),
    changeDecimals: u8('how change was written'),
    changePctDecimals: u8('how changePct was written'),
    turnoverDecimals: u8('how turnover was written'),
    reserved: u32<0>('zero'),
  },
});
