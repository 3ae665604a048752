import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, checkClose, isMessage, payloadOf } from '../../../src/main/websockets/payload.ts';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { ProtocolError } from '../../../src/shared/protocol/errors/websocket-exception.ts';

test('the bytes of a message are its own', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4), 1, 2).fill(7);
  const pooled = Buffer.from('ab');
  for (const [message, bytes] of [
    ['a€', [97, 0xe2, 0x82, 0xac]],
    ['\ud800', [0xef, 0xbf, 0xbd]],
    [shared, [7, 7]],
    [pooled, [97, 98]],
  ] as const) {
    const own = bytesOf(message);
    assert.deepEqual([...own], bytes);
    assert.ok(own.buffer instanceof ArrayBuffer);
    assert.equal(own.buffer.byteLength, own.length, 'so that it can be handed over');
  }
});

test('a text and bytes are messages, and nothing else is', () => {
  for (const message of ['', new Uint8Array(0), Buffer.alloc(0)]) assert.ok(isMessage(message));
  for (const other of [null, undefined, 0, [], {}, new ArrayBuffer(0), new Uint16Array(1)])
    assert.ok(!isMessage(other));
});

test('the payload of a control frame has up to 125 bytes', () => {
  assert.equal(payloadOf('x'.repeat(125), 'ping').length, 125);
  for (const wrong of ['x'.repeat(126), '€'.repeat(42), 5, null])
    assert.throws(() => payloadOf(wrong as string, 'ping'), MisuseError);
});

test('a close frame has a code that may be sent and a reason of up to 123 bytes', () => {
  for (const code of [1000, 1001, 1011, 3000, 4999]) checkClose(code, 'x'.repeat(123));
  for (const code of [0, 999, 1005, 1006, 1015, 2999, 5000, 1.5, Number.NaN])
    assert.throws(() => checkClose(code, ''), ProtocolError);
  assert.throws(() => checkClose(1000, '€'.repeat(42)), ProtocolError);
  assert.throws(() => checkClose(1000, null as unknown as string), MisuseError);
});
