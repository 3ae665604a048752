import type { ControlOptions, ControlParts } from './control-options.ts';
import { guardedCall } from './guarded-call.ts';
import type { Waiters } from './waiters.ts';

/**
 * Makes a connection that opened ready to be used: first `onConnect`, then the subscriptions.
 *
 * Runs on: main.
 */
export class Readiness {
  readonly #options: ControlOptions;
  readonly #parts: ControlParts;
  readonly #waiters: Waiters;
  /** Counts the connections, so that what is done for one that ended says nothing of the next. */
  #connection = 0;
  #isOpen = false;
  #isReady = false;

  constructor(options: ControlOptions, parts: ControlParts, waiters: Waiters) {
    this.#options = options;
    this.#parts = parts;
    this.#waiters = waiters;
  }

  /** The connection that is open is subscribed. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** A connection opened. */
  start(): void {
    this.#isOpen = true;
    void this.#make(++this.#connection);
  }

  stop(): void {
    this.#isOpen = false;
    this.#isReady = false;
  }

  async #make(connection: number): Promise<void> {
    const isOver = (): boolean => !this.#isOpen || this.#connection !== connection;
    await this.#called(isOver);
    if (isOver()) return;
    await this.#parts.restore?.();
    if (isOver()) return;
    this.#isReady = true;
    this.#waiters.check();
  }

  /** A callback that never returns must not keep the subscriptions away. */
  async #called(isOver: () => boolean): Promise<void> {
    const { log, connectTimeoutMs } = this.#parts;
    const { onConnect } = this.#options;
    const called = onConnect && guardedCall(log, 'onConnect', () => onConnect());
    if (called === undefined) return;
    let isDone = false;
    void called.then(() => {
      isDone = true;
      this.#waiters.check();
    });
    if (!(await this.#waiters.until(() => isDone || isOver(), connectTimeoutMs)))
      log.warn(`onConnect has not returned after ${connectTimeoutMs} ms; subscribing without waiting for it`);
  }
}
