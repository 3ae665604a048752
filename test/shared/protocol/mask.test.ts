import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyMask } from '../../../src/shared/protocol/mask.ts';
import { Random } from '../../support/random.ts';
import { randomBytes } from '../../support/random-frames.ts';

test('the example of RFC 6455, section 5.7', () => {
  const bytes = Uint8Array.of(0x7f, 0x9f, 0x4d, 0x51, 0x58);
  applyMask(bytes, 0, 5, Uint8Array.of(0x37, 0xfa, 0x21, 0x3d), 0, 0);
  assert.equal(Buffer.from(bytes).toString(), 'Hello');
});

test('words and bytes mask alike, at every place in memory, length and phase', () => {
  const random = new Random(1);
  for (let place = 0; place < 8; place++) {
    for (const length of [0, 1, 3, 4, 5, 47, 48, 49, 50, 51, 52, 60, 64, 127, 1000]) {
      for (let phase = 0; phase < 4; phase++) {
        const memory = randomBytes(random, 2 + place + length + 7);
        const bytes = memory.subarray(1);
        const key = randomBytes(random, 6);
        const from = 1 + place;
        const due = bytes.map((byte, at) =>
          at >= from && at < from + length ? byte ^ key[2 + ((phase + at - from) & 3)]! : byte,
        );
        applyMask(bytes, from, from + length, key, 2, phase);
        assert.deepEqual(bytes, due, `${length} bytes at ${place}, phase ${phase}`);
      }
    }
  }
});
