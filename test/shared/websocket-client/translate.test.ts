import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MisuseError } from '../../../src/shared/invariant.ts';
import { Close } from '../../../src/shared/protocol/close-code.ts';
import * as closing from '../../../src/shared/protocol/errors/connection-closed.ts';
import { packError, unpackError } from '../../../src/shared/protocol/errors/error-data.ts';
import * as handshake from '../../../src/shared/protocol/errors/handshake-errors.ts';
import * as header from '../../../src/shared/protocol/errors/header-errors.ts';
import * as general from '../../../src/shared/protocol/errors/websocket-exception.ts';
import { Headers } from '../../../src/shared/protocol/handshake/headers.ts';
import { Response } from '../../../src/shared/protocol/handshake/message.ts';
import {
  WebSocketBadStatusException,
  WebSocketTimeoutException,
} from '../../../src/shared/websocket-client/exceptions.ts';
import { translated } from '../../../src/shared/websocket-client/translate.ts';

const withCode = (code: string, message: string): Error => Object.assign(new Error(message), { code });

const lost = (cause?: Error, rcvd?: Close, sent?: Close, first?: boolean): Error =>
  new closing.ConnectionClosedError(rcvd, sent, first, cause === undefined ? {} : { cause });

const response = (status: number): Response => new Response(status, 'Nope', new Headers([['Via', 'x']]));

const BYE = new Close(1000, 'bye');
const CLOSED = 'WebSocketConnectionClosedException: ';
const LOST = CLOSED + 'Connection to remote host was lost.';

const cases: [error: Error, expected: string][] = [
  [new handshake.InvalidStatus(response(404)), 'WebSocketBadStatusException: Handshake status 404 Nope'],
  [
    new handshake.InvalidProxyStatus(response(407)),
    'WebSocketProxyException: failed CONNECT via proxy status: 407',
  ],
  [new handshake.InvalidProxyMessage('no HTTP'), 'WebSocketProxyException: no HTTP'],
  [new handshake.ProxyError('refused'), 'WebSocketProxyException: refused'],
  [
    new handshake.InvalidProxy('p:0', 'port is not between 1 and 65535'),
    "WebSocketProxyException: p:0 isn't a valid proxy: port is not between 1 and 65535",
  ],
  [new handshake.InvalidURI('x:', 'no'), "ValueError: x: isn't a valid URI: no"],
  [new header.InvalidUpgrade('Upgrade', 'h2'), 'WebSocketException: Invalid WebSocket Header'],
  [new header.InvalidHeader('Sec-WebSocket-Accept'), 'WebSocketException: Invalid WebSocket Header'],
  [new header.NegotiationError('two extensions'), 'WebSocketException: Invalid WebSocket Header'],
  [new handshake.InvalidMessage('no HTTP'), 'WebSocketException: no HTTP'],
  [new handshake.InvalidMessage('no HTTP', { cause: new general.EOFError('end') }), LOST],
  [new handshake.SecurityError('too many redirects'), 'WebSocketException: too many redirects'],
  [new general.InvalidState('closed'), 'WebSocketException: closed'],
  [new general.ProtocolError('reserved bits'), 'WebSocketProtocolException: reserved bits'],
  [new general.PayloadTooBig(9, 8), 'WebSocketPayloadException: frame with 9 bytes exceeds limit of 8 bytes'],
  [
    new general.UnicodeDecodeError('invalid start byte', 3),
    'WebSocketPayloadException: cannot decode: invalid start byte at position 3',
  ],
  [new general.WebSocketTimeout('timed out'), 'WebSocketTimeoutException: timed out'],
  [new general.EOFError('end'), LOST],
  [withCode('ETIMEDOUT', 'connect ETIMEDOUT'), 'WebSocketTimeoutException: connect ETIMEDOUT'],
  [withCode('ENOTFOUND', 'no such host'), 'WebSocketAddressException: no such host'],
  [withCode('EAI_AGAIN', 'ask again'), 'WebSocketAddressException: ask again'],
  [lost(), LOST],
  [lost(withCode('ECONNRESET', 'reset')), LOST],
  [lost(undefined, BYE, BYE, true), LOST],
  [lost(undefined, BYE, BYE, false), CLOSED + 'socket is already closed.'],
  [lost(undefined, undefined, BYE), CLOSED + 'socket is already closed.'],
  [
    lost(new general.ProtocolError('reserved bits'), undefined, new Close(1002, '')),
    'WebSocketProtocolException: reserved bits',
  ],
  [
    lost(new general.UnicodeDecodeError('invalid start byte', 0), undefined, new Close(1007, '')),
    'WebSocketPayloadException: cannot decode: invalid start byte at position 0',
  ],
  [
    lost(new general.PayloadTooBig(9, 8), undefined, new Close(1009, '')),
    'WebSocketPayloadException: frame with 9 bytes exceeds limit of 8 bytes',
  ],
  [
    lost(new general.WebSocketTimeout('keepalive'), undefined, new Close(1011, '')),
    'WebSocketTimeoutException: ping/pong timed out',
  ],
];

test('errors of a connection become those of this API, and are kept as the cause', () => {
  for (const [error, expected] of cases) {
    const ours = translated(error);
    assert.equal(String(ours), expected);
    assert.equal((ours as Error).cause, error);
  }
});

test('it is the same for errors that have crossed a thread', () => {
  for (const [error, expected] of cases)
    assert.equal(String(translated(unpackError(structuredClone(packError(error))))), expected);
});

test('a bad status has all of the response', () => {
  const body = Uint8Array.of(1, 2);
  const headers = new Headers([
    ['Retry-After', '5'],
    ['Via', 'a'],
    ['VIA', 'b'],
  ]);
  const ours = translated(new handshake.InvalidStatus(new Response(503, '', headers, body)));
  assert.ok(ours instanceof WebSocketBadStatusException);
  assert.equal(ours.message, 'Handshake status 503');
  assert.deepEqual([ours.statusCode, ours.statusMessage, ours.respBody], [503, '', body]);
  assert.deepEqual({ ...ours.respHeaders }, { 'retry-after': '5', via: 'a, b' });
});

test('what has no place in the tree comes back as it is', () => {
  const timeout = new WebSocketTimeoutException('timed out');
  for (const error of [
    withCode('ECONNREFUSED', 'refused'),
    new MisuseError('x'),
    new Error('y'),
    timeout,
    'text',
  ])
    assert.equal(translated(error), error);
});
