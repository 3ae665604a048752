/**
 * Units as types. A number that carries a unit is branded with it, so that two clocks or two kinds
 * of id cannot be mixed by accident; the brand exists for the compiler only.
 */

declare const unit: unique symbol;

/** A number in the unit `U`. The unit is checked at compile time and costs nothing at run time. */
export type Unit<U extends string> = number & { readonly [unit]: U };

/** Nanoseconds on this process's monotonic clock; the same origin in every thread. */
export type MonotonicNs = Unit<'monotonic ns'>;

/** A span of time in nanoseconds. */
export type DurationNs = Unit<'duration ns'>;

/** Microseconds since the Unix epoch, by the exchange's clock. Never subtract it from a local time. */
export type ExchangeUs = Unit<'exchange µs'>;

/** Row of the instrument table; given out by the main thread, the same in every thread. */
export type InstrumentId = Unit<'instrument'>;

/** Number of a feed within one `openFeeds`, counted from 0. */
export type FeedId = Unit<'feed'>;

/** Stands for "concerns no single instrument" in a record. */
export const NO_INSTRUMENT = 0xffff_ffff as InstrumentId;

/** Stands for "the exchange sent none" in `exchangeAtUs` and `sequence`. */
export const NONE = -1;

export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

export const durationMs = (ms: number): DurationNs => (ms * NS_PER_MS) as DurationNs;

export const durationS = (seconds: number): DurationNs => (seconds * NS_PER_S) as DurationNs;

export const elapsed = (from: MonotonicNs, to: MonotonicNs): DurationNs => (to - from) as DurationNs;

export const later = (from: MonotonicNs, by: DurationNs): MonotonicNs => (from + by) as MonotonicNs;
