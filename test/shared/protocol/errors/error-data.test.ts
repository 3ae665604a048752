import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMainThread, MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { InvariantError, MisuseError } from '../../../../src/shared/invariant.ts';
import { Close } from '../../../../src/shared/protocol/close-code.ts';
import * as closed from '../../../../src/shared/protocol/errors/connection-closed.ts';
import { packError, unpackError } from '../../../../src/shared/protocol/errors/error-data.ts';
import * as handshake from '../../../../src/shared/protocol/errors/handshake-errors.ts';
import * as header from '../../../../src/shared/protocol/errors/header-errors.ts';
import * as general from '../../../../src/shared/protocol/errors/websocket-exception.ts';
import { Headers } from '../../../../src/shared/protocol/handshake/headers.ts';
import { Response } from '../../../../src/shared/protocol/handshake/message.ts';

const response = new Response(
  429,
  'Too Many Requests',
  new Headers([
    ['Retry-After', '5'],
    ['Set-Cookie', 'a'],
    ['Set-Cookie', 'b'],
  ]),
  Buffer.from('slow down'),
);
const ok = new Close(1000, 'bye');

/** One error of each class; the two of the runtime travel, too. */
const ERRORS: readonly Error[] = [
  new general.WebSocketException('w'),
  new general.ProtocolError('p'),
  new general.InvalidState('s'),
  new general.ConcurrencyError('c'),
  new general.PayloadTooBig(200, 100, 60),
  new general.PayloadTooBig(undefined, 100),
  new general.WebSocketTimeout('timed out in 0.1s'),
  new general.EOFError('stream ended'),
  new general.UnicodeDecodeError('invalid start byte', 7),
  new closed.ConnectionClosed(undefined, undefined),
  new closed.ConnectionClosedOK(ok, ok, true),
  new closed.ConnectionClosedError(undefined, new Close(1011, 'keepalive ping timeout')),
  new closed.ConnectionClosedError(new Close(4000, ''), ok, false),
  new handshake.InvalidURI('http://x', 'not a WebSocket'),
  new handshake.InvalidProxy('ftp://x', 'scheme ftp is not supported'),
  new handshake.InvalidHandshake('h'),
  new handshake.SecurityError('s'),
  new handshake.RequestLineTooLong('r'),
  new handshake.StatusLineTooLong('s'),
  new handshake.HeaderLineTooLong('h'),
  new handshake.TooManyHeaders('t'),
  new handshake.ProxyError('p'),
  new handshake.InvalidProxyMessage('p'),
  new handshake.InvalidProxyStatus(response),
  new handshake.InvalidMessage('m'),
  new handshake.InvalidMethod('POST'),
  new handshake.InvalidProtocol('HTTP/1.0'),
  new handshake.InvalidStatus(response),
  new header.InvalidHeader('Upgrade'),
  new header.InvalidHeader('Upgrade', ''),
  header.InvalidHeaderFormat.at('Connection', 'expected token', 'a b', 1),
  new header.InvalidHeaderValue('Sec-WebSocket-Accept', 'x'),
  new header.InvalidOrigin('http://evil'),
  new header.InvalidOrigin(),
  new header.InvalidUpgrade('Upgrade', 'h2c'),
  new header.NegotiationError('n'),
  new header.DuplicateParameter('a'),
  new header.InvalidParameterName('a'),
  new header.InvalidParameterValue('a', undefined),
  new header.InvalidParameterValue('a', 'b'),
  new InvariantError('Invariant: i'),
  new MisuseError('Condition failed: m'),
];

/** @returns the error after it has crossed to another thread, or as good as. */
function crossed(error: unknown): Error {
  assert.ok(isMainThread);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(packError(error));
  const received: { readonly message: unknown } | undefined = receiveMessageOnPort(port2);
  port1.close();
  return unpackError(received?.message);
}

/** Everything that can be told of an error but its trace. */
function told(error: Error): object {
  const { stack: _, ...own } = Object.fromEntries(
    Object.getOwnPropertyNames(error).map((name) => [name, Reflect.get(error, name)]),
  );
  const status = own['response'];
  return status instanceof Response ? { ...own, response: Buffer.from(status.serialize()).toString() } : own;
}

for (const error of ERRORS) {
  test(`an error is the same on the other thread: ${error}`, () => {
    const other = crossed(error);
    assert.equal(other.constructor, error.constructor);
    assert.equal(String(other), String(error));
    assert.deepEqual(told(other), told(error));
  });
}

test('every class of the tree is among them', () => {
  const classes = [general, closed, handshake, header].flatMap((module) => Object.values<unknown>(module));
  const tried = new Set<unknown>(ERRORS.map((error) => error.constructor));
  assert.deepEqual(
    classes.filter((each) => !tried.has(each)),
    [],
  );
});

test('a response keeps its headers and its body', () => {
  const error = crossed(new handshake.InvalidStatus(response));
  assert.ok(error instanceof handshake.InvalidStatus);
  assert.equal(error.response.headers.get('retry-after'), '5');
  assert.deepEqual(error.response.headers.getAll('set-cookie'), ['a', 'b']);
  assert.equal(Buffer.from(error.response.body).toString(), 'slow down');
});

test('causes travel along, of this package or not', () => {
  const refused = Object.assign(new TypeError('connect ECONNREFUSED'), { code: 'ECONNREFUSED', fd: 7 });
  const inner = new general.ProtocolError('inner', { cause: refused });
  const error = crossed(new closed.ConnectionClosedError(undefined, undefined, undefined, { cause: inner }));
  assert.ok(error.cause instanceof general.ProtocolError);
  const { cause } = error.cause;
  assert.ok(cause instanceof Error);
  assert.equal(cause.name, 'TypeError');
  assert.equal(cause.message, 'connect ECONNREFUSED');
  assert.equal(Reflect.get(cause, 'code'), 'ECONNREFUSED');
  assert.equal(Reflect.get(cause, 'fd'), undefined, 'nothing but the code');
});

test('errors that are their own cause come to an end', () => {
  const error = new general.ProtocolError('round');
  error.cause = error;
  let depth = 0;
  for (let at: unknown = crossed(error); at instanceof Error; at = at.cause) depth++;
  assert.ok(depth > 1 && depth < 20);
});

test('what is thrown and no error, or of a class made elsewhere, becomes an ordinary error', () => {
  assert.equal(String(crossed('just text')), 'Error: just text');
  assert.equal(String(crossed(undefined)), 'Error: undefined');
  class Own extends general.ProtocolError {}
  assert.equal(crossed(new Own('own')).constructor, Error);
});

test('data that no error has become is refused', () => {
  const good = packError(new general.PayloadTooBig(1, 2));
  const wrong: readonly unknown[] = [
    undefined,
    null,
    7,
    'ProtocolError',
    {},
    { ...good, name: 'Unheard' },
    { ...good, name: 'constructor' },
    { ...good, name: 7 },
    { ...good, known: undefined },
    { ...good, fields: null },
    { ...good, fields: {} },
    { ...good, fields: { maxSize: '2' } },
    { ...good, cause: 'none' },
    {
      ...packError(new handshake.InvalidStatus(response)),
      fields: { statusCode: 1, reasonPhrase: '', headers: [1] },
    },
    { ...packError(new closed.ConnectionClosedOK(ok, ok, true)), fields: { rcvd: ['1000', ''] } },
  ];
  for (const data of wrong) assert.throws(() => unpackError(data), InvariantError);
});
