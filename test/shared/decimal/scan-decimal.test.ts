import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registerOf } from '../../../src/shared/book/crc32.ts';
import { decimalsOf, INEXACT } from '../../../src/shared/decimal/decimals.ts';
import {
  checksumDigits,
  readDecimal,
  ScannedDecimal,
  scanDecimal,
  scanDecimalWithCrc,
} from '../../../src/shared/decimal/scan-decimal.ts';
import { Random } from '../../support/random.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the hot path and the cold path make of a whole text: `value/decimals`, or that they do not read it. */
function check(text: string): { hot: string; cold: string } {
  const hot = new ScannedDecimal();
  const cold = new ScannedDecimal();
  const end = scanDecimal(bytesOf(text), 0, hot);
  const shown = ({ value, decimals }: ScannedDecimal): string =>
    `${Object.is(value, -0) ? '-0' : value}/${decimalsOf(decimals)}${decimals & INEXACT ? ' inexact' : ''}`;
  return {
    hot: end < 0 ? 'no' : end < text.length ? `stops at ${end}` : shown(hot),
    cold: readDecimal(text, cold) ? shown(cold) : 'no',
  };
}

const CASES: readonly (readonly [text: string, hot: string, cold: string])[] = [
  ['0', '0/0', '0/0'],
  ['-0', '-0/0', '-0/0'],
  ['0.05005', '0.05005/5', '0.05005/5'],
  ['-0.17', '-0.17/2', '-0.17/2'],
  ['63348.4', '63348.4/1', '63348.4/1'],
  ['0.00000000', '0/8', '0/8'],
  ['1.123456789012', '1.123456789012/12', '1.123456789012/12'],
  ['354.150000000000', '354.15/12', '354.15/12'],
  // Too long for the accumulators, so read from a short text.
  ['56218.300000000000', '56218.3/12', '56218.3/12'],
  ['10000000000000000000', '10000000000000000000/0', '10000000000000000000/0'],
  ['12345678901234567890', '12345678901234567000/0 inexact', '12345678901234567000/0 inexact'],
  ['4503599627370495', '4503599627370495/0', '4503599627370495/0'],
  ['4503599627370496', '4503599627370496/0 inexact', '4503599627370496/0 inexact'],
  ['0.12345678901234567890123', 'no', '0.12345678901234568/23 inexact'],
  ['0.0000000000000000000001', '1e-22/22', '1e-22/22'],
  ['0.00000000000000000000001', 'no', '1e-23/23'],
  ['1e-08', 'stops at 1', '1e-8/8'],
  ['1E+3', 'stops at 1', '1000/0'],
  ['1.50e1', 'stops at 4', '15/1'],
  ['1e999', 'stops at 1', 'no'],
  ['1e-9999', 'stops at 1', '0/63 inexact'],
  ['1e99999', 'stops at 1', 'no'],
  ['01', 'no', 'no'],
  ['-01', 'no', 'no'],
  ['00', 'no', 'no'],
  ['00.5', 'no', 'no'],
  ['', 'no', 'no'],
  ['-', 'no', 'no'],
  ['.', 'no', 'no'],
  ['5.', 'no', 'no'],
  ['.5', 'no', 'no'],
  ['-.5', 'no', 'no'],
  ['+5', 'no', 'no'],
  ['--5', 'no', 'no'],
  ['1.2.3', 'stops at 3', 'no'],
  ['1..2', 'no', 'no'],
  [' 1', 'no', 'no'],
  ['1 ', 'stops at 1', 'no'],
  ['0x10', 'stops at 1', 'no'],
  ['1,5', 'stops at 1', 'no'],
  ['NaN', 'no', 'no'],
  ['Infinity', 'no', 'no'],
  ['١', 'no', 'no'],
  ['1'.repeat(257), 'no', 'no'],
];

for (const [text, hot, cold] of CASES)
  test(`${JSON.stringify(text.slice(0, 30))} is ${hot} to the hot path and ${cold} to the cold one`, () => {
    assert.deepEqual(check(text), { hot, cold });
  });

