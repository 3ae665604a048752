import { defineRecord, f64, u8, u16, u32 } from '../layout/define-record.ts';
import type { ExchangeUs } from '../units.ts';
import { HEADER_FIELDS } from './record-header.ts';

/** One state of a candle. It is final once a later `beginUs` of the same interval arrives. */
export const CANDLE = defineRecord({
  name: 'candle',
  typeId: 6,
  size: 120,
  fields: {
    ...HEADER_FIELDS,
    beginUs: f64<ExchangeUs>('start of the interval, exchange clock, µs since the Unix epoch'),
    open: f64('first price'),
    high: f64('highest price'),
    low: f64('lowest price'),
    close: f64('last price'),
    vwap: f64('volume-weighted average price'),
    volume: f64('base units traded'),
    trades: u32('number of trades'),
    intervalMinutes: u32('length of the interval, minutes'),
    openDecimals: u8('how open was written; see decimals'),
    highDecimals: u8('how high was written'),
    lowDecimals: u8('how low was written'),
    closeDecimals: u8('how close was written'),
    vwapDecimals: u8('how vwap was written'),
    volumeDecimals: u8('how volume was written'),
    reserved: u16<0>('zero'),
    reserved2: u32<0>('zero'),
    reserved3: u32<0>('zero'),
  },
});
