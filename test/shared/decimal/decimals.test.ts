import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decimalsOf, formatDecimal, INEXACT } from '../../../src/shared/decimal/decimals.ts';
import { readDecimal, ScannedDecimal } from '../../../src/shared/decimal/scan-decimal.ts';
import { Random } from '../../support/random.ts';

const CASES: readonly (readonly [value: number, decimals: number, text: string])[] = [
  [0.1, 3, '0.100'],
  [45281, 1, '45281.0'],
  [1e-8, 8, '0.00000001'],
  [0, 8, '0.00000000'],
  [-0.17, 2, '-0.17'],
  [-0, 0, '-0'],
  [-0, 2, '-0.00'],
  [56218.3, 12, '56218.300000000000'],
  [4503599627370495, 0, '4503599627370495'],
  [1e19, 0, '10000000000000000000'],
  [1e22, 2, '10000000000000000000000.00'],
  [1.5e-30, 31, '0.0000000000000000000000000000015'],
  [0.1, 3 | INEXACT, '0.100'],
  [12345678901234567000, 0 | INEXACT, '12345678901234567000'],
  [Number.NaN, 2, 'NaN'],
];

for (const [value, decimals, text] of CASES)
  test(`${value} with decimals byte ${decimals} is written ${text}`, () => {
    assert.equal(formatDecimal(value, decimals), text);
  });

test('a number that is not marked inexact is written as it was read', () => {
  const random = new Random(1);
  const into = new ScannedDecimal();
  let exact = 0;
  for (let n = 0; n < 50_000; n++) {
    const whole = random.percent(30) ? '0' : String(1 + random.below(9)) + random.digits(random.below(18));
    const fraction = random.digits(random.below(14)) + '0'.repeat(random.below(6));
    const text = (random.percent(10) ? '-' : '') + whole + (fraction === '' ? '' : '.' + fraction);
    assert.ok(readDecimal(text, into), text);
    assert.ok(Object.is(into.value, Number(text)), text);
    if (into.decimals & INEXACT) continue;
    exact++;
    assert.equal(formatDecimal(into.value, into.decimals), text);
  }
  assert.ok(exact > 25_000, `${exact} of 50000 were exact`);
});

test('numbers of eight decimals print again though no float64 holds them', () => {
  const into = new ScannedDecimal();
  for (const text of [
    '1127313210.00855204',
    '-1127313210.00855204',
    '888410096.36620085',
    '123456789.12345678',
    '4567890123.45678901',
    '90071992.54740993',
  ]) {
    assert.ok(readDecimal(text, into));
    assert.equal(into.value, Number(text));
    assert.ok(into.decimals & INEXACT, text);
    assert.equal(decimalsOf(into.decimals), 8);
    assert.equal(formatDecimal(into.value, into.decimals), text);
  }
});
