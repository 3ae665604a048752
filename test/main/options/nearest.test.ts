import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, nearestSymbols } from '../../../src/main/options/nearest.ts';

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

const LISTED = ['BTC/USD', 'BTC/EUR', 'BTC/USDT', 'BTC/USDC', 'ETH/USD', 'BCH/USD', 'DOGE/EUR', 'SUSHI/USD'];

for (const [given, nearest] of [
  ['BTC/UDS', ['BTC/USD', 'BTC/USDC', 'BTC/USDT']],
  ['BTV/USD', ['BTC/USD', 'BCH/USD', 'BTC/USDC']],
  // Another quote of the same base, however different; and the pair the other way round.
  ['DOGE/CHF', ['DOGE/EUR']],
  ['USD/ETH', ['ETH/USD']],
  ['NOSUCHCOIN/XYZ', []],
] as const)
  test(`nearest to ${given} are ${nearest.join(', ') || 'none'}`, () => {
    assert.deepEqual(nearestSymbols(given, LISTED), nearest);
  });
