import type { ConnectionChange } from '../../shared/contract.ts';
import { MisuseError } from '../../shared/invariant.ts';
import { type ConnectionState, canConnect } from '../../shared/session/connection-state.ts';
import {
  type DisconnectReason,
  isProactive,
  PROACTIVE_REASONS,
} from '../../shared/session/disconnect-reason.ts';
import type { WebSocketError } from './connection-errors.ts';
import type { ConnectionLink } from './connection-link.ts';
import type { ControlOptions, ControlParts, DisconnectRequest, StateChange } from './control-options.ts';
import { DescentWatch } from './descent-watch.ts';
import { EndNotices } from './end-notices.ts';
import { FailureRecord } from './failure-record.ts';
import { guardedCall } from './guarded-call.ts';
import { Orders } from './orders.ts';
import { Readiness } from './readiness.ts';
import { ReturnWindow } from './return-window.ts';
import { checkSeconds, ms } from './seconds.ts';
import { Waiters } from './waiters.ts';

/** Time `forceClose` leaves for the server's close frame. */
const FORCE_CLOSE_MS = 250;

/**
 * Decides when one connection goes down and when it comes back, by the user's callbacks and commands.
 *
 * It decides only that. Connecting, retrying, backing off and noticing a dead connection are the session's, in
 * the worker, to which this one sends commands and from which it hears every step. While it waits for
 * `shouldReconnect` the session is RECONNECTING with no time set, so that both sides call it by the same name.
 *
 * Runs on: main.
 */
export class ConnectionControl {
  readonly #link: ConnectionLink;
  readonly #options: ControlOptions;
  readonly #parts: ControlParts;
  readonly #waiters: Waiters;
  readonly #descents: DescentWatch;
  readonly #orders: Orders;
  readonly #readiness: Readiness;
  readonly #failures: FailureRecord;
  readonly #ends: EndNotices;
  readonly #listeners = new Set<(change: StateChange) => void>();
  #state: ConnectionState;
  #reason: DisconnectReason | undefined;
  /** Number of the last connection that opened. */
  #connection = 0;
  /** That connection has not ended yet. */
  #isOpen = false;
  #openedAtMs = 0;
  #isKilling = false;

