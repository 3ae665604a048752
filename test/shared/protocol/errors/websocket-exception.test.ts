import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConcurrencyError,
  EOFError,
  InvalidState,
  PayloadTooBig,
  ProtocolError,
  UnicodeDecodeError,
  WebSocketException,
  WebSocketTimeout,
} from '../../../../src/shared/protocol/errors/websocket-exception.ts';

const TOO_BIG: readonly (readonly [
  size: number | undefined,
  max: number,
  before: number | undefined,
  text: string,
])[] = [
  [200, 100, undefined, 'frame with 200 bytes exceeds limit of 100 bytes'],
  [60, 100, 60, 'frame with 60 bytes after reading 60 bytes exceeds limit of 100 bytes'],
  [1, 0, 0, 'frame with 1 bytes after reading 0 bytes exceeds limit of 0 bytes'],
  [undefined, 100, undefined, 'frame exceeds limit of 100 bytes'],
  [undefined, 100, 60, 'frame after reading 60 bytes exceeds limit of 100 bytes'],
];

test('a payload that is too big tells its size, the limit and what came before', () => {
  for (const [size, max, before, text] of TOO_BIG) {
    const error = new PayloadTooBig(size, max, before);
    assert.equal(error.message, text);
    assert.deepEqual([error.size, error.maxSize, error.currentSize], [size, max, before]);
  }
});

test('every class is caught by its parents, has its name, and its trace begins with it', () => {
  const cases: readonly (readonly [error: Error, name: string, isWebSocket: boolean])[] = [
    [new WebSocketException('m'), 'WebSocketException', true],
    [new ProtocolError('m'), 'ProtocolError', true],
    [new InvalidState('m'), 'InvalidState', true],
    [new ConcurrencyError('m'), 'ConcurrencyError', true],
    [new PayloadTooBig(2, 1), 'PayloadTooBig', true],
    [new WebSocketTimeout('m'), 'WebSocketTimeout', false],
    [new EOFError('m'), 'EOFError', false],
    [new UnicodeDecodeError('m', 1), 'UnicodeDecodeError', false],
  ];
  for (const [error, name, isWebSocket] of cases) {
    assert.equal(error.name, name);
    assert.equal(error instanceof WebSocketException, isWebSocket, name);
    assert.ok(error.stack?.startsWith(`${name}: ${error.message}\n`), name);
    assert.equal(Object.keys(error).includes('name'), false);
  }
});

test('text that is none tells where', () => {
  const error = new UnicodeDecodeError('invalid start byte', 3);
  assert.equal(error.message, 'invalid start byte at position 3');
  assert.deepEqual([error.reason, error.position], ['invalid start byte', 3]);
});
