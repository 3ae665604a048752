import type { Instrument, Subscription } from '../../shared/contract.ts';
import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../../shared/units.ts';
import type { CodecEvents, NoticeSink, RecordSink } from '../feed-events.ts';
import type { Scanner } from '../scanner/scanner.ts';
import type { BookIntegrity } from './book-integrity.ts';

/** A question to the venue's REST interface. */
export interface RestRequest {
  /** From the root of the venue's REST address: `/api/v3/depth?symbol=BTCUSDT&limit=1000`. */
  readonly path: string;
  /** What the codec knows the answer by. */
  readonly key: string;
}

/** What came of it. Retries are over: a failure is told to the strategy already, and the codec goes on without. */
export type RestAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: FaultCode; readonly detail: string };

/** What a codec is given. It owns none of it. */
export interface CodecContext {
  readonly sink: RecordSink;
  readonly notices: NoticeSink;
  readonly events: CodecEvents;
  readonly books: BookIntegrity;
  /** Reads hot shapes. Without it every message takes the cold path, which tests compare with. */
  readonly scanner?: Scanner | undefined;
  /**
   * Asks the venue's REST interface; the answer comes to `ExchangeCodec.answer`, never before this returns.
   * Asked on this connection only: what is unanswered when it ends is forgotten.
   */
  rest(request: RestRequest): void;
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
  /**
   * The address of a connection that carries these subscriptions, for a venue that is told there what to send and
   * takes no requests. Asked before every connection. What `subscribe` then names either is in the address, and is
   * accepted with its first message, or is not: then, as for a book that is to begin anew, `CodecEvents.outdated`
   * asks for another connection.
   *
   * @param url what the feed was told to connect to.
   */
  address?(url: string, subscriptions: readonly Subscription[]): string;
  /** An application-level ping, or undefined where the venue wants WebSocket pings only. */
  ping(): string | undefined;
  /** Id of the newest trade of an instrument, where they grow; NaN where none is known. */
  newestTrade?(instrument: InstrumentId): number;
  /** The answer to a question of this connection. */
  answer?(request: RestRequest, answer: RestAnswer, now: MonotonicNs): void;
  /** Gives back what it holds of the scanner's memory. It is not used any more. */
  dispose?(): void;
  /** A new connection begins: forget what belonged to the last one. */
  reset(): void;
}

export interface Exchange {
  createCodec(context: CodecContext): ExchangeCodec;
}
