import type { ConnectionChange } from '../shared/contract.ts';
import type { FeedCounterWriter } from '../shared/counters/counter-block.ts';
import type { SymbolCounters } from '../shared/counters/symbol-counters.ts';
import type { MonotonicNs } from '../shared/units.ts';
import type { Connection, ConnectionEvents } from './feed-events.ts';
import type { Publisher } from './publish/publisher.ts';
import type { RestFetch } from './rest/rest-fetch.ts';
import type { Scanner } from './scanner/scanner.ts';

/** The world, as far as a feed needs it. Handed in, so that the pipeline itself does no I/O. */
export interface FeedEdge {
  /** Reads hot messages; without it all are read the slow way. */
  readonly scanner?: Scanner | undefined;
  now(): MonotonicNs;
  /**
   * Starts an attempt; what happens to it is told to `events`, ending with one `closed`.
   *
   * @param url address of this connection, where it is not the feed's.
   */
  connect(events: ConnectionEvents, url?: string): Connection;
  /** Asks a REST interface once; without it every such question fails. */
  readonly fetch?: RestFetch | undefined;
  /**
   * Has `tick()` called at or soon after this time. Replaces the time given before; Infinity: never. Before
   * each tick everything that had arrived before the tick before it is handed in.
   */
  wakeAt(at: number): void;
  /** The connection is in another state. What was received before is in the ring and shown. */
  changed(change: ConnectionChange): void;
  /** Wakes the strategy if it sleeps. */
  ringBell(): void;
  /** UTF-8 text of bytes, or undefined where they are not UTF-8. */
  text(bytes: Uint8Array, start: number, end: number): string | undefined;
  log(level: 'debug' | 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>>): void;
  /** The feed is over; nothing more comes. */
  finished(): void;
}

/** The memory a feed shares with the main thread. */
export interface FeedMemory {
  readonly publisher: Publisher;
  readonly counters: FeedCounterWriter;
  readonly symbols: SymbolCounters;
}
