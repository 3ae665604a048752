import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABNF } from '../../../src/shared/websocket-client/abnf.ts';

test('frames are masked with random keys once this file is imported, and not before', async () => {
  const key = (): string => Buffer.from(ABNF.createFrame('', 1).format().subarray(2)).toString('hex');
  assert.throws(key, /^InvariantError: Invariant: whoever makes masked frames has said/);
  await import('../../../src/main/websocket-client/random-mask-keys.ts');
  assert.equal(new Set(Array.from({ length: 20 }, key)).size, 20);
});
