import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError, MisuseError } from '../../../src/shared/invariant.ts';
import { CONTROL, CONTROL_BYTES, createRing, openRing } from '../../../src/shared/ring/ring-layout.ts';

const KiB = 1024;

for (const bytes of [4 * KiB, 8 * KiB, 1024 * KiB]) {
  test(`a ring of ${bytes} bytes has that many bytes of data behind its control block`, () => {
    const ring = createRing(bytes);
    assert.equal(ring.byteLength, CONTROL_BYTES + bytes);
    assert.equal(openRing(ring).capacity, bytes);
    assert.equal(openRing(ring).data.byteOffset, CONTROL_BYTES);
  });
}

const GiB = KiB * KiB * KiB;
for (const bytes of [
  0,
  1,
  2 * KiB,
  4 * KiB + 8,
  5000,
  4096.5,
  2 * GiB,
  4 * GiB,
  -4096,
  Number.NaN,
  Infinity,
]) {
  test(`a ring of ${bytes} bytes is refused with the option, what was given and what is allowed`, () => {
    assert.throws(
      () => createRing(bytes),
      (error: unknown) => {
        assert.ok(error instanceof MisuseError);
        assert.match(error.message, /^Condition failed: ring\.bytes is a power of two/);
        assert.ok(error.message.includes(`given was ${bytes}`), error.message);
        assert.ok(error.message.includes('4096') && error.message.includes('1073741824'), error.message);
        return true;
      },
    );
  });
}

test('memory that createRing did not make is not opened as a ring', () => {
  for (const bytes of [0, 4096, CONTROL_BYTES, CONTROL_BYTES + 2048, CONTROL_BYTES + 5000]) {
    assert.throws(() => openRing(new SharedArrayBuffer(bytes)), InvariantError);
  }
});

test('the words of the two threads and the data lie 128 bytes or more apart', () => {
  const offsets = [CONTROL.head * 4, CONTROL.tail * 4, CONTROL_BYTES];
  assert.ok(offsets[1]! - offsets[0]! >= 128);
  assert.ok(offsets[2]! - offsets[1]! >= 128);
});
