import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from '../../../src/main/options/nearest.ts';

for (const [given, candidates, hint] of [
  ['trads', ['ticker', 'trade'], ' (did you mean "trade"?)'],
  ['TRADE', ['ticker', 'trade'], ' (did you mean "trade"?)'],
  // Compared without regard to case, shown as it is spelled.
  ['backofms', ['backoffMaxMs', 'backoffMs'], ' (did you mean "backoffMs"?)'],
  ['bitcoin', ['ticker', 'trade'], ''],
  ['x', ['ms'], ''],
  ['', ['trade'], ''],
  ['trade', [], ''],
  ['y'.repeat(100_000), ['trade'], ''],
] as const)
  test(`for "${given.slice(0, 10)}" among [${candidates.join(', ')}] the hint is "${hint}"`, () => {
    assert.equal(didYouMean(given, candidates), hint);
  });
