import type { LogOptions, SocketOptions } from '../../shared/contract.ts';
import type { PlatformName } from '../../shared/venues/platform-limits.ts';
import type { ControlOptions } from '../control/control-options.ts';
import type { PresetName } from './manager-settings.ts';
import type { ReconnectStrategy } from './vocabulary.ts';

/** Options of a manager. All times in seconds. */
export interface ManagerOptions extends ControlOptions {
  /** Longest time for one attempt to connect; 10 where left out. */
  readonly connectTimeout?: number | undefined;
  /** The same as `connectTimeout`. */
  readonly connectionTimeout?: number | undefined;
  /** Time between pings; 30 where left out, 0 for none. */
  readonly pingInterval?: number | undefined;
  /** From a ping until its pong; 10 where left out. */
  readonly pingTimeout?: number | undefined;
  /** `EXPONENTIAL_BACKOFF` where left out. */
  readonly reconnectStrategy?: ReconnectStrategy | undefined;
  /** First wait before a reconnect; 1 where left out. */
  readonly reconnectDelay?: number | undefined;
  /** Longest wait before a reconnect; 60 where left out. */
  readonly reconnectDelayMax?: number | undefined;
  /** The same as `reconnectDelayMax`. */
  readonly maxReconnectDelay?: number | undefined;
  /** Retries in a row before giving up; 10 where left out, 0 for none. */
  readonly maxReconnectAttempts?: number | undefined;
  /** Share of each wait that is left to chance, 0 to 1; 0 where left out. */
  readonly reconnectJitter?: number | undefined;
  /** False to rest after a connection was lost; true where left out. */
  readonly autoReconnect?: boolean | undefined;
  /** A connection that lived this long makes the next wait the first one again; 60 where left out. */
  readonly stableConnectionTime?: number | undefined;
  /** Shortest wait after the server closed with 1013 (try again later); 30 where left out. */
  readonly serverUnavailableDelay?: number | undefined;
  /** Messages that may wait to be taken; 1000 where left out, 0 for no limit. More are dropped. */
  readonly queueSize?: number | undefined;
  /** Messages sent as they are after every connect, before the channels of `subscribe`. */
  readonly subscriptions?: readonly unknown[] | undefined;
  /** The message that subscribes to a channel; `{ type: 'subscribe', channel }` where left out. */
  readonly formatSubscribe?: ((channel: string) => unknown) | undefined;
  /** The message that ends it; `{ type: 'unsubscribe', channel }` where left out. */
  readonly formatUnsubscribe?: ((channel: string) => unknown) | undefined;
  /** Awaited for each message before it can be taken. */
  readonly onMessage?: ((message: unknown) => unknown) | undefined;
  readonly onAlert?:
    | ((channel: string, message: string, context: Readonly<Record<string, unknown>>) => unknown)
    | undefined;
  /**
   * A mapping, or the path of a YAML or JSON file. Left out: `ringfeed.config.yaml`, `.yml` or `.json` in the
   * working directory, if there is one; false for none.
   */
  readonly config?: object | string | false | undefined;
  readonly preset?: PresetName | undefined;
  /**
   * Whose server it is: sets `connectionLimit` to how long that platform lets a connection live, and keeps the
   * attempts of all managers and feeds of this process within what it allows.
   */
  readonly platform?: PlatformName | undefined;
  readonly socket?: { readonly [K in keyof SocketOptions]?: SocketOptions[K] | undefined } | undefined;
  readonly log?: Partial<LogOptions> | undefined;
  /** Seed of `reconnectJitter`; chosen at random where left out. */
  readonly seed?: number | undefined;
}
