import type { Subscription } from '../../src/shared/contract.ts';
import { type FaultCode, faultName } from '../../src/shared/faults/fault-catalogue.ts';
import type { CodecEvents } from '../../src/workers/feed-events.ts';

/** Codec events as lines, e.g. in the log of a `ListSink` so that their order among the records shows. */
export class ListEvents implements CodecEvents {
  readonly log: string[];

  constructor(log: string[]) {
    this.log = log;
  }

  subscribed(subscription: Subscription, warning: string): void {
    this.#add('subscribed', subscription, warning);
  }

  unsubscribed(subscription: Subscription): void {
    this.#add('unsubscribed', subscription);
  }

  refused(subscription: Subscription | undefined, reason: string): void {
    this.#add('refused', subscription, reason);
  }

  pong(): void {
    this.log.push('event pong');
  }

  goingAway(): void {
    this.log.push('event going away');
  }

  venueStatus(condition: string): void {
    this.log.push(`event venue status ${condition}`);
  }

  bookStale(subscription: Subscription, fault: FaultCode): void {
    this.#add('book stale', subscription, faultName(fault));
  }

  bookLive(subscription: Subscription): void {
    this.#add('book live', subscription);
  }

  malformed(fault: FaultCode, detail: string): void {
    this.log.push(`event malformed ${faultName(fault)}: ${detail}`);
  }

  #add(event: string, subscription: Subscription | undefined, more = ''): void {
    const of = subscription === undefined ? '' : ` ${subscription.channel} of ${subscription.instrument}`;
    this.log.push(`event ${event}${of}${more === '' ? '' : `: ${more}`}`);
  }
}
