import { BOOK } from './book.ts';
import { CANDLE } from './candle.ts';
import { GAP } from './gap.ts';
import { INSTRUMENT } from './instrument.ts';
import { QUOTE } from './quote.ts';
import { RAW } from './raw.ts';
import { STATUS } from './status.ts';
import { TICKER } from './ticker.ts';
import { TRADE } from './trade.ts';

/** Every record there is. Type id 1 is the ring's own padding and never reaches a reader. */
export const RECORDS = [TRADE, BOOK, TICKER, QUOTE, CANDLE, INSTRUMENT, STATUS, GAP, RAW] as const;

/** Type id of the filler a ring writes where a record would not fit before its end. */
export const PADDING_TYPE_ID = 1;

/** Type ids as constants, for a `switch` that the compiler can check. */
export const TYPE = {
  trade: 2,
  book: 3,
  ticker: 4,
  quote: 5,
  candle: 6,
  instrument: 7,
  status: 8,
  gap: 9,
  raw: 10,
} as const;

export type RecordName = keyof typeof TYPE;
export type RecordTypeId = (typeof TYPE)[RecordName];

for (const layout of RECORDS) {
  if (TYPE[layout.name as RecordName] !== layout.typeId)
    throw new Error(`record ${layout.name}: type id disagrees with TYPE`);
}
