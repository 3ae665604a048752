import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createConnection,
  createConnectionAsync,
} from '../../../src/main/websocket-client/create-connection.ts';
import { setDefaultTimeout } from '../../../src/main/websocket-client/defaults.ts';
import { WebSocket, type WebSocketOptions } from '../../../src/main/websocket-client/websocket.ts';
import { peerThread } from '../../support/peer-thread.ts';

class Counting extends WebSocket {
  readonly given: WebSocketOptions | undefined;
  count = 0;

  constructor(options?: WebSocketOptions) {
    super(options);
    this.given = options;
  }

  override recv(): string | Uint8Array {
    this.count++;
    return super.recv();
  }
}

test('the connection is of the class that is asked for, which is given its options', async () => {
  await using peer = await peerThread();
  const getMaskKey = (): string => 'abcd';
  const options = { class: Counting, getMaskKey, fireContFrame: true, enableMultithread: false };
  const ws = createConnection(peer.url('echo'), options);
  assert.equal(ws.given?.getMaskKey, getMaskKey);
  assert.equal(ws.given?.fireContFrame, true);
  ws.send('a');
  assert.equal(ws.recv(), 'a');
  assert.equal(ws.count, 1);
  ws.close();
  const other = await createConnectionAsync(peer.url('echo'), { class: Counting });
  assert.ok(other instanceof Counting);
  await other.closeAsync();
});

test('the default timeout holds where none is given', async (t) => {
  await using peer = await peerThread();
  t.after(() => setDefaultTimeout(null));
  setDefaultTimeout(7);
  for (const [timeout, expected] of [
    [undefined, 7],
    [null, 7],
    [3, 3],
  ] as const) {
    using ws = createConnection(peer.url('echo'), { timeout });
    assert.equal(ws.timeout, expected);
  }
  setDefaultTimeout(null);
  using ws = createConnection(peer.url('echo'));
  assert.equal(ws.timeout, null);
});