  constructor(link: ConnectionLink, options: ControlOptions, parts: ControlParts) {
    const { shouldReconnect, reconnectCheckInterval } = options;
    this.#link = link;
    this.#options = options;
    this.#parts = parts;
    this.#state = link.state;
    this.#waiters = new Waiters(parts.clock);
    this.#orders = new Orders(link, {
      log: parts.log,
      window: shouldReconnect && new ReturnWindow(shouldReconnect, reconnectCheckInterval, parts),
      failed: (thrown) => this.#onUnheard(thrown),
    });
    this.#descents = new DescentWatch(options, parts, (descent) => this.#orders.descend(descent));
    this.#readiness = new Readiness(options, parts, this.#waiters);
    this.#failures = new FailureRecord(parts);
    this.#ends = new EndNotices(options, parts);
    link.onChange((change) => this.#onChange(change));
    // A link may be handed over with its connection open.
    if (this.#state === 'CONNECTED') this.#onOpened();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isConnected(): boolean {
    return this.#state === 'CONNECTED';
  }

  /** No connection, and none is on its way. */
  get isDead(): boolean {
    return isDown(this.#state);
  }

  /** Ended on purpose and for good, by `shutdown` or `forceClose`. */
  get isShutdown(): boolean {
    return this.#orders.isForGood;
  }

  /** Dead, and `connect` would bring it back: what a watchdog asks. */
  get isRecoverable(): boolean {
    return this.#state === 'DISCONNECTED' && !this.isShutdown;
  }

  /** Seconds since this connection opened; 0 without one. */
  get connectionDuration(): number {
    return this.#isOpen ? (this.#parts.clock.now() - this.#openedAtMs) / 1000 : 0;
  }

  /** Why the last connection ended; undefined before the first end. */
  get reason(): DisconnectReason | undefined {
    return this.#reason;
  }

  /** What went wrong with the last connection or attempt; undefined while nothing did. */
  get lastError(): Error | undefined {
    return this.#failures.lastError;
  }

  /** Why it is dead although nobody here wanted it to be; undefined in every other case. */
  get failure(): WebSocketError | undefined {
    if (!this.isDead || this.#orders.isHeldDown || this.isShutdown) return undefined;
    const wasLost = this.#reason !== undefined && !isProactive(this.#reason);
    return wasLost || this.#failures.isExhausted ? this.#failures.lossError() : undefined;
  }

  /** Has every step told. What the listener throws is logged. @returns what ends it. */
  onState(listener: (change: StateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Connects, with as many attempts as are allowed. Resolves once the subscriptions are made. Where there is a
   * connection, or one is under way, or never will be again, it does nothing but log a warning.
   *
   * @throws WebSocketTimeoutError where the last attempt took too long, else WebSocketConnectionError.
   */
  async connect(): Promise<void> {
    if (!canConnect(this.#state)) return this.#refuse('connect');
    this.#forget();
    this.#failures.begin();
    this.#enter('CONNECTING');
    this.#orders.give({ kind: 'start' });
    await this.#waiters.until(() => this.#readiness.isReady || this.isDead);
    if (!this.#readiness.isReady) throw this.#failures.connectError();
  }

  /** Disconnects now and stays down until `connect` or `scheduleReconnect`. */
  async disconnect(): Promise<void> {
    if (this.isDead) return;
    this.#forget();
    this.#orders.stayDown();
    await this.#waiters.until(() => this.isDead);
  }

  /**
   * Disconnects in good order: where there is a `shouldDisconnect`, at the next moment when it says yes.
   * Resolves once this connection has ended; that it comes back goes on in the background.
   *
   * @throws MisuseError for a reason that is not proactive, or a time below 0.
   */
  async requestDisconnect(request: DisconnectRequest = {}): Promise<void> {
    const { reason = 'USER_REQUESTED', reconnectAfter, force = false, timeout } = request;
    if (!isProactive(reason))
      throw new MisuseError(
        `Condition failed: requestDisconnect reason is "${String(reason)}", allowed: ${PROACTIVE_REASONS.join(', ')}`,
      );
    if (reconnectAfter !== undefined) checkSeconds('requestDisconnect reconnectAfter', reconnectAfter);
    if (timeout !== undefined) checkSeconds('requestDisconnect timeout', timeout);
    if (this.#state !== 'CONNECTED') return this.#refuse('requestDisconnect');
    const ended = this.#untilEnded();
    this.#descents.request({ reason, reconnectAfter }, force, timeout);
    await ended;
  }

  /**
   * Connects in `delay` seconds. While there is a connection it does nothing but log a warning. `disconnect`,
   * `close` and the ends for good cancel it.
   *
   * @throws MisuseError for a time below 0.
   */
  scheduleReconnect(delay: number): void {
    checkSeconds('scheduleReconnect delay', delay);
    if (!canConnect(this.#state)) {
      this.#refuse('scheduleReconnect');
      return;
    }
    this.#forget();
    this.#enter('RECONNECTING');
    this.#orders.give({ kind: 'reconnect', afterMs: ms(delay) });
  }

  /**
   * Waits until `shouldReconnect` says to connect, asking at once and then every `reconnectCheckInterval`;
   * where it gives a number, that many seconds more. Connects nothing.
   *
   * @returns false when the time is over, when there is nobody to ask, and when the connection is over for good.
   */
  async waitForReconnectWindow(
    shouldReconnect: ControlOptions['shouldReconnect'] = this.#options.shouldReconnect,
    timeout = Number.POSITIVE_INFINITY,
  ): Promise<boolean> {
    if (shouldReconnect === undefined) return false;
    const { clock } = this.#parts;
    const window = new ReturnWindow(shouldReconnect, this.#options.reconnectCheckInterval, this.#parts);
    let isOpen = false;
    let cancel = (): void => undefined;
    window.start((afterMs) => {
      cancel = clock.setTimer(() => {
        isOpen = true;
        this.#waiters.check();
      }, afterMs);
    });
    window.ask();
    await this.#waiters.until(() => isOpen || this.#state === 'CLOSED', ms(timeout));
    window.stop();
    cancel();
    return isOpen;
  }

  /** @returns false when the time in seconds is over first, or the connection is over for good. */
  async waitConnected(timeout = Number.POSITIVE_INFINITY): Promise<boolean> {
    await this.#waiters.until(() => this.isConnected || this.#state === 'CLOSED', ms(timeout));
    return this.isConnected;
  }

  /** Waits until it is down and nothing brings it back by itself. @returns false when the time is over first. */
  waitDisconnected(timeout = Number.POSITIVE_INFINITY): Promise<boolean> {
    return this.#waiters.until(() => this.isDead, ms(timeout));
  }

  /** Ends it at once and for good: nothing brings it back, no watchdog either. */
  async forceClose(): Promise<void> {
    this.#forget();
    this.#orders.endForGood();
    if (this.#state === 'CLOSED') return;
    const cancel = this.#parts.clock.setTimer(() => this.#orders.endNow(), FORCE_CLOSE_MS);
    await this.#waiters.until(() => this.#state === 'CLOSED');
    cancel();
  }

  /** Ends it for good because the program ends. */
  shutdown(): Promise<void> {
    return this.forceClose();
  }

  /**
   * Cuts the connection as if the network had, to try what follows. Resolves once it is gone. Without a
   * connection, and while it is being cut already, nothing happens.
   */
  async kill(): Promise<void> {
    if (this.#state !== 'CONNECTED') return this.#refuse('kill');
    const ended = this.#untilEnded();
    if (!this.#isKilling) this.#orders.give({ kind: 'disconnect', reason: 'KILLED' });
    this.#isKilling = true;
    await ended;
  }

  #onChange(change: ConnectionChange): void {
    const { state } = change;
    const wasOpen = this.#isOpen;
    const isGone = state === 'RECONNECTING' || isDown(state);
    this.#failures.note(change, wasOpen);
    if (isGone) this.#onGone();
    if (wasOpen && isGone) this.#reason = change.reason ?? 'NETWORK_ERROR';
    this.#enter(state);
    if (wasOpen && isGone) this.#ends.tell(this.#reason!);
    if (state === 'CONNECTED') this.#onOpened();
    this.#orders.holdTo();
    this.#waiters.check();
  }

  #onOpened(): void {
    this.#connection++;
    this.#isOpen = true;
    this.#openedAtMs = this.#parts.clock.now();
    this.#failures.opened();
    this.#parts.opened?.();
    this.#descents.start();
    this.#readiness.start();
  }

  /** There is no connection, and no attempt at one; that there was one may not have been told. */
  #onGone(): void {
    this.#isOpen = false;
    this.#isKilling = false;
    this.#descents.stop();
    this.#readiness.stop();
  }

  /** A new word of the user's: what was decided before holds no longer. */
  #forget(): void {
    this.#orders.forget();
    this.#failures.forgive();
    this.#descents.stop();
  }

  #untilEnded(): Promise<boolean> {
    const connection = this.#connection;
    return this.#waiters.until(() => !this.#isOpen || this.#connection !== connection);
  }

  #enter(state: ConnectionState): void {
    const from = this.#state;
    if (state === from) return;
    this.#state = state;
    const change: StateChange = { state, from, reason: this.#reason };
    for (const listener of [...this.#listeners])
      guardedCall(this.#parts.log, 'a listener of states', () => listener(change));
  }

  /** A command did not reach the session: what was entered here in advance does not come to be. */
  #onUnheard(thrown: unknown): void {
    const { state } = this.#link;
    this.#failures.failed(thrown);
    if (canConnect(state) && (this.#state === 'CONNECTING' || this.#state === 'RECONNECTING'))
      this.#enter(state);
    this.#waiters.check();
  }

  #refuse(verb: string): void {
    this.#parts.log.warn(`${verb} does nothing while the connection is ${this.#state}`);
  }
}

const isDown = (state: ConnectionState): boolean => state === 'DISCONNECTED' || state === 'CLOSED';
