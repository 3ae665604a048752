import assert from 'node:assert/strict';
import test from 'node:test';
import {
  LOTS_MAX,
  millisText,
  priceText,
  qtyText,
  rfc3339NsText,
  rfc3339Text,
  secondsText,
} from '../../../src/workers/simulator/decimal-text.ts';

const PRICES: readonly [ticks: number, decimals: number, zeros: string, text: string][] = [
  [633_485, 1, '', '63348.5'],
  [633_480, 1, '0000', '63348.00000'],
  [612_345, 12, '', '0.000000612345'],
  [1, 1, '', '0.1'],
  [10, 1, '', '1.0'],
];

test('prices have all their decimals', () => {
  for (const [ticks, decimals, zeros, text] of PRICES) assert.equal(priceText(ticks, decimals, zeros), text);
});

test('quantities are exact up to sixteen digits', () => {
  assert.equal(qtyText(1), '0.00000001');
  assert.equal(qtyText(50_000_000), '0.50000000');
  assert.equal(qtyText(LOTS_MAX - 1), '89999999.99999999');
});

test('times keep their microseconds, also across seconds', () => {
  const us = Date.UTC(2026, 7, 2, 5, 43, 31) * 1000;
  assert.equal(rfc3339Text(us + 66_741), '2026-08-02T05:43:31.066741Z');
  assert.equal(rfc3339Text(us + 999_999), '2026-08-02T05:43:31.999999Z');
  assert.equal(rfc3339Text(us + 1_000_000), '2026-08-02T05:43:32.000000Z');
  assert.equal(rfc3339NsText(us + 66_741), '2026-08-02T05:43:31.066741000Z');
  assert.equal(secondsText(us + 7), `${us / 1e6}.000007`);
  assert.equal(millisText(us + 7_999), String(us / 1000 + 7));
});
