/**
 * Where things lie in a ring: one SharedArrayBuffer that one worker writes and one thread reads.
 *
 *   byte    0        128      256      384                                  384 + capacity
 *           │ (lead) │ head   │ tail   │ data: a power of two of bytes      │
 *                      ▲        ▲        ┌──────────┬────────┬──────────┐
 *       written by the │        │ written│ record   │ record │ padding  │
 *       reader only ───┘        │ by the └──────────┴────────┴──────────┘
 *                               └─writer only         each begins at a multiple of 8
 *
 *   head   everything before it is free for the writer
 *   tail   everything before it, from head on, may be read
 *
 * Head and tail are positions: int32 counts of all bytes ever released and published, which wrap. The
 * place of a position in the data is its remainder by the capacity. The capacity divides 2^32, so the
 * remainder stays right at the wrap. Positions are compared as `(tail - head) | 0` only: that difference
 * is the number of bytes held, right on both sides of the wrap because it never exceeds 2^30.
 *
 * A record lies in one piece. Where it would cross the end of the data, padding fills up to the end and
 * the record begins at 0. Padding is 8 bytes of a record header, length and type, of which only the length
 * may say more.
 */
import { invariant, MisuseError } from '../invariant.ts';

/**
 * Bytes between words that different threads write, so that no cache line holds two of them. Lines are
 * 128 bytes on Apple silicon, and x86 fetches 64-byte lines in pairs. Measured: words on one line make
 * each store about three times slower.
 */
export const LINE_BYTES = 128;

/** Index of each control word in the control block as int32. The lead keeps foreign memory off head's line. */
export const CONTROL = {
  /** Position up to which the reader has released. */
  head: LINE_BYTES / 4,
  /** Position up to which the writer has published. */
  tail: (2 * LINE_BYTES) / 4,
} as const;

/** Bytes before the data. */
export const CONTROL_BYTES = 3 * LINE_BYTES;

export const RING_BYTES_MIN = 4 * 1024;
/** Two positions at most this far apart have a positive int32 difference. */
export const RING_BYTES_MAX = 1024 * 1024 * 1024;

/** Records and padding begin at multiples of this, so that every field is aligned. */
export const RECORD_ALIGNMENT = 8;

const isCapacity = (bytes: number): boolean =>
  bytes >= RING_BYTES_MIN && bytes <= RING_BYTES_MAX && (bytes & (bytes - 1)) === 0;

/**
 * Makes an empty ring.
 *
 * @throws MisuseError unless `dataBytes` is a power of two from 4 KiB to 1 GiB.
 */
export function createRing(dataBytes: number): SharedArrayBuffer {
  // A fraction would pass the bit test, which looks at the integer part.
  if (!Number.isInteger(dataBytes) || !isCapacity(dataBytes)) {
    throw new MisuseError(
      `Condition failed: ring.bytes is a power of two from ${RING_BYTES_MIN} (4 KiB) to ${RING_BYTES_MAX} (1 GiB); given was ${String(dataBytes)}`,
    );
  }
  return new SharedArrayBuffer(CONTROL_BYTES + dataBytes);
}

/** One side's views of a ring. */
export interface RingMemory {
  readonly control: Int32Array;
  readonly data: DataView;
  /** The same as words. */
  readonly words: Int32Array;
  /** Bytes of the data. */
  readonly capacity: number;
}

export function openRing(ring: SharedArrayBuffer): RingMemory {
  const capacity = ring.byteLength - CONTROL_BYTES;
  invariant(isCapacity(capacity), 'a ring is memory made by createRing');
  return {
    control: new Int32Array(ring, 0, CONTROL_BYTES / Int32Array.BYTES_PER_ELEMENT),
    data: new DataView(ring, CONTROL_BYTES, capacity),
    words: new Int32Array(ring, CONTROL_BYTES, capacity / Int32Array.BYTES_PER_ELEMENT),
    capacity,
  };
}

/**
 * Bytes between two positions, of which at least one was read from the other thread's word and is
 * therefore checked before it is relied upon.
 */
export function heldBetween(head: number, tail: number, capacity: number): number {
  const held = (tail - head) | 0;
  invariant(held >= 0, 'a ring’s reader never releases what was not published');
  invariant(held <= capacity, 'a ring’s writer never publishes over what was not released');
  invariant((head | tail) % RECORD_ALIGNMENT === 0, 'a ring’s positions are multiples of 8');
  return held;
}
