import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScannedDecimal, scanDecimal, scanDecimalWithCrc } from '../../../src/shared/decimal/scan-decimal.ts';
import { scanSigned, scanUnsigned, scanUnsignedWithCrc } from '../../../src/workers/exchanges/scan-digits.ts';
import { Random } from '../../support/random.ts';

const leadsWithZero = (text: string): boolean => /^-?0\d/.test(text);

/** Reads a number all ways, and compares with the readers that take a digit at a time. */
function compare(text: string, minDecimals: number, registerBefore: number): void {
  // More digits follow the end, as they may in a chunk: they must not be read.
  for (const after of [',', '}', '"']) {
    const bytes = new TextEncoder().encode(`xx${text}${after}5555555555`);
    const view = new DataView(bytes.buffer);
    const end = 2 + text.length + 1;
    const fast = new ScannedDecimal();
    const plain = new ScannedDecimal();

    const signed = leadsWithZero(text) ? -1 : scanDecimal(bytes, 2, plain);
    assert.equal(scanSigned(bytes, view, 2, end, fast), signed, `${text} signed`);
    if (signed >= 0) assert.deepEqual(fast, plain, text);

    const unsigned = text.startsWith('-') ? -1 : signed;
    assert.equal(scanUnsigned(bytes, view, 2, end, fast), unsigned, `${text} unsigned`);
    if (unsigned >= 0) assert.deepEqual(fast, plain, text);

    const before = { crc: registerBefore, crcDigits: 7, value: 0, decimals: 0 };
    Object.assign(fast, before);
    Object.assign(plain, before);
    const withCrc = leadsWithZero(text) ? -1 : scanDecimalWithCrc(bytes, 2, minDecimals, plain);
    assert.equal(
      scanUnsignedWithCrc(bytes, view, 2, end, minDecimals, fast),
      withCrc,
      `${text} with checksum`,
    );
    if (withCrc >= 0) assert.deepEqual(fast, plain, `${text} to ${minDecimals}`);
  }
}

test('numbers of every form are read as by the readers of single digits', () => {
  const texts = [
    '',
    '-',
    '.',
    '0',
    '-0',
    '-0.0',
    '00',
    '01',
    '0.',
    '.5',
    '1.',
    '1..2',
    '1.2.3',
    '1e5',
    '1.5e-8',
    '+1',
    '0.0',
    '0.00000000',
    '0.0001',
    '0.00010',
    '0.00000001',
    '0.01000000',
    '0.10000000',
    '0.000000001',
    '1234',
    '12345',
    '123456789',
    '1234567890',
    '999999999.999999999',
    '0.123456789',
    '0.1234567890',
    '4503599627370495',
    '4503599627370496',
    '45035996273.70495',
    '45035996273.70496',
    '12a4',
    '1234a',
    '1.234a',
    '0x1',
    '00000000000001',
    '12345678901234567890',
  ]; // prettier-ignore
  for (const text of texts) for (const min of [0, 1, 8, 12]) compare(text, min, 0x1234_5678);
});

test('random numbers are read as by the readers of single digits', () => {
  const random = new Random(31);
  const part = (): string => '0'.repeat(random.below(4)) + random.digits(random.below(11));
  for (let n = 0; n < 20_000; n++) {
    const text = random.percent(80) ? `${part()}.${part()}` : part();
    compare(random.percent(20) ? `-${text}` : text, random.below(12), random.below(2) * 0x7654_3210);
  }
});

test('nothing at or after the end is read', () => {
  const bytes = new TextEncoder().encode('123.45678901234');
  const view = new DataView(bytes.buffer);
  const number = new ScannedDecimal();
  for (let end = 5; end <= 12; end++) {
    number.crc = number.crcDigits = 0;
    assert.equal(scanUnsigned(bytes, view, 0, end, number), end);
    assert.equal(number.value, Number('123.45678901234'.slice(0, end)));
    assert.equal(scanUnsignedWithCrc(bytes, view, 0, end, 0, number), end);
    assert.equal(number.crcDigits, end - 1);
  }
});
