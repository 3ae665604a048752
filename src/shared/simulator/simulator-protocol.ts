/** What the main thread and the simulated exchange's worker say to each other: plain, cloneable values. */
import type { ChannelName, ExchangeName } from '../venues/venue.ts';
import type { SimulatorFault, SimulatorFaultName } from './fault-names.ts';

export interface SimulatorOptions {
  /** Whose `url` is the main one. Both venues are always served: `/v2` is Kraken v2, `/` is Kraken v1. */
  readonly exchange?: ExchangeName;
  /** Port on 127.0.0.1; 0, the default, takes any. */
  readonly port?: number;
  /**
   * Messages per second, over all symbols and channels subscribed on one venue. 0: only on demand.
   * Infinity or `flood`: as fast as the client reads. 1000 where left out.
   */
  readonly rate?: number | 'flood';
  /** Symbols, 1 to 200; 20 where left out. */
  readonly pairs?: number;
  /** The same seed, options and steps give the same messages, except their times. */
  readonly seed?: number;
  /** Levels per side of each book, about; 1200 where left out. */
  readonly levels?: number;
  /** How often each channel is sent, relative to the others; only channels subscribed take part. */
  readonly mix?: Partial<Readonly<Record<ChannelName, number>>>;
  readonly faults?: readonly SimulatorFault[];
  /** A connection with more than this queued is closed with 1008; 64 MiB where left out. */
  readonly queuedBytesMax?: number;
  /**
   * Messages in the blocks that are sent again and again at rates beyond 20,000 per second; fitting to the
   * rate, 256 to 4096, where left out.
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
  /** How many times each fault took effect. */
  readonly faults: Readonly<Record<SimulatorFaultName, number>>;
}

export type SimulatorCommand =
  | { readonly type: 'fault'; readonly fault: SimulatorFault }
  /** Ends a lasting fault, and forgets one that waits for a message or is on the schedule. */
  | { readonly type: 'clear'; readonly name: SimulatorFaultName }
  | { readonly type: 'rate'; readonly rate: number | 'flood' }
  | { readonly type: 'step'; readonly count: number }
  | { readonly type: 'stats' }
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
  readonly stop: undefined;
}

export type SimulatorMessage =
  | ({ readonly type: 'ready' } & SimulatorAddress)
  | { readonly type: 'failed'; readonly detail: string }
  | { readonly type: 'result'; readonly id: number; readonly result: SimulatorStats | number | undefined };
