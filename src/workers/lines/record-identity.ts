import { CANDLE } from '../../shared/records/candle.ts';
import { HEADER } from '../../shared/records/header.ts';
import { TYPE } from '../../shared/records/record-catalogue.ts';
import { HEADER_SIZE } from '../../shared/records/record-header.ts';

const { bytes: BYTES, exchangeAtUs: EXCHANGE_AT_US, sequence: SEQUENCE } = HEADER.field;

/** Room for the trades of one candle below its minute in an order key. */
const CANDLE_TRADES = 2 ** 24;
const US_PER_MINUTE = 60_000_000;

/**
 * What two lines say alike of one event, and when this line said it. Filled anew for every record, because
 * doubles passed between functions that are not inlined are boxed.
 */
export class RecordIdentity {
  /** Two 32-bit hashes over everything in the record that comes from the exchange. */
  a = 0;
  b = 0;
  /** Whether books are ordered by their numbers rather than by time. */
  numbersBooks = false;
  /**
   * Grows along a stream: of trades the id, of some venues' books the number, of anything else the time, though
   * not strictly. NaN where the exchange states neither.
   */
  key = Number.NaN;
  /** When the record was received, ns. Set by whoever reads the record, since numbered ones need no more. */
  at = Number.NaN;
  /** Checksum of a book record; 0 elsewhere. */
  checksum = 0;

  /**
   * Reads the record at `at`. Left out are the fields that the worker itself fills in, and the flags, which
   * say how a record was obtained; of candles also the time of the message, since the candle has its own.
   */
  read(typeId: number, view: DataView, at: number): void {
    const isCandle = typeId === TYPE.candle;
    const end = at + BYTES.get(view, at);
    let a = 0x2545f491;
    let b = typeId;
    for (let i = at + (isCandle ? HEADER_SIZE : EXCHANGE_AT_US.offset); i < end; i += 4) {
      const word = view.getInt32(i, true);
      a = Math.imul(a ^ word, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul((b << 5) ^ (b >>> 27) ^ word, 0x85ebca77);
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
    this.checksum = 0;
    if (isCandle) {
      // A candle grows by trades until the next one begins.
      const trades = Math.min(CANDLE.field.trades.get(view, at), CANDLE_TRADES - 1);
      this.key = Math.floor(CANDLE.field.beginUs.get(view, at) / US_PER_MINUTE) * CANDLE_TRADES + trades;
    } else if (
      (typeId === TYPE.trade || (typeId === TYPE.book && this.numbersBooks)) &&
      SEQUENCE.get(view, at) >= 0
    ) {
      this.key = SEQUENCE.get(view, at);
    } else {
      const us = EXCHANGE_AT_US.get(view, at);
      this.key = us < 0 ? Number.NaN : us;
    }
  }
}
