/**
 * The doorbell that was not chosen: wakes the reader by a message with nothing in it instead of by
 * `Atomics.notify`. As with the chosen one, a word says whether the reader sleeps; a second one says whether
 * a message is on its way, so that there is never more than one.
 *
 *     writer                                     reader
 *     publish:  store tail                       arm:      store parked
 *     ring:     take parked, take in flight,     look:     load tail
 *               post                             message:  clear in flight, wake
 *
 * A writer that finds a message in flight need not post: the reader has yet to get that one, and looks at the
 * tail after it.
 */
import type { MessagePort } from 'node:worker_threads';
import { LINE_BYTES } from '../../src/shared/ring/ring-layout.ts';

/** Each word alone on its cache line. */
const PARKED = LINE_BYTES / 4;
const IN_FLIGHT = (2 * LINE_BYTES) / 4;

export const postMessageDoorbellMemory = (): SharedArrayBuffer => new SharedArrayBuffer(3 * LINE_BYTES);

/** Runs on: the reader's thread. */
export class PostMessageDoorbell {
  readonly #words: Int32Array;
  #wake: (() => void) | undefined;

  constructor(memory: SharedArrayBuffer, port: MessagePort) {
    this.#words = new Int32Array(memory);
    port.on('message', () => {
      Atomics.store(this.#words, IN_FLIGHT, 0);
      this.#wake?.();
      this.#wake = undefined;
    });
  }

  arm(): void {
    Atomics.store(this.#words, PARKED, 1);
  }

  disarm(): void {
    Atomics.store(this.#words, PARKED, 0);
  }

  /** Undefined where the bell has rung since `arm` and no message is to be waited for. */
  waitAsync(): Promise<void> | undefined {
    if (Atomics.load(this.#words, PARKED) === 0 && Atomics.load(this.#words, IN_FLIGHT) === 0)
      return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Runs on: the writer's thread. */
export class PostMessageRinger {
  readonly #words: Int32Array;
  readonly #port: MessagePort;

  constructor(memory: SharedArrayBuffer, port: MessagePort) {
    this.#words = new Int32Array(memory);
    this.#port = port;
  }

  ring(): void {
    if (Atomics.load(this.#words, PARKED) === 0) return;
    if (Atomics.compareExchange(this.#words, PARKED, 1, 0) !== 1) return;
    if (Atomics.compareExchange(this.#words, IN_FLIGHT, 0, 1) === 0) this.#port.postMessage(0);
  }
}
