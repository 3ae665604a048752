import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as names from '../../src/main/manager.ts';

test('ringfeed/manager exports exactly its public names', () => {
  assert.deepEqual(Object.keys(names).sort(), [
    'ConnectionState',
    'DisconnectReason',
    'MisuseError',
    'ReconnectStrategy',
    'WebSocketClosedError',
    'WebSocketConnectionError',
    'WebSocketError',
    'WebSocketManager',
    'WebSocketProtocolError',
    'WebSocketQueueFullError',
    'WebSocketReconnectError',
    'WebSocketTimeoutError',
    'canConnect',
    'canSend',
    'isProactive',
    'isReactive',
    'isTerminal',
  ]);
  assert.equal(names.ConnectionState.CONNECTED, 'CONNECTED');
  assert.equal(names.ReconnectStrategy.EXPONENTIAL_BACKOFF, 'EXPONENTIAL_BACKOFF');
  assert.ok(names.isProactive(names.DisconnectReason.SCHEDULED));
});
