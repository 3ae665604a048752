import type { Socket } from 'node:net';

/** How a stage ends. The first call counts, later ones do nothing. */
export interface StageEnd<T> {
  done(value: T): void;
  fail(error: unknown): void;
}

/**
 * One step of dialling on a socket. It ends by what `run` sees, by an error or the end of the socket, or at
 * once by the signal. However it ends, no listener of it is left; where it fails, the socket is destroyed.
 *
 * @param closed the error where the socket closes without one.
 * @param run may return what is to be undone at the end.
 */
export function stage<T>(
  socket: Socket,
  signal: AbortSignal,
  closed: () => Error,
  run: (end: StageEnd<T>) => (() => void) | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let ended = false;
    let undo: (() => void) | undefined;
    const settle = (): boolean => {
      if (ended) return false;
      ended = true;
      socket.off('error', fail);
      socket.off('end', onClosed);
      socket.off('close', onClosed);
      signal.removeEventListener('abort', onAbort);
      undo?.();
      return true;
    };
    const done = (value: T): void => {
      if (settle()) resolve(value);
    };
    const fail = (error: unknown): void => {
      if (!settle()) return;
      socket.destroy();
      reject(error);
    };
    const onClosed = (): void => fail(closed());
    const onAbort = (): void => fail(signal.reason);
    if (signal.aborted) return fail(signal.reason);
    socket.on('error', fail);
    socket.on('end', onClosed);
    socket.on('close', onClosed);
    signal.addEventListener('abort', onAbort);
    if (socket.destroyed) return onClosed();
    try {
      undo = run({ done, fail });
    } catch (error) {
      fail(error);
    }
    // It may have ended before there was anything to undo.
    if (ended) undo?.();
  });
}

/**
 * Runs stages with a signal that follows the given one and also ends after a while.
 *
 * @param late the reason of that end.
 */
export async function withTimeout<T>(
  signal: AbortSignal,
  timeoutMs: number,
  late: () => Error,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', follow);
  const timer = setTimeout(() => controller.abort(late()), timeoutMs);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  }
}

/** The first of the two: this value, or the end of the signal. What is waited for goes on by itself. */
export function unlessAborted<T>(signal: AbortSignal, value: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
