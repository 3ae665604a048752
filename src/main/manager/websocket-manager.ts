import { MisuseError } from '../../shared/invariant.ts';
import type { ConnectionState } from '../../shared/session/connection-state.ts';
import { safeUrl } from '../../shared/text/safe-url.ts';
import { type Clock, SYSTEM_CLOCK } from '../control/clock.ts';
import { ConnectionControl } from '../control/connection-control.ts';
import { WebSocketClosedError } from '../control/connection-errors.ts';
import type { ControlLog } from '../control/control-log.ts';
import type { ControlOptions, DisconnectRequest, StateChange } from '../control/control-options.ts';
import { Waiters } from '../control/waiters.ts';
import { createLog, logLevel } from '../log.ts';
import { checkManagerOptions } from '../options/manager-schema.ts';
import { ChannelSubscriptions } from './channel-subscriptions.ts';
import { Incoming } from './incoming.ts';
import type { ManagerOptions } from './manager-options.ts';
import { bytesOf, writeMessage } from './message-text.ts';
import { type OpenRawConnection, openRawConnection } from './raw-connection.ts';
import { RenewableLink } from './renewable-link.ts';
import { resolveSettings } from './resolve-settings.ts';
import { WebSocketStats } from './websocket-stats.ts';

/** Longest time `close` waits for the worker to answer, beyond what the closing handshake may take. */
const CLOSE_DEADLINE_MS = 5_000;

/** What a manager is made of besides its options. */
export interface ManagerParts {
  readonly clock?: Clock;
  readonly open?: OpenRawConnection;
  readonly log?: ControlLog;
}

/**
 * A WebSocket connection whose user decides when it goes down and when it comes back.
 *
 * Socket, protocol and reconnecting are in a worker of its own; callbacks, and the reading of JSON, are on this
 * thread. However slow they are, pings are answered.
 *
 * Runs on: main.
 */
export class WebSocketManager implements AsyncDisposable {
  /** Counts of this manager, always up to date. */
  readonly stats: WebSocketStats;
  readonly #url: string;
  readonly #log: ControlLog;
  readonly #waiters: Waiters;
  readonly #link: RenewableLink;
  readonly #control: ConnectionControl;
  readonly #incoming: Incoming;
  readonly #subscriptions: ChannelSubscriptions;

