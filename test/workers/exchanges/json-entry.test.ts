import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScannedDecimal } from '../../../src/shared/decimal/scan-decimal.ts';
import { type JsonValue, readJson } from '../../../src/shared/json/read-json.ts';
import {
  integerOf,
  integerOrText,
  isArray,
  isObject,
  readQuoted,
  readQuotedSigned,
  readUnsigned,
  textAt,
  timeOf,
} from '../../../src/workers/exchanges/json-entry.ts';

const NUMBER = new ScannedDecimal();
const LONG = `0.${'1'.repeat(23)}`;

/** What one reader makes of each JSON text: `undefined` where it is none. */
const check = (
  read: (value: JsonValue | undefined) => unknown,
  cases: readonly (readonly [json: string, expected: unknown])[],
): void => {
  for (const [json, expected] of cases) assert.deepEqual(read(readJson(json)), expected, json);
};

const decimal =
  (read: (value: JsonValue | undefined, into: ScannedDecimal) => boolean) =>
  (value: JsonValue | undefined): unknown =>
    read(value, NUMBER) ? [NUMBER.value, NUMBER.decimals] : undefined;

test('prices in quotes are zero or more and have the decimals they were written with', () => {
  check(decimal(readQuoted), [
    ['"0.50"', [0.5, 2]],
    ['"0"', [0, 0]],
    ['"1e-2"', [0.01, 2]],
    ['"-0"', undefined],
    ['"-1"', undefined],
    ['0.5', undefined],
    ['""', undefined],
    ['"x"', undefined],
    ['null', undefined],
    [`"${LONG}"`, undefined],
  ]);
});

test('changes in quotes are of either sign', () => {
  check(decimal(readQuotedSigned), [
    ['"-0.50"', [-0.5, 2]],
    ['"0.50"', [0.5, 2]],
    ['-0.5', undefined],
    [`"${LONG}"`, undefined],
  ]);
});

test('numbers without quotes are zero or more', () => {
  check(decimal(readUnsigned), [
    ['0.50', [0.5, 2]],
    ['-0.5', undefined],
    ['"0.5"', undefined],
  ]);
});

test('integers are below their bound and written without fraction and exponent', () => {
  check(
    (value) => integerOf(value, 9),
    [
      ['9', 9],
      ['10', undefined],
      ['"9"', undefined],
      ['9.0', undefined],
      ['9e0', undefined],
      ['-1', undefined],
    ],
  );
});

test('an integer that may be a text is exact, or none', () => {
  check(integerOrText, [
    ['9', 9],
    ['"9"', 9],
    ['"09"', undefined],
    ['"9007199254740991"', 9_007_199_254_740_991],
    ['"9007199254740992"', undefined],
    ['9.5', undefined],
    ['""', undefined],
    ['[9]', undefined],
  ]);
});

test('times in milliseconds become microseconds that a float64 counts', () => {
  check(timeOf, [
    ['1580123594000', 1_580_123_594_000_000],
    ['9007199254740', 9_007_199_254_740_000],
    ['9007199254741', undefined],
    ['"1580123594000"', undefined],
  ]);
});

test('objects, arrays and texts are told from everything else', () => {
  const entry = readJson('{"a":"b","c":1,"d":[2]}');
  assert.ok(isObject(entry));
  assert.equal(textAt(entry, 'a'), 'b');
  assert.equal(textAt(entry, 'c'), undefined);
  assert.equal(textAt(entry, 'e'), undefined);
  assert.ok(isArray(entry.get('d')));
  for (const json of ['[]', '"{}"', '1', 'null', 'true']) assert.ok(!isObject(readJson(json)), json);
  assert.ok(!isArray(entry) && !isObject(undefined) && !isArray(undefined));
});
