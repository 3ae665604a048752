import { HEADER } from '../../shared/records/header.ts';
import { FLAG } from '../../shared/records/record-header.ts';
import type { ExchangeUs, FeedId, InstrumentId, MonotonicNs } from '../../shared/units.ts';
import type { ExchangeName } from '../../shared/venues/venue.ts';

/** Where a view finds the names that belong to the ids in a record. */
export interface NameSource {
  symbolOf(instrument: InstrumentId): string;
  venueSymbolOf(instrument: InstrumentId): string;
  exchangeOf(feed: FeedId): ExchangeName;
  feedNameOf(feed: FeedId): string;
}

const NO_MEMORY = new DataView(new ArrayBuffer(0));
const { field } = HEADER;

/**
 * A window onto one record in a ring: it holds no data of its own, moves from record to record, and is
 * valid during the callback only. `copy()` makes a plain object to keep.
 */
export abstract class RecordView {
  protected readonly names: NameSource;
  protected view: DataView = NO_MEMORY;
  protected at = 0;

  constructor(names: NameSource) {
    this.names = names;
  }

  /** @internal Puts the window over the record at `at`. */
  moveTo(view: DataView, at: number): this {
    this.view = view;
    this.at = at;
    return this;
  }

  get exchange(): ExchangeName {
    return this.names.exchangeOf(field.feed.get(this.view, this.at));
  }

  /** Name of the feed, e.g. `kraken#0`. */
  get feed(): string {
    return this.names.feedNameOf(field.feed.get(this.view, this.at));
  }

  /** The one form for all venues, e.g. `BTC/USD`; empty where no single instrument is concerned. */
  get symbol(): string {
    return this.names.symbolOf(field.instrument.get(this.view, this.at));
  }

  /** As on the wire, e.g. `XBT/USD` on Kraken v1. */
  get venueSymbol(): string {
    return this.names.venueSymbolOf(field.instrument.get(this.view, this.at));
  }

  /** Id of the instrument in this process: a small number, good as an array index. */
  get instrument(): InstrumentId {
    return field.instrument.get(this.view, this.at);
  }

  /** Connections the feed had made before the one this came from. */
  get epoch(): number {
    return field.epoch.get(this.view, this.at);
  }

  /** When the worker read it from the socket: monotonic ns, the clock of `performance.now()`. */
  get received(): MonotonicNs {
    return field.receivedAtNs.get(this.view, this.at);
  }

  /** The exchange's time, µs since the Unix epoch; -1 where it sent none. */
  get timeUs(): ExchangeUs {
    return field.exchangeAtUs.get(this.view, this.at);
  }

  /** The exchange's time, ms since the Unix epoch with a fraction; NaN where it sent none. */
  get time(): number {
    const us = field.exchangeAtUs.get(this.view, this.at);
    return us < 0 ? Number.NaN : us / 1000;
  }

  /** True for history or state sent on subscribing, and for books that replace what was there. */
  get snapshot(): boolean {
    return (field.flags.get(this.view, this.at) & FLAG.snapshot) !== 0;
  }

  /** True where the worker wrote it from its own state after an overflow. */
  get refreshed(): boolean {
    return (field.flags.get(this.view, this.at) & FLAG.refreshed) !== 0;
  }
}
