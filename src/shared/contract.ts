/**
 * What the main thread and a worker say to each other outside the rings: plain, cloneable values.
 * Nothing here is on the data path.
 */
import type { FaultCode } from './faults/fault-catalogue.ts';
import type { ConnectionState } from './session/connection-state.ts';
import type { DisconnectReason, ProactiveReason } from './session/disconnect-reason.ts';
import type { FeedId, InstrumentId, MonotonicNs } from './units.ts';
import type { ChannelName, ExchangeName, VenueLimits } from './venues/venue.ts';

/** One instrument of a feed. The id is given out by the main thread and known to both. */
export interface Instrument {
  readonly id: InstrumentId;
  /** The one form for all venues: `BTC/USD`. */
  readonly symbol: string;
  /** As on the wire: `XBT/USD` on Kraken v1. */
  readonly venueSymbol: string;
}

/** What one instrument is subscribed to. `instrument` is `NO_INSTRUMENT` for a channel of the whole venue. */
export interface Subscription {
  readonly channel: ChannelName;
  readonly instrument: InstrumentId;
  /** Levels per side; books only. */
  readonly depth?: number;
  /** Minutes; candles only. */
  readonly interval?: number;
  /** True where trades of one taker at one price come as one, numbered apart from single ones. */
  readonly aggregated?: true;
  /** What makes a ticker be sent; Kraken v2 only. */
  readonly trigger?: 'trades' | 'bbo';
  /** Whether history or state is sent first; the venue's default where left out. Books always have one. */
  readonly snapshot?: boolean;
}

/** The same text for the same subscription, whoever makes it. */
export const subscriptionKey = (s: Subscription): string =>
  `${s.channel}:${s.depth ?? s.interval ?? (s.aggregated ? 'aggregated' : '')}:${s.instrument}`;

/** Overflow policy: what a worker does when its ring is full. */
export type Overflow = 'conflate' | 'backpressure';

/** Times of one connection's life, in milliseconds. */
export interface SessionTimes {
  /** From the start of an attempt until the connection is open. */
  readonly connectTimeoutMs: number;
  /** From a subscribe request until its answer. */
  readonly ackTimeoutMs: number;
  /** Attempts for one subscription before it is given up. */
  readonly ackAttempts: number;
  /** A connection on which nothing arrives for this long is dead. */
  readonly silentAfterMs: number;
  /** Time between pings of ours. */
  readonly pingIntervalMs: number;
  /** From a ping until its pong. */
  readonly pongTimeoutMs: number;
  /** From our close frame until the connection is cut. */
  readonly closeTimeoutMs: number;
  /** First reconnect delay; doubles with each attempt. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** A connection that lived this long makes the next delay the first one again. */
  readonly stableAfterMs: number;
  /** Least delay after the server closed with 1013 (try again later). */
  readonly unavailableDelayMs: number;
  /** Attempts in a row before the feed is given up; Infinity for never. 0: the first loss ends the feed. */
  readonly attemptsMax: number;
}

/**
 * How long to wait before the n-th try. `immediate` not at all, `fixed` always the same, `exponential`
 * twice as long each time.
 */
export type BackoffStrategy = 'immediate' | 'fixed' | 'exponential';

export interface Backoff {
  readonly strategy: BackoffStrategy;
  readonly delayMs: number;
  readonly maxMs: number;
  /**
   * Share of the delay that is left to chance, 0 to 1, so that feeds that were lost together do not come
   * back together: 0 none, 0.5 between half and all of it, 1 anything up to all of it.
   */
  readonly jitter: number;
}

/** When a connection is made, by itself and after a loss. */
export interface SessionPlan {
  /** False to rest until a `start` command, instead of connecting at once. True where left out. */
  readonly autoStart?: boolean;
  /**
   * False to rest after a connection was lost until a `start` command, instead of connecting again. True where
   * left out. An attempt that fails has lost nothing, and is tried again either way.
   */
  readonly autoReconnect?: boolean;
  /** Delays between retries; exponential with equal jitter by the times where left out. */
  readonly backoff?: Backoff;
  /**
   * Longest wait before the first retry after a connection that was stable, and 250 ms where left out: most
   * such losses are chance. `null` makes that retry wait like any other.
   */
  readonly quickMs?: number | null;
  /**
   * What follows when the last of `attemptsMax` retries failed: the feed is over (`close`, where left out),
   * or it rests (`rest`) until a command, which begins counting anew.
   */
  readonly exhausted?: 'close' | 'rest';
}

export interface SocketOptions {
  /** Longest message accepted, bytes. */
  readonly maxPayload: number;
  /** Offer permessage-deflate. */
  readonly compression: boolean;
  /** Extra trust anchors, PEM; the system's own where left out. */
  readonly ca?: string;
  /** Extra headers of the opening handshake. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Allow `ws://` to hosts other than this machine: whoever is on the way can read and change it. */
  readonly allowPlain?: boolean;
}

