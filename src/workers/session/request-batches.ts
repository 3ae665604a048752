import type { SubscriptionEntry } from './subscription-entry.ts';

/** Subscriptions that differ in nothing but the instrument share these words, and can share a request. */
const requestGroup = ({ subscription: s }: SubscriptionEntry): string =>
  `${s.channel}:${s.depth ?? s.interval ?? ''}:${s.trigger ?? ''}:${s.snapshot ?? ''}`;

/**
 * The fewest requests for these entries: one channel and one set of parameters each, and no more symbols
 * than the venue takes in one message. Order is kept within a group; groups come as they first appear.
 */
export function requestBatches(
  entries: readonly SubscriptionEntry[],
  symbolsPerRequest: number,
): readonly (readonly SubscriptionEntry[])[] {
  const batches: SubscriptionEntry[][] = [];
  const open = new Map<string, SubscriptionEntry[]>();
  for (const entry of entries) {
    const group = requestGroup(entry);
    let batch = open.get(group);
    if (batch === undefined || batch.length >= symbolsPerRequest) {
      batch = [];
      batches.push(batch);
      open.set(group, batch);
    }
    batch.push(entry);
  }
  return batches;
}
