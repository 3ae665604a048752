import type { Subscription } from '../../../shared/contract.ts';
import { invariant } from '../../../shared/invariant.ts';
import { KRAKEN_V1 } from '../../../shared/venues/kraken.ts';

/** What a request says of a subscription, beside its pairs. */
export interface WireSubscription {
  readonly name: string;
  readonly depth?: number;
  readonly interval?: number;
}

/** The venue's form of a subscription; depth and interval are stated even where they are the default. */
export function wireSubscription(subscription: Subscription): WireSubscription {
  const rules = KRAKEN_V1.channels.get(subscription.channel);
  invariant(rules !== undefined, 'a subscription is to a channel of its venue');
  const name = rules.venueName;
  if (rules.depths !== undefined) return { name, depth: subscription.depth ?? rules.depths[0]! };
  if (rules.intervals !== undefined) return { name, interval: subscription.interval ?? rules.intervals[0]! };
  return { name };
}

/** The venue's name of a channel in data and answers, e.g. `book-100`. */
export function channelName(wire: WireSubscription): string {
  const number = wire.depth ?? wire.interval;
  return number === undefined ? wire.name : `${wire.name}-${number}`;
}
