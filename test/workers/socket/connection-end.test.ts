import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FaultName, faultName } from '../../../src/shared/faults/fault-catalogue.ts';
import {
  brokenProtocol,
  type EndCause,
  foreignText,
  handshakeFailure,
  lostConnection,
} from '../../../src/workers/socket/connection-end.ts';

const coded = (code: string): Error => Object.assign(new Error(`it was ${code}`), { code });
const atHandshake = (code: string): EndCause => handshakeFailure(coded(code), 'wss://host/');
const afterOpen = (code: string): EndCause => lostConnection(1006, '', coded(code));

const CASES: readonly (readonly [string, (code: string) => EndCause, string, FaultName])[] = [
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'E2BIG'].map(
    (code) => ['at the handshake', atHandshake, code, 'CONNECT_FAILED'] as const,
  ),
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ].map((code) => ['at the handshake', atHandshake, code, 'TLS_FAILED'] as const),
  ...['HPE_INVALID_CONSTANT', 'HPE_HEADER_OVERFLOW', ''].map(
    (code) => ['at the handshake', atHandshake, code, 'PROTOCOL_ERROR'] as const,
  ),
  ...['ECONNRESET', 'EPIPE', 'ECONNABORTED'].map(
    (code) => ['after open', afterOpen, code, 'CONNECTION_RESET'] as const,
  ),
  ...['ETIMEDOUT', 'EHOSTUNREACH'].map(
    (code) => ['after open', afterOpen, code, 'CONNECTION_ENDED'] as const,
  ),
  ...['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', 'EPROTO'].map(
    (code) => ['after open', afterOpen, code, 'TLS_FAILED'] as const,
  ),
  ...['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH'].map(
    (code) => ['from ws', (c: string) => brokenProtocol(coded(c)), code, 'MESSAGE_TOO_LONG'] as const,
  ),
  ...['WS_ERR_INVALID_UTF8', 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH', 'Z_DATA_ERROR'].map(
    (code) => ['from ws', (c: string) => brokenProtocol(coded(c)), code, 'PROTOCOL_ERROR'] as const,
  ),
];

for (const [when, classify, code, fault] of CASES) {
  test(`${code || 'an error without code'} ${when} is ${fault}, and its message is told`, () => {
    const cause = classify(code);
    assert.equal(faultName(cause.fault), fault);
    assert.equal(cause.ours, false);
    assert.ok(cause.detail.includes(`it was ${code}`.trim()), cause.detail);
  });
}

test('a close frame counts before whatever became of the socket', () => {
  const cause = lostConnection(1012, 'restart', coded('ECONNRESET'));
  assert.deepEqual([faultName(cause.fault), cause.detail], ['SERVER_CLOSED', 'restart']);
});

test('an error that stands for several tells each once', () => {
  const error = new AggregateError([new Error('one'), new Error('two'), new Error('one')]);
  const { detail } = handshakeFailure(Object.assign(error, { code: 'ECONNREFUSED' }), 'wss://host/');
  assert.match(detail, /one, two; nothing listens there/);
});

test('foreign text becomes one line of bounded length that cannot move a cursor or turn the writing', () => {
  assert.equal(foreignText('  a\r\nb\x1b[2Jc\u202ed\u2028e\0 '), 'a b [2Jc d e');
  assert.equal(foreignText('x'.repeat(500)).length, 201);
});
