import type { VenueLimits } from './venue.ts';

/** Limits of one feed that differ from its venue's: for a host with rules of its own, or stricter by choice. */
export type FeedLimits = { readonly [K in keyof VenueLimits]?: number | undefined };

/** The feed's own limits where given, the venue's otherwise. */
export function limitsOf(venue: VenueLimits, own: FeedLimits = {}): VenueLimits {
  const given = Object.entries(own).filter(([, limit]) => limit !== undefined);
  return { ...venue, ...Object.fromEntries(given) };
}
