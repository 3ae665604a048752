import * as v from 'valibot';
import type { VenueLimits } from '../../shared/venues/venue.ts';
import { numberWithin, objectOf } from './option-rules.ts';

const UNLIMITED = Number.POSITIVE_INFINITY;
const DAY_MS = 86_400_000;

/** Each attempt in a window has its place in memory, and is looked at when one is made. */
const ATTEMPTS_MAX = 10_000;

const RULES: { readonly [K in keyof VenueLimits]: v.GenericSchema<number> } = {
  symbolsPerRequest: numberWithin(1, UNLIMITED),
  requestsPerSecond: numberWithin(1, UNLIMITED),
  subscriptionsPerConnection: numberWithin(1, UNLIMITED),
  connections: numberWithin(1, UNLIMITED),
  // A life of less than a second would be over before all is subscribed.
  connectionLifeMs: numberWithin(1_000, UNLIMITED),
  connectionMarginMs: numberWithin(0, DAY_MS),
  attempts: numberWithin(1, ATTEMPTS_MAX),
  attemptsWindowMs: numberWithin(1, DAY_MS),
};

/** Limits of one feed that differ from its venue's, as `FeedLimits`. */
export const LimitsSchema = objectOf(
  Object.fromEntries(Object.entries(RULES).map(([name, rule]) => [name, v.optional(rule)])),
);
