/**
 * What the stages of a feed say to each other. The stages know these interfaces and not one another;
 * `feed-pipeline.ts` is where they meet.
 */
import type { Subscription } from '../shared/contract.ts';
import type { FaultCode } from '../shared/faults/fault-catalogue.ts';
import type { StatusCode } from '../shared/faults/status-catalogue.ts';
import type { InstrumentId, MonotonicNs } from '../shared/units.ts';

/**
 * Where records are written.
 *
 * A claim always succeeds: when the ring is full the bytes lie elsewhere and `commit` does what the
 * overflow policy says. So a writer writes, and never asks whether there is room.
 *
 * All arguments are small integers; doubles go through `view`, because doubles passed between functions
 * that are not inlined are boxed on the heap.
 */
export interface RecordSink {
  /** Memory of the record claimed last. Read it anew after each claim. */
  readonly view: DataView;
  /**
   * Claims up to `bytes` (a multiple of 8) for one record. Every field of the common header is filled in
   * except `instrument`, `exchangeAtUs`, `sequence` and, where not 0, `flags`.
   *
   * @returns where the record begins in `view`.
   */
  claim(typeId: number, bytes: number): number;
  /** Takes the claimed record in, with the bytes it really has (a multiple of 8, at most those claimed). */
  commit(bytes: number): void;
  /**
   * Claims, copies and commits a record that was made elsewhere and begins at `words[from]`. It states its
   * length, type, flags, instrument, `exchangeAtUs` and `sequence`; the rest of its header is filled in here.
   */
  put(words: Int32Array, from: number): void;
  /** Begins a message: what is committed from here on can be taken back together. */
  beginMessage(receivedAtNs: MonotonicNs): void;
  /** Takes back every record committed since `beginMessage`, as if the message had not been read. */
  rollback(): void;
  /** Counts records of one kind that were received and are not delivered because of a fault of the stream. */
  discard(typeId: number, instrument: InstrumentId, fault: FaultCode, records: number): void;
}

/** Writes status and gap records, in order with the data. Either is never lost to a full ring. */
export interface NoticeSink {
  status(code: StatusCode, instrument: InstrumentId, fault: FaultCode, value: number, detail: string): void;
}

/** What a codec reads in messages that are not market data. Cold: once in a while, may allocate. */
export interface CodecEvents {
  /** The exchange accepted a subscription. `warning` is its word, or empty. */
  subscribed(subscription: Subscription, warning: string): void;
  unsubscribed(subscription: Subscription): void;
  /** The exchange refused a request; `subscription` is undefined where it does not say which. */
  refused(subscription: Subscription | undefined, reason: string): void;
  /** The answer to an application-level ping. */
  pong(): void;
  /** The exchange states its condition, e.g. `online`, `maintenance`. */
  venueStatus(condition: string): void;
  /** The exchange says that it will end this connection soon: another takes over before that. */
  goingAway(): void;
  /**
   * The address of this connection is no longer that of what is subscribed, or something of it has to begin anew,
   * which nothing does but a connection: another takes over. Only of a codec that has an `address`.
   */
  outdated?(): void;
  /** The book of this instrument can no longer be trusted; resubscribe it. The status record is written already. */
  bookStale(subscription: Subscription, fault: FaultCode): void;
  /** The book of this instrument is whole (again). The status record is written already. */
  bookLive(subscription: Subscription): void;
  /**
   * The snapshot of this accepted book does not come by itself and is asked for: told after `subscribed`, and
   * followed by `bookLive`, `bookStale` or `refused` however long that takes.
   */
  bookAwaited?(subscription: Subscription): void;
  /**
   * A message, or a part of one, could not be read. Counted; the feed goes on, with another connection where
   * the fault is `PROTOCOL_ERROR`.
   */
  malformed(fault: FaultCode, detail: string): void;
}

/** What happened to the connection, as told by the socket stage. */
export interface ConnectionEvents {
  opened(): void;
  /**
   * One whole text message: `bytes[start..end)`, valid during the call. All messages of one socket chunk
   * have the same receive time.
   *
   * @returns false to stop reading before the next message, until `resume()`.
   */
  text(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): boolean;
  /** One whole binary message. */
  binary(bytes: Uint8Array, start: number, end: number, receivedAtNs: MonotonicNs): boolean;
  /** Every message of the socket chunk has been handed over: the time to publish. */
  chunkEnd(): void;
  pong(): void;
  /** The one and only end of a connection or of an attempt to make one, however it came about. */
  closed(end: ConnectionEnd): void;
}

/** How a connection, or the attempt to make one, ended. */
export interface ConnectionEnd {
  readonly fault: FaultCode;
  /** Close code of the server's frame, or 1006 where there was none. */
  readonly code: number;
  /** What a person should read: the server's reason, the error, what to do. Credentials masked. */
  readonly detail: string;
  /** True where we closed it ourselves. */
  readonly ours: boolean;
  /** Status of the HTTP answer that refused the opening handshake; undefined where there was none. */
  readonly httpStatus?: number;
  /** Seconds the server asked to wait (Retry-After); undefined where it did not. */
  readonly retryAfterS?: number;
}

/** One connection, as the pipeline drives it. Made anew for every attempt. */
export interface Connection {
  send(data: string | Uint8Array): void;
  /** Bytes sent that the network has not taken yet. */
  readonly unsentBytes: number;
  ping(): void;
  /** Closing handshake; the end comes through `closed` within `timeoutMs`. */
  close(code: number, reason: string, timeoutMs: number): void;
  /** Cuts the connection at once. */
  terminate(fault: FaultCode, detail: string): void;
  /** Hands over messages again after one of them returned false. */
  resume(): void;
}
