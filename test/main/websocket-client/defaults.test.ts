import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  getDefaultTimeout,
  getReconnect,
  setDefaultTimeout,
  setReconnect,
} from '../../../src/main/websocket-client/defaults.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

test('by default nothing reconnects, and what is set is what is used', () => {
  assert.equal(getReconnect(), 0);
  for (const seconds of [5, 0.5, 0]) {
    setReconnect(seconds);
    assert.equal(getReconnect(), seconds);
  }
});

test('by default nothing times out, and a time can be taken back', () => {
  assert.equal(getDefaultTimeout(), null);
  for (const seconds of [10, 0, null]) {
    setDefaultTimeout(seconds);
    assert.equal(getDefaultTimeout(), seconds);
  }
});

test('what is no time is refused and changes nothing', () => {
  for (const seconds of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number]) {
    assert.throws(() => setReconnect(seconds), WebSocketException);
    assert.throws(() => setDefaultTimeout(seconds), WebSocketException);
  }
  assert.throws(
    () => setReconnect(-1),
    new WebSocketException('reconnect is -1, expected seconds from 0 on'),
  );
  assert.deepEqual([getReconnect(), getDefaultTimeout()], [0, null]);
});
