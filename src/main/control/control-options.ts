import type { ConnectionState } from '../../shared/session/connection-state.ts';
import type { DisconnectReason, ProactiveReason } from '../../shared/session/disconnect-reason.ts';
import type { Clock } from './clock.ts';
import type { ControlLog } from './control-log.ts';

/** When a connection goes down and comes back, as its user decides it. All times in seconds. */
export interface ControlOptions {
  /**
   * Whether now is a good moment to disconnect. Asked every `disconnectCheckInterval` while connected, first
   * after one interval.
   */
  readonly shouldDisconnect?: (() => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Whether to connect again, asked every `reconnectCheckInterval` after a disconnect that we wanted: true for
   * now, a number for in that many seconds.
   */
  readonly shouldReconnect?: (() => boolean | number | PromiseLike<boolean | number>) | undefined;
  /** Awaited before the subscriptions are made. */
  readonly onConnect?: (() => unknown) | undefined;
  readonly onDisconnect?: ((reason: DisconnectReason) => unknown) | undefined;
  /** As `onDisconnect`, at most once per `disconnectAlertInterval`, with how many there were since the last. */
  readonly onDisconnectAlert?: ((reason: DisconnectReason, count: number) => unknown) | undefined;
  /** 5 where left out. */
  readonly disconnectCheckInterval?: number | undefined;
  /** 5 where left out. */
  readonly reconnectCheckInterval?: number | undefined;
  /** 300 where left out. */
  readonly disconnectAlertInterval?: number | undefined;
  /** How long the platform lets a connection live; no limit where left out. */
  readonly connectionLimit?: number | undefined;
  /** How long before `connectionLimit` the connection is made anew; 300 where left out. */
  readonly disconnectMargin?: number | undefined;
}

export const CONTROL_DEFAULTS = {
  disconnectCheckInterval: 5,
  reconnectCheckInterval: 5,
  disconnectAlertInterval: 300,
  disconnectMargin: 300,
} as const;

/** What a control works with besides its options. */
export interface ControlParts {
  /** Where the connection goes, as it may be shown. */
  readonly url: string;
  /** For the messages of errors, and the longest that `onConnect` is waited for. */
  readonly connectTimeoutMs: number;
  readonly log: ControlLog;
  readonly clock: Clock;
  /** Told of each connection that opened, before any callback of the user's. */
  readonly opened?: () => void;
  /** Told of each end of a connection that had opened, before any callback of the user's. */
  readonly lost?: (reason: DisconnectReason) => void;
  /** Makes the subscriptions of a connection that just opened. Never rejects. */
  readonly restore?: () => Promise<void>;
}

export interface DisconnectRequest {
  /** Seconds until the connection is made again. Left out: `shouldReconnect` decides, or nothing does. */
  readonly reconnectAfter?: number | undefined;
  /** `USER_REQUESTED` where left out. */
  readonly reason?: ProactiveReason | undefined;
  /** Disconnects at once, even if `shouldDisconnect` says no. */
  readonly force?: boolean | undefined;
  /** Seconds to wait for the moment when `shouldDisconnect` says yes; then it is done all the same. */
  readonly timeout?: number | undefined;
}

/** A step from one state to the next. */
export interface StateChange {
  readonly state: ConnectionState;
  readonly from: ConnectionState;
  /** Why the last connection ended; undefined before the first end. */
  readonly reason: DisconnectReason | undefined;
}
