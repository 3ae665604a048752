/**
 * Memory for records that are not in the ring. It is shared memory like the ring's own although one thread
 * alone ever sees it: V8 then knows one kind of DataView at every place where records are written.
 */
export const recordMemory = (bytes: number): DataView => new DataView(new SharedArrayBuffer(bytes));

/**
 * Copies one record. Words instead of `subarray` and `set`, which would make two objects per record; words
 * of integers, because a NaN need not survive being read and written as a float.
 */
export function copyRecord(from: DataView, fromAt: number, to: DataView, toAt: number, bytes: number): void {
  for (let i = 0; i < bytes; i += 4) to.setInt32(toAt + i, from.getInt32(fromAt + i, true), true);
}
