import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreedSubprotocol } from '../../../src/shared/websocket-client/agreed-subprotocol.ts';
import { WebSocketException } from '../../../src/shared/websocket-client/exceptions.ts';

test('the server picks one of those offered, without regard to case', () => {
  assert.equal(agreedSubprotocol(['chat', 'V2.Prices'], 'v2.PRICES'), 'v2.prices');
  assert.equal(agreedSubprotocol([], undefined), null);
  assert.equal(agreedSubprotocol(undefined, 'chat'), null);
  assert.equal(agreedSubprotocol(null, null), null);
});

test('none of them, or an unknown one, is an invalid answer', () => {
  for (const answered of [undefined, null, '', 'other', 'chat, v2'])
    assert.throws(
      () => agreedSubprotocol(['chat', 'v2'], answered),
      new WebSocketException('Invalid WebSocket Header'),
    );
});
