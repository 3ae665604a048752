import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSON_DEPTH_MAX, JsonNumber, type JsonValue, readJson } from '../../../src/shared/json/read-json.ts';
import { Random } from '../../support/random.ts';

/** As `JSON.parse` would have made it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (value instanceof Map) return [...value].map(([key, held]) => [key, plain(held)]).sort();
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Objects as sorted entries, so that keys like `__proto__` and `1` compare by what they are. */
function entries(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(entries);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([key, held]) => [key, entries(held)])
    .sort();
}

function parsed(text: string): unknown {
  try {
    return { value: entries(JSON.parse(text)) };
  } catch {
    return undefined;
  }
}

function read(text: string): unknown {
  const value = readJson(text);
  return value === undefined ? undefined : { value: plain(value) };
}

test('numbers keep the digits they were written with', () => {
  const texts = ['0', '-0', '0.10000000', '1e-08', '1E+5', '16174536464690282295', '-12.340'];
  for (const text of texts) assert.deepEqual(readJson(` ${text}\n`), new JsonNumber(text));
});

test('the last of several equal keys wins, and __proto__ is a key like any other', () => {
  const object = readJson('{"a":1,"__proto__":{"polluted":true},"a":"last"}');
  assert.ok(object instanceof Map);
  assert.equal(object.get('a'), 'last');
  assert.ok(object.get('__proto__') instanceof Map);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('exactly the texts that JSON.parse takes are taken, with the same value', () => {
  const texts = [
    '',
    ' ',
    'nul',
    'null',
    'true',
    'false',
    'truefalse',
    'nullx',
    '01',
    '-',
    '-01',
    '1.',
    '.5',
    '+1',
    '1e',
    '1e+',
    '0x1',
    '1.5e3',
    'NaN',
    'Infinity',
    '""',
    '"',
    '"a',
    '"\\"',
    '"\\u00e9\\ud83d\\ude00\\ud800"',
    '"\\u12g4"',
    '"\\u12"',
    '"\\x41"',
    '"\t"',
    '"\u0000"',
    '"\u007f\u2028"',
    '"\\b\\f\\n\\r\\t\\/\\\\\\""',
    "'a'",
    '[]',
    '[ ]',
    '[,]',
    '[1,]',
    '[1 2]',
    '[1',
    ']',
    '[[]]',
    '{}',
    '{ }',
    '{,}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    '{"a":1 "b":2}',
    '{"a":1',
    '{"a":1}}',
    '[1]]',
    '1 1',
    '\ufeff1',
    '\u00a01',
    '/**/1',
    '{"a":{"b":[1,{"c":null}]}}',
    '[1e400]',
    '"\ud800"',
  ]; // prettier-ignore
  for (const text of texts) assert.deepEqual(read(text), parsed(text), JSON.stringify(text));
});

test('random texts of JSON pieces and mutations of valid JSON are read as JSON.parse reads them', () => {
  const random = new Random(11);
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    'u',
    '0',
    '1',
    '9',
    '-',
    '.',
    'e',
    '+',
    ' ',
    '\n',
    '\u0001',
    'a',
    'true',
    'null',
    '"a"',
    '"a":',
    '{"a":1}',
    '12.50',
    '\\u0041',
    '\u00e9',
  ]; // prettier-ignore
  for (let n = 0; n < 60_000; n++) {
    let text = random.percent(50) ? '{"k":[1.0,"x\\n",{"a":-2e3}],"b":[true,null]}' : '';
    const edits = 1 + random.below(6);
    for (let edit = 0; edit < edits; edit++) {
      const at = random.below(text.length + 1);
      text = text.slice(0, at) + random.pick(pieces) + text.slice(at + random.below(3));
    }
    assert.deepEqual(read(text), parsed(text), JSON.stringify(text));
  }
});

test('nesting is read up to its bound and refused beyond it, however deep, without a stack overflow', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.notEqual(readJson(nested(JSON_DEPTH_MAX)), undefined);
  assert.equal(readJson(nested(JSON_DEPTH_MAX + 1)), undefined);
  assert.equal(readJson(nested(100_000)), undefined);
  assert.equal(readJson('{"a":'.repeat(100_000)), undefined);
});
