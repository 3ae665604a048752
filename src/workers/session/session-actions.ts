/**
 * What the session is told and what it answers. Plain values: a test writes them as lists, and the
 * pipeline translates them to and from a real connection.
 */
import type { Subscription } from '../../shared/contract.ts';
import type { FaultCode } from '../../shared/faults/fault-catalogue.ts';
import type { StatusCode } from '../../shared/faults/status-catalogue.ts';
import type { DisconnectReason } from '../../shared/session/disconnect-reason.ts';
import type { InstrumentId } from '../../shared/units.ts';
import type { ChannelName } from '../../shared/venues/venue.ts';
import type { ConnectionEnd } from '../feed-events.ts';

/** Something that happened. The time it happened is given beside it. */
export type SessionInput =
  /** Connect now: at first, after a rest, or without waiting out a scheduled reconnect. */
  | { readonly kind: 'start' }
  | { readonly kind: 'opened' }
  /** The one end of a connection, or of an attempt, however it came about. */
  | { readonly kind: 'ended'; readonly end: ConnectionEnd }
  /** Bytes arrived. `Session.heard()` is the same without an object. */
  | { readonly kind: 'heard' }
  | { readonly kind: 'pong' }
  /** The time of `nextDeadline()` has come. Too early or too often is harmless. */
  | { readonly kind: 'tick' }
  /** We stopped reading because the ring is full: nothing can be heard until `resumed`. */
  | { readonly kind: 'paused' | 'resumed' }
  | { readonly kind: 'subscribed' | 'unsubscribed'; readonly subscription: Subscription }
  /** Without a subscription where the exchange does not say what it refused. */
  | { readonly kind: 'refused'; readonly subscription: Subscription | undefined; readonly reason: string }
  | { readonly kind: 'book-stale'; readonly subscription: Subscription; readonly fault: FaultCode }
  | { readonly kind: 'book-live'; readonly subscription: Subscription }
  /** The snapshot of a book is asked for elsewhere, and if none comes the book is told to be stale. */
  | { readonly kind: 'book-awaited'; readonly subscription: Subscription }
  /** A channel is silent beyond chance; `again` where it was subscribed anew for that and is silent still. */
  | { readonly kind: 'channel-silent'; readonly channel: ChannelName; readonly again: boolean }
  /** The exchange states its condition: `online`, `maintenance`, `cancel_only`, … */
  | { readonly kind: 'venue-status'; readonly condition: string }
  /** What the user subscribes to and no longer, at any time. */
  | { readonly kind: 'want' | 'unwant'; readonly subscriptions: readonly Subscription[] }
  /**
   * End this connection. A proactive reason closes it and comes back after `reconnectAfterMs`, or rests until
   * `start` where that is left out; a reactive one cuts it and goes on as if it had been lost. While it is
   * ending already, what a later proactive one says of the return holds, and a reactive one is not heard.
   */
  | { readonly kind: 'disconnect'; readonly reason: DisconnectReason; readonly reconnectAfterMs?: number }
  /** Connect in a while; heard only while there is no connection. Replaces a reconnect scheduled before. */
  | { readonly kind: 'reconnect'; readonly afterMs: number }
  /** End the feed; `force` without the closing handshake, `reason` as the close frame is to say it. */
  | { readonly kind: 'close'; readonly force?: boolean; readonly reason?: string };

/** Something to do, in the order given, before the next input is handed in. */
export type SessionAction =
  | { readonly kind: 'connect' }
  /** One request: everything in it is of one channel and fits into one message of the venue. */
  | { readonly kind: 'subscribe' | 'unsubscribe'; readonly subscriptions: readonly Subscription[] }
  /** The exchange ended this book on its own: what is known of it holds no longer. */
  | { readonly kind: 'abandon'; readonly subscription: Subscription }
  | { readonly kind: 'ping' }
  /** The closing handshake. The session itself cuts the connection when that takes too long. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** Cut the connection. Its end is still expected as an `ended`. */
  | { readonly kind: 'terminate'; readonly fault: FaultCode; readonly detail: string }
  /**
   * This connection nears the end of the life the venue allows. Told once, with time to spare, and nothing
   * follows of itself: the answer is a `disconnect` with this reason, or a rotation to another connection.
   */
  | { readonly kind: 'expiring'; readonly reason: 'CONNECTION_LIMIT' }
  /** One status record. `value` is NaN where the status has none. */
  | {
      readonly kind: 'status';
      readonly code: StatusCode;
      readonly instrument: InstrumentId;
      readonly fault: FaultCode;
      readonly value: number;
      readonly detail: string;
    }
  /** The feed is over; the session answers nothing any more. */
  | { readonly kind: 'done' };
