import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildDeflateParameters,
  type DeflateParameters,
  parseDeflateParameters,
} from '../../../src/shared/protocol/deflate-parameters.ts';
import type { ExtensionParameter } from '../../../src/shared/protocol/extension.ts';

const NONE: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
};

const read = (params: string): ExtensionParameter[] =>
  params
    .split(';')
    .filter((part) => part !== '')
    .map((part) => {
      const [name, value] = part.trim().split('=');
      return [name!, value];
    });

const BOTH_WAYS: readonly (readonly [params: string, parameters: Partial<DeflateParameters>])[] = [
  ['', {}],
  ['server_no_context_takeover', { serverNoContextTakeover: true }],
  ['client_no_context_takeover', { clientNoContextTakeover: true }],
  ['server_max_window_bits=8', { serverMaxWindowBits: 8 }],
  ['server_max_window_bits=15', { serverMaxWindowBits: 15 }],
  ['client_max_window_bits=10', { clientMaxWindowBits: 10 }],
  [
    'server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=12',
    {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 12,
    },
  ],
];

test('parameters are read and written alike', () => {
  for (const [params, parameters] of BOTH_WAYS) {
    const due = { ...NONE, ...parameters };
    for (const isOffer of [true, false]) assert.deepEqual(parseDeflateParameters(read(params), isOffer), due);
    assert.deepEqual(buildDeflateParameters(due), read(params));
  }
});

test('a client may leave its window to the server, a server must say', () => {
  const open = read('client_max_window_bits');
  assert.deepEqual(parseDeflateParameters(open, true), { ...NONE, clientMaxWindowBits: true });
  assert.deepEqual(buildDeflateParameters({ ...NONE, clientMaxWindowBits: true }), open);
  assert.throws(() => parseDeflateParameters(open, false), {
    name: 'InvalidParameterValue',
    message: 'missing value for parameter client_max_window_bits',
  });
});

const WRONG: readonly (readonly [params: string, name: string, message: string])[] = [
  ['unknown=1', 'InvalidParameterName', 'invalid parameter name: unknown'],
  ['__proto__', 'InvalidParameterName', 'invalid parameter name: __proto__'],
  ['constructor=1', 'InvalidParameterName', 'invalid parameter name: constructor'],
  [
    'server_no_context_takeover=1',
    'InvalidParameterValue',
    'invalid value for parameter server_no_context_takeover: 1',
  ],
  [
    'client_no_context_takeover=',
    'InvalidParameterValue',
    'empty value for parameter client_no_context_takeover',
  ],
  ['server_max_window_bits', 'InvalidParameterValue', 'missing value for parameter server_max_window_bits'],
  ...['7', '16', '08', '+9', 'x', '1e1', '0x9'].map(
    (value) =>
      [
        `server_max_window_bits=${value}`,
        'InvalidParameterValue',
        `invalid value for parameter server_max_window_bits: ${value}`,
      ] as const,
  ),
  [
    'client_max_window_bits=7',
    'InvalidParameterValue',
    'invalid value for parameter client_max_window_bits: 7',
  ],
  ...[
    'server_no_context_takeover',
    'client_no_context_takeover',
    'server_max_window_bits=10',
    'client_max_window_bits=10',
  ].map(
    (param) =>
      [`${param};${param}`, 'DuplicateParameter', `duplicate parameter: ${param.split('=')[0]}`] as const,
  ),
];

test('a wrong parameter is refused by the class that says what is wrong', () => {
  for (const [params, name, message] of WRONG) {
    for (const isOffer of [true, false])
      assert.throws(() => parseDeflateParameters(read(params), isOffer), { name, message }, params);
  }
});
