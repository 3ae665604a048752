import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Close } from '../../../../src/shared/protocol/close-code.ts';
import {
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
} from '../../../../src/shared/protocol/errors/connection-closed.ts';
import { WebSocketException } from '../../../../src/shared/protocol/errors/websocket-exception.ts';

const bye = new Close(1000, 'bye');
const away = new Close(1001, '');
const timeout = new Close(1011, 'keepalive ping timeout');

const TEXTS: readonly (readonly [
  rcvd: Close | undefined,
  sent: Close | undefined,
  rcvdThenSent: boolean | undefined,
  text: string,
])[] = [
  [bye, bye, true, 'received 1000 (OK) bye; then sent 1000 (OK) bye'],
  [away, bye, false, 'sent 1000 (OK) bye; then received 1001 (going away)'],
  [undefined, bye, undefined, 'sent 1000 (OK) bye; no close frame received'],
  [bye, undefined, undefined, 'received 1000 (OK) bye; no close frame sent'],
  [undefined, undefined, undefined, 'no close frame received or sent'],
  [
    undefined,
    timeout,
    undefined,
    'sent 1011 (internal error) keepalive ping timeout; no close frame received',
  ],
];

test('the end of a connection tells which close frames there were, in their order', () => {
  for (const [rcvd, sent, first, text] of TEXTS) {
    for (const Kind of [ConnectionClosed, ConnectionClosedOK, ConnectionClosedError]) {
      const error = new Kind(rcvd, sent, first);
      assert.equal(error.message, text);
      assert.deepEqual([error.rcvd, error.sent, error.rcvdThenSent], [rcvd, sent, first]);
      assert.equal(error.name, Kind.name);
      assert.ok(error instanceof ConnectionClosed && error instanceof WebSocketException);
    }
  }
});
