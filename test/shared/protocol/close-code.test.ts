import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Close,
  CloseCode,
  explainCloseCode,
  isOrderly,
  isSendable,
} from '../../../src/shared/protocol/close-code.ts';
import {
  ProtocolError,
  UnicodeDecodeError,
} from '../../../src/shared/protocol/errors/websocket-exception.ts';

const EXPLAINED: readonly (readonly [code: number, explanation: string, sendable: boolean])[] = [
  [999, 'unknown', false],
  [1000, 'OK', true],
  [1001, 'going away', true],
  [1002, 'protocol error', true],
  [1003, 'unsupported data', true],
  [1004, 'unknown', false],
  [1005, 'no status received [internal]', false],
  [1006, 'abnormal closure [internal]', false],
  [1007, 'invalid frame payload data', true],
  [1008, 'policy violation', true],
  [1009, 'message too big', true],
  [1010, 'mandatory extension', true],
  [1011, 'internal error', true],
  [1012, 'service restart', true],
  [1013, 'try again later', true],
  [1014, 'bad gateway', true],
  [1015, 'TLS handshake failure [internal]', false],
  [2999, 'unknown', false],
  [3000, 'registered', true],
  [3999, 'registered', true],
  [4000, 'private use', true],
  [4999, 'private use', true],
  [5000, 'unknown', false],
  [1000.5, 'unknown', false],
];

test('every code has its explanation, and may be sent or not', () => {
  for (const [code, explanation, sendable] of EXPLAINED) {
    assert.equal(explainCloseCode(code), explanation, String(code));
    assert.equal(isSendable(code), sendable, String(code));
    assert.equal(isOrderly(code), [1000, 1001, 1005].includes(code), String(code));
  }
});

const TEXTS: readonly (readonly [code: number, reason: string, text: string])[] = [
  [1000, 'bye', '1000 (OK) bye'],
  [1000, '', '1000 (OK)'],
  [3500, '', '3500 (registered)'],
  [4001, '', '4001 (private use)'],
  [4001, 'because', '4001 (private use) because'],
  [2000, '', '2000 (unknown)'],
];

test('a close frame tells what it says', () => {
  for (const [code, reason, text] of TEXTS) assert.equal(`${new Close(code, reason)}`, text);
});

const PAYLOADS: readonly (readonly [hex: string, code: number, reason: string])[] = [
  ['03e8', 1000, ''],
  ['03e9627965', 1001, 'bye'],
  ['0bb8c3a0', 3000, 'à'],
  ['1387f09f9880', 4999, '\u{1f600}'],
];

test('payloads are read and written alike', () => {
  for (const [hex, code, reason] of PAYLOADS) {
    assert.deepEqual(Close.parse(Buffer.from(hex, 'hex')), new Close(code, reason));
    assert.equal(Buffer.from(new Close(code, reason).serialize()).toString('hex'), hex);
  }
});

test('no payload stands for no code', () => {
  assert.deepEqual(Close.parse(new Uint8Array(0)), new Close(CloseCode.NO_STATUS_RCVD, ''));
});

test('a wrong payload is refused by the class that says why', () => {
  const wrong: readonly (readonly [hex: string, kind: object, message: string])[] = [
    ['03', ProtocolError, 'close frame too short'],
    ['03ed', ProtocolError, 'invalid status code'],
    ['0000', ProtocolError, 'invalid status code'],
    ['03e8ff', UnicodeDecodeError, 'invalid start byte at position 0'],
    ['03e861e282', UnicodeDecodeError, 'unexpected end of data at position 1'],
  ];
  for (const [hex, kind, message] of wrong) {
    const payload = Buffer.from(hex, 'hex');
    assert.throws(() => Close.parse(payload), { message });
    const result = Close.tryParse(payload);
    assert.ok(result instanceof Error && result.constructor === kind, hex);
  }
});

test('a code that may not be sent is not written', () => {
  for (const code of [1005, 1006, 1015, 0, 5000, 70_000])
    assert.throws(() => new Close(code, '').serialize(), ProtocolError, String(code));
});
