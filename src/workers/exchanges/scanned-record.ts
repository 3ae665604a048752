import { invariant } from '../../shared/invariant.ts';
import { BOOK, bookBytes } from '../../shared/records/book.ts';
import type { InstrumentId } from '../../shared/units.ts';
import { RECORD_AT, RECORD_FIXED } from '../scanner/layout.ts';
import type { Scanner } from '../scanner/scanner.ts';
import type { BookMessage } from './book-message.ts';
import { ASK_COUNT, BID_COUNT } from './scanned-levels.ts';

invariant(
  RECORD_FIXED === BOOK.size,
  'the scanner leaves room for what book records have before their levels',
);

/** Where the record of the message applied last begins, in `int32` of the scanner. */
export const SCANNED_RECORD = RECORD_AT / 4;
const FLOAT64 = RECORD_AT / 8;
const BYTES: number = RECORD_AT;
const UINT16 = RECORD_AT / 2;

const { field } = BOOK;
const LENGTH = SCANNED_RECORD + field.bytes.index;
const TYPE_ID = BYTES + field.typeId.index;
const FLAGS = BYTES + field.flags.index;
const INSTRUMENT = SCANNED_RECORD + field.instrument.index;
const EXCHANGE_AT = FLOAT64 + field.exchangeAtUs.index;
const SEQUENCE = FLOAT64 + field.sequence.index;
const CHECKSUM = SCANNED_RECORD + field.checksum.index;
const DEPTH = UINT16 + field.depth.index;
const HAS_CHECKSUM = UINT16 + field.hasChecksum.index;
const BIDS = SCANNED_RECORD + field.bidCount.index;
const ASKS = SCANNED_RECORD + field.askCount.index;

/**
 * Completes the record of a message that was applied where the scanner left it: its levels are written already.
 *
 * @returns the words in which it begins at `SCANNED_RECORD`, ready for a sink.
 */
export function finishScanned(
  scanner: Scanner,
  book: { readonly instrument: InstrumentId; readonly depth: number },
  message: BookMessage,
  flags: number,
): Int32Array {
  const { int32, float64, uint16, bytes } = scanner;
  const bids = int32[BID_COUNT]!;
  const asks = int32[ASK_COUNT]!;
  int32[LENGTH] = bookBytes(bids + asks);
  bytes[TYPE_ID] = BOOK.typeId;
  bytes[FLAGS] = flags;
  int32[INSTRUMENT] = book.instrument;
  float64[EXCHANGE_AT] = message.exchangeAtUs;
  float64[SEQUENCE] = message.sequence;
  int32[CHECKSUM] = message.checksum;
  uint16[DEPTH] = book.depth;
  uint16[HAS_CHECKSUM] = message.hasChecksum ? 1 : 0;
  int32[BIDS] = bids;
  int32[ASKS] = asks;
  return int32;
}
