import { f64, u8, u16, u32 } from '../layout/define-record.ts';
import type { ExchangeUs, FeedId, InstrumentId, MonotonicNs } from '../units.ts';

/** Bits of `flags`. */
export const FLAG = {
  /** The book record replaces the whole book; the trade or candle belongs to the history sent on subscribing. */
  snapshot: 1,
  /** Written from the worker's own state after an overflow, not received just now. */
  refreshed: 2,
} as const;

/** The first 40 bytes of every record. */
export const HEADER_FIELDS = {
  bytes: u32('bytes of the whole record, tail and padding included; a multiple of 8'),
  typeId: u8('which record this is, by the catalogue'),
  flags: u8('bit 0 snapshot, bit 1 refreshed from the worker’s state after an overflow'),
  feed: u16<FeedId>('feed that wrote it'),
  instrument: u32<InstrumentId>('row of the instrument table; 4294967295 where no single one is concerned'),
  epoch: u32('connections this feed has made before this one'),
  receivedAtNs: f64<MonotonicNs>('when the socket chunk that completed its frame was read, monotonic ns'),
  exchangeAtUs: f64<ExchangeUs>(
    'time stated by the exchange, µs since the Unix epoch; -1 where it sent none',
  ),
  sequence: f64('the exchange’s own id or sequence number; -1 where it sent none'),
} as const;

/** Bytes of the common header. */
export const HEADER_SIZE = 40;
