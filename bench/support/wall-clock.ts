/**
 * A wall clock that two processes of one machine agree on to the microsecond.
 *
 * Each process has its own origin for `performance.now()`, and the wall-clock time it notes for that origin
 * is only as good as the moment it was taken. `process.hrtime` counts from the start of the machine in every
 * process, so the parent notes once how far it is from the wall clock and tells its child.
 */
export class WallClock {
  /** µs that turn `process.hrtime` into time since the Unix epoch; the same in both processes. */
  readonly offsetUs: number;
  /** µs since the Unix epoch at which this process's `performance.now()` was zero. */
  readonly originUs: number;

  constructor(offsetUs = Date.now() * 1000 - hrtimeUs()) {
    this.offsetUs = offsetUs;
    this.originUs = offsetUs + hrtimeAtOriginUs();
  }

  /** µs since the Unix epoch. */
  nowUs(): number {
    return this.originUs + performance.now() * 1000;
  }
}

const hrtimeUs = (): number => Number(process.hrtime.bigint() / 1000n);

const TRIES = 16;

/** The thread may be put to sleep between the two clocks, which makes the difference larger, never smaller. */
function hrtimeAtOriginUs(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TRIES; n++) {
    const sinceOriginUs = performance.now() * 1000;
    least = Math.min(least, hrtimeUs() - sinceOriginUs);
  }
  return least;
}
