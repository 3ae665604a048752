/** What producer and consumer of the ring stress test agree on. */

export interface RingStressData {
  readonly ring: SharedArrayBuffer;
  /** Rung by the producer: there is something to read. */
  readonly filled: SharedArrayBuffer;
  /** Rung by the consumer: there is room again. */
  readonly freed: SharedArrayBuffer;
  readonly records: number;
}

/**
 * A thread that waits this long beside something to do has lost a wake-up. Long enough for a machine that is
 * busy with other things.
 */
export const WAIT_MS_MAX = 10_000;

/** A number that looks random and is the same for both. */
export const scramble = (number: number): number => {
  const mixed = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 0;
};

/** Length of record `number`: mostly short, now and then as long as the ring takes. */
export function recordBytes(number: number, bytesMax: number): number {
  const random = scramble(number);
  if (random % 509 === 0) return bytesMax;
  return 40 + ((random >>> 8) % 16) * 8;
}
