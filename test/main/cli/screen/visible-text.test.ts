import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleJson, visibleText } from '../../../../src/main/cli/screen/visible-text.ts';

const SHOWN: readonly (readonly [text: string, shown: string])[] = [
  ['', ''],
  ['Hello wörld! 日本 👩‍💻', 'Hello wörld! 日本 👩‍💻'],
  ['{"a":"b\\n"}', '{"a":"b\\n"}'],
  ['two\r\nlines\tand a tab', 'two\\r\\nlines\\tand a tab'],
  ['\u0000\u0007\u001b[31mred', '\\x00\\x07\\x1b[31mred'],
  ['\u007f\u0080\u009b2J\u009f\u00a0', '\\x7f\\x80\\x9b2J\\x9f\u00a0'],
  ['\u061c\u200e\u200f', '\\u061c\\u200e\\u200f'],
  ['\u2028\u2029', '\\u2028\\u2029'],
  ['\u202a\u202b\u202c\u202d\u202e', '\\u202a\\u202b\\u202c\\u202d\\u202e'],
  ['\u2066\u2067\u2068\u2069', '\\u2066\\u2067\\u2068\\u2069'],
];

for (const [text, shown] of SHOWN)
  test(`${JSON.stringify(shown)} is how its text is shown`, () => {
    assert.equal(visibleText(text), shown);
  });

const everything = String.fromCharCode(...Array.from({ length: 0x3000 }, (_, code) => code));

test('no control or separator of lines and paragraphs is left, nor what turns the direction of writing', () => {
  const steering = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
  assert.doesNotMatch(visibleText(everything), steering);
  assert.doesNotMatch(visibleJson(everything), steering);
});

test('what reads the JSON gets every character as it was', () => {
  assert.equal(JSON.parse(visibleJson(everything)), everything);
});
