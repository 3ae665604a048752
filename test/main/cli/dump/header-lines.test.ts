import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerLines } from '../../../../src/main/cli/dump/header-lines.ts';
import { MisuseError } from '../../../../src/shared/invariant.ts';

const HEADERS: readonly (readonly [text: string, lines: readonly string[]])[] = [
  ['A: 1', ['A: 1']],
  ['A: 1,B: 2', ['A: 1', 'B: 2']],
  [' A:1 , X-B :2 ', ['A:1', 'X-B :2']],
  ['Authorization: Bearer token,X-Custom: value', ['Authorization: Bearer token', 'X-Custom: value']],
  ['Accept: text/html, text/plain', ['Accept: text/html, text/plain']],
  ['Accept: a, b,X: 1', ['Accept: a, b', 'X: 1']],
  ['Referer: http://a/,http://b/', ['Referer: http://a/,http://b/']],
  ['A:', ['A:']],
];

for (const [text, lines] of HEADERS)
  test(`"${text}" is ${lines.length === 1 ? 'one header' : `${lines.length} headers`}`, () => {
    assert.deepEqual(headerLines(text), lines);
  });

for (const text of ['', 's3cret', ': s3cret', 's3cret value', ',A: s3cret'])
  test(`"${text}" is no header, and is not shown`, () => {
    assert.throws(
      () => headerLines(text),
      (error: unknown) => error instanceof MisuseError && !error.message.includes('s3cret'),
    );
  });
