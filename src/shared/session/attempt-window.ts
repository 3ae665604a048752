import { invariant } from '../invariant.ts';
import { type DurationNs, later, type MonotonicNs } from '../units.ts';

/** What holds attempts back: at most so many of them in any span of a window. */
export interface AttemptLimit {
  /** @returns false, and takes none, where one more would be too many. */
  tryTake(now: MonotonicNs): boolean;
  /** When the next may be taken; long ago where one may be at any time. */
  readyAt(): MonotonicNs;
}

const LONG_AGO = Number.NEGATIVE_INFINITY as MonotonicNs;

/** What a slot holds before it is taken for the first time. A taking is stored one higher than its time. */
const NEVER_TAKEN = 0n;

/**
 * Connection attempts of all feeds to one host, in whatever worker they run: at most as many as the memory
 * has slots, in any span of the window. It outlives workers and feeds, as the venue's own count does.
 *
 *   slot 0..limit-1   1 + when it was last taken, monotonic ns; written by any thread, and only ever raised
 *
 * A slot is free once a whole window has passed since it was taken. One attempt takes one slot, so that more
 * attempts than slots in less than a window would need one slot twice, which the exchange below rules out.
 * No step waits for another thread, and a thread that dies at any of them leaves nothing locked.
 *
 * The times are those at which attempts begin. A venue counts them when they reach it, and the way there may
 * take longer for the earlier of two: a window that must hold to the second at its side is given a margin.
 */
export class AttemptWindow implements AttemptLimit {
  readonly #slots: BigInt64Array;
  readonly #window: DurationNs;

  /** Memory for `limit` attempts in a window; Infinity takes none and holds nothing back. */
  static memory(limit: number): SharedArrayBuffer {
    const slots = Number.isFinite(limit) ? Math.max(1, Math.floor(limit)) : 0;
    return new SharedArrayBuffer(slots * BigInt64Array.BYTES_PER_ELEMENT);
  }

  /** @param window the same in every thread that has this memory. */
  constructor(memory: SharedArrayBuffer, window: DurationNs) {
    this.#slots = new BigInt64Array(memory);
    this.#window = window;
  }

  tryTake(now: MonotonicNs): boolean {
    const slots = this.#slots;
    if (slots.length === 0) return true;
    const taken = storedTime(now);
    // One pass finds a free slot if there is one: a slot that is not free at `now` cannot become so, because
    // whoever writes it writes a later time.
    for (let i = 0; i < slots.length; i++) {
      const seen = Atomics.load(slots, i);
      if (seen !== NEVER_TAKEN && now < this.#freeAt(seen)) continue;
      // Another thread may have taken this slot since the look at it, and then holds another time: no slot
      // gets the same time twice. attempt-window-preemption.test.ts interrupts here and everywhere else.
      if (Atomics.compareExchange(slots, i, seen, taken) === seen) return true;
    }
    return false;
  }

  /** Exact while nobody takes one meanwhile, and otherwise too early: `tryTake` has the last word. */
  readyAt(): MonotonicNs {
    const slots = this.#slots;
    let earliest = Number.POSITIVE_INFINITY as MonotonicNs;
    for (let i = 0; i < slots.length; i++) {
      // Each slot may move on while the others are read, which can only make the answer too early.
      const seen = Atomics.load(slots, i);
      if (seen === NEVER_TAKEN) return LONG_AGO;
      const freeAt = this.#freeAt(seen);
      if (freeAt < earliest) earliest = freeAt;
    }
    return slots.length === 0 ? LONG_AGO : earliest;
  }

  #freeAt(taken: bigint): MonotonicNs {
    return later((Number(taken) - 1) as MonotonicNs, this.#window);
  }
}

/** Whole nanoseconds, rounded up: a slot may be free a nanosecond late, never early. */
function storedTime(now: MonotonicNs): bigint {
  invariant(
    now >= 0 && now + 1 < Number.MAX_SAFE_INTEGER,
    'monotonic time counts from the start of the process',
  );
  return BigInt(Math.ceil(now) + 1);
}