/** Texts like an exchange's and like nobody's: mostly numbers, some of them broken. */
function randomText(random: Random): string {
  const whole = random.pick(['0', '0', '00', '', random.digits(1 + random.below(20)), random.digits(3)]);
  const fraction = random.pick([
    '',
    '.',
    '.0',
    '.' + random.digits(1 + random.below(24)),
    '.' + random.digits(8),
  ]);
  const exponent = random.percent(5) ? random.pick(['e5', 'E-08', 'e+2', 'e', 'e400']) : '';
  const text = (random.percent(15) ? '-' : '') + whole + fraction + exponent;
  if (!random.percent(5)) return text;
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(['x', ' ', '.', '-', '"', '\u0000']) + text.slice(at);
}

test('where the hot path reads a whole text, it reads the number, and the cold path reads the same', () => {
  const random = new Random(2);
  const hot = new ScannedDecimal();
  const cold = new ScannedDecimal();
  let read = 0;
  for (let n = 0; n < 100_000; n++) {
    const text = randomText(random);
    const at = random.below(4);
    const end = scanDecimal(bytesOf('9'.repeat(at) + text), at, hot);
    if (end !== at + text.length) continue;
    read++;
    assert.match(text, /^-?(0|[1-9]\d*)(\.\d+)?$/);
    assert.ok(Object.is(hot.value, Number(text)), text);
    assert.ok(readDecimal(text, cold), text);
    assert.ok(Object.is(cold.value, hot.value), text);
    assert.equal(cold.decimals, hot.decimals, text);
  }
  assert.ok(read > 20_000, `${read} of 100000 were read`);
});

test('the cold path reads what JSON reads, and nothing else', () => {
  const random = new Random(3);
  const into = new ScannedDecimal();
  for (let n = 0; n < 100_000; n++) {
    const text = randomText(random);
    let expected: unknown;
    try {
      expected = text.trim() === text ? JSON.parse(text) : undefined;
    } catch {
      expected = undefined;
    }
    const isNumber = typeof expected === 'number' && Number.isFinite(expected);
    assert.equal(readDecimal(text, into), isNumber, JSON.stringify(text));
    if (isNumber) assert.ok(Object.is(into.value, expected), text);
  }
});

test('the hot path takes the same digits into the checksum as the cold path gathers', () => {
  const random = new Random(4);
  const hot = new ScannedDecimal();
  const plain = new ScannedDecimal();
  let read = 0;
  for (let n = 0; n < 100_000; n++) {
    const text = randomText(random);
    const minDecimals = random.below(14);
    const before = random.digits(random.below(5));
    hot.crc = registerOf(before);
    hot.crcDigits = before.length;
    const end = scanDecimalWithCrc(bytesOf(text), 0, minDecimals, hot);
    assert.equal(end, text.startsWith('-') ? -1 : scanDecimal(bytesOf(text), 0, plain), text);
    if (end < 0) {
      assert.equal(hot.crc, registerOf(before), 'a number that is not read leaves the register alone');
      assert.equal(hot.crcDigits, before.length);
      continue;
    }
    read++;
    assert.equal(hot.value, plain.value);
    assert.equal(hot.decimals, plain.decimals);
    const digits = before + checksumDigits(text.slice(0, end), minDecimals);
    assert.equal(hot.crc, registerOf(digits), `${text} padded to ${minDecimals}`);
    assert.equal(hot.crcDigits, digits.length);
  }
  assert.ok(read > 20_000, `${read} of 100000 were read`);
});

test('a number that goes on to the end of the array is read without a read beyond it doing harm', () => {
  const into = new ScannedDecimal();
  assert.equal(scanDecimal(bytesOf('12.5'), 0, into), 4);
  assert.equal(into.value, 12.5);
  assert.equal(scanDecimal(bytesOf('12.5'), 4, into), -1);
  assert.equal(scanDecimal(bytesOf('12.5'), 400, into), -1);
});

const DIGITS: readonly (readonly [text: string, minDecimals: number, digits: string])[] = [
  ['0.05005', 0, '5005'],
  ['0.00000500', 8, '500'],
  ['0.567', 4, '5670'],
  ['45281.0', 1, '452810'],
  ['45281', 1, '452810'],
  ['1e-08', 8, '1'],
  ['1e-08', 10, '100'],
  ['2e3', 1, '20000'],
  ['1.5e3', 0, '1500'],
  ['0.00', 8, ''],
  ['-3.5', 0, '35'],
  ['no', 8, ''],
];

for (const [text, minDecimals, digits] of DIGITS)
  test(`the checksum digits of ${text} at ${minDecimals} decimals are "${digits}"`, () => {
    assert.equal(checksumDigits(text, minDecimals), digits);
  });
