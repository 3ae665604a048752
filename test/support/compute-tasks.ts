import { isMainThread, threadId } from 'node:worker_threads';

/** Where it ran, and with which environment. */
export default function where(): {
  readonly isMainThread: boolean;
  readonly threadId: number;
  readonly env: number;
} {
  return { isMainThread, threadId, env: Object.keys(process.env).length };
}

export function addOne(shared: SharedArrayBuffer): number {
  return Atomics.add(new Int32Array(shared), 0, 1);
}

export function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

export function fail(message: string): never {
  throw new RangeError(message);
}

export const rejectWithText = (text: string): Promise<never> => Promise.reject(text);

/** Counts up the first word and then waits for ever, for the second. */
export function hold(shared: SharedArrayBuffer): void {
  const words = new Int32Array(shared);
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
  Atomics.wait(words, 1, 0);
}