  /** @throws MisuseError naming the option or the key of the configuration, what was given and what is allowed. */
  constructor(url: string, options?: ManagerOptions, parts?: ManagerParts);
  constructor(options: ManagerOptions & { readonly url: string }, parts?: ManagerParts);
  constructor(
    first: string | (ManagerOptions & { readonly url: string }),
    second: ManagerOptions | ManagerParts = {},
    third: ManagerParts = {},
  ) {
    const [given, parts] =
      typeof first === 'string'
        ? [{ ...(second as ManagerOptions), url: first }, third]
        : [first, second as ManagerParts];
    checkManagerOptions(given);
    const { settings, warnings } = resolveSettings(given);
    const { connectionLimit, disconnectMargin } = settings;
    if (connectionLimit <= disconnectMargin)
      throw new MisuseError(
        `Condition failed: option connectionLimit is ${connectionLimit}, expected more than disconnectMargin, which is ${disconnectMargin}`,
      );
    const shownUrl = safeUrl(given.url);
    const level = logLevel(given.log?.level);
    const clock = parts.clock ?? SYSTEM_CLOCK;
    this.#url = given.url;
    this.#log = parts.log ?? createLog(level).child({ url: shownUrl });
    this.#waiters = new Waiters(clock);
    this.stats = new WebSocketStats(() => clock.now());
    this.#incoming = new Incoming({
      options: given,
      queueSize: settings.queueSize,
      clock,
      log: this.#log,
      stats: this.stats,
      isDead: () => this.isDead,
      isDrained: () => this.#link.isEmpty,
      failure: () => this.#control.failure,
    });
    this.#subscriptions = new ChannelSubscriptions({
      options: given,
      log: this.#log,
      isConnected: () => this.isConnected,
      send: (message) => this.send(message),
    });
    const open = parts.open ?? openRawConnection;
    const socket = Object.fromEntries(Object.entries(given.socket ?? {}).filter(([, v]) => v !== undefined));
    this.#link = new RenewableLink(() =>
      open(
        { url: given.url, settings, socket, log: { level }, seed: given.seed, platform: given.platform },
        this.#incoming,
      ),
    );
    const control: ControlOptions = {
      ...given,
      disconnectCheckInterval: settings.disconnectCheckInterval,
      reconnectCheckInterval: settings.reconnectCheckInterval,
      disconnectAlertInterval: settings.disconnectAlertInterval,
      disconnectMargin,
      connectionLimit: connectionLimit === Number.POSITIVE_INFINITY ? undefined : connectionLimit,
    };
    this.#control = new ConnectionControl(this.#link, control, {
      url: shownUrl,
      connectTimeoutMs: settings.connectTimeout * 1000,
      log: this.#log,
      clock,
      opened: () => {
        this.stats.recordConnect();
        this.#subscriptions.opened();
      },
      lost: (reason) => this.stats.recordDisconnect(reason),
      restore: () => this.#subscriptions.restore(),
    });
    this.#control.onState(() => {
      if (this.isDead) void this.#incoming.ended();
    });
    for (const warning of warnings) this.#log.warn(warning);
  }

  /** A manager that is connected. @throws as the constructor and `connect`. */
  static async open(url: string, options?: ManagerOptions, parts?: ManagerParts): Promise<WebSocketManager> {
    const manager = new WebSocketManager(url, options, parts);
    try {
      await manager.connect();
    } catch (error) {
      await manager.close();
      throw error;
    }
    return manager;
  }

  /** As it was given, secrets included. */
  get url(): string {
    return this.#url;
  }

  get state(): ConnectionState {
    return this.#control.state;
  }

  get isConnected(): boolean {
    return this.#control.isConnected;
  }

  /** No connection, and none is on its way. */
  get isDead(): boolean {
    return this.#control.isDead;
  }

  /** Ended on purpose and for good, by `shutdown` or `forceClose`. */
  get isShutdown(): boolean {
    return this.#control.isShutdown;
  }

  /** Dead, and `connect` would bring it back: what a watchdog asks. */
  get isRecoverable(): boolean {
    return this.#control.isRecoverable;
  }

  /** Seconds since this connection opened; 0 without one. */
  get connectionDuration(): number {
    return this.#control.connectionDuration;
  }

  /** Channels of `subscribe`, in the order they were asked for. */
  get subscriptions(): ReadonlySet<string> {
    return this.#subscriptions.channels;
  }

  /** Has every step from one state to the next told. @returns what ends it. */
  on(_event: 'state', listener: (change: StateChange) => void): () => void {
    return this.#control.onState(listener);
  }

  /**
   * Connects, with as many attempts as are allowed. Resolves once `onConnect` is done and the subscriptions are
   * sent. Where there is a connection, or one is under way, or never will be again, it does nothing but log a
   * warning.
   *
   * @throws WebSocketTimeoutError where the last attempt took too long, else WebSocketConnectionError.
   */
  connect(): Promise<void> {
    return this.#control.connect();
  }

  /** Disconnects now and stays down until `connect` or `scheduleReconnect`. */
  disconnect(): Promise<void> {
    return this.#control.disconnect();
  }

  /**
   * Disconnects in good order: where there is a `shouldDisconnect`, at the next moment when it says yes.
   * Resolves once this connection has ended; that it comes back goes on in the background.
   *
   * @throws MisuseError for a reason that is not proactive, or a time below 0.
   */
  requestDisconnect(request?: DisconnectRequest): Promise<void> {
    return this.#control.requestDisconnect(request);
  }

  /**
   * Connects in `delay` seconds; `{ delay }` is understood as well. While there is a connection it does nothing
   * but log a warning.
   *
   * @throws MisuseError for a time below 0.
   */
  scheduleReconnect(delay: number | { readonly delay: number }): void {
    this.#control.scheduleReconnect(typeof delay === 'number' ? delay : delay.delay);
  }

  /** Waits, at most `timeout` seconds, until `shouldReconnect` says to connect. Connects nothing. */
  waitForReconnectWindow(
    shouldReconnect?: ControlOptions['shouldReconnect'],
    timeout?: number,
  ): Promise<boolean> {
    return this.#control.waitForReconnectWindow(shouldReconnect, timeout);
  }

  /** @returns false when the time in seconds is over first, or the connection is over for good. */
  waitConnected(timeout?: number): Promise<boolean> {
    return this.#control.waitConnected(timeout);
  }

  /** Waits until it is down and nothing brings it back by itself. @returns false when the time is over first. */
  waitDisconnected(timeout?: number): Promise<boolean> {
    return this.#control.waitDisconnected(timeout);
  }

  /**
   * Sends one message: text as it is, bytes as a binary message, objects and lists as JSON, anything else as its
   * text. Resolves when the worker has it.
   *
   * @throws WebSocketClosedError where there is no connection.
   */
  async send(message: unknown): Promise<void> {
    if (!this.isConnected) throw new WebSocketClosedError(1006, 'Not connected');
    const data = writeMessage(message);
    try {
      await this.#link.command({ kind: 'send', data });
    } catch (thrown) {
      throw new WebSocketClosedError(1006, thrown instanceof Error ? thrown.message : String(thrown));
    }
    this.stats.recordSent(bytesOf(data));
  }

  /**
   * The next message: the value where it is JSON, else the text, or the bytes of a binary one. Waits through
   * reconnects.
   *
   * @throws WebSocketTimeoutError after `timeout` seconds; WebSocketClosedError where nothing can come any more.
   */
  async receive<T = unknown>(timeout = Number.POSITIVE_INFINITY): Promise<T> {
    return (await this.#incoming.receive(timeout)) as T;
  }

  /**
   * Messages as they come, through reconnects. Ends when the user has taken the connection down, after the last
   * message that arrived.
   *
   * @throws WebSocketReconnectError where the connection was lost and did not come back, another WebSocketError
   *   where it was lost and is not to come back, WebSocketClosedError where it was never made.
   */
  stream<T = unknown>(): AsyncGenerator<T, void, undefined> {
    return this.#incoming.stream() as AsyncGenerator<T, void, undefined>;
  }

  /** Adds channels, which are subscribed now where there is a connection, and after every reconnect. */
  subscribe(...channels: readonly string[]): Promise<void> {
    return this.#subscriptions.add(channels);
  }

  unsubscribe(...channels: readonly string[]): Promise<void> {
    return this.#subscriptions.remove(channels);
  }

  /**
   * Disconnects and ends the worker. Messages that arrived can still be taken, and `connect` starts anew.
   * Where it is down already it does no more than end the worker.
   */
  async close(): Promise<void> {
    await this.#within(this.#control.disconnect());
    await this.#incoming.drained();
    if (this.isDead) await this.#link.release();
  }

  /** Ends it at once and for good: nothing brings it back, no watchdog either. */
  async forceClose(): Promise<void> {
    await this.#within(this.#control.forceClose());
    await this.#link.release();
  }

  /** Ends it for good because the program ends. */
  async shutdown(): Promise<void> {
    await this.#within(this.#control.shutdown());
    await this.#link.release();
  }

  /** Cuts the connection as if the network had, to try what follows. Not for production. */
  kill(): Promise<void> {
    return this.#control.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A worker that does not answer must not keep its manager open. */
  async #within(done: Promise<void>): Promise<void> {
    let isDone = false;
    const settled = done.then(() => {
      isDone = true;
      this.#waiters.check();
    });
    if (await this.#waiters.until(() => isDone, CLOSE_DEADLINE_MS)) await settled;
    else {
      this.#log.error(`the worker has not answered within ${CLOSE_DEADLINE_MS} ms; it is ended`);
      await this.#link.release();
    }
  }
}
