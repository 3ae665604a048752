import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/main/index.ts';
import { LimitsSchema } from '../../../src/main/options/limit-options.ts';
import { check } from '../../../src/main/options/option-rules.ts';
import { VENUES } from '../../../src/shared/venues/venue-catalogue.ts';

const KEYS =
  'symbolsPerRequest, requestsPerSecond, subscriptionsPerConnection, connections, connectionLifeMs, connectionMarginMs, attempts, attemptsWindowMs';

const FINE: readonly object[] = [
  {},
  { attempts: undefined },
  { connectionLifeMs: 20_000, connectionMarginMs: 0 },
  { connectionLifeMs: Number.POSITIVE_INFINITY, subscriptionsPerConnection: Number.POSITIVE_INFINITY },
  ...Object.values(VENUES).map(({ limits }) => limits),
];
for (const limits of FINE)
  test(`limits may be ${JSON.stringify(limits)}`, () => {
    check(LimitsSchema, limits, 'option feeds.0.limits.');
  });

const WRONG: readonly (readonly [limits: unknown, message: string])[] = [
  [null, ' is null, expected an object'],
  [[], ' is a list, expected an object'],
  [{ attempt: 5 }, `.attempt is not known, allowed: ${KEYS} (did you mean "attempts"?)`],
  [
    { connectionLife: 5 },
    `.connectionLife is not known, allowed: ${KEYS} (did you mean "connectionLifeMs"?)`,
  ],
  [{ constructor: 5 }, `.constructor is not known, allowed: ${KEYS}`],
  [{ attempts: 0 }, '.attempts is 0, allowed: whole numbers from 1 to 10000'],
  [{ attempts: 1e12 }, '.attempts is 1000000000000, allowed: whole numbers from 1 to 10000'],
  [{ attempts: '150' }, '.attempts is "150", allowed: whole numbers from 1 to 10000'],
  [{ attemptsWindowMs: Number.NaN }, '.attemptsWindowMs is NaN, allowed: whole numbers from 1 to 86400000'],
  [{ connectionLifeMs: 999 }, '.connectionLifeMs is 999, allowed: whole numbers from 1000 to Infinity'],
  [{ connectionMarginMs: -1 }, '.connectionMarginMs is -1, allowed: whole numbers from 0 to 86400000'],
  [{ symbolsPerRequest: 1.5 }, '.symbolsPerRequest is 1.5, allowed: whole numbers from 1 to Infinity'],
];
for (const [limits, message] of WRONG)
  test(`limits are refused: ${message.slice(1, 60)}`, () => {
    assert.throws(
      () => check(LimitsSchema, limits, 'option feeds.0.limits.'),
      new MisuseError(`Condition failed: option feeds.0.limits${message}`),
    );
  });
