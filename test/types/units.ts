/** What must not compile: numbers of one unit where another is meant, and codes that do not exist. */
import { FAULTS } from '../../src/shared/faults/fault-catalogue.ts';
import type { RecordOf } from '../../src/shared/layout/define-record.ts';
import { CANDLE } from '../../src/shared/records/candle.ts';
import { GAP } from '../../src/shared/records/gap.ts';
import { HEADER } from '../../src/shared/records/header.ts';
import { STATUS } from '../../src/shared/records/status.ts';
import { SIDE, TRADE } from '../../src/shared/records/trade.ts';
import {
  type ExchangeUs,
  elapsed,
  type FeedId,
  type InstrumentId,
  later,
  type MonotonicNs,
} from '../../src/shared/units.ts';

declare const view: DataView;
declare const here: MonotonicNs;
declare const there: ExchangeUs;
declare const feed: FeedId;
declare const instrument: InstrumentId;

HEADER.field.receivedAtNs.set(view, 0, here);
HEADER.field.exchangeAtUs.set(view, 0, there);
HEADER.field.instrument.set(view, 0, instrument);
// @ts-expect-error the exchange's clock is not ours
HEADER.field.receivedAtNs.set(view, 0, there);
// @ts-expect-error our clock is not the exchange's
HEADER.field.exchangeAtUs.set(view, 0, here);
// @ts-expect-error a number without a unit is no time
CANDLE.field.beginUs.set(view, 0, 1_785_649_411_562_123);
// @ts-expect-error a feed is no instrument
HEADER.field.instrument.set(view, 0, feed);
// @ts-expect-error an instrument is no feed
HEADER.field.feed.set(view, 0, instrument);
// @ts-expect-error times of two clocks have no distance
elapsed(here, there);
// @ts-expect-error a point in time is no span
later(here, here);

TRADE.field.side.set(view, 0, SIDE.buy);
// @ts-expect-error no such side
TRADE.field.side.set(view, 0, 3);
// @ts-expect-error reserved bytes are zero
TRADE.field.reserved.set(view, 0, 1);
GAP.field.fault.set(view, 0, FAULTS.RING_FULL.id);
// @ts-expect-error no such fault
GAP.field.fault.set(view, 0, 999);
// @ts-expect-error a status code comes from the catalogue
STATUS.field.code.set(view, 0, 0);
// @ts-expect-error a trade has no bid
TRADE.field.bid.get(view, 0);

export const price = (trade: RecordOf<typeof TRADE>): number => trade.price;
// @ts-expect-error a record that lacks fields is not written
TRADE.encode(view, 0, { price: 1 });
