import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { LISTS, OP_BYTES, OP_END, OP_UNSIGNED, SLOTS } from '../../../src/workers/scanner/layout.ts';
import { maybe, programOf, rows, type Shape, text, unsigned } from '../../../src/workers/scanner/shape.ts';

test('a literal stands with the part that is read after it', () => {
  const words = new Int32Array(programOf([text('{"a"'), text(':'), unsigned(3), text('}')]).buffer);
  assert.deepEqual([...words.subarray(0, 4)], [OP_UNSIGNED | (3 << 8), 5, 0, 0]);
  const end = (OP_BYTES + 16) / 4;
  assert.deepEqual([...words.subarray(end, end + 4)], [OP_END, 1, 0, 0]);
  assert.equal(words.length, end + (OP_BYTES + 16) / 4);
});

test('a shape that cannot be scanned is refused when it is made', () => {
  const wrong: [string, () => Shape][] = [
    ['a slot too many', () => [unsigned(SLOTS)]],
    ['a list too many', () => [rows(LISTS, ']', ',', unsigned(0))]],
    ['an empty text around nothing', () => [text('é')]],
    ['a text that is too long', () => [text('x'.repeat(257))]],
    ['an option after a text', () => [text('{'), maybe(',', unsigned(0))]],
    ['an option that ends with a text', () => [unsigned(0), maybe(',', unsigned(1), text('}'))]],
  ];
  for (const [what, shape] of wrong) assert.throws(() => programOf(shape()), InvariantError, what);
});
