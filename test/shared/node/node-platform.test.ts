import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../src/shared/node/node-platform.ts';
import { Random } from '../../support/random.ts';
import { randomBytes } from '../../support/random-frames.ts';

const { deflate, inflate, randomFill, sha1, isUtf8 } = NODE_PLATFORM;
const NONE = new Uint8Array(0);
const NO_LIMIT = 2 ** 40;

test('the hash is SHA-1', () => {
  const accept = sha1(Buffer.from('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11'));
  assert.equal(Buffer.from(accept).toString('base64'), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('text is told from what is none', () => {
  assert.equal(isUtf8(Buffer.from('à')), true);
  assert.equal(isUtf8(Uint8Array.of(0xc3)), false);
});

test('random bytes fill exactly what is given, and do not repeat', () => {
  const seen = new Set<string>();
  for (let n = 0; n < 5000; n++) {
    const memory = new Uint8Array(12);
    randomFill(memory.subarray(4, 8));
    assert.deepEqual(
      [...memory.subarray(0, 4), ...memory.subarray(8)],
      Array.from({ length: 8 }, () => 0),
    );
    seen.add(Buffer.from(memory).toString('hex'));
  }
  // Two of 5,000 keys of 32 bits are the same in one run of 350.
  assert.ok(seen.size > 4990);
  for (const length of [0, 16, 1024, 1025, 4096, 100_000]) {
    const bytes = new Uint8Array(length);
    randomFill(bytes);
    assert.ok(length < 16 || bytes.some((byte) => byte !== 0));
  }
});

test('what is compressed comes back, at every window', () => {
  const random = new Random(8);
  for (let bits = 8; bits <= 15; bits++) {
    for (const length of [0, 1, 255, 256, 257, 511, 512, 513, 40_000]) {
      const phrase = randomBytes(random, 1 + random.below(300));
      const message = Buffer.alloc(length, phrase);
      const compressed = deflate(message, bits);
      assert.deepEqual(inflate(compressed, NONE, bits, NO_LIMIT), message, `${length} bytes, ${bits} bits`);
    }
  }
});

test('a window of 8 bits is obeyed, although zlib compresses with one of 9', () => {
  const random = new Random(9);
  for (const period of [1, 100, 249, 250, 251, 255, 256, 257, 300, 400, 511, 512]) {
    const phrase = randomBytes(random, period);
    const message = Buffer.alloc(20_000, phrase);
    // A phrase is found again only where it is not longer than zlib looks back.
    const compressed = deflate(message, 8);
    const isRepeated = compressed.length < message.length / 2;
    assert.equal(isRepeated, period <= 250, `a phrase of ${period} bytes`);
  }
});

test('a dictionary is what a message may refer to', () => {
  const hello = Buffer.from('f200110000', 'hex');
  assert.deepEqual(inflate(hello, Buffer.from('Hello'), 15, 5), Buffer.from('Hello'));
  assert.throws(() => inflate(hello, NONE, 15, 5));
});

test('a limit holds to the byte, also where it is zero', () => {
  const compressed = deflate(Buffer.alloc(100_000), 15);
  assert.equal(inflate(compressed, NONE, 15, 100_000)?.length, 100_000);
  assert.equal(inflate(compressed, NONE, 15, 99_999), undefined);
  assert.equal(inflate(deflate(Buffer.of(1), 15), NONE, 15, 0), undefined);
  assert.equal(inflate(deflate(NONE, 15), NONE, 15, 0)?.length, 0);
});
