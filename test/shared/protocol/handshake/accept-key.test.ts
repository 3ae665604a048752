import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_PLATFORM } from '../../../../src/shared/node/node-platform.ts';
import { acceptKey, generateKey, isKey } from '../../../../src/shared/protocol/handshake/accept-key.ts';

test("the key and the answer to it are those of the RFC's example", () => {
  const key = generateKey({ randomFill: (bytes) => bytes.set(Buffer.from('the sample nonce')) });
  assert.equal(key, 'dGhlIHNhbXBsZSBub25jZQ==');
  assert.equal(acceptKey(NODE_PLATFORM, key), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('keys are sixteen bytes, another each time', () => {
  const keys = Array.from({ length: 100 }, () => generateKey(NODE_PLATFORM));
  assert.equal(new Set(keys).size, keys.length);
  assert.ok(keys.every(isKey));
});

for (const text of [
  '',
  'dGhlIHNhbXBsZSBub25jZQ',
  'dGhlIHNhbXBsZSBub25jZQ=',
  'AAAAAAAAAAAAAAAAAAAA',
  'dGhlIHNhbXBsZSBub25jZWU=',
  '!!!!IHNhbXBsZSBub25jZQ==',
]) {
  test(`"${text}" is no key`, () => {
    assert.equal(isKey(text), false);
  });
}
