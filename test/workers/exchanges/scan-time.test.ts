import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeScanner } from '../../../src/workers/exchanges/scan-time.ts';
import { Random } from '../../support/random.ts';

/** Microseconds of a time, read from bytes and from text, which must agree; undefined where it is none. */
function us(text: string, scanner = new TimeScanner()): number | undefined {
  const bytes = new TextEncoder().encode(`"${text}"`);
  const end = scanner.scan(bytes, 1);
  const scanned = end === bytes.length - 1 ? scanner.us : undefined;
  assert.equal(scanner.read(text) ? scanner.us : undefined, scanned, `${text}: bytes and text agree`);
  return scanned;
}

test('times are read to the microsecond and finer digits are cut off', () => {
  const cases: [string, number][] = [
    ['1970-01-01T00:00:00Z', 0],
    ['2023-10-06T17:35:55Z', 1_696_613_755_000_000],
    ['2023-10-06T17:35:55.4Z', 1_696_613_755_400_000],
    ['2023-10-06T17:35:55.440295Z', 1_696_613_755_440_295],
    ['2023-10-04T16:26:30.524394914Z', 1_696_436_790_524_394],
    ['2024-02-29T23:59:59.999999999Z', 1_709_251_199_999_999],
    ['2000-03-01T00:00:00.000001Z', 951_868_800_000_001],
    ['2016-12-31T23:59:60.5Z', 1_483_228_800_500_000],
  ];
  for (const [text, expected] of cases) assert.equal(us(text), expected, text);
});

test('any millisecond of four centuries is the one that Date reads', () => {
  const random = new Random(20);
  const scanner = new TimeScanner();
  for (let n = 0; n < 20_000; n++) {
    const ms = random.below(400 * 365 * 86_400) * 1000 + random.below(1000);
    const text = new Date(ms).toISOString();
    assert.equal(us(text, scanner), ms * 1000, text);
  }
});

test('what is no RFC 3339 time in UTC is refused', () => {
  const none = [
    '',
    '2023-10-06',
    '2023-10-06T17:35:55',
    '2023-10-06T17:35:55.Z',
    '2023-10-06T17:35:55.1234567890Z',
    '2023-10-06t17:35:55Z',
    '2023-10-06 17:35:55Z',
    '2023-10-06T17:35:55z',
    '2023-10-06T17:35:55+00:00',
    '2023-10-06T17:35:55.44029:Z',
    '2023-13-06T17:35:55Z',
    '2023-00-06T17:35:55Z',
    '2023-02-29T17:35:55Z',
    '2100-02-29T17:35:55Z',
    '2023-04-31T17:35:55Z',
    '2023-10-00T17:35:55Z',
    '2023-10-06T24:00:00Z',
    '2023-10-06T17:60:55Z',
    '2023-10-06T17:35:61Z',
    '1969-12-31T23:59:59Z',
    '-023-10-06T17:35:55Z',
    '2o23-10-06T17:35:55Z',
    '2023/10/06T17:35:55Z',
    '2023-10-06T17.35.55Z',
    '２023-10-06T17:35:55Z',
  ];
  for (const text of none) assert.equal(us(text), undefined, text);
});

test('a refused date does not stay behind as the date of the next time', () => {
  const scanner = new TimeScanner();
  assert.equal(us('2023-10-06T00:00:00Z', scanner), 1_696_550_400_000_000);
  assert.equal(us('2023-02-30T00:00:00Z', scanner), undefined);
  assert.equal(us('2023-10-06T00:00:00Z', scanner), 1_696_550_400_000_000);
});
