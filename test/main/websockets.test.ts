import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as protocol from '../../src/main/protocol.ts';
import * as names from '../../src/main/websockets.ts';

test('ringfeed/websockets exports exactly its public names', () => {
  assert.deepEqual(Object.keys(names).sort(), [
    'Close',
    'CloseCode',
    'ConcurrencyError',
    'Connection',
    'ConnectionClosed',
    'ConnectionClosedError',
    'ConnectionClosedOK',
    'DuplicateParameter',
    'EOFError',
    'HeaderLineTooLong',
    'Headers',
    'InvalidHandshake',
    'InvalidHeader',
    'InvalidHeaderFormat',
    'InvalidHeaderValue',
    'InvalidMessage',
    'InvalidMethod',
    'InvalidOrigin',
    'InvalidParameterName',
    'InvalidParameterValue',
    'InvalidProtocol',
    'InvalidProxy',
    'InvalidProxyMessage',
    'InvalidProxyStatus',
    'InvalidState',
    'InvalidStatus',
    'InvalidURI',
    'InvalidUpgrade',
    'MisuseError',
    'NegotiationError',
    'PayloadTooBig',
    'ProtocolError',
    'ProxyError',
    'Request',
    'RequestLineTooLong',
    'Response',
    'SecurityError',
    'Server',
    'ServerConnection',
    'State',
    'StatusLineTooLong',
    'SyncConnection',
    'TooManyHeaders',
    'UnicodeDecodeError',
    'WebSocketException',
    'WebSocketTimeout',
    'backoff',
    'basicAuth',
    'broadcast',
    'connect',
    'connectSync',
    'processException',
    'serve',
    'unixServe',
  ]);
});

test('an exception is the same class from either entry', () => {
  const here = new Map<string, unknown>(Object.entries(names));
  for (const [name, value] of Object.entries(protocol))
    if (here.has(name)) assert.equal(here.get(name), value, name);
  assert.ok(new names.ConnectionClosedOK(undefined, undefined) instanceof protocol.WebSocketException);
});
