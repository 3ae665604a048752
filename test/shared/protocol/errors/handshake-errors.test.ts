import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from '../../../../src/shared/protocol/errors/handshake-errors.ts';
import { WebSocketException } from '../../../../src/shared/protocol/errors/websocket-exception.ts';
import { Headers } from '../../../../src/shared/protocol/handshake/headers.ts';
import { Response } from '../../../../src/shared/protocol/handshake/message.ts';

const refused = new Response(403, 'Forbidden', new Headers());

const TEXTS: readonly (readonly [error: Error, text: string])[] = [
  [new errors.InvalidURI('http://a', 'not ws'), "InvalidURI: http://a isn't a valid URI: not ws"],
  [new errors.InvalidProxy('x://a', 'no'), "InvalidProxy: x://a isn't a valid proxy: no"],
  [new errors.InvalidStatus(refused), 'InvalidStatus: server rejected WebSocket connection: HTTP 403'],
  [new errors.InvalidProxyStatus(refused), 'InvalidProxyStatus: proxy rejected connection: HTTP 403'],
  [new errors.InvalidMethod('POST'), 'InvalidMethod: unsupported HTTP method: POST'],
  [new errors.InvalidProtocol('HTTP/1.0'), 'InvalidProtocol: unsupported HTTP version: HTTP/1.0'],
];

test('each error tells what is wrong', () => {
  for (const [error, text] of TEXTS) assert.equal(String(error), text);
});

/** Class and parent, as the contract draws the tree. */
const TREE: readonly (readonly [
  child: new (...args: never[]) => Error,
  parent: abstract new (...args: never[]) => Error,
])[] = [
  [errors.InvalidURI, WebSocketException],
  [errors.InvalidProxy, WebSocketException],
  [errors.InvalidHandshake, WebSocketException],
  [errors.SecurityError, errors.InvalidHandshake],
  [errors.RequestLineTooLong, errors.SecurityError],
  [errors.StatusLineTooLong, errors.SecurityError],
  [errors.HeaderLineTooLong, errors.SecurityError],
  [errors.TooManyHeaders, errors.SecurityError],
  [errors.ProxyError, errors.InvalidHandshake],
  [errors.InvalidProxyMessage, errors.ProxyError],
  [errors.InvalidProxyStatus, errors.ProxyError],
  [errors.InvalidMessage, errors.InvalidHandshake],
  [errors.InvalidMethod, errors.InvalidHandshake],
  [errors.InvalidProtocol, errors.InvalidHandshake],
  [errors.InvalidStatus, errors.InvalidHandshake],
];

test('each class has the parent that the contract gives it', () => {
  for (const [child, parent] of TREE) {
    assert.equal(Object.getPrototypeOf(child), parent, child.name);
    assert.equal(Reflect.get(child.prototype, 'name'), child.name);
  }
  assert.deepEqual(new Set(TREE.map(([child]) => child)), new Set(Object.values<unknown>(errors)));
});
