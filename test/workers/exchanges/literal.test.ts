import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../../src/shared/invariant.ts';
import { literal } from '../../../src/workers/exchanges/literal.ts';

test('a literal of any length matches itself, and nothing that differs in one bit or ends early', () => {
  const text = '{"channel":"book","type":"snapshot","data":[{"symbol":"~~ ~~ABCDE';
  for (let length = 4; length <= 64; length++) {
    const expected = literal(text.slice(0, length));
    const bytes = new TextEncoder().encode(`xyz${text.slice(0, length)}`);
    const view = new DataView(bytes.buffer);
    assert.equal(expected.length, length);
    assert.ok(expected.matches(view, 3, bytes.length));
    assert.ok(!expected.matches(view, 3, bytes.length - 1), 'it must end within the message');
    assert.ok(!expected.matches(view, 4, bytes.length), 'reading past the memory is no error');
    for (let at = 3; at < bytes.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        bytes[at]! ^= 1 << bit;
        assert.ok(!expected.matches(view, 3, bytes.length), `bit ${bit} of byte ${at} of ${length}`);
        bytes[at]! ^= 1 << bit;
      }
  }
});

test('bytes of a NaN or of a zero never match', () => {
  const expected = literal('12345678');
  for (const value of [Number.NaN, 0, -0]) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    assert.ok(!expected.matches(view, 0, 8));
  }
});

test('a literal that cannot be compared this way is a mistake of ours', () => {
  for (const text of ['abc', 'a'.repeat(65), 'ab\ncd', 'abcé'])
    assert.throws(() => literal(text), InvariantError);
});
