import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as names from '../../src/main/websocket-client.ts';

test('ringfeed/websocket-client exports exactly its public names', () => {
  assert.deepEqual(Object.keys(names).sort(), [
    'ABNF',
    'AppSocket',
    'CERT_NONE',
    'CERT_OPTIONAL',
    'CERT_REQUIRED',
    'DEFAULT_SOCKET_OPTION',
    'IPPROTO_TCP',
    'SOL_SOCKET',
    'SOL_TCP',
    'SO_KEEPALIVE',
    'STATUS_ABNORMAL_CLOSED',
    'STATUS_BAD_GATEWAY',
    'STATUS_GOING_AWAY',
    'STATUS_INVALID_EXTENSION',
    'STATUS_INVALID_PAYLOAD',
    'STATUS_MESSAGE_TOO_BIG',
    'STATUS_NORMAL',
    'STATUS_POLICY_VIOLATION',
    'STATUS_PROTOCOL_ERROR',
    'STATUS_SERVICE_RESTART',
    'STATUS_STATUS_NOT_AVAILABLE',
    'STATUS_TLS_HANDSHAKE_ERROR',
    'STATUS_TRY_AGAIN_LATER',
    'STATUS_UNEXPECTED_CONDITION',
    'STATUS_UNSUPPORTED_DATA_TYPE',
    'SimpleCookieJar',
    'SockOpt',
    'TCP_KEEPCNT',
    'TCP_KEEPIDLE',
    'TCP_KEEPINTVL',
    'TCP_NODELAY',
    'ValueError',
    'WebSocket',
    'WebSocketAddressException',
    'WebSocketApp',
    'WebSocketBadStatusException',
    'WebSocketConnectionClosedException',
    'WebSocketException',
    'WebSocketPayloadException',
    'WebSocketProtocolException',
    'WebSocketProxyException',
    'WebSocketTimeoutException',
    'createConnection',
    'createConnectionAsync',
    'createDispatcher',
    'debug',
    'dump',
    'enableTrace',
    'error',
    'getDefaultTimeout',
    'getReconnect',
    'info',
    'isEnabledForDebug',
    'isEnabledForError',
    'isEnabledForTrace',
    'parseUrl',
    'setDefaultTimeout',
    'setReconnect',
    'trace',
    'warning',
  ]);
});

test('frames that are made by hand are masked at random', () => {
  const [first, second] = [0, 1].map(() => names.ABNF.createFrame('x', names.ABNF.OPCODE_TEXT).format());
  assert.equal(first!.length, 7);
  assert.notDeepEqual(first, second);
});
