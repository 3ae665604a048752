import type { Instrument, Subscription } from '../../shared/contract.ts';
import type { InstrumentId, MonotonicNs } from '../../shared/units.ts';
import type { CodecEvents, NoticeSink, RecordSink } from '../feed-events.ts';
import type { Scanner } from '../scanner/scanner.ts';
import type { BookIntegrity } from './book-integrity.ts';

/** What a codec is given. It owns none of it. */
export interface CodecContext {
  readonly sink: RecordSink;
  readonly notices: NoticeSink;
  readonly events: CodecEvents;
  readonly books: BookIntegrity;
  /** Reads hot shapes. Without it every message takes the cold path, which tests compare with. */
  readonly scanner?: Scanner | undefined;
  /** UTF-8 text of bytes, or undefined where they are not UTF-8. Cold path only: allocates. */
  text(bytes: Uint8Array, start: number, end: number): string | undefined;
}

/**
 * The wire format of one venue: bytes to records, subscriptions to requests. One per feed, for its whole
 * life. No I/O, no clock, and it never throws for what the bytes are.
 */
export interface ExchangeCodec {
  /** Makes instruments known, so that their symbols are found in messages. */
  addInstruments(instruments: readonly Instrument[]): void;
  /**
   * Reads one text message. Records go to the sink, everything else to the events. A message that is not
   * exactly a known hot shape takes the cold path; both yield the same records.
   */
  read(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): void;
  /** Reads one binary message, likewise. Left out where the venue sends none: then each is malformed. */
  readBinary?(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): void;
  /** Requests for these subscriptions, as few as the venue's limits allow. */
  subscribe(subscriptions: readonly Subscription[]): readonly string[];
  unsubscribe(subscriptions: readonly Subscription[]): readonly string[];
  /** An application-level ping, or undefined where the venue wants WebSocket pings only. */
  ping(): string | undefined;
  /** Id of the newest trade of an instrument, where the venue counts them one by one; NaN where none is known. */
  newestTrade?(instrument: InstrumentId): number;
  /** A new connection begins: forget what belonged to the last one. */
  reset(): void;
}

export interface Exchange {
  createCodec(context: CodecContext): ExchangeCodec;
}
