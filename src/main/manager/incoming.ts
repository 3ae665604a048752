import type { Clock } from '../control/clock.ts';
import {
  WebSocketClosedError,
  type WebSocketError,
  WebSocketQueueFullError,
  WebSocketTimeoutError,
} from '../control/connection-errors.ts';
import type { ControlLog } from '../control/control-log.ts';
import { guardedCall } from '../control/guarded-call.ts';
import type { MessageTaker } from '../control/message-drain.ts';
import { Waiters } from '../control/waiters.ts';
import { Inbox } from './inbox.ts';
import type { ManagerOptions } from './manager-options.ts';
import { bytesOf, readMessage } from './message-text.ts';
import type { WebSocketStats } from './websocket-stats.ts';

/** How often is looked whether the last messages of a connection that is gone were handed over. */
const DRAIN_CHECK_MS = 1;

export interface IncomingParts {
  readonly options: Pick<ManagerOptions, 'onMessage' | 'onAlert'>;
  /** Messages that may wait to be taken; 0 for no limit. */
  readonly queueSize: number;
  readonly clock: Clock;
  readonly log: ControlLog;
  readonly stats: WebSocketStats;
  /** No connection, and none is on its way. */
  readonly isDead: () => boolean;
  /** No message of a connection is on its way to this thread. */
  readonly isDrained: () => boolean;
  /** Why it is dead although nobody here wanted it to be. */
  readonly failure: () => WebSocketError | undefined;
}

/**
 * What the server says, on its way to whoever takes it: read, counted, and kept until it is taken or dropped.
 * The end of the connection comes after its last message.
 *
 * Runs on: main.
 */
export class Incoming implements MessageTaker {
  readonly #parts: IncomingParts;
  readonly #waiters: Waiters;
  readonly #inbox: Inbox;
  /** Messages dropped since the queue last had room. */
  #droppedInRow = 0;

  constructor(parts: IncomingParts) {
    const { options, queueSize, log } = parts;
    this.#parts = parts;
    this.#waiters = new Waiters(parts.clock);
    this.#inbox = new Inbox({
      queueSize,
      onMessage: options.onMessage,
      log,
      arrived: () => {
        this.#droppedInRow = 0;
        this.#waiters.check();
      },
      dropped: () => {
        this.#drop(1);
        this.#waiters.check();
      },
    });
  }

  onMessage(data: string | Uint8Array): void {
    this.#parts.stats.recordReceived(bytesOf(data));
    this.#inbox.put(readMessage(data));
  }

  onDropped(messages: number): void {
    this.#parts.stats.messagesReceived += messages;
    this.#drop(messages);
  }

  /** The connection is dead: whoever waits for a message hears of it, once there can be none any more. */
  async ended(): Promise<void> {
    // A turn later at least: whoever disconnected may schedule the reconnect on the next line.
    await this.#pause();
    await this.drained();
    this.#waiters.check();
  }

  /** Resolves when every message of a connection that is dead was handed over, or it is not dead any more. */
  async drained(): Promise<void> {
    while (this.#parts.isDead() && !this.#parts.isDrained()) await this.#pause();
  }

  /** @throws WebSocketTimeoutError, WebSocketClosedError. */
  async receive(timeout: number): Promise<unknown> {
    const { clock } = this.#parts;
    const until = clock.now() + timeout * 1000;
    for (;;) {
      if (this.#inbox.length > 0) return this.#inbox.take();
      if (this.#isOver) throw this.#closedError();
      const isDone = await this.#waiters.until(
        () => this.#inbox.length > 0 || this.#isOver,
        until - clock.now(),
      );
      if (!isDone) throw new WebSocketTimeoutError('receive', timeout);
    }
  }

  /** @throws WebSocketError where the end is one that nobody here wanted. */
  async *stream(): AsyncGenerator<unknown, void, undefined> {
    if (this.#isOver && this.#parts.stats.connects === 0) throw this.#closedError();
    for (;;) {
      await this.#waiters.until(() => this.#inbox.length > 0 || this.#isOver);
      // Another consumer may have been faster.
      if (this.#inbox.length > 0) yield this.#inbox.take();
      else if (this.#isOver) {
        const failure = this.#parts.failure();
        if (failure !== undefined) throw failure;
        return;
      }
    }
  }

  /** Nothing can come any more. */
  get #isOver(): boolean {
    const { isDead, isDrained } = this.#parts;
    return isDead() && isDrained() && this.#inbox.isEmpty;
  }

  /** Told once until there is room again: whoever is too slow has no use for as many alerts as messages. */
  #drop(messages: number): void {
    const { options, queueSize, log, stats } = this.#parts;
    stats.messagesDropped += messages;
    const isFirst = this.#droppedInRow === 0;
    this.#droppedInRow += messages;
    if (!isFirst) return;
    log.warn(new WebSocketQueueFullError(queueSize, stats.messagesDropped).message);
    const { onAlert } = options;
    if (onAlert !== undefined)
      guardedCall(log, 'onAlert', () => onAlert('websocket', 'Message queue full', { queueSize }));
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#parts.clock.setTimer(resolve, DRAIN_CHECK_MS));
  }

  #closedError(): WebSocketClosedError {
    const failure = this.#parts.failure();
    if (failure instanceof WebSocketClosedError) return failure;
    return new WebSocketClosedError(1006, failure?.message ?? 'Not connected');
  }
}
