import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latin1Bytes, latin1Text, printable } from '../../../src/shared/text/latin1.ts';

test('every byte is one character and comes back', () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i & 0xff);
  const text = latin1Text(bytes);
  assert.equal(text, Buffer.from(bytes).toString('latin1'));
  assert.deepEqual(latin1Bytes(text), bytes);
});

test('a part of the bytes is read where it lies', () => {
  assert.equal(latin1Text(Buffer.from('a line\r\n'), 2, 6), 'line');
  assert.equal(latin1Text(Buffer.from('a line\r\n'), 3, 3), '');
});

for (const [text, shown] of [
  ['plain ~ text', 'plain ~ text'],
  ['a\r\nb', 'a\\x0d\\x0ab'],
  ['\x1b[31m\x7f', '\\x1b[31m\\x7f'],
  ['é', '\\xe9'],
  ['€😀', '\\u{20ac}\\u{1f600}'],
] as const) {
  test(`what cannot be printed is shown by its number: ${shown}`, () => {
    assert.equal(printable(text), shown);
  });
}
