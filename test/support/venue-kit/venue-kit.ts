/**
 * What every adapter has to do, tried on sessions that were recorded and on those of the embedded exchange.
 * The author of a new one describes it as a `VenueCase` and calls `runVenueKit`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_RECORDINGS } from '../recordings.ts';
import { bookChecks } from './book-checks.ts';
import type { Check } from './check.ts';
import { connectionGapChecks } from './connection-gap-checks.ts';
import { gapChecks } from './gap-checks.ts';
import { garbageChecks } from './garbage-checks.ts';
import { pathChecks } from './path-checks.ts';
import { requestChecks } from './request-checks.ts';
import { sourcesOf } from './session-source.ts';
import type { VenueCase } from './venue-case.ts';

/** Everything that is tried, in the order that a new adapter comes to do it in. */
export function checksOf(venue: VenueCase): Check[] {
  const sources = sourcesOf(venue);
  const gaps = venue.books.sequence === 'every message of the connection' ? connectionGapChecks : gapChecks;
  return [
    ...requestChecks(venue),
    ...garbageChecks(venue, sources),
    ...sources.flatMap((source) => [
      ...bookChecks(venue, source),
      ...(source.isDisturbed ? gaps(venue, source) : []),
      ...pathChecks(venue, source),
    ]),
  ];
}

/**
 * Registers a test for each. What this machine lacks is skipped; what the venue itself has nothing for is not
 * tried anywhere, and told with the reason.
 */
export function runVenueKit(venue: VenueCase): void {
  const checks = checksOf(venue);
  for (const { title, skip, run } of checks)
    if (skip === undefined || skip === NO_RECORDINGS)
      test(`${venue.name}: ${title}`, skip === undefined ? {} : { skip }, run);
  const never = checks.filter(({ skip }) => skip !== undefined && skip !== NO_RECORDINGS);
  test(`${venue.name}: what is not tried has a reason`, (t) => {
    for (const { title, skip } of never) {
      assert.match(skip!, /^\S.* .*\S$/, title);
      t.diagnostic(`not tried: ${title}: ${skip}`);
    }
  });
}
