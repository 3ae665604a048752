import type { ControlLog } from '../control/control-log.ts';
import { guardedCall } from '../control/guarded-call.ts';
import { MessageQueue } from './message-queue.ts';

export interface InboxOptions {
  /** Messages that may wait for the callback, and as many for the user; 0 for no limit. */
  readonly queueSize: number;
  readonly onMessage: ((message: unknown) => unknown) | undefined;
  readonly log: ControlLog;
  /** A message can be taken. */
  readonly arrived: () => void;
  /** A message was dropped because a queue is full. */
  readonly dropped: () => void;
}

/**
 * Messages on their way to the user, in order: through `onMessage`, one at a time and each awaited, into the
 * queue that `receive` and `stream` take from. What comes when a queue is full is dropped.
 *
 * Runs on: main.
 */
export class Inbox {
  readonly #options: InboxOptions;
  /** Waiting for the callback to be done with the one before. */
  readonly #before: MessageQueue<unknown>;
  readonly #ready: MessageQueue<unknown>;
  #isCalling = false;

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#before = new MessageQueue(options.queueSize);
    this.#ready = new MessageQueue(options.queueSize);
  }

  /** How many can be taken. */
  get length(): number {
    return this.#ready.length;
  }

  /** True where none can be taken and none waits for the callback. */
  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#before.length === 0 && !this.#isCalling;
  }

  put(message: unknown): void {
    if (!this.#isCalling) this.#handle(message);
    else if (!this.#before.push(message)) this.#options.dropped();
  }

  /** Only where `length` is above 0. */
  take(): unknown {
    return this.#ready.take();
  }

  #handle(message: unknown): void {
    const { onMessage, log } = this.#options;
    const called =
      onMessage === undefined ? undefined : guardedCall(log, 'onMessage', () => onMessage(message));
    if (called === undefined) {
      this.#accept(message);
      return;
    }
    this.#isCalling = true;
    void called.then(() => {
      this.#isCalling = false;
      this.#accept(message);
      while (!this.#isCalling && this.#before.length > 0) this.#handle(this.#before.take());
    });
  }

  #accept(message: unknown): void {
    if (this.#ready.push(message)) this.#options.arrived();
    else this.#options.dropped();
  }
}
