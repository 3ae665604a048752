import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeArgs, closePayload } from '../../../src/shared/websocket-client/close-payload.ts';
import { ValueError } from '../../../src/shared/websocket-client/exceptions.ts';

test('a close frame of two bytes and more has a code and a reason, any other has none', () => {
  assert.deepEqual(closeArgs(undefined), [null, null]);
  assert.deepEqual(closeArgs(new Uint8Array(0)), [null, null]);
  assert.deepEqual(closeArgs(Uint8Array.of(3)), [null, null]);
  assert.deepEqual(closeArgs(Uint8Array.of(3, 0xe8)), [1000, '']);
  assert.deepEqual(closeArgs(Buffer.from('\x03\xe8bye', 'latin1')), [1000, 'bye']);
  assert.deepEqual(closeArgs(closePayload(4000, 'grüße')), [4000, 'grüße']);
});

test('a reason that is no UTF-8 is shown byte by byte', () => {
  assert.deepEqual(closeArgs(closePayload(1000, Uint8Array.of(0x61, 0xff, 0x1b))), [1000, 'a\\xff\\x1b']);
});

test('a close frame is made of whatever status two bytes can hold', () => {
  for (const status of [0, 1, 999, 1000, 1005, 65535])
    assert.deepEqual(closeArgs(closePayload(status, '')), [status, '']);
  for (const status of [-1, 65536, 1000.5, Number.NaN])
    assert.throws(() => closePayload(status, ''), new ValueError('code is invalid range'));
});
