import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from '../../../src/main/websocket-client/websocket.ts';
import { ABNF } from '../../../src/shared/websocket-client/abnf.ts';
import { WebSocketConnectionClosedException } from '../../../src/shared/websocket-client/exceptions.ts';

const CLOSED = { name: 'WebSocketConnectionClosedException', message: 'socket is already closed.' };

test('what was never connected knows nothing and ends without a word', async () => {
  const ws = new WebSocket();
  assert.equal(ws.connected, false);
  assert.equal(ws.status, null);
  assert.equal(ws.headers, null);
  assert.equal(ws.subprotocol, null);
  assert.equal(ws.isSsl(), false);
  assert.equal(ws.fileno(), -1);
  ws.close();
  ws.abort();
  ws.shutdown();
  await ws.closeAsync();
});

test('what was never connected neither sends nor receives', async () => {
  const ws = new WebSocket();
  for (const call of [
    () => ws.send('a'),
    () => ws.sendFrame(ABNF.createFrame('a', ABNF.OPCODE_TEXT)),
    () => ws.ping(),
    () => ws.pong(),
    () => ws.sendClose(),
    () => ws.recv(),
    () => ws.recvData(),
    () => ws.recvFrame(),
    () => ws.next(),
    () => [...ws],
  ])
    assert.throws(call, CLOSED);
  for (const call of [
    () => ws.recvAsync(),
    () => ws.recvDataAsync(),
    () => ws.recvDataFrameAsync(),
    () => ws.recvFrameAsync(),
    () => ws.sendFrameAsync(ABNF.createFrame('a', ABNF.OPCODE_TEXT)),
    () => ws[Symbol.asyncIterator]().next(),
  ])
    await assert.rejects(call, WebSocketConnectionClosedException);
});

test('the timeout is seconds or null, by either name', () => {
  const ws = new WebSocket();
  assert.equal(ws.timeout, null);
  ws.settimeout(1.5);
  assert.equal(ws.timeout, 1.5);
  ws.timeout = null;
  assert.equal(ws.gettimeout(), null);
  for (const wrong of [-1, Number.NaN, '1' as unknown as number])
    assert.throws(() => ws.settimeout(wrong), { name: 'WebSocketException' });
});
