/** What the main thread and the simulated exchange's worker say to each other: plain, cloneable values. */
import type { ChannelName, ExchangeName } from '../venues/venue.ts';
import type { SimulatorFault, SimulatorFaultName } from './fault-names.ts';
import type { SimulatorLimitName, SimulatorLimits } from './limit-names.ts';

export interface SimulatorOptions {
  /** Whose `url` is the main one. Both venues are always served: `/v2` is Kraken v2, `/` is Kraken v1. */
  readonly exchange?: ExchangeName;
  /** Port on 127.0.0.1; 0, the default, takes any. */
  readonly port?: number;
  /**
   * Messages per second, over all symbols and channels subscribed on one venue. 0: only on demand.
   * Infinity or `flood`: as fast as the client reads. 1000 where left out.
   *
   * On demand and up to 20,000 per second every message is made once, for all who subscribe to it, so all
   * connections see the same market: the same trade ids, the same book updates with the same checksums and
   * times, and snapshots that fit exactly before the next update. Beyond that each connection is sent a
   * block of its own again and again, unless `blockMessages` is 0 or messages are lost or delayed.
   */
  readonly rate?: number | 'flood';
  /** Symbols, 1 to 5,000; 20 where left out. Each is made when it is first subscribed. */
  readonly pairs?: number;
  /** The same seed, options and steps give the same messages, except their times. */
  readonly seed?: number;
  /** Levels per side of each book, about; where left out 1200 for up to 200 symbols, and fewer for more. */
  readonly levels?: number;
  /** How often each channel is sent, relative to the others; only channels subscribed take part. */
  readonly mix?: Partial<Readonly<Record<ChannelName, number>>>;
  readonly faults?: readonly SimulatorFault[];
  /** What clients may do, on each venue; nothing is limited where left out. */
  readonly limits?: SimulatorLimits;
  /**
   * Whether what goes beyond a limit is refused, as it is where left out. Without it violations are only
   * counted; a connection that is too old is ended all the same.
   */
  readonly enforceLimits?: boolean;
  /** A connection with more than this queued is closed with 1008; 64 MiB where left out. */
  readonly queuedBytesMax?: number;
  /**
   * Messages in the blocks that are sent again and again at rates beyond 20,000 per second; fitting to the
   * rate, 256 to 4096, where left out. 0: no blocks, every message is made once for all connections, as
   * fast as that goes.
   */
  readonly blockMessages?: number;
  /**
   * Whether messages of a repeated block are stamped with the time they are sent (true where left out).
   * Without it they keep the time the block was made at. Messages made one by one always carry their time.
   */
  readonly stamp?: boolean;
}

export interface SimulatorAddress {
  /** Address of each venue. */
  readonly urls: Readonly<Record<ExchangeName, string>>;
  /** Where venues are asked over REST. */
  readonly restUrl: string;
  /** What both venues list, in the form for all venues. */
  readonly symbols: readonly string[];
}

export interface SimulatorStats {
  /** Connections open now. */
  readonly connections: number;
  readonly connectionsOpened: number;
  /** Market data, answers and heartbeats, counted once per connection they were sent on. */
  readonly messagesSent: number;
  readonly bytesSent: number;
  readonly requests: number;
  /** Connections closed because they read too slowly. */
  readonly slowConsumers: number;
  /**
   * How many times each fault took effect: messages lost, messages delayed and connections that reached
   * their life's end are counted one by one.
   */
  readonly faults: Readonly<Record<SimulatorFaultName, number>>;
  /** How many times clients went beyond each limit. */
  readonly violations: Readonly<Record<SimulatorLimitName, number>>;
  /** The last 1,000 connections opened, oldest first. */
  readonly connectionsSeen: readonly SimulatorConnectionStats[];
}

export interface SimulatorConnectionStats {
  /** The first connection opened is 1, whichever the venue. */
  readonly number: number;
  readonly exchange: ExchangeName;
  readonly open: boolean;
  /** Market data, answers and heartbeats. */
  readonly messagesSent: number;
  readonly subscriptions: number;
  /** Messages of the market that `lose` left out. */
  readonly lost: number;
  /** Messages of the market that `jitter` delayed. */
  readonly delayed: number;
}

/**
 * What the exchange itself knows of a symbol, to compare a client's account with. Messages are counted once
 * however many connections they were for, before any fault, and only where they were made one by one.
 */
export interface SymbolTruth {
  readonly exchange: ExchangeName;
  readonly symbol: string;
  /** Trades since the symbol was first subscribed. */
  readonly trades: number;
  /** Id of the last trade; ids go up by one. */
  readonly lastTradeId: number;
  /** Checksum over the best ten levels as they are now. */
  readonly checksum: number;
  /** Updates, not snapshots, of each stream anybody ever subscribed to. */
  readonly messages: readonly StreamTruth[];
}

export interface StreamTruth {
  readonly channel: ChannelName;
  /** Levels of a book, minutes of a candle; 0 elsewhere. */
  readonly size: number;
  readonly count: number;
}

export type SimulatorCommand =
  | { readonly type: 'fault'; readonly fault: SimulatorFault }
  /** Ends a lasting fault, and forgets one that waits for a message or is on the schedule. */
  | { readonly type: 'clear'; readonly name: SimulatorFaultName }
  | { readonly type: 'rate'; readonly rate: number | 'flood' }
  | { readonly type: 'step'; readonly count: number }
  | { readonly type: 'stats' }
  | { readonly type: 'truth'; readonly exchange: ExchangeName; readonly symbol: string }
  | { readonly type: 'stop' };

export interface SimulatorRequest {
  readonly id: number;
  readonly command: SimulatorCommand;
}

export interface SimulatorResults {
  readonly fault: undefined;
  readonly clear: undefined;
  readonly rate: undefined;
  /** Messages made; fewer than asked for only where nothing is subscribed. */
  readonly step: number;
  readonly stats: SimulatorStats;
  /** Undefined where the venue lists no such symbol. */
  readonly truth: SymbolTruth | undefined;
  readonly stop: undefined;
}

export type SimulatorResult = SimulatorResults[keyof SimulatorResults];

export type SimulatorMessage =
  | ({ readonly type: 'ready' } & SimulatorAddress)
  | { readonly type: 'failed'; readonly detail: string }
  | { readonly type: 'result'; readonly id: number; readonly result: SimulatorResult };
