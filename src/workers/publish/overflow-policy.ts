import type { InstrumentId } from '../../shared/units.ts';

/** What is done with records when the ring has no room for them. */
export interface OverflowPolicy {
  /** True while something waits for room. While it is false, records may be written to the ring directly. */
  readonly busy: boolean;
  /** Takes one complete record, in order. It fits the ring when that is empty, and is counted here. */
  take(view: DataView, at: number): void;
  /** Moves on what waits, as far as there is room. Never within a message. */
  recover(): void;
}

/** How writing the whole book of one instrument ended. */
export const REFRESH = {
  /** The book is not live, so nothing was written and nothing will be. */
  notLive: 0,
  written: 1,
  noRoom: 2,
  /** Longer than any record of this ring can be. */
  tooLong: 3,
  /** There is no book just now that is as the records so far left it: another time. */
  notNow: 4,
} as const;
export type Refresh = (typeof REFRESH)[keyof typeof REFRESH];

/** What the policies ask of the publisher about books. */
export interface BookRefresher {
  refresh(instrument: InstrumentId): Refresh;
  /** Books of this instrument are wrong on the strategy's side from here on, until a snapshot gets through. */
  spoil(instrument: InstrumentId, why: string): void;
}