/** What the main thread may ask of a connection at any time. */
export type ConnectionCommand =
  /** Connect now: at first, after a rest, or without waiting out a scheduled reconnect. */
  | { readonly kind: 'start' }
  /** End this connection; see `SessionInput`. */
  | { readonly kind: 'disconnect'; readonly reason: DisconnectReason; readonly reconnectAfterMs?: number }
  /** Connect in a while; heard only while there is no connection. Replaces a reconnect scheduled before. */
  | { readonly kind: 'reconnect'; readonly afterMs: number }
  /**
   * Replace the connection by a new one without a gap: the new one is made and subscribed beside it, and takes
   * over once it is live. Nothing happens while there is no open connection.
   */
  | { readonly kind: 'rotate'; readonly reason: ProactiveReason }
  /** One message of the user's own. Refused while there is no open connection, or too much waits to be sent. */
  | { readonly kind: 'send'; readonly data: string | Uint8Array }
  /**
   * End the feed for good; `force` without the closing handshake. `reason` is what the close frame says, at most
   * 123 bytes as UTF-8.
   */
  | { readonly kind: 'close'; readonly force?: boolean; readonly reason?: string };

/** One step of a connection's state, told to the main thread beside the rings and in the order of the steps. */
export interface ConnectionChange {
  readonly state: ConnectionState;
  /** Why the last connection ended; undefined before the first end. */
  readonly reason: DisconnectReason | undefined;
  /**
   * What ended it; `NONE` where we wanted it, and while nothing ended. `RETRIES_EXHAUSTED` where no retry
   * follows any more because there were as many as are allowed.
   */
  readonly fault: FaultCode;
  /** What the last attempt ended with; only where `fault` is `RETRIES_EXHAUSTED`, which says no more of it. */
  readonly cause?: FaultCode;
  /** Close code of the server's frame, or 1006 where there was none; 0 while nothing ended. */
  readonly code: number;
  /** For people: what ended it, or why the next attempt waits. Credentials masked. */
  readonly detail: string;
  readonly at: MonotonicNs;
}

/**
 * What a worker tells unasked. It goes over the control port, so that it comes before the answer to the
 * command that brought it about.
 */
export interface FeedNews {
  readonly feed: FeedId;
  readonly change: ConnectionChange;
}

/** What is spoken on a connection: an exchange's protocol, or no more than WebSocket messages. */
export type FeedProtocol = ExchangeName | 'raw';

export interface LogOptions {
  readonly level: string;
}

/** Everything a worker needs to run one feed. */
export interface FeedConfig {
  readonly feed: FeedId;
  /** For logs and messages: `kraken#0`. */
  readonly name: string;
  readonly exchange: FeedProtocol;
  readonly url: string;
  /** Root of the exchange's REST interface; left out where nothing is asked there. */
  readonly restUrl?: string;
  readonly instruments: readonly Instrument[];
  readonly subscriptions: readonly Subscription[];
  readonly overflow: Overflow;
  /** The ring this feed writes; see `ring/ring-layout.ts`. */
  readonly ring: SharedArrayBuffer;
  /** Counters of this feed; see `counters/feed-counters.ts`. */
  readonly counters: SharedArrayBuffer;
  /** Counters of every symbol, a row each; this feed writes its own instruments' rows only. */
  readonly symbolCounters: SharedArrayBuffer;
  /** The bell that wakes the main thread; see `ring/doorbell.ts`. */
  readonly doorbell: SharedArrayBuffer;
  /** Epoch of the first connection this worker makes. */
  readonly epoch: number;
  /** Seed of the jitter in reconnect delays. */
  readonly seed: number;
  readonly times: SessionTimes;
  readonly plan: SessionPlan;
  readonly limits: VenueLimits;
  /** Connections that are subscribed to the same at a time, 1 or 2; the first to say something is heard. */
  readonly lines: number;
  /**
   * The window of connection attempts that this feed shares with others of its host; see
   * `session/attempt-window.ts`. One of its own where left out.
   */
  readonly attempts?: SharedArrayBuffer;
  readonly socket: SocketOptions;
}

/** What a worker offers over its control port. Every call has a deadline on the main thread. */
export interface FeedWorkerControl {
  start(config: FeedConfig): void;
  subscribe(feed: FeedId, instruments: readonly Instrument[], subscriptions: readonly Subscription[]): void;
  unsubscribe(feed: FeedId, subscriptions: readonly Subscription[]): void;
  /** Hands a command to the feed's connection. @throws where a message cannot be sent now. */
  command(feed: FeedId, command: ConnectionCommand): void;
  /** Has the strategy told, in the feed's ring, of something that went wrong elsewhere. */
  notice(feed: FeedId, fault: FaultCode, detail: string): void;
  /** Closes one feed; resolves when its connection is gone and its last record is in the ring. */
  close(feed: FeedId): Promise<void>;
}
