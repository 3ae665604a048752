import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf } from '../../../src/shared/venues/feed-limits.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const { limits } = VENUES.kraken;

test("a feed without limits of its own has its venue's", () => {
  assert.deepEqual(limitsOf(limits), limits);
  assert.deepEqual(limitsOf(limits, {}), limits);
});

test("a feed's own limit takes the place of the venue's, and one given as undefined does not", () => {
  assert.deepEqual(
    limitsOf(limits, { attempts: 10, connectionLifeMs: 20_000, requestsPerSecond: undefined }),
    {
      ...limits,
      attempts: 10,
      connectionLifeMs: 20_000,
    },
  );
});
