import { HEADER } from '../../shared/records/header.ts';
import type { ExchangeUs, FeedId, MonotonicNs } from '../../shared/units.ts';
import { NO_INSTRUMENT, NONE } from '../../shared/units.ts';

const { typeId, flags, feed, instrument, epoch, receivedAtNs, exchangeAtUs, sequence } = HEADER.field;

/** What every record of a feed is stamped with at one moment. */
export class Stamp {
  readonly feed: FeedId;
  epoch: number;
  /** NaN until the first message, so that V8 keeps the field unboxed. */
  receivedAtNs = Number.NaN as MonotonicNs;

  constructor(feed: FeedId, epoch: number) {
    this.feed = feed;
    this.epoch = epoch;
  }

  /** Fills the common header, except for the length, which is known when the record is complete. */
  write(view: DataView, at: number, type: number): void {
    typeId.set(view, at, type);
    flags.set(view, at, 0);
    feed.set(view, at, this.feed);
    instrument.set(view, at, NO_INSTRUMENT);
    epoch.set(view, at, this.epoch);
    receivedAtNs.set(view, at, this.receivedAtNs);
    exchangeAtUs.set(view, at, NONE as ExchangeUs);
    sequence.set(view, at, NONE);
  }
}
