import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pings } from '../../../src/shared/client/pings.ts';

const payload = (text: string): Uint8Array => Buffer.from(text);

test('a pong answers its ping and all earlier ones, the newest last', () => {
  const pings = new Pings();
  for (const [id, data] of ['a', 'b', 'c'].entries()) assert.ok(pings.add(payload(data), id, 100 + id));
  assert.deepEqual(pings.answered(payload('b')), [
    { id: 0, sentAtMs: 100 },
    { id: 1, sentAtMs: 101 },
  ]);
  assert.deepEqual(pings.answered(payload('a')), []);
  assert.deepEqual(pings.answered(payload('c')), [{ id: 2, sentAtMs: 102 }]);
});

test('a pong that answers nothing changes nothing', () => {
  const pings = new Pings();
  pings.add(payload('a'), 1, 0);
  assert.deepEqual(pings.answered(payload('b')), []);
  assert.deepEqual(pings.answered(payload('')), []);
  assert.ok(pings.has(payload('a')));
});

test('one payload waits once, byte for byte, and may be used again afterwards', () => {
  const pings = new Pings();
  assert.ok(pings.add(Uint8Array.of(0, 255), 1, 0));
  assert.ok(!pings.add(Uint8Array.of(0, 255), 2, 0));
  assert.ok(pings.add(Uint8Array.of(255, 0), 3, 0));
  assert.ok(pings.add(Uint8Array.of(), 4, 0));
  assert.deepEqual(
    pings.answered(Uint8Array.of()).map(({ id }) => id),
    [1, 3, 4],
  );
  assert.ok(pings.add(Uint8Array.of(0, 255), 5, 0));
});
