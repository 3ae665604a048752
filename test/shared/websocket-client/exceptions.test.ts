import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as exceptions from '../../../src/shared/websocket-client/exceptions.ts';

const { ValueError, WebSocketBadStatusException, WebSocketException, ...others } = exceptions;

test('every class has its name, is of the tree and keeps its cause', () => {
  const cause = new Error('why');
  for (const [name, type] of Object.entries({ ...others, WebSocketException })) {
    const error = new type('text', { cause });
    assert.ok(error instanceof WebSocketException, name);
    assert.equal(String(error), `${name}: text`);
    assert.match(error.stack!, new RegExp(`^${name}: text\n`));
    assert.equal(error.cause, cause);
  }
  assert.equal(Object.keys(others).length, 7 - 1);
});

test('a value that cannot be is a TypeError outside of the tree', () => {
  const error = new ValueError('url is invalid');
  assert.ok(error instanceof TypeError && !((error as unknown) instanceof WebSocketException));
  assert.equal(String(error), 'ValueError: url is invalid');
});

test('a bad status has the response in its fields, nulls where there is none', () => {
  const { statusCode, statusMessage, respHeaders, respBody } = new WebSocketBadStatusException('no', 404);
  assert.deepEqual([statusCode, statusMessage, respHeaders, respBody], [404, null, null, null]);
  const body = Uint8Array.of(1);
  const cause = new Error('why');
  const full = new WebSocketBadStatusException('no', 503, 'Busy', { via: 'x' }, body, { cause });
  assert.ok(full instanceof WebSocketException);
  assert.equal(full.name, 'WebSocketBadStatusException');
  assert.deepEqual(
    [full.statusMessage, full.respHeaders, full.respBody, full.cause],
    ['Busy', { via: 'x' }, body, cause],
  );
});
